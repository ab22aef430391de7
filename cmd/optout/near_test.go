package main

import (
	"strings"
	"testing"

	"example.com/optout"
)

const (
	punctuated  = "punctuation around it"
	spaced      = "spaces or signs in it"
	onLine      = "alone on a line"
	firstWord   = "first word"
	lastWord    = "last word"
	inASentence = "in a sentence"
)

// A miss is what find returns.
type miss struct{ keyword, kind string }

func nearMiss(n *nearer, message string) miss {
	keyword, kind := n.find(message)
	return miss{keyword, kind}
}

func TestNear(t *testing.T) {
	tests := []struct {
		name, message string
		want          miss
	}{
		{"empty", "", miss{}},
		{"a keyword", "Stop", miss{}},
		{"a keyword of another class", "HELP", miss{}},
		{"a keyword of another class with punctuation", "Start!", miss{}},
		{"chat", "On my way", miss{}},
		{"punctuation alone", "?!", miss{}},
		{"question marks alone", "????", miss{}},

		{"full stop", "Stop.", miss{"STOP", punctuated}},
		{"quotation marks", "\u201cstop\u201d", miss{"STOP", punctuated}},
		{"emoji", "STOP \U0001F6D1", miss{"STOP", punctuated}},
		{"question mark", "arr\u00eat ?", miss{"ARRET", punctuated}},

		{"a question", "qui?", miss{}},
		{"two questions", "??en?", miss{}},
		{"a typing error", "SHOP", miss{}},

		{"space inside", "opt out", miss{"OPTOUT", spaced}},
		{"hyphen inside", "Un-Subscribe", miss{"UNSUBSCRIBE", spaced}},
		{"full stops inside", "S.T.O.P.", miss{"STOP", spaced}},

		{"line of several", "Line one\nstop!\nline three", miss{"STOP", onLine}},
		{"line of several, CR", "ok\r\n\r\nSTOP\r\n-- \r\nDana", miss{"STOP", onLine}},

		{"first word", "stop by the store", miss{"STOP", firstWord}},
		{"first word, comma", "STOP,please", miss{"STOP", firstWord}},
		{"first word, dashes", "stop--go", miss{"STOP", firstWord}},
		{"first and last word", "stop, I said stop", miss{"STOP", firstWord}},
		{"last word", "do you want to quit?", miss{"QUIT", lastWord}},
		{"last word with an accent", "prochain arr\u00eat", miss{"ARRET", lastWord}},

		{"longer word", "stopping", miss{}},
		{"hyphen after the first word", "stop-and-go traffic", miss{"STOP", firstWord}},
		{"elision", "L'arr\u00eat est au coin", miss{}},
		{"look-alikes", "\u0421\u0422\u041e\u0420", miss{}},

		{"expression in a sentence", "Please stop. I am driving.", miss{"STOP", inASentence}},
		{"expression of two words", "i want to opt  OUT now", miss{"OPT OUT", inASentence}},
		{"expression with a hyphen", "how do I opt-out here", miss{"OPT OUT", inASentence}},
		{"longest expression", "hi stop it please opt me out now", miss{"PLEASE OPT ME OUT", inASentence}},
		{"expression inside words", "unstoppable", miss{}},
	}
	f := newNearer(optout.Policy{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nearMiss(f, tt.message); got != tt.want {
				t.Errorf("find(%+q) = %+v, want %+v", tt.message, got, tt.want)
			}
		})
	}
}

func TestNearInTables(t *testing.T) {
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
		want          miss
	}{
		{"two words first", "Stop all of it", policy, miss{"STOP ALL", firstWord}},
		{"hyphened as two words", "opt out now", policy, miss{"OPT OUT", firstWord}},
		{"as one word", "OPTOUT", policy, miss{"OPT OUT", spaced}},
		{"another script", "\u0441\u0442\u043e\u043f, \u044f", policy, miss{"\u0421\u0422\u041e\u041f", firstWord}},
		{"keyword of punctuation", "#!", policy, miss{}},
		{"opt-in word", "go now", policy, miss{}},
		{"punctuation counts", "stop all!", policy, miss{"STOP ALL", punctuated}},
		{"punctuation is ignored", "stop all!", ignoring, miss{}},
		{"no row", "stop", policy, miss{"STOP", inASentence}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nearMiss(newNearer(tt.policy), tt.message); got != tt.want {
				t.Errorf("find(%+q) = %+v, want %+v", tt.message, got, tt.want)
			}
		})
	}
}

// TestNearLongMessages would take hours if time did not grow in proportion to the
// length of a message.
func TestNearLongMessages(t *testing.T) {
	const size = 2 << 20
	tests := []struct {
		name, unit string
		want       string
	}{
		{"words", "a ", ""},
		{"question marks", "?", ""},
		{"bad bytes", "\xff", ""},
		{"hyphens", "-", ""},
		{"hyphened letters", "s-", ""},
		{"keywords", "stop ", firstWord},
		{"lines", "no\n", ""},
		{"expressions that go on otherwise", "x please opt me ", ""},
	}
	f := newNearer(optout.Policy{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nearMiss(f, strings.Repeat(tt.unit, size/len(tt.unit))); got.kind != tt.want {
				t.Errorf("find(2 MiB of %+q) = %+v, want kind %v", tt.unit, got, tt.want)
			}
		})
	}
}

func FuzzNear(f *testing.F) {
	for _, s := range []string{"Stop.", "S T O P", "a\nstop\nb", "stop by", "- '", "please opt me out"} {
		f.Add(s)
	}
	finder := newNearer(optout.Policy{})
	f.Fuzz(func(t *testing.T, message string) {
		got := nearMiss(finder, message)
		if _, ok := (optout.Policy{}).Match(message); ok && got.kind != "" {
			t.Errorf("find(%+q) = %+v for a keyword", message, got)
		}
		// White space around a message is not part of it.
		if again := nearMiss(finder, " "+message+"\t"); again != got {
			t.Errorf("find(%+q) = %+v, with white space around %+v", message, got, again)
		}
		// Text after a keyword cannot hide it.
		if got := nearMiss(finder, "stop "+message+" now"); got.kind == "" || got.kind == inASentence {
			t.Errorf("find(%+q) = %+v, want a keyword", "stop "+message+" now", got)
		}
	})
}
