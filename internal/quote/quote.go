// Package quote shows texts so that a reader sees what is in them.
package quote

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/optout"
)

// Quote returns s as strconv.Quote does, and escapes besides what that takes
// for printable and no reader sees, such as U+FE0F and U+3164. That is what
// optout.Normalize removes or takes for white space, so that this package needs
// no list of its own. The errors of package optout quote in the same way.
func Quote(s string) string {
	quoted := strconv.Quote(s)
	if !strings.ContainsFunc(quoted, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return quoted // for speed
	}
	var b strings.Builder
	for _, r := range quoted {
		if r >= utf8.RuneSelf && Invisible(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Invisible reports whether a reader sees nothing, or a blank, where r stands.
func Invisible(r rune) bool {
	key := optout.Normalize("|" + string(r) + "|")
	return key == "||" || key == "| |"
}
