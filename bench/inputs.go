package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"example.com/optout"
)

// An input is measured as one row.
type input struct {
	group, name string
	texts       []string // one after the other; a figure is their mean
	word        string   // a keyword in the script of the text, for a table with it; "" for none
	bound       float64  // of this package, in nanoseconds per message, or per byte in group worst; 0 for none
}

// inputs returns ordinary lines, keywords and the worst texts.
func inputs() []input {
	var all []input
	for _, size := range []int{20, 160, 1_000_000} {
		all = append(all, input{"line", fmt.Sprintf("ASCII, %d bytes", size), []string{atMost("hey, are you here yet? ", size)}, "", 15})
	}
	for _, line := range []struct{ script, text, word string }{
		{"Cyrillic", "\u043f\u0440\u0438\u0432\u0435\u0442, \u0442\u044b \u0433\u0434\u0435? ", "\u0441\u0442\u043e\u043f"},
		{"Greek", "\u03b3\u03b5\u03b9\u03b1, \u03c0\u03bf\u03cd \u03b5\u03af\u03c3\u03b1\u03b9; ", "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ae"},
		{"Arabic", "\u0645\u0631\u062d\u0628\u0627 \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f ", "\u0625\u064a\u0642\u0627\u0641"},
		{"Arabic, U+0623 first", "\u0623\u064a\u0646 \u0623\u0646\u062a\u061f ", "\u0623\u0648\u0642\u0641"},
		{"Hebrew", "\u05d4\u05d9\u05d9, \u05d0\u05d9\u05e4\u05d4 \u05d0\u05ea\u05d4? ", "\u05d4\u05e1\u05e8"},
		{"Hindi", "\u0928\u092e\u0938\u094d\u0924\u0947, \u0906\u092a \u0915\u0939\u093e\u0901? ", "\u092c\u0902\u0926"},
		{"Thai", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0e2d\u0e22\u0e39\u0e48\u0e17\u0e35\u0e48\u0e44\u0e2b\u0e19 ", "\u0e2b\u0e22\u0e38\u0e14"},
		{"Ethiopic", "\u1230\u120b\u121d, \u12e8\u1275 \u1290\u1205? ", "\u12a0\u1241\u121d"},
		{"Chinese", "\u4f60\u597d\uff0c\u4f60\u5728\u54ea\u91cc\uff1f ", "\u9000\u8ba2"},
		{"Japanese", "\u3053\u3093\u306b\u3061\u306f\u3001\u3069\u3053\u3067\u3059\u304b\u3002 ", "\u505c\u6b62"},
		{"Korean", "\uc548\ub155\ud558\uc138\uc694, \uc5b4\ub514\uc138\uc694? ", "\uc911\uc9c0"},
		{"emoji", "\U0001f44b\U0001f695 \u2764\ufe0f ok ", "\U0001f6d1"},
	} {
		all = append(all, input{"line", line.script + ", 160 bytes", []string{atMost(line.text, 160)}, line.word, 25})
	}
	var spellings []string
	for _, k := range words {
		spellings = append(spellings, k.Text, strings.ToLower(k.Text), k.Text[:1]+strings.ToLower(k.Text[1:]))
	}
	all = append(all, input{"keyword", fmt.Sprintf("the %d words in 3 spellings, on average", len(words)), spellings, "", 0})
	for _, s := range []string{"STOP", "Arr\u00eat", "\uff33\uff34\uff2f\uff30", "S\u200bTOP"} {
		all = append(all, input{"keyword", fmt.Sprintf("%+q", s), []string{s}, "", 200})
	}
	for _, unit := range []struct {
		name, text string
		bound      float64
	}{
		{"white space", " ", 25}, {"U+3000", "\u3000", 25}, {"punctuation", "!", 25}, {"U+2026", "\u2026", 100},
		{"marks", "\u0301", 25}, {"marks of two classes", "\u0301\u0323", 25}, {"U+200B", "\u200b", 25},
		{"emoji", "\U0001f6d1", 25}, {"U+2A0C", "\u2a0c", 100}, {"U+2057", "\u2057", 100}, {"U+222D", "\u222d", 100},
	} {
		for _, front := range []string{"", "STOP"} {
			for _, size := range []int{1600, 160_000} {
				name := strings.TrimPrefix(fmt.Sprintf("%s and %s, %d bytes", front, unit.name, size), " and ")
				all = append(all, input{"worst", name, []string{front + atMost(unit.text, size-len(front))}, "", unit.bound})
			}
		}
	}
	return all
}

// table returns a policy with the built-in table and word.
func table(word string) optout.Policy {
	return optout.MustPolicy(append(optout.Policy{}.Keywords(), optout.Keyword{Text: word, Class: optout.ClassOptOut, Action: optout.Drop}))
}

// atMost repeats text up to n bytes, without a rune that would be cut.
func atMost(text string, n int) string {
	s := strings.Repeat(text, n/len(text)+1)[:n]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
