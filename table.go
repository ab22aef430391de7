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
// There are two ways to the words of a message. The fast one, find, takes eight
// bytes of the message for eight bytes of the key, but for the case of ASCII
// letters. Where that leads to a row it is right: the text is then the row's
// key, and Normalize is idempotent. Where it leads nowhere it is right as long
// as the bytes are plain, see odd. Otherwise match collects the words from a
// keyReader. It needs more time a rune, so it does not wait for a whole word:
// starts tells of each byte whether some key has it at that place of its first
// word.
type table struct {
	keywords []Keyword
	edges    []edge // a hash table with linear probing, at most half full
	starts   [256]uint8
	longest  int   // bytes of the longest key
	shift    uint8 // of a hash, to the width of an index into edges
}

// An edge is taken by the words that are equal to word without the bits of
// fold, which tell lower case from upper: each bit stands on a letter of word.
type edge struct {
	word, fold uint64
	from       uint32 // a node
	to         uint32 // a node, or a row and 1; 0 if the edge is unused
}

// compile makes a table of rows whose keys are known. If two keys are the
// same it returns no table, and the two rows.
func compile(keywords []Keyword, keys []string) (t *table, first, second int) {
	words := 0
	for _, key := range keys {
		words += len(key)/8 + 1
	}
	width := bits.Len(uint(2 * words))
	t = &table{
		keywords: keywords,
		edges:    make([]edge, 1<<width),
		shift:    uint8(64 - width),
	}
	nodes := uint32(0)
	for row, key := range keys {
		t.longest = max(t.longest, len(key))
		for i := range min(len(key), 8) {
			t.starts[key[i]] |= 1 << i
		}
		node := uint32(0)
		for ; len(key) >= 8; key = key[8:] {
			next := t.edge(node, load(key))
			if next == 0 {
				nodes++
				next = nodes
				t.add(node, load(key), next)
			}
			node = next
		}
		last := loadShort(key)
		if other := t.edge(node, last); other != 0 {
			return nil, int(other) - 1, row
		}
		t.add(node, last, uint32(row)+1)
	}
	return t, 0, 0
}

// add adds an edge that is not in the table.
func (t *table) add(from uint32, word uint64, to uint32) {
	i := t.hash(from, word)
	for t.edges[i&t.mask()].to != 0 {
		i++
	}
	t.edges[i&t.mask()] = edge{word, letters(word), from, to}
}

// edge returns where the edge leads that leaves a node with an ASCII word of
// any case, or with any word of a key, and 0 if there is none.
func (t *table) edge(from uint32, word uint64) uint32 {
	for i := t.hash(from, word); ; i++ {
		e := &t.edges[i&t.mask()]
		if word&^e.fold == e.word && e.from == from || e.to == 0 {
			return e.to
		}
	}
}

func (t *table) mask() uint64 { return uint64(len(t.edges) - 1) }

// hash returns the same for words that differ in case.
func (t *table) hash(from uint32, word uint64) uint64 {
	// Constants from the fractional part of the golden ratio and of pi.
	return (word&^(0x20*each) ^ uint64(from)*0x9e3779b97f4a7c15) * 0x243f6a8885a308d3 >> (t.shift & 63)
}

// row returns the row whose key ends at a node with the last word given, and
// -1 if there is none.
func (t *table) row(node uint32, last uint64) int { return int(t.edge(node, last)) - 1 }

// find returns the row whose key is that of s, and -1 if there is none.
func (t *table) find(s string) int {
	text := s
	for len(text) > 0 && text[0] <= ' ' && asciiSpace(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] <= ' ' && asciiSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	node := uint32(0)
	for len(text) >= 8 {
		word := load(text)
		switch last := byte(word >> 56); {
		case last == 0: // looks like the end of a key
			return t.match(s, false)
		case last == ' ' && !graphic(text[8]): // may be the end of the text
			return t.match(s, false)
		}
		if node = t.edge(node, word); node == 0 {
			if odd(word) != 0 {
				return t.match(s, false)
			}
			return -1
		}
		text = text[8:]
	}
	n := len(text)
	var word uint64
	switch { // loads that overlap
	case n >= 4:
		word = uint64(load4(text)) | uint64(load4(text[n-4:]))<<(8*(n-4)&63)
	case n > 0:
		word = uint64(text[0]) | uint64(text[n/2])<<(n/2*8&63) | uint64(text[n-1])<<((n-1)*8&63)
	}
	row := t.row(node, word)
	if row < 0 && odd(word)<<(8*(8-n)) != 0 {
		return t.match(s, false)
	}
	return row
}

