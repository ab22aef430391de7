// Package quote shows texts so that a reader sees what is in them.
package quote

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/optout"
)

// Quote returns s as [strconv.Quote] does. It also escapes the characters that
// [strconv.Quote] takes for printable but that [optout.Normalize] removes or takes
// for white space, such as U+FE0F and U+3164. The errors of package optout quote in
// the same way.
func Quote(s string) string {
	b := make([]byte, 0, len(s)+len(`""`))
	for _, r := range strconv.Quote(s) {
		if r >= utf8.RuneSelf && optout.Normalize(string(r)) == "" {
			b = append(b, strings.Trim(strconv.QuoteRuneToASCII(r), "'")...)
		} else {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// Printable returns s, or the result of [Quote] if that escapes a character other
// than quotation marks.
func Printable(s string) string {
	if quoted := Quote(s); len(quoted) != len(s)+len(`""`)+strings.Count(s, `"`) {
		return quoted
	}
	return s
}
