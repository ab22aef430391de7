// Package words splits the keys of package optout into words.
package words

import (
	"strings"
	"unicode"
)

// Spaced returns the words of a key with one space before and after each, so
// that [strings.Contains] finds whole words only. A word is a run of letters,
// marks and digits. A key without words gives two spaces.
func Spaced(key string) string {
	return " " + strings.Join(strings.FieldsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	}), " ") + " "
}
