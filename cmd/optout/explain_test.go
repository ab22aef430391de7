package main

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/optout"
)

// TestChanges checks that changes agrees with Normalize about every character of
// the BMP, before and after a letter.
func TestChanges(t *testing.T) {
	for r := rune(0); r <= 0xffff; r++ {
		if !utf8.ValidRune(r) || optout.Normalize("A"+string(r)+"A") != "A"+optout.Normalize(string(r))+"A" {
			continue // a mark on the A, or white space
		}
		want := ""
		if key := optout.Normalize(string(r)); key != string(r) {
			want = cmp.Or(strings.Trim(fmt.Sprintf("%U", []rune(key)), "[]"), "removed")
		}
		got := ""
		for _, row := range changes("A" + string(r) + "A").rows {
			got = row[2]
		}
		if got != want {
			t.Fatalf("changes of %U: it becomes %q, want %q", r, got, want)
		}
	}
}
