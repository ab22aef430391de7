package optout

import "testing"

// TestWordEnds puts up to three characters that a key may lack at every place
// of keywords with and without spaces.
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
