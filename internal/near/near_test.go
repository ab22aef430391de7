package near_test

import (
	"strings"
	"testing"

	"example.com/optout"
	"example.com/optout/internal/near"
)

// expressions are some that the FCC and CTIA name.
var expressions = map[string][]string{
	"stop": {"fcc", "ctia"}, "opt out": {"fcc"}, "revoke": {"fcc"}, "please opt me out": {"ctia"},
}

func TestFind(t *testing.T) {
	tests := []struct {
		name, message string
		want          near.Reason
	}{
		{"empty", "", near.Reason{}},
		{"a keyword", "Stop", near.Reason{}},
		{"a keyword of another class", "HELP", near.Reason{}},
		{"a keyword of another class with punctuation", "Start!", near.Reason{}},
		{"chat", "On my way", near.Reason{}},
		{"punctuation alone", "?!", near.Reason{}},
		{"question marks alone", "????", near.Reason{}},

		{"full stop", "Stop.", near.Reason{Keyword: "STOP", Kind: near.Punctuation}},
		{"quotation marks", "\u201cstop\u201d", near.Reason{Keyword: "STOP", Kind: near.Punctuation}},
		{"emoji", "STOP \U0001F6D1", near.Reason{Keyword: "STOP", Kind: near.Punctuation}},
		{"question mark", "arr\u00eat ?", near.Reason{Keyword: "ARRET", Kind: near.Punctuation}},

		{"a question", "qui?", near.Reason{}},
		{"two questions", "??en?", near.Reason{}},
		{"a typing error", "SHOP", near.Reason{}},

		{"space inside", "opt out", near.Reason{Keyword: "OPTOUT", Kind: near.Spaced}},
		{"hyphen inside", "Un-Subscribe", near.Reason{Keyword: "UNSUBSCRIBE", Kind: near.Spaced}},
		{"full stops inside", "S.T.O.P.", near.Reason{Keyword: "STOP", Kind: near.Spaced}},

		{"line of several", "Line one\nstop!\nline three", near.Reason{Keyword: "STOP", Kind: near.Line}},
		{"line of several, CR", "ok\r\n\r\nSTOP\r\n-- \r\nDana", near.Reason{Keyword: "STOP", Kind: near.Line}},

		{"first word", "stop by the store", near.Reason{Keyword: "STOP", Kind: near.FirstWord}},
		{"first word, comma", "STOP,please", near.Reason{Keyword: "STOP", Kind: near.FirstWord}},
		{"first word, dashes", "stop--go", near.Reason{Keyword: "STOP", Kind: near.FirstWord}},
		{"first and last word", "stop, I said stop", near.Reason{Keyword: "STOP", Kind: near.FirstWord}},
		{"last word", "do you want to quit?", near.Reason{Keyword: "QUIT", Kind: near.LastWord}},
		{"last word with an accent", "prochain arr\u00eat", near.Reason{Keyword: "ARRET", Kind: near.LastWord}},

		{"longer word", "stopping", near.Reason{}},
		{"hyphen after the first word", "stop-and-go traffic", near.Reason{Keyword: "STOP", Kind: near.FirstWord}},
		{"elision", "L'arr\u00eat est au coin", near.Reason{}},
		{"look-alikes", "\u0421\u0422\u041e\u0420", near.Reason{}},

		{"expression in a sentence", "Please stop. I am driving.", near.Reason{Keyword: "stop (fcc, ctia)", Kind: near.Sentence}},
		{"expression of two words", "i want to opt  OUT now", near.Reason{Keyword: "opt out (fcc)", Kind: near.Sentence}},
		{"expression with a hyphen", "how do I opt-out here", near.Reason{Keyword: "opt out (fcc)", Kind: near.Sentence}},
		{"longest expression", "hi stop it please opt me out now", near.Reason{Keyword: "please opt me out (ctia)", Kind: near.Sentence}},
		{"expression inside words", "unstoppable", near.Reason{}},
	}
	f := near.New(optout.Policy{}, expressions)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := f.Find(tt.message); got != tt.want {
				t.Errorf("Find(%+q) = %+v, want %+v", tt.message, got, tt.want)
			}
		})
	}
}

