// Package optout decides what a number-masking SMS relay does with a message
// that is an opt-out, opt-in or help keyword: forward it as chat, drop it with
// code 80901, or leave it to the account's own handling.
//
// The rules are those that Twilio documents for Proxy. A Policy applies them
// to a message and the account's Flags, and answers with a Decision:
//
//	d := optout.Policy{}.Decide("Arrêt", optout.Flags{})
//	// d.Action == optout.Drop, d.Code == 80901, d.Keyword == "ARRET"
//
// A program that is not Proxy, and has rules of its own for what to do with an
// opt-out, calls Match, which returns the row of the table that a message is.
//
// A message is a keyword only as a whole: "stop by the store" is chat. Case,
// accents on Latin letters, fullwidth and other spellings of a letter,
// invisible characters and the white space around do not matter; Normalize has
// the list. Whatever is not a keyword is forwarded.
//
// Comments cite a page of twilio.com by its path and the date on it. What they
// call an interpretation is this package's answer where every source is
// silent.
package optout

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Flags are the account's settings that change what happens to a keyword. The
// zero Flags are Proxy's default.
//
// Source: docs/proxy/proxy-changelog (2020-10-26).
type Flags struct {
	// RespectSMSStopFilter is the account flag ProxyRespectSmsStopFilterFlag.
	RespectSMSStopFilter bool `json:"respect_sms_stop_filter"`

	// SMSStopFilter is the account's setting SMS STOP Filtering. It is
	// consulted only if RespectSMSStopFilter is set.
	SMSStopFilter bool `json:"sms_stop_filter"`
}

// A Policy is a table of keywords and the way to compare with it. The zero
// Policy is Proxy's documented behaviour; NewPolicy makes one with another
// table. Any number of goroutines may use a Policy at once. Policies are
// comparable: two are equal if they have the same settings, and tables from the
// same call of NewPolicy.
//
// A Messaging Service's Advanced Opt-Out has no part in it, as it does not
// apply to Proxy (docs/proxy/opt-out-keywords, 2026-06-16).
type Policy struct {
	// IgnorePunctuation makes punctuation and symbols (categories P and S)
	// around a keyword insignificant, as in "Stop." and "STOP!". A message
	// that is no keyword is then compared once more, without those and white
	// space at the two ends of its key, so a keyword that has punctuation of
	// its own is found first. U+FFFD, a symbol, is never left out.
	//
	// A mark goes with the punctuation, symbol or space that it stands on, as
	// in "STOP\u00b4", which decomposes into a space and an accent, and in a
	// keycap; marks at the start, where they stand on nothing, go too. This is
	// an interpretation, for the reason for which the sign itself goes.
	//
	// It is off by default, as Proxy documents nothing of the kind. Section
	// 5.1.3 of CTIA's Messaging Principles and Best Practices (2023) wants
	// punctuation not to matter; operators who follow them turn it on.
	IgnorePunctuation bool

	table *table // nil for the built-in one
}

// NewPolicy returns a Policy that knows the given keywords and no others; to
// extend or override the built-in ones, see Merge. It keeps no reference to
// keywords. Package keywordfile reads keywords from JSON, where a row of
// opt-out without an action would otherwise forward in silence.
//
// It returns the zero Policy and an error if there are no keywords, or if a
// row is bad: if its text is not valid UTF-8, holds U+FFFD, normalizes to
// nothing or has more than 64 nonspacing marks in a row behind Normalize, if
// its class is ClassNone or undefined, if its action is undefined, or if a row
// before it has the same key, whatever the two say. The error joins a
// KeywordError for every bad row, in their order (see errors.Join).
func NewPolicy(keywords []Keyword) (Policy, error) {
	if len(keywords) == 0 {
		return Policy{}, errors.New("optout: no keywords: a policy needs at least one")
	}
	t := newTable(slices.Clone(keywords))
	var bad []error
	for row, k := range keywords {
		if reason := t.refuse(row); reason != "" {
			bad = append(bad, KeywordError{row, k, reason})
		}
	}
	if bad != nil {
		return Policy{}, errors.Join(bad...)
	}
	return Policy{table: t}, nil
}

// MarshalJSON fails, as a Policy's table would be lost.
func (Policy) MarshalJSON() ([]byte, error) {
	return nil, errors.New("optout: a Policy has no JSON form: marshal its Keywords and IgnorePunctuation, and make it again by NewPolicy")
}

