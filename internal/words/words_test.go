package words

import "testing"

func TestSpaced(t *testing.T) {
	tests := []struct{ name, key, want string }{
		{"nothing", "", "  "},
		{"punctuation alone", "?!", "  "},
		{"one word", "STOP", " STOP "},
		{"punctuation between and around", "(OPT-OUT, NOW.)", " OPT OUT NOW "},
		{"digits", "4 EVER", " 4 EVER "},
		{"a mark belongs to its letter", "\u0939\u093f", " \u0939\u093f "},
		{"damaged text is not a word", "STOP\ufffd", " STOP "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Spaced(tt.key); got != tt.want {
				t.Errorf("Spaced(%+q) = %+q, want %+q", tt.key, got, tt.want)
			}
		})
	}
}
