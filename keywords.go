package optout

// A Class is what a keyword asks for. The zero Class is ClassNone, the class
// of a message that is no keyword.
//
// Class and Action are separate, because START and UNSTOP are both opt-in, and
// of these two only UNSTOP is dropped.
//
// Proxy drops opt-out words. Opt-in, help and info words it forwards, so that
// no potentially valid message is lost, with the one exception of UNSTOP
// (docs/proxy/opt-out-keywords, 2026-06-16).
type Class uint8

const (
	ClassNone   Class = iota // no keyword
	ClassOptOut              // asks for no more messages
	ClassOptIn               // takes an opt-out back
	ClassHelp                // asks what this number is
)

// A Keyword is one row of a policy's table.
type Keyword struct {
	// Text is the keyword. A message is this keyword if the two have the same
	// key (see Normalize), so its case and spelling do not matter.
	Text string `json:"text"`

	// Class is what the keyword asks for.
	Class Class `json:"class"`

	// Action is what happens to a message that is this keyword when no flag
	// says otherwise (see Policy.Decide). To encoding/json a row without an
	// action is one that forwards; package keywordfile refuses it.
	Action Action `json:"action"`
}

// Merge makes one table of several, for NewPolicy: of rows with the same key
// (see Normalize) the last one wins, and stands where the first one stood. So
//
//	NewPolicy(Merge(Policy{}.Keywords(), own))
//
// extends the built-in table by own rows, which override built-in ones. Merge
// never fails: rows that NewPolicy refuses are passed on to it.
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

// proxyKeywords is the table of the zero Policy.
//
// Case has not mattered since 2020-09-15 (docs/proxy/proxy-changelog), which
// names all words below but REVOKE, OPTOUT, HELP and INFO.
var proxyKeywords = [...]Keyword{
	// Not forwarded, whichever of the two participants wrote them:
	// docs/proxy/opt-out-keywords (2026-06-16). REVOKE and OPTOUT have no
	// entry in the changelog; Twilio's default list has them since 2025-05-14.
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

	// Opt-in, help and info words are forwarded, so that no potentially valid
	// message is lost, with the one exception of UNSTOP:
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
