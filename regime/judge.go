package regime

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"example.com/optout"
	"example.com/optout/internal/words"
)

// A Verdict says what a message is to a regime. Verdicts are comparable. The
// zero [Regime] gives the zero Verdict for every message.
type Verdict struct {
	// Class is the class of the keyword that the message is, or
	// [optout.ClassNone]. If [Verdict.Certainty] is [Unknown], the message
	// may have this class or be chat.
	Class optout.Class `json:"class"`

	// Keyword is the text of that keyword's row, "" if there is none.
	Keyword string `json:"keyword,omitempty"`

	// Certainty says how sure [Verdict.Class] and [Verdict.Keyword] are.
	Certainty Certainty `json:"certainty"`
}

// A Certainty is how sure a [Verdict] is. The greater one is surer.
type Certainty uint8

const (
	// Unknown means that the regime's rule for such a message is not known,
	// or that its pages contradict each other about it.
	Unknown Certainty = iota

	// Presumed means that the regime's pages do not speak of exactly this
	// message, but all agree with the verdict: the message is the keyword
	// in another spelling or with other white space or punctuation. It also
	// means that the row has [EvidenceSecondary].
	Presumed

	// Documented means that the regime's own stated rule decides.
	Documented
)

var certaintyNames = []string{"unknown", "presumed", "documented"}

// String returns "unknown", "presumed" or "documented", and "Certainty(7)" for
// an undefined value such as 7.
func (c Certainty) String() string {
	if int(c) < len(certaintyNames) {
		return certaintyNames[c]
	}
	return fmt.Sprintf("Certainty(%d)", uint8(c))
}

// MarshalText returns the text of [Certainty.String]. It never fails.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText accepts the names of the defined values. On any other text c
// keeps its value.
func (c *Certainty) UnmarshalText(text []byte) error {
	i := slices.Index(certaintyNames, string(text))
	if i < 0 {
		return fmt.Errorf("regime: unknown certainty %q: want one of %s", text, strings.Join(certaintyNames, ", "))
	}
	*c = Certainty(i)
	return nil
}

// A table has the rows of a regime, prepared for [Regime.Judge].
type table struct {
	sources   []Source
	rows      []Row
	policy    optout.Policy    // the keys of all spellings of all rows
	spellings map[string][]Row // by key
	contained []contained
	other     Certainty // that a message without any of the words is chat
}

// A contained is the verdict on a message that contains a word and more.
type contained struct {
	words   string // of words.Spaced
	key     string // must be in the message's key as well
	begins  bool   // a message that begins with the letters of key has the same verdict
	verdict Verdict
}

var noTable = new(table) // of the zero Regime

// Judge returns what message is to the regime, and how sure that is. The first
// rule that applies decides. Of several rows with the same word the surest
// decides.
//
//  1. The whole message is a keyword: [optout.Policy.Match] finds it with
//     [optout.Policy.IgnorePunctuation]. The verdict is documented if the row
//     is, and if message and row differ only in case and in white space and
//     punctuation that the page says do not matter ([Row]). Otherwise it is
//     presumed. The keyword of a [MatchBare] row with punctuation around it or
//     white space before it is chat. Where people read the message, "opt-out"
//     and "optout" are spellings of "opt out".
//  2. The first word of the message is the keyword of a [MatchBeforeSpace] or
//     [MatchFirstWord] row. Rule 1 says how sure that is. For a [MatchPrefix]
//     row it is presumed.
//  3. The message contains the keyword of a [MatchUnknown], [MatchWords],
//     [MatchFirstWord] or [MatchPrefix] row as a word, or begins with the
//     letters of a keyword of the last two ("stopping"). The verdict is
//     unknown. It names the first such keyword in the table, where opt-out
//     words come first. If the pages say nothing about a class, a message that
//     contains a word of that class of the built-in table is also unknown.
//  4. Any other message is chat. That is documented for a system whose pages
//     list its words, and presumed if all rows have [EvidenceSecondary]. Where
//     people read the messages, it is unknown, since other wording can count.
//
// The regime "proxy" is judged by the zero [optout.Policy], so that
// [Verdict.Class] always agrees with [optout.Policy.Decide]. How Proxy compares
// is this package's interpretation. So a message that contains one of its words
// and anything else, punctuation included, is presumed to be chat.
//
// Judge takes any string and never panics.
func (r Regime) Judge(message string) Verdict {
	t := cmp.Or(r.table, noTable)
	if v, ok := t.best(message, message, func(row Row) bool { return row.Match != MatchBare || row.isBare(message) }); ok {
		return v
	}
	if v, ok := t.best(dropPunctuation(message), message, func(row Row) bool { return row.IgnoresPunctuation }); ok {
		return v
	}
	key := optout.Normalize(message)
	start := max(0, strings.IndexFunc(key, isLetterOrDigit))
	first, _, _ := strings.Cut(key[start:], " ")
	if v, ok := t.best(key[:start+len(first)], message, Row.readsFirstWord); ok {
		return v
	}
	spaced := words.Spaced(key)
	for _, c := range t.contained {
		if strings.Contains(spaced, c.words) && strings.Contains(key, c.key) || c.begins && strings.HasPrefix(key[start:], c.key) {
			return c.verdict
		}
	}
	return Verdict{Certainty: t.other}
}

// best returns the surest verdict on message by the rows whose keyword text is
// to a reader, if they apply.
func (t *table) best(text, message string, applies func(Row) bool) (best Verdict, ok bool) {
	k, _ := t.policy.Match(text)
	for _, row := range t.spellings[k.Text] {
		if c := row.certainty(message); applies(row) && (!ok || c > best.Certainty) {
			best, ok = Verdict{row.Class, row.Text, c}, true
		}
	}
	return best, ok
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
