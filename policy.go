// Package optout decides what a number-masking SMS relay does with a message
// that is an opt-out, opt-in or help keyword: forward it as chat, drop it with
// code 80901, or leave it to the account's own handling.
//
// [Policy.Match] returns the keyword that a message is. A program with rules of
// its own switches on its class:
//
//	k, _ := optout.Policy{}.Match("Arrêt")
//	// k.Class == optout.ClassOptOut, k.Text == "ARRET"
//
// [Policy.Decide] applies the rules that Twilio documents for Proxy to the
// keyword and the account's [Flags]:
//
//	d := optout.Policy{}.Decide("Arrêt", optout.Flags{})
//	// d.Action == optout.Drop, d.Code == 80901, d.Keyword == "ARRET"
//
// A message is a keyword only as a whole: "stop by the store" is chat. Case,
// accents, fullwidth and other spellings of a letter, invisible characters and
// white space around the keyword do not matter; [Normalize] has the list. A
// message that is not a keyword is forwarded.
//
// Comments cite a page of twilio.com by its path and the date on it. An
// interpretation is this package's answer where every source is silent.
package optout

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Flags are the account's settings that change what happens to a keyword. The
// zero Flags are Proxy's default.
//
// Source: docs/proxy/proxy-changelog (2020-10-26).
type Flags struct {
	// RespectSMSStopFilter is the account flag
	// ProxyRespectSmsStopFilterFlag.
	RespectSMSStopFilter bool `json:"respect_sms_stop_filter"`

	// SMSStopFilter is the account's setting SMS STOP Filtering. It is
	// consulted only if RespectSMSStopFilter is set.
	SMSStopFilter bool `json:"sms_stop_filter"`
}

// A Policy is a table of keywords and the way to compare messages with it. The
// zero Policy is Proxy's documented behavior; [NewPolicy] makes one with
// another table. Any number of goroutines may use a Policy at once. Policies are
// comparable: two are equal if they have the same settings, and tables from the
// same call of [NewPolicy].
//
// A Policy cannot be encoded or decoded, since its table would be lost: the
// methods for it return an error. Keep the table in a file for package
// keywordfile instead. Some decoders do not call these methods, and ignore or
// drop a table without an error: go-toml v2 for a table of TOML, and yaml.v2 for
// an empty value.
//
// A Messaging Service's Advanced Opt-Out has no part in it, as it does not
// apply to Proxy (docs/proxy/opt-out-keywords, 2026-06-16).
type Policy struct {
	// IgnorePunctuation makes outer punctuation insignificant: punctuation
	// and symbols (categories P and S) at the ends of a message, as in
	// "Stop." and "STOP!". A message that is not a keyword is then compared
	// once more, without them and the white space between them. So a
	// keyword that itself contains punctuation is found first. U+FFFD, a
	// symbol, always counts.
	//
	// A mark on outer punctuation or on a space goes with it, as in
	// "STOP\u00b4", which decomposes into a space and an accent, and in a
	// keycap. Marks at the start, which are on nothing, also go. This is an
	// interpretation: a mark cannot stay once the sign under it is gone.
	//
	// It is off by default, as Proxy documents nothing of the kind. Section
	// 5.1.3 of CTIA's Messaging Principles and Best Practices (2023) wants
	// punctuation not to matter; operators who follow them turn it on.
	IgnorePunctuation bool

	table *table // nil for the built-in one
}

