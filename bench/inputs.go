package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type input struct{ group, name, text string }

// inputs returns what is measured: each keyword, spellings of one, ordinary
// lines in six scripts and five lengths, and the worst there is.
func inputs() []input {
	var all []input
	add := func(group, name, text string) { all = append(all, input{group, name, text}) }

	for _, k := range words {
		add("keyword", k.Text, k.Text)
	}
	for _, s := range []string{"stop", " Stop\r\n", "\tUNSUBSCRIBE  ", "Arr\u00eat", "ARRE\u0302T", "\uff33\uff34\uff2f\uff30", "S\u200bTOP", "\U0001d412\U0001d413\U0001d40e\U0001d40f", "Stop.", "\u00abSTOP\u00bb"} {
		add("spelling", fmt.Sprintf("%+q", s), s)
	}
	for _, line := range []struct{ script, text string }{
		{"Latin", "hey, are you here yet? "},
		{"Latin, first word a keyword", "stop by the store now. "},
		{"Latin, early apostrophe", "I\u2019m at the corner now. "},
		{"Cyrillic", "\u043f\u0440\u0438\u0432\u0435\u0442, \u0442\u044b \u0433\u0434\u0435? "},
		{"Arabic", "\u0645\u0631\u062d\u0628\u0627 \u0643\u064a\u0641 \u062d\u0627\u0644\u0643\u061f "},
		{"Chinese", "\u4f60\u597d\uff0c\u4f60\u5728\u54ea\u91cc\uff1f "},
		{"Hindi", "\u0928\u092e\u0938\u094d\u0924\u0947, \u0906\u092a \u0915\u0939\u093e\u0901? "},
		{"Korean", "\uc548\ub155\ud558\uc138\uc694, \uc5b4\ub514\uc138\uc694? "},
	} {
		for _, size := range []int{20, 160, 1600, 16_000, 1_000_000} {
			add("line", fmt.Sprintf("%s, %s", line.script, bytes(size)), atMost(line.text, size))
		}
	}
	for _, unit := range []struct{ name, text string }{
		{"marks", "\u0301"},
		{"marks of two classes", "\u0301\u0323"},
		{"invisible", "\u200b"},
		{"white space", " "},
		{"ideographic spaces", "\u3000"},
		{"punctuation", "!"},
		{"typographic punctuation", "\u2026"},
		{"emoji", "\U0001f6d1"},
		{"emoji with selectors", "\u2764\ufe0f"},
		{"bad bytes", "\xff"},
	} {
		for _, front := range []string{"", "STOP"} {
			for _, size := range []int{1600, 16_000, 160_000} {
				name := fmt.Sprintf("%s, %s", unit.name, bytes(size))
				if front != "" {
					name = front + " and " + name
				}
				add("worst", name, front+atMost(unit.text, size))
			}
		}
	}
	return all
}

func bytes(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%d MB", n/1_000_000)
	case n >= 10_000:
		return fmt.Sprintf("%d KB", n/1000)
	}
	return fmt.Sprintf("%d B", n)
}

// atMost repeats text up to n bytes, and leaves out a rune that would be cut.
func atMost(text string, n int) string {
	s := strings.Repeat(text, n/len(text)+1)[:n]
	for utf8.ValidString(text) && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