// findTrimmed is find without punctuation, symbols and white space at the two
// ends of the key of s.
func (t *table) findTrimmed(s string) int {
	text := s
	for len(text) > 0 && outer(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && outer(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	if len(text) > 0 && alphanumeric(text[0]) && alphanumeric(text[len(text)-1]) {
		return t.find(text) // its key has nothing to trim
	}
	return t.match(s, true)
}

// match is find or, with trim, findTrimmed by way of a keyReader.
func (t *table) match(s string, trim bool) int {
	w := walk{table: t}
	k := keyReader{cursor: cursor{rest: s}, maxRun: t.longest}
	if !trim { // nothing takes the first plain bytes back
		for k.rest != "" && graphic(k.rest[0]) {
			if w.byte(byte(k.ascii(k.rest[0]))); w.lost {
				return -1
			}
			k.rest, k.any = k.rest[1:], true
		}
	}
	tail := false // the last runes would be trimmed if none came behind them
	row := -1     // with tail: the row whose key ends before them
	for {
		r, ok := k.next()
		switch {
		case !ok && tail:
			return row
		case !ok:
			return w.row()
		case r == utf8.RuneError:
			return -1 // damaged text; trim would take it for a symbol
		}
		if trim {
			switch outer := outerRune(r); {
			case outer && w.n == 0:
				continue
			case outer && !tail:
				tail, row = true, w.row()
			case !outer:
				tail, row = false, -1
			}
		}
		if !w.lost {
			w.rune(r)
		}
		if w.lost && row < 0 {
			return -1
		}
	}
}

// outerRune reports whether findTrimmed leaves out a rune at the ends of a key.
func outerRune(r rune) bool {
	if r < utf8.RuneSelf {
		return outer(byte(r))
	}
	return unicode.IsPunct(r) || unicode.IsSymbol(r)
}

// outer is outerRune for ASCII.
func outer(b byte) bool { return asciiSpace(b) || graphic(b) && !alphanumeric(b) }

// A walk goes from node to node by the bytes of a key.
type walk struct {
	*table
	node uint32
	word uint64 // what has been read of the next word
	n    int    // bytes read
	lost bool   // no key starts with them
}

// rune goes on by one rune.
func (w *walk) rune(r rune) {
	if r < utf8.RuneSelf {
		w.byte(byte(r))
		return
	}
	var buf [utf8.UTFMax]byte
	for _, b := range buf[:utf8.EncodeRune(buf[:], r)] {
		w.byte(b)
	}
}

func (w *walk) byte(b byte) {
	if w.lost = w.lost || w.n < 8 && w.starts[b]>>w.n&1 == 0; w.lost {
		return
	}
	w.word |= uint64(b) << (w.n % 8 * 8)
	if w.n++; w.n%8 == 0 {
		w.node = w.edge(w.node, w.word)
		w.lost = w.node == 0
		w.word = 0
	}
}

// row returns the row whose key has been read, and -1 if that is none.
func (w *walk) row() int { return w.table.row(w.node, w.word) }

// load returns the first eight bytes of s as a word, the first one lowest.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// loadShort is load for less than eight bytes; zeros stand in for the rest.
func loadShort(s string) uint64 {
	var word uint64
	for i := range len(s) {
		word |= uint64(s[i]) << (8 * i)
	}
	return word
}

func load4(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// each is a word of eight bytes b.
const each = 0x0101010101010101

// odd returns a word that is not zero if word has a byte that find does not
// take as it is: one that is not ASCII, a control character, or a space behind
// a space. The highest bit of such a byte is set; bytes above it are
// unreliable.
func odd(word uint64) uint64 {
	control := ^(word + (0x80-' ')*each) | (word + (0x80-0x7f)*each) // or beyond ASCII
	space := ^(word ^ ' '*each + 0x7f*each)
	return (control | space&(space<<8)) & (0x80 * each)
}

// letters returns a word with the bit 0x20 wherever word has one of A to Z.
func letters(word uint64) uint64 {
	ascii := word & (0x7f * each)
	fromA := ascii + (0x80-'A')*each
	aboveZ := ascii + (0x80-'Z'-1)*each
	return (fromA &^ aboveZ &^ word & (0x80 * each)) >> 2
}

func graphic(b byte) bool { return ' ' < b && b < 0x7f }

func alphanumeric(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}
