package optout

import (
	"encoding/binary"
	"testing"
)

// TestWordEnds puts up to three characters that a key may lack at every place
// of keywords that end, or have a space, near the end of a word of eight bytes.
func TestWordEnds(t *testing.T) {
	texts := []string{"stopall", "abmelden", "stopall now", "abmelden jetzt", "no texts", "no texts, no calls"}
	var rows []Keyword
	for _, text := range texts {
		rows = append(rows, Keyword{text, ClassOptOut, Drop})
	}
	pieces := []string{"", " ", "\t", "\x00", "\x7f", "\u200b", "\u3000", "\u0301", "!"}
	o := newOracleTester(t, rows, proxyKeywords[:])
	for _, text := range texts {
		for i := range len(text) + 1 {
			for _, a := range pieces {
				for _, b := range pieces {
					for _, c := range pieces {
						o.checkBoth(t, text[:i]+a+b+c+text[i:])
					}
				}
			}
		}
	}
}

// TestOdd runs every pair of neighbouring bytes through odd, at every place of
// a word.
func TestOdd(t *testing.T) {
	for i := range 7 {
		for a := range 256 {
			for b := range 256 {
				text := []byte("SToppSTp")
				text[i], text[i+1] = byte(a), byte(b)
				want := false
				for j, c := range text {
					want = want || c < ' ' || c >= 0x7f || c == ' ' && j > 0 && text[j-1] == ' '
				}
				word := load(string(text))
				if got := odd(word) != 0; got != want {
					t.Fatalf("odd(%q) = %#x, want a bit: %v", text, odd(word), want)
				}
			}
		}
	}
}

// TestOddBelow holds that the bits below the lowest odd byte are right, which
// find relies on in a word that is not full.
func TestOddBelow(t *testing.T) {
	for n := range 8 {
		for c := range 256 {
			text := "S t o p "[:n] + string([]byte{byte(c)})
			if got := odd(loadShort(text[:n])) << (8 * (8 - n)); got != 0 {
				t.Errorf("odd(%q) = %#x in its %d bytes, want 0", text[:n], got, n)
			}
		}
	}
}

// TestLetters runs every pair of neighbouring bytes through letters, at every
// place of a word.
func TestLetters(t *testing.T) {
	for i := range 7 {
		for a := range 256 {
			for b := range 256 {
				text, want := []byte("S.TzA@[Z"), []byte("S.TzA@[Z")
				text[i], text[i+1] = byte(a), byte(b)
				for j, c := range text {
					want[j] = 0
					if 'A' <= c && c <= 'Z' {
						want[j] = 'a' - 'A'
					}
				}
				if got, want := letters(load(string(text))), load(string(want)); got != want {
					t.Fatalf("letters(%q) = %#x, want %#x", text, got, want)
				}
			}
		}
	}
}

func TestLoad(t *testing.T) {
	const text = "\x01\x80\xff\x7fSTOP"
	if got, want := load(text), binary.LittleEndian.Uint64([]byte(text)); got != want {
		t.Errorf("load(%q) = %#x, want %#x", text, got, want)
	}
	for n := range 8 {
		var full [8]byte
		copy(full[:], text[:n])
		if got, want := loadShort(text[:n]), binary.LittleEndian.Uint64(full[:]); got != want {
			t.Errorf("loadShort(%q) = %#x, want %#x", text[:n], got, want)
		}
	}
}