// Keywords returns a copy of the policy's table, in the order in which it was
// given.
func (p Policy) Keywords() []Keyword { return slices.Clone(cmp.Or(p.table, proxy).keywords) }

// Decide returns what to do with message, which either of the two participants
// wrote: for Proxy it makes no difference who did
// (docs/proxy/opt-out-keywords, 2026-06-16).
//
// If the key of message (see Normalize) is not that of a keyword, and with
// IgnorePunctuation not one after trimming either, Decide returns the zero
// Decision, which forwards it. That goes for invalid UTF-8 and for text of any
// length. Otherwise the Action is that of the keyword's row, with one
// exception: if flags.RespectSMSStopFilter is set and flags.SMSStopFilter is
// not, opt-out and opt-in words are intercepted.
//
// Decide never fails, panics or allocates.
//
// Source: docs/proxy/proxy-changelog (2020-10-26). Three parts of this are
// interpretations: that the exception covers every opt-in word, that it covers
// no help word, and that START, YES and DEBUT are forwarded if both flags are
// set. The page speaks of custom opt-in and opt-out handling, and a handler
// that never sees START could not undo an opt-out.
func (p Policy) Decide(message string, flags Flags) Decision {
	k, _ := p.Match(message) // the zero Keyword forwards
	d := Decision{Action: k.Action, Class: k.Class, Keyword: k.Text}
	if flags.RespectSMSStopFilter && !flags.SMSStopFilter && (k.Class == ClassOptOut || k.Class == ClassOptIn) {
		d.Action = Intercept
	}
	if d.Action == Drop {
		d.Code = CodeStopWord
	}
	return d
}

// Match returns the row of the policy's table that message is, and whether
// there is one. It is what a program calls that has rules of its own for what
// to do with an opt-out: Decide is Match and the flags.
func (p Policy) Match(message string) (Keyword, bool) {
	t := p.table
	if t == nil {
		t = proxy
	}
	k, ok := t.shortcut(message, p.IgnorePunctuation)
	if !ok {
		k = t.find(message)
		if k == nil && p.IgnorePunctuation {
			k = t.findTrimmed(message)
		}
	}
	if k == nil {
		return Keyword{}, false
	}
	return *k, true
}

// proxy is the table of the zero Policy. It is not made by NewPolicy, so that a
// program that makes no other table does not link what refuses rows.
var proxy = newTable(proxyKeywords[:])

// A KeywordError is what is wrong with one row of a table.
type KeywordError struct {
	Row     int     // its index in the table
	Keyword Keyword // the row
	Reason  string  // what is wrong, and what would be right
}

// Error names the row by its index and its text, in which what no reader sees
// is escaped.
func (e KeywordError) Error() string {
	return fmt.Sprintf("optout: keyword %d (%s): %s", e.Row, quote(e.Keyword.Text), e.Reason)
}

// refuse says what is wrong with a row, or "" if nothing is.
func (t *table) refuse(row int) string {
	k := t.keywords[row]
	key := keyReader{text: k.Text, run: make([]mark, maxRun+1)}
	key.runes(func(rune) bool { return true })
	switch {
	case !utf8.ValidString(k.Text):
		return "text is not valid UTF-8"
	case strings.ContainsRune(k.Text, utf8.RuneError):
		return "text holds U+FFFD, which stands for damaged text"
	case !key.any:
		return "text normalizes to nothing: no message could be this keyword"
	case key.longest > maxRun:
		return fmt.Sprintf("text has more than %d marks in a row", maxRun)
	case k.Class == ClassNone || int(k.Class) >= len(classNames):
		return fmt.Sprintf("class is %v: want opt-out, opt-in or help", k.Class)
	case int(k.Action) >= len(actionNames):
		return fmt.Sprintf("action is %v: want forward, drop or intercept", k.Action)
	case len(t.rows) == len(t.keywords): // for speed
		return ""
	}
	if first := t.find(k.Text); first != &t.keywords[row] {
		return fmt.Sprintf("same keyword as row %d (%s)", slices.Index(t.keywords, *first), quote(first.Text))
	}
	return ""
}

// quote is strconv.Quote that also escapes what that takes for printable and
// no reader sees, such as U+FE0F and U+3164.
func quote(s string) string {
	var b strings.Builder
	for _, r := range strconv.Quote(s) {
		if r >= utf8.RuneSelf && (unicode.Is(removed, r) || r == 0x2800) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
