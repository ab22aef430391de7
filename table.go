package optout

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A table finds the row that a message is. It keeps the keys of its rows
// sorted, so the keys that begin with the same bytes are a span of it. A lookup
// reads the key of the message and narrows the span with each byte. It stops
// at the first byte with which no key continues.
type table struct {
	keywords []Keyword
	rows     []row // sorted by key; rows with the same key keep their order

	// The keys that begin with the byte b are rows[first[b]:first[b+1]].
	first [utf8.RuneSelf + 1]int
}

type row struct {
	key   string // ends in a zero byte, and no key contains another one
	index int    // in keywords
}

// maxRun is the number of marks that a key may have in sequence, as in the
// Stream-Safe Text Format of Unicode Standard Annex #15.
const maxRun = 30

// A span is the rows from lo up to hi, whose keys begin with the same depth
// bytes.
type span struct{ lo, hi, depth int }

// newTable returns the table of keywords, which it keeps.
func newTable(keywords []Keyword) *table {
	t := &table{keywords: keywords, rows: make([]row, len(keywords))}
	for i, k := range keywords {
		t.rows[i] = row{Normalize(k.Text) + "\x00", i}
	}
	slices.SortStableFunc(t.rows, compareKeys)
	for b := range t.first {
		t.first[b] = t.lower(t.all(), byte(b))
	}
	return t
}

func compareKeys(a, b row) int { return strings.Compare(a.key, b.key) }

func (t *table) all() span { return span{0, len(t.rows), 0} }

// lower returns the first row of s whose key continues with b or a greater
// byte.
func (t *table) lower(s span, b byte) int {
	lo, hi := s.lo, s.hi
	for lo < hi {
		middle := int(uint(lo+hi) / 2)
		if t.rows[middle].key[s.depth] < b {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return lo
}

// narrow returns the rows of s whose keys continue with b, which is not 0.
func (t *table) narrow(s span, b byte) span {
	return span{t.lower(s, b), t.lower(s, b+1), s.depth + 1}
}

func (t *table) narrowRune(s span, r rune) span {
	var buf [utf8.UTFMax]byte
	for _, b := range utf8.AppendRune(buf[:0], r) {
		s = t.narrow(s, b)
	}
	return s
}

// keyword returns the first row of s if its key ends here, and nil otherwise.
func (t *table) keyword(s span) *Keyword {
	if s.lo == s.hi || t.rows[s.lo].key[s.depth] != 0 {
		return nil
	}
	return &t.keywords[t.rows[s.lo].index]
}

// find returns the row whose key is the key of message, or nil.
func (t *table) find(message string) *Keyword {
	var run [maxRun]mark
	k := keyReader{text: message, run: run[:]}
	s := t.all()
	for r := range k.runes {
		if s = t.narrowRune(s, r); s.lo == s.hi {
			return nil
		}
	}
	return t.keyword(s)
}

// findTrimmed returns the row whose key is the key of message without its
// outer punctuation (see [Policy.IgnorePunctuation]), or nil.
func (t *table) findTrimmed(message string) *Keyword {
	var run [maxRun]mark
	k := keyReader{text: message, run: run[:]}
	s := t.all()
	// Outer is true at the start of the key, and while the runes read last may
	// be outer punctuation at its end. Last is the row whose key ends before
	// those.
	outer := true
	var last *Keyword
	for r := range k.runes {
		switch {
		case !(outer && isMark(r)) && !isOuter(r):
			outer, last = false, nil
		case s.depth == 0:
			continue
		case !outer:
			outer, last = true, t.keyword(s)
		}
		if s = t.narrowRune(s, r); s.lo == s.hi && last == nil {
			return nil
		}
	}
	if outer {
		return last
	}
	return t.keyword(s)
}

// isOuter reports whether r is outer punctuation at either end of a key.
func isOuter(r rune) bool {
	return r == ' ' || r != utf8.RuneError && (unicode.IsSymbol(r) || unicode.IsPunct(r))
}

// shortcut finds, for speed alone, the rows of most messages: of those that are
// words of ASCII letters and digits and white space, and of those whose first
// runes begin no key. It returns false if find, and with trim findTrimmed, must
// read the message.
func (t *table) shortcut(message string, trim bool) (k *Keyword, ok bool) {
	s, i := t.all(), 0
	for ; i < len(message) && (alphanumeric(message[i]) || i > 0 && message[i] == ' ' && i+1 < len(message) && alphanumeric(message[i+1])); i++ {
		if b := upper(message[i]); i == 0 {
			s = span{t.first[b], t.first[b+1], 1}
		} else if t.rows[s.lo].key[i] == b && t.rows[s.hi-1].key[i] == b {
			s.depth++
		} else {
			s = t.narrow(s, b)
		}
		if s.lo == s.hi {
			return nil, true
		}
	}
	if i == len(message) {
		return t.keyword(s), true
	}
	r, _ := utf8.DecodeRuneInString(message)
	return nil, t.first[utf8.RuneSelf] == len(t.rows) && unicode.Is(otherScripts, r) && !(trim && (isOuter(r) || isMark(r)))
}

// otherScripts has blocks of runes whose keys begin with a rune beyond ASCII:
// the scripts other than Latin in which people write, and emoji. It leaves out
// the other runes of these blocks. A test tries all of its runes.
var otherScripts = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0386, 0x061b, 1}, {0x061d, 0x063f, 1}, {0x0641, 0x115e, 1}, // Greek to Hangul Jamo
		{0x1161, 0x167f, 1}, {0x1700, 0x17b3, 1}, {0x17b6, 0x180a, 1}, {0x1810, 0x1cff, 1}, // to Vedic Extensions
		{0x2300, 0x243f, 1}, {0x2500, 0x27ff, 1}, {0x2b00, 0x2bff, 1}, // signs, emoji among them
		{0x3001, 0x309a, 1}, {0x309d, 0x312f, 1}, {0x3400, 0xa4cf, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, // Han to Hangul
	},
	R32: []unicode.Range32{{0x1f1e6, 0x1f1ff, 1}, {0x1f300, 0x1faff, 1}, {0x20000, 0x323af, 1}}, // flags, emoji, Han
}
