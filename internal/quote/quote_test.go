package quote

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"example.com/optout"
)

func TestQuote(t *testing.T) {
	tests := []struct{ name, s, want string }{
		{"ASCII", "stop \"it\"\n", `"stop \"it\"\n"`},
		{"other scripts", "\u0441\u0442\u043e\u043f \u092c\u0902\u0926 \u505c", "\"\u0441\u0442\u043e\u043f \u092c\u0902\u0926 \u505c\""},
		{"zero width space", "s\u200btop", `"s\u200btop"`},
		{"variation selector", "\u2764\ufe0f", "\"\u2764\\ufe0f\""},
		{"Hangul filler", "\u3164", `"\u3164"`},
		{"no-break space", "a\u00a0b", `"a\u00a0b"`},
		{"tag beyond the BMP", "\U000e0041", `"\U000e0041"`},
		{"not UTF-8", "ARR\xcaT", `"ARR\xcaT"`},
		{"an accent on nothing", "\u0301", "\"\u0301\""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Quote(tt.s); got != tt.want {
				t.Errorf("Quote(%+q) = %s, want %s", tt.s, got, tt.want)
			}
		})
	}
}

func TestPrintable(t *testing.T) {
	tests := []struct{ name, s, want string }{
		{"nothing", "", ""},
		{"quotation marks", `a "b"`, `a "b"`},
		{"invisible character", "a\u200b", `"a\u200b"`},
		{"the same, quoted already", `"a\u200b"`, `"\"a\\u200b\""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Printable(tt.s); got != tt.want {
				t.Errorf("Printable(%+q) = %s, want %s", tt.s, got, tt.want)
			}
		})
	}
}

// TestQuoteAsErrorsDo checks that there is one rule: what an error of package
// optout quotes looks as Quote has it, for every code point.
func TestQuoteAsErrorsDo(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		text := "x" + string(r)
		got := optout.KeywordError{Keyword: optout.Keyword{Text: text}}.Error()
		if want := "optout: keyword 0 (" + Quote(text) + "): "; got != want {
			t.Errorf("%U: the error is %s, want %s", r, got, want)
		}
	}
}
