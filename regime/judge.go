package regime

import (
	"strings"
	"unicode"

	"example.com/optout"
)

// A Verdict is what a regime takes a message for. Verdicts are comparable; the
// zero Verdict is that of the zero Regime, which knows nothing.
type Verdict struct {
	// Class is the class of the keyword that the message is, ClassNone if it
	// is none. If Certainty is Unknown, Class is what the message may be.
	Class optout.Class `json:"class"`

	// Keyword is the text of that keyword's row, "" if there is none.
	Keyword string `json:"keyword,omitempty"`

	// Certainty is how sure the rest is.
	Certainty Certainty `json:"certainty"`
}

// Judge returns what the regime takes message for, and how sure that is. These
// are the rules, the first that applies:
//
//  1. The whole message is a keyword, as optout.Policy.Match has it with
//     IgnorePunctuation. That is documented if the row is, and if the two are
//     equal but for case and for what a page says does not matter (TrimsEnd,
//     IgnoresPunctuation); otherwise it is presumed. A keyword of MatchBare
//     with punctuation around it or white space before it is documented to be
//     none.
//  2. MatchWhole and MatchBare: it is documented to be none.
//  3. MatchFirstWord: the message's first word is the keyword, documented and
//     presumed as in 1. What begins with the keyword otherwise ("stopping") is
//     unknown: AWS says both that the message begins with it and that it is
//     the first word. MatchPrefix: what begins with the keyword is unknown,
//     since no page says where the keyword ends. All else is documented to be
//     none.
//  4. MatchUnknown and MatchWords: a keyword stands in the message as a word,
//     or as words: unknown. Of several the first in the table is named; opt-out
//     words stand before others.
//  5. A message without any such word is documented to be none for a filter,
//     whose pages name no other words, and unknown for a demand, for which
//     other wording can count as well.
//
// The regime "proxy" is judged by optout.Policy{}, so that its Class is always
// that of a decision. How Proxy compares is this package's interpretation, so
// a message that has one of its words beside other things, punctuation among
// them, is presumed to be none.
//
// Judge takes any string and never panics.
func (r Regime) Judge(message string) Verdict {
	t := r.table
	if t == nil {
		return Verdict{}
	}
	text := message
	if r.IgnoresPunctuation {
		text = strings.Map(dropPunctuation, text)
	}
	if row, ok := t.find(text); ok {
		if row.Match == MatchBare && !bare(text, row) {
			return Verdict{Certainty: Documented}
		}
		return row.verdict(r.states(text, row))
	}
	switch {
	case r.Match == MatchPrefix:
		return r.judgeBeginning(message)
	case r.Match == MatchWhole && !t.proxy:
		return Verdict{Certainty: Documented}
	}
	row, ok := t.within(message)
	switch {
	case ok && t.proxy:
		return Verdict{Certainty: Presumed}
	case ok:
		return row.verdict(Unknown)
	case r.Kind == KindDemand:
		return Verdict{}
	}
	return Verdict{Certainty: Documented}
}

func (row Row) verdict(c Certainty) Verdict { return Verdict{row.Class, row.Text, c} }

// judgeBeginning judges a message that is no keyword as a whole.
func (r Regime) judgeBeginning(message string) Verdict {
	key := strings.TrimLeftFunc(optout.Normalize(message), insignificant)
	first, _, _ := strings.Cut(key, " ")
	if row, ok := r.table.find(first); ok && row.Match == MatchFirstWord {
		return row.verdict(r.states(message, row))
	}
	for i, row := range r.table.rows {
		if strings.HasPrefix(key, r.table.keys[i]) {
			return row.verdict(Unknown)
		}
	}
	return Verdict{Certainty: Documented}
}

// states returns Documented if the regime's stated rule makes the message the
// keyword of a row that it is to a reader, and Presumed otherwise.
func (r Regime) states(message string, row Row) Certainty {
	switch {
	case row.Match == MatchFirstWord:
		if end := strings.IndexFunc(message, unicode.IsSpace); end >= 0 {
			message = message[:end]
		}
	case r.TrimsEnd:
		message = strings.TrimRightFunc(message, unicode.IsSpace)
	}
	if row.Evidence == EvidenceDocumented && equalButForCase(message, row.Text) {
		return Documented
	}
	return Presumed
}

// equalButForCase is stricter than strings.EqualFold alone, which takes the long
// s for an S and the Kelvin sign for a K. Like all that folds to a letter of
// the tables and is not its other case, they have more bytes.
func equalButForCase(s, t string) bool { return len(s) == len(t) && strings.EqualFold(s, t) }

// bare reports whether a message that is a keyword has neither punctuation nor
// symbols around it, nor white space before it.
func bare(message string, row Row) bool {
	return strings.IndexFunc(message, unicode.IsSpace) != 0 && optout.Normalize(message) == optout.Normalize(row.Text)
}

func dropPunctuation(r rune) rune {
	if unicode.IsPunct(r) {
		return -1
	}
	return r
}

// insignificant reports whether r is what optout.Policy.IgnorePunctuation
// leaves out at the start of a key.
func insignificant(r rune) bool {
	return r == ' ' || r != unicode.ReplacementChar && (unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsMark(r))
}

// An edition is a regime as tables.go writes it.
type edition struct {
	Regime
	sources []Source
	groups  []group
}

// A group is a run of rows that have all but their words in common.
type group struct {
	class    optout.Class
	words    []string
	language string
	match    Match    // the regime's, if it is unknown
	evidence Evidence // documented, if it is unknown
	source   Source   // the first of the regime, if it is zero
}

// A table is what Judge looks a message up in.
type table struct {
	proxy   bool // the built-in table
	rows    []Row
	sources []Source
	policy  optout.Policy
	index   map[string]int // the row of a text
	keys    []string       // of the rows
	words   []string       // of the rows: see spaced
}

// compile makes the table of an edition. A test holds that NewPolicy takes all
// of them.
func (e edition) compile() Regime {
	t := &table{proxy: e.ID == "proxy", sources: e.sources, index: make(map[string]int)}
	for _, g := range e.groups {
		row := Row{Class: g.class, Language: g.language, Match: g.match, Evidence: g.evidence, Source: g.source}
		if row.Match == MatchUnknown {
			row.Match = e.Match
		}
		if row.Evidence == EvidenceUnknown {
			row.Evidence = EvidenceDocumented
		}
		if row.Source == (Source{}) {
			row.Source = e.sources[0]
		}
		for _, row.Text = range g.words {
			key := optout.Normalize(row.Text)
			t.index[row.Text] = len(t.rows)
			t.rows = append(t.rows, row)
			t.keys = append(t.keys, key)
			t.words = append(t.words, spaced(key))
		}
	}
	if !t.proxy {
		t.policy, _ = optout.NewPolicy(keywords(t.rows))
		t.policy.IgnorePunctuation = true
	}
	e.table = t
	return e.Regime
}

// find returns the row that the whole of a text is.
func (t *table) find(text string) (Row, bool) {
	k, ok := t.policy.Match(text)
	if !ok {
		return Row{}, false
	}
	return t.rows[t.index[k.Text]], true
}

// within returns the first row of the table whose words stand in a message.
func (t *table) within(message string) (Row, bool) {
	words := spaced(optout.Normalize(message))
	for i, w := range t.words {
		if strings.Contains(words, w) {
			return t.rows[i], true
		}
	}
	return Row{}, false
}

// spaced returns the words of a key, with one space before and behind each. A
// word is a run of letters, marks and digits.
func spaced(key string) string {
	return " " + strings.Join(strings.FieldsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	}), " ") + " "
}
