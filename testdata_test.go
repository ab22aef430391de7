package optout

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TestLatinLetters holds which letters step 4 of Normalize takes marks from, in
// ranges, and that it does take one from each, and from no other.
func TestLatinLetters(t *testing.T) {
	w := new(strings.Builder)
	fmt.Fprintf(w, "# The Latin letters: script Latin, category L. See README.md.\n")
	fmt.Fprintf(w, "# Unicode %s (Go 1.26 has 15.0.0, Go 1.27 has 17.0.0).\n", unicode.Version)
	fmt.Fprintf(w, "# first; last; name of the first\n")
	first := rune(-1) // of a range that has begun
	eachRune(func(r rune) {
		latin := unicode.Is(unicode.Latin, r) && unicode.IsLetter(r)
		if latin && first < 0 {
			first = r
		}
		if !latin && first >= 0 {
			fmt.Fprintf(w, "%U; %U; %s\n", first, r-1, runeName(first))
			first = -1
		}

		if !unicode.Is(unicode.Latin, r) && !unicode.IsLetter(r) || !norm.NFKD.IsNormalString(string(r)) {
			return // carries no mark in step 4, or is no letter; TestEveryCodePoint has all
		}
		const mark = "\u0301"
		key := Normalize(string(r) + mark)
		if key != mark && strings.HasSuffix(key, mark) == latin { // alone: r is invisible
			t.Errorf("Normalize(%+q) = %+q, but that %U is a Latin letter is %v", string(r)+mark, key, r, latin)
		}
	})
	golden(t, "latin-letters-"+unicode.Version+".txt", w.String())
}
