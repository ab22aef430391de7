package optout

import "database/sql/driver"

// A Class says what a keyword asks for. The zero Class is [ClassNone], the
// class of a message that is not a keyword.
//
// Class and [Action] are separate, because START and UNSTOP are both opt-in, and
// of these two only UNSTOP is dropped.
//
// Proxy drops opt-out words. Opt-in, help and info words it forwards, so that
// no potentially valid message is lost, with the one exception of UNSTOP
// (docs/proxy/opt-out-keywords, 2026-06-16).
type Class uint8

const (
	ClassNone   Class = iota // not a keyword
	ClassOptOut              // asks for no more messages
	ClassOptIn               // takes an opt-out back
	ClassHelp                // asks whose number this is
)

var classes = enum{"Class", []string{ClassNone: "none", ClassOptOut: "opt-out", ClassOptIn: "opt-in", ClassHelp: "help"}}

// String returns "none", "opt-out", "opt-in" or "help", and "Class(7)" for an
// undefined value such as 7.
func (c Class) String() string { return classes.text(uint8(c)) }

// MarshalText returns the text of [Class.String]. It never fails.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText sets c to the defined Class whose [Class.String] is text. For
// any other text it returns an error and does not change c.
func (c *Class) UnmarshalText(text []byte) error { return classes.scan(text, (*uint8)(c)) }

// Value returns the text of [Class.String], for [database/sql]. An undefined
// value is an error.
func (c Class) Value() (driver.Value, error) { return classes.value(uint8(c)) }

// Scan sets c to the defined Class whose [Class.String] is src, a string or a
// []byte from [database/sql]. For anything else, NULL included, it returns an
// error and does not change c.
func (c *Class) Scan(src any) error { return classes.scan(src, (*uint8)(c)) }

// A Keyword is one row of the table of a [Policy].
type Keyword struct {
	// Text is the keyword. A message is this keyword if the two have the
	// same key (see [Normalize]), so its case and spelling do not matter.
	Text string `json:"text"`

	// Class says what the keyword asks for.
	Class Class `json:"class"`

	// Action says what happens to a message that is this keyword when no
	// flag says otherwise (see [Policy.Decide]). To [encoding/json] a row
	// without an action is one that forwards; package keywordfile refuses
	// it.
	Action Action `json:"action"`
}

// Merge makes one table of several, for [NewPolicy]: of rows with the same key
// (see [Normalize]) the last one wins, and takes the place of the first one. So
//
//	NewPolicy(Merge(Policy{}.Keywords(), own))
//
// extends the built-in table by own rows, which override built-in ones. Merge
// never fails: rows that [NewPolicy] refuses are passed on to it.
func Merge(tables ...[]Keyword) []Keyword {
	var merged []Keyword
	rows := make(map[string]int)
	for _, table := range tables {
		for _, k := range table {
			key := Normalize(k.Text)
			if row, ok := rows[key]; ok {
				merged[row] = k
				continue
			}
			rows[key] = len(merged)
			merged = append(merged, k)
		}
	}
	return merged
}

// proxyKeywords is the table of the zero [Policy].
//
// Case has not mattered since 2020-09-15 (docs/proxy/proxy-changelog), which
// names all words below except REVOKE, OPTOUT, HELP and INFO.
var proxyKeywords = [...]Keyword{
	// Not forwarded, whichever of the two participants wrote them:
	// docs/proxy/opt-out-keywords (2026-06-16). REVOKE and OPTOUT have no
	// entry in the changelog; Twilio's default list has them since
	// 2025-05-14.
	{"STOP", ClassOptOut, Drop},
	{"REVOKE", ClassOptOut, Drop},
	{"OPTOUT", ClassOptOut, Drop},
	{"UNSUBSCRIBE", ClassOptOut, Drop},
	{"END", ClassOptOut, Drop},
	{"CANCEL", ClassOptOut, Drop},
	{"QUIT", ClassOptOut, Drop},
	{"STOPALL", ClassOptOut, Drop},
	{"ARRETT", ClassOptOut, Drop},
	{"ARRET", ClassOptOut, Drop},
	{"ARRETE", ClassOptOut, Drop},

	// Opt-in, help and info words are forwarded, so that no potentially
	// valid message is lost, with the one exception of UNSTOP:
	// docs/proxy/opt-out-keywords (2026-06-16). Which words are opt-in:
	// Twilio's default list (support article 223134027), and for DEBUT
	// docs/proxy/proxy-changelog (2020-09-15).
	{"UNSTOP", ClassOptIn, Drop},
	{"START", ClassOptIn, Forward},
	{"YES", ClassOptIn, Forward},
	{"DEBUT", ClassOptIn, Forward},

	// Which words ask for help: support article 223134027.
	{"HELP", ClassHelp, Forward},
	{"INFO", ClassHelp, Forward},
}