func TestFindInTables(t *testing.T) {
	row := func(text string, class optout.Class) optout.Keyword {
		return optout.Keyword{Text: text, Class: class, Action: optout.Drop}
	}
	policy, err := optout.NewPolicy([]optout.Keyword{
		row("OPT-OUT", optout.ClassOptOut), row("stop all", optout.ClassOptOut), row("\u0421\u0422\u041e\u041f", optout.ClassOptOut),
		row("#!", optout.ClassOptOut), row("GO", optout.ClassOptIn),
	})
	if err != nil {
		t.Fatal(err)
	}
	ignoring := policy
	ignoring.IgnorePunctuation = true
	tests := []struct {
		name, message string
		policy        optout.Policy
		want          near.Reason
	}{
		{"two words first", "Stop all of it", policy, near.Reason{Keyword: "stop all", Kind: near.FirstWord}},
		{"hyphened as two words", "opt out now", policy, near.Reason{Keyword: "OPT-OUT", Kind: near.FirstWord}},
		{"as one word", "OPTOUT", policy, near.Reason{Keyword: "OPT-OUT", Kind: near.Spaced}},
		{"another script", "\u0441\u0442\u043e\u043f, \u044f", policy, near.Reason{Keyword: "\u0421\u0422\u041e\u041f", Kind: near.FirstWord}},
		{"keyword of punctuation", "#!", policy, near.Reason{}},
		{"opt-in word", "go now", policy, near.Reason{}},
		{"punctuation counts", "stop all!", policy, near.Reason{Keyword: "stop all", Kind: near.Punctuation}},
		{"punctuation is ignored", "stop all!", ignoring, near.Reason{}},
		{"no row", "stop", policy, near.Reason{Keyword: "stop (fcc, ctia)", Kind: near.Sentence}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := near.New(tt.policy, expressions).Find(tt.message); got != tt.want {
				t.Errorf("Find(%+q) = %+v, want %+v", tt.message, got, tt.want)
			}
		})
	}
}

// TestLongMessages would take hours if time did not grow in proportion to the
// length of a message.
func TestLongMessages(t *testing.T) {
	const size = 2 << 20
	tests := []struct {
		name, unit string
		want       near.Kind
	}{
		{"words", "a ", ""},
		{"question marks", "?", ""},
		{"bad bytes", "\xff", ""},
		{"hyphens", "-", ""},
		{"hyphened letters", "s-", ""},
		{"keywords", "stop ", near.FirstWord},
		{"lines", "no\n", ""},
		{"expressions that go on otherwise", "x please opt me ", ""},
	}
	f := near.New(optout.Policy{}, expressions)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := f.Find(strings.Repeat(tt.unit, size/len(tt.unit))); got.Kind != tt.want {
				t.Errorf("Find(2 MiB of %+q) = %+v, want kind %v", tt.unit, got, tt.want)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"Stop.", "S T O P", "a\nstop\nb", "stop by", "- '", "please opt me out"} {
		f.Add(s)
	}
	finder := near.New(optout.Policy{}, expressions)
	f.Fuzz(func(t *testing.T, message string) {
		got := finder.Find(message)
		if _, ok := (optout.Policy{}).Match(message); ok && got.Kind != "" {
			t.Errorf("Find(%+q) = %+v for a keyword", message, got)
		}
		// White space around a message is not part of it.
		if again := finder.Find(" " + message + "\t"); again != got {
			t.Errorf("Find(%+q) = %+v, with white space around %+v", message, got, again)
		}
		// Text after a keyword cannot hide it.
		if got := finder.Find("stop " + message + " now"); got.Kind == "" || got.Kind == near.Sentence {
			t.Errorf("Find(%+q) = %+v, want a keyword", "stop "+message+" now", got)
		}
	})
}
