package optout

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// A table finds the keyword that a message is. It reads the message's key in
// words of eight bytes, and no further than some keyword agrees with it.
//
// The keys of the rows form a tree. A key is cut into words, the last of which
// is filled up with zero bytes and has at least one, so that no word is both in
// the middle of a key and at its end. Each word is an edge from the node that
// the words before it lead to, node 0 at first; the last edge leads to the row.
// All edges of all nodes stand in one hash table:
//
//	"UNSUBSCRIBE"  0 --"UNSUBSCR"--> 1 --"IBE\0\0\0\0\0"--> row 3
//	"STOP"         0 --"STOP\0\0\0\0"--> row 0
//
// A chat line ends with its first word: that is one look-up, whatever the
// length of the line and the size of the table.
//
// There are two ways to the words of a message. As long as it is ASCII without
// control characters and without two spaces in a row, eight of its bytes are
// eight bytes of the key but for their case, and find takes them at once. From
// any other message match collects the words from a keyReader. It needs more
// time a rune, so it does not wait for a whole word: starts tells of each byte
// whether some key has it at that place of its first word.
type table struct {
	keywords []Keyword
	edges    []edge // a hash table with linear probing, at most half full
	starts   [256]uint8
}

type edge struct {
	word uint64
	from uint32 // a node
	to   uint32 // a node, or a row and 1; 0 if the edge is unused
}

// compile makes a table of rows whose keys are known. If two keys are the
// same it returns no table, and the two rows.
func compile(keywords []Keyword, keys []string) (t *table, first, second int) {
	words := 0
	for _, key := range keys {
		words += len(key)/8 + 1
	}
	t = &table{
		keywords: keywords,
		edges:    make([]edge, 1<<bits.Len(uint(2*words))),
	}
	nodes := uint32(0)
	for row, key := range keys {
		for i := range min(len(key), 8) {
			t.starts[key[i]] |= 1 << i
		}
		node := uint32(0)
		for ; len(key) >= 8; key = key[8:] {
			e := t.edge(node, load(key))
			if e.to == 0 {
				nodes++
				*e = edge{load(key), node, nodes}
			}
			node = e.to
		}
		e := t.edge(node, loadShort(key))
		if e.to != 0 {
			return nil, int(e.to) - 1, row
		}
		*e = edge{loadShort(key), node, uint32(row) + 1}
	}
	return t, 0, 0
}

// edge returns the edge that leaves a node with a word, or else the unused one
// that would become it.
func (t *table) edge(from uint32, word uint64) *edge {
	// Constants from the fractional part of the golden ratio and of pi.
	hi, lo := bits.Mul64(word^uint64(from)*0x9e3779b97f4a7c15, 0x243f6a8885a308d3)
	for i := hi ^ lo; ; i++ {
		e := &t.edges[i&uint64(len(t.edges)-1)]
		if e.word == word && e.from == from || e.to == 0 {
			return e
		}
	}
}

// row returns the row whose key ends at a node with the last word given, and
// -1 if there is none.
func (t *table) row(node uint32, last uint64) int {
	return int(t.edge(node, last).to) - 1
}

// find returns the row whose key is that of s, and -1 if there is none. With
// trim, punctuation, symbols and white space at the two ends of the key of s
// are left out.
func (t *table) find(s string, trim bool) int {
	// What goes at the ends of a text in ASCII goes at the ends of its key.
	text := s
	for len(text) > 0 && outer(text[0], trim) {
		text = text[1:]
	}
	for len(text) > 0 && outer(text[len(text)-1], trim) {
		text = text[:len(text)-1]
	}
	node := uint32(0)
	for len(text) >= 8 {
		// What an outer byte at the end of the word belongs to is still open:
		// behind it may stand nothing but what is left out.
		word := load(text)
		if odd(word) != 0 || outer(text[7], trim) && !inner(text[8], trim) {
			return t.match(s, trim)
		}
		node = t.edge(node, upper(word)).to
		if node == 0 {
			return -1
		}
		text = text[8:]
	}
	word := loadShort(text)
	if odd(word)<<(8*(8-len(text))) != 0 {
		return t.match(s, trim)
	}
	return t.row(node, upper(word))
}

// match is find by way of a keyReader.
func (t *table) match(s string, trim bool) int {
	var (
		k    = keyReader{cursor: cursor{rest: s}}
		node uint32
		word uint64
		n    int  // bytes of the key so far
		dead bool // no keyword starts with them
		tail bool // the last runes would be trimmed if none came behind them
		row  = -1 // with tail: the row whose key ends before them
	)
	for {
		r, ok := k.next()
		switch {
		case !ok && tail:
			return row
		case !ok:
			return t.row(node, word)
		case r == utf8.RuneError:
			return -1 // damaged text; trim would take it for a symbol
		}
		if trim {
			switch outer := r == ' ' || unicode.IsPunct(r) || unicode.IsSymbol(r); {
			case outer && n == 0:
				continue
			case outer && !tail:
				tail, row = true, -1
				if !dead {
					row = t.row(node, word)
				}
			case !outer:
				tail, row = false, -1
			}
		}
		var buf [utf8.UTFMax]byte
		for _, b := range buf[:utf8.EncodeRune(buf[:], r)] {
			if n < 8 && t.starts[b]>>n&1 == 0 {
				dead = true
			}
			word |= uint64(b) << (n % 8 * 8)
			if n++; n%8 == 0 && !dead {
				node = t.edge(node, word).to
				dead = node == 0
				word = 0
			}
		}
		if dead && row < 0 {
			return -1
		}
	}
}

// load returns the first eight bytes of s as a word, the first one lowest.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// loadShort is load for less than eight bytes; zeros stand in for the rest.
func loadShort(s string) uint64 {
	n := len(s)
	if n >= 4 {
		lo, hi := s[:4], s[n-4:] // they may overlap
		return load4(lo) | load4(hi)<<(8*(n-4))
	}
	word := uint64(0)
	for i := range n {
		word |= uint64(s[i]) << (8 * i)
	}
	return word
}

func load4(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// each is a word of eight bytes b.
const each = 0x0101010101010101

// odd returns a word that is not zero if word has a byte that find does not
// take as it is: one that is not ASCII, a control character, or a space behind
// a space. The highest bit of such a byte is set; bytes above it are
// unreliable.
func odd(word uint64) uint64 {
	control := ^(word + (0x80-' ')*each) | (word + (0x80-0x7f)*each)
	space := ^(word ^ ' '*each + 0x7f*each)
	return (word | control | space&(space<<8)) & (0x80 * each)
}

// upper returns word, whose bytes are ASCII, in upper case.
func upper(word uint64) uint64 {
	fromA := word + (0x80-'a')*each
	aboveZ := word + (0x80-'z'-1)*each
	return word - (fromA&^aboveZ&(0x80*each))>>2
}

// outer reports whether find leaves b out at the ends of a text.
func outer(b byte, trim bool) bool {
	return asciiSpace(b) || trim && graphic(b) && !alphanumeric(b)
}

// inner reports whether b is ASCII that no reader of keys removes, and that is
// not outer.
func inner(b byte, trim bool) bool {
	return graphic(b) && (!trim || alphanumeric(b))
}

func graphic(b byte) bool { return ' ' < b && b < 0x7f }

func alphanumeric(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}
