// Package near finds near misses: messages that are not keywords, but that a
// stricter reader may take for an opt-out. A person has to look at them. Most
// sentences with "stop" are chat.
package near

import (
	"cmp"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/words"
)

// A Kind is the way in which a message is close to an opt-out word.
type Kind string

const (
	Punctuation Kind = "punctuation around it"
	Spaced      Kind = "spaces or signs in it" // "S.T.O.P", "UN SUBSCRIBE"
	Line        Kind = "alone on a line"       // of several
	FirstWord   Kind = "first word"            // of several
	LastWord    Kind = "last word"             // of several
	Sentence    Kind = "in a sentence"         // only expressions that a demand names
)

// Kinds returns all kinds, from the nearest to the farthest.
func Kinds() []Kind {
	return []Kind{Punctuation, Spaced, Line, FirstWord, LastWord, Sentence}
}

// A Reason says to which opt-out word a message is close, and how. A message
// that is a keyword, or not close to one, has the zero Reason.
type Reason struct {
	Keyword string
	Kind    Kind
}

// A Finder finds messages that are close to the opt-out words of one policy.
type Finder struct {
	policy, trimming optout.Policy // trimming is policy with IgnorePunctuation
	keywords         []keyword
	expressions      []keyword // the longest first: they say more
}

// A keyword is an opt-out word or an expression.
type keyword struct {
	text    string
	words   string // see words.Spaced
	letters string // the words without spaces
}

func newKeyword(text, name string) keyword {
	spaced := words.Spaced(optout.Normalize(text))
	return keyword{name, spaced, strings.ReplaceAll(spaced, " ", "")}
}

// New returns a Finder for the opt-out words of a policy, and for the
// expressions that demands name: their texts, and who names each.
func New(policy optout.Policy, expressions map[string][]string) *Finder {
	f := &Finder{policy: policy, trimming: policy}
	f.trimming.IgnorePunctuation = true
	for _, k := range policy.Keywords() {
		if k.Class == optout.ClassOptOut {
			f.keywords = append(f.keywords, newKeyword(k.Text, k.Text))
		}
	}
	for text, by := range expressions {
		f.expressions = append(f.expressions, newKeyword(text, text+" ("+strings.Join(by, ", ")+")"))
	}
	slices.SortFunc(f.expressions, func(a, b keyword) int {
		return cmp.Or(len(b.words)-len(a.words), strings.Compare(a.words, b.words))
	})
	return f
}

// Find returns why a message is close to an opt-out word: the nearest kind. It
// takes time in proportion to the length of the message.
func (f *Finder) Find(message string) Reason {
	if _, ok := f.policy.Match(message); ok {
		return Reason{}
	}
	if k := f.optOut(message); k != "" {
		return Reason{k, Punctuation}
	}
	text := words.Spaced(optout.Normalize(message))
	letters := strings.ReplaceAll(text, " ", "")
	for _, k := range f.keywords {
		if letters == k.letters && letters != "" {
			return Reason{k.text, Spaced}
		}
	}
	for _, line := range strings.FieldsFunc(message, isLineEnd) {
		if k := f.optOut(line); k != "" {
			return Reason{k, Line}
		}
	}
	for _, k := range f.keywords {
		if strings.HasPrefix(text, k.words) && k.letters != "" {
			return Reason{k.text, FirstWord}
		}
	}
	for _, k := range f.keywords {
		if strings.HasSuffix(text, k.words) && k.letters != "" {
			return Reason{k.text, LastWord}
		}
	}
	for _, e := range f.expressions {
		if strings.Contains(text, e.words) {
			return Reason{e.text, Sentence}
		}
	}
	return Reason{}
}

// optOut returns the opt-out word that text is, apart from punctuation, or "".
func (f *Finder) optOut(text string) string {
	if k, ok := f.trimming.Match(text); ok && k.Class == optout.ClassOptOut {
		return k.Text
	}
	return ""
}

func isLineEnd(r rune) bool {
	return '\n' <= r && r <= '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}