// NewPolicy returns a Policy with the given keywords and no others; to extend
// or override the built-in ones, see [Merge]. It keeps no reference to
// keywords. Package keywordfile reads keywords from JSON, where an opt-out row
// without an action would otherwise forward.
//
// It returns the zero Policy and an error if there are no keywords or if a row
// is bad. A row is bad if its text is not valid UTF-8, contains U+FFFD,
// normalizes to nothing, or has more than 30 nonspacing marks in sequence after
// [Normalize]; if its class is [ClassNone] or undefined; if its action is
// undefined; or if an earlier row has the same key, whatever the class and
// action of the two. The error joins a [KeywordError] for every bad row, in
// their order (see [errors.Join]).
func NewPolicy(keywords []Keyword) (Policy, error) {
	if len(keywords) == 0 {
		return Policy{}, errors.New("optout: no keywords: a policy needs at least one")
	}
	t := newTable(slices.Clone(keywords))
	t.rows = slices.CompactFunc(t.rows, func(a, b row) bool { return a.key == b.key })
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

// MustPolicy is like [NewPolicy] but panics with the error if there is one. It is
// for tables in package-level variables.
func MustPolicy(keywords []Keyword) Policy {
	p, err := NewPolicy(keywords)
	if err != nil {
		panic(err)
	}
	return p
}

// Keywords returns a copy of the policy's table, in the order in which it was
// given.
func (p Policy) Keywords() []Keyword { return slices.Clone(cmp.Or(p.table, proxy).keywords) }

// Decide returns the decision on message. Either of the two participants may
// have written it: for Proxy it makes no difference who did
// (docs/proxy/opt-out-keywords, 2026-06-16).
//
// If [Policy.Match] finds no keyword, Decide returns the zero [Decision], which
// forwards the message. That includes invalid UTF-8 and text of any length. Otherwise
// the Action is the action of the keyword's row, with one exception: if
// flags.RespectSMSStopFilter is set and flags.SMSStopFilter is not, opt-out and
// opt-in words are intercepted.
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
// there is one: the row whose text has the key of message (see [Normalize]). For
// chat it returns the zero [Keyword], whose Class is [ClassNone].
//
// A program that is not Proxy, with rules of its own for opt-outs, calls Match.
// [Policy.Decide] is Match and the flags.
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

// proxy is the table of the zero [Policy]. [NewPolicy] does not make it, so that a
// program without tables of its own does not link the checks of rows.
var proxy = newTable(proxyKeywords[:])

var errPolicyEncoding = errors.New("optout: a Policy cannot be encoded or decoded, its table would be lost: keep the table in a file for package keywordfile, and make the Policy with NewPolicy")

// MarshalJSON returns an error, since the table would be lost.
func (Policy) MarshalJSON() ([]byte, error) { return nil, errPolicyEncoding }

// MarshalText returns an error, since the table would be lost.
func (Policy) MarshalText() ([]byte, error) { return nil, errPolicyEncoding }

// MarshalBinary returns an error, since the table would be lost.
func (Policy) MarshalBinary() ([]byte, error) { return nil, errPolicyEncoding }

// UnmarshalJSON returns an error, except for null, which changes nothing.
func (*Policy) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	return errPolicyEncoding
}

// UnmarshalText returns an error.
func (*Policy) UnmarshalText([]byte) error { return errPolicyEncoding }

// UnmarshalBinary returns an error.
func (*Policy) UnmarshalBinary([]byte) error { return errPolicyEncoding }

// UnmarshalYAML returns an error, except for an empty value, which changes
// nothing.
func (*Policy) UnmarshalYAML(unmarshal func(any) error) error {
	var v any
	if err := unmarshal(&v); err != nil || v == nil {
		return err
	}
	return errPolicyEncoding
}

// A KeywordError reports one bad row of a table to [NewPolicy].
type KeywordError struct {
	Row     int     // its index in the table
	Keyword Keyword // the row
	Reason  string  // what is wrong, and what would be right
}

// Error names the row by its index and its text, with invisible characters
// escaped.
func (e KeywordError) Error() string {
	return fmt.Sprintf("optout: keyword %d (%s): %s", e.Row, escape(strconv.Quote(e.Keyword.Text)), e.Reason)
}

// refuse returns the reason why the row with this index is bad, or "".
func (t *table) refuse(index int) string {
	k := t.keywords[index]
	key := keyReader{text: k.Text, run: make([]mark, maxRun+1)}
	key.runes(func(rune) bool { return true })
	switch {
	case !utf8.ValidString(k.Text):
		return "text is not valid UTF-8"
	case strings.ContainsRune(k.Text, utf8.RuneError):
		return "text contains U+FFFD, which marks damaged text"
	case !key.any:
		return "text normalizes to nothing: no message could be this keyword"
	case key.longest > maxRun:
		return fmt.Sprintf("text has more than %d marks in sequence", maxRun)
	case k.Class == ClassNone || int(k.Class) >= len(classes.texts):
		return fmt.Sprintf("class is %v: want opt-out, opt-in or help", k.Class)
	case int(k.Action) >= len(actions.texts):
		return fmt.Sprintf("action is %v: want forward, drop or intercept", k.Action)
	case len(t.rows) == len(t.keywords): // for speed
		return ""
	}
	i, _ := slices.BinarySearchFunc(t.rows, row{key: Normalize(k.Text) + "\x00"}, compareKeys)
	if first := t.rows[i].index; first != index {
		return fmt.Sprintf("same keyword as row %d (%s)", first, escape(strconv.Quote(t.keywords[first].Text)))
	}
	return ""
}

// escape escapes, in a quoted text, the characters that normalize to nothing but
// that [strconv.Quote] takes for printable, such as U+FE0F and U+3164.
func escape(quoted string) string {
	var b strings.Builder
	for _, r := range quoted {
		if r >= utf8.RuneSelf && Normalize(string(r)) == "" {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
