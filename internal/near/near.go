// Package near finds messages that are no keyword, but that a stricter reader
// may take for an opt-out. What it finds is evidence for a person who looks at
// a log, and never a decision: most sentences that hold "stop" are chat.
package near

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"example.com/optout"
)

// A Kind is the way in which a message comes near to an opt-out word.
type Kind string

const (
	Punctuation Kind = "punctuation around it"
	Damaged     Kind = "damaged character"     // what an encoding makes of one that it lacks
	Spaced      Kind = "spaces or signs in it" // "S.T.O.P", "UN SUBSCRIBE"
	Line        Kind = "alone on a line"       // of several
	FirstWord   Kind = "first word"            // and more behind it
	LastWord    Kind = "last word"             // and more before it
	Sentence    Kind = "in a sentence"         // only what a demand names
)

// Kinds returns all kinds, from the nearest to the farthest.
func Kinds() []Kind {
	return []Kind{Punctuation, Damaged, Spaced, Line, FirstWord, LastWord, Sentence}
}

// A Reason says what a message comes near to, and how. The zero Reason is that
// of a message that is a keyword, or near to none.
type Reason struct {
	Keyword string
	Kind    Kind
}

// A Finder finds what comes near to the opt-out words of one policy.
type Finder struct {
	policy, trimming optout.Policy // the same, the second without punctuation
	keys             []keyword
	words, letters   map[string]string // keywords by their words, and by the letters of these
	longest          int               // the size of the longest key or words
	expressions      []expression
}

type keyword struct {
	key  []rune
	text string
}

type expression struct{ words, name string }

// New returns a Finder for the opt-out words of a policy, and for the
// expressions that demands name: their texts, and who names each.
func New(policy optout.Policy, expressions map[string][]string) *Finder {
	f := &Finder{policy: policy, trimming: policy, words: make(map[string]string), letters: make(map[string]string)}
	f.trimming.IgnorePunctuation = true
	for _, k := range policy.Keywords() {
		if k.Class == optout.ClassOptOut {
			key := optout.Normalize(k.Text)
			text := words(key)
			f.keys = append(f.keys, keyword{[]rune(key), k.Text})
			f.words[text] = k.Text
			f.letters[strings.ReplaceAll(text, " ", "")] = k.Text
			f.longest = max(f.longest, len(key), len(text))
		}
	}
	delete(f.words, words("")) // of a keyword of punctuation alone
	delete(f.letters, "")
	for text, by := range expressions {
		f.expressions = append(f.expressions, expression{words(optout.Normalize(text)), text + " (" + strings.Join(by, ", ") + ")"})
	}
	// Of two in a message the longer one tells more.
	slices.SortFunc(f.expressions, func(a, b expression) int {
		return cmp.Or(len(b.words)-len(a.words), strings.Compare(a.words, b.words))
	})
	return f
}

// Find returns why a message comes near to an opt-out word; of several reasons,
// the nearest. It takes time in proportion to the length of the message.
func (f *Finder) Find(message string) Reason {
	if _, ok := f.policy.Match(message); ok {
		return Reason{}
	}
	if k := f.optOut(message); k != "" {
		return Reason{k, Punctuation}
	}
	if k := f.damaged(strings.TrimSpace(message)); k != "" {
		return Reason{k, Damaged}
	}
	text := words(optout.Normalize(message))
	if len(text) <= 2*f.longest { // a space behind each letter
		if k := f.letters[strings.ReplaceAll(text, " ", "")]; k != "" {
			return Reason{k, Spaced}
		}
	}
	for _, line := range strings.FieldsFunc(message, lineEnd) {
		if k := f.optOut(line); k != "" {
			return Reason{k, Line}
		}
	}
	for i := 1; i < min(len(text), f.longest); i++ {
		if k := f.words[text[:i+1]]; k != "" {
			return Reason{k, FirstWord}
		}
	}
	for i := len(text) - 2; i >= max(0, len(text)-f.longest); i-- {
		if k := f.words[text[i:]]; k != "" {
			return Reason{k, LastWord}
		}
	}
	for _, e := range f.expressions {
		if strings.Contains(text, e.words) {
			return Reason{e.name, Sentence}
		}
	}
	return Reason{}
}

// optOut returns the opt-out word that the text is but for punctuation, or "".
func (f *Finder) optOut(text string) string {
	if k, ok := f.trimming.Match(text); ok && k.Class == optout.ClassOptOut {
		return k.Text
	}
	return ""
}

func lineEnd(r rune) bool { return '\n' <= r && r <= '\r' || r == 0x85 || r == 0x2028 || r == 0x2029 }

// words returns the words of a key, with one space before and behind each.
func words(key string) string {
	return " " + strings.Join(strings.FieldsFunc(key, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.M, unicode.N)
	}), " ") + " "
}

// lost stands for a character that an encoding could not keep.
const lost = string(utf8.RuneError)

var (
	lostRun     = regexp.MustCompile("[?\u00bf]*" + lost + "[?\u00bf" + lost + "]*")
	questionRun = regexp.MustCompile("[?\u00bf]+")
)

// damaged returns the opt-out word that the message was before an encoding
// replaced characters that it lacks, or before its UTF-8 was read as one of the
// usual encodings with a byte a character. It returns "" if there is none.
func (f *Finder) damaged(message string) string {
	if len(message) > 8*f.longest { // two characters for each of the bytes, and some around
		return ""
	}
	for _, m := range []*charmap.Charmap{charmap.Windows1252, charmap.ISO8859_1} {
		if text, err := m.NewEncoder().String(message); err == nil && f.optOut(text) != "" {
			return f.optOut(text)
		}
	}
	// A character of several bytes can become as many question marks. Those at
	// an end alone are none of that, as "qui?" is not QUIT.
	key := lostRun.ReplaceAllString(optout.Normalize(strings.ReplaceAll(message, "\x1a", lost)), lost)
	inner := strings.Trim(key, "?\u00bf")
	key = strings.Replace(key, inner, questionRun.ReplaceAllString(inner, lost), 1)
	if !strings.Contains(key, lost) {
		return ""
	}
	trimmed := strings.TrimFunc(key, func(r rune) bool { return outer(r) && r != utf8.RuneError })
	for _, text := range []string{trimmed, strings.TrimFunc(key, outer)} { // the other is STOP, and a damaged emoji
		runes := []rune(text)
		for _, k := range f.keys {
			if 3*strings.Count(text, lost) <= len(runes) && k.became(runes) {
				return k.text
			}
		}
	}
	return ""
}

// became reports whether text is the keyword but for lost characters.
func (k keyword) became(text []rune) bool {
	return slices.EqualFunc(k.key, text, func(r, s rune) bool { return r == s || s == utf8.RuneError })
}

// outer reports whether r stands around a word and is no part of it.
func outer(r rune) bool { return r == ' ' || unicode.In(r, unicode.P, unicode.S) }
