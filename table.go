package optout

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A table finds the row that a message is. It reads the message's key along the
// keys of the rows, and no further than some row agrees with it.
//
// The keys stand one behind the other in text, each closed by the byte end and
// the number of its row, and each without the start that it has in common with
// a row before it. A place in text stands for what has been read so far: root
// for nothing, lost for what no key begins with. If the next byte of the key is
// the one that stands at the place, the place behind that is next; otherwise
// jumps has the place in another row's key, if there is one:
//
//	text   lost root STOP end 0  UNSUBSCRIBE end 1  TOP end 2
//	jumps  root -S-> TOP, root -U-> NSUBSCRIBE, UNS -T-> OP
type table struct {
	keywords []Keyword
	distinct int // rows without one before them that has their key
	text     []byte
	jumps    []jump             // a hash table with linear probing, at most half full
	shift    uint8              // of a hash, to the width of an index into jumps
	ascii    bool               // all keys are
	first    [utf8.RuneSelf]int // the jumps from root, for speed
}

// A jump leads from a place, by the byte that is read there, to another place.
type jump struct {
	from uint64 // the place and the byte, see jump; 0 if the jump is unused
	to   int
}

const (
	lost   int  = 0
	root   int  = 1
	end    byte = 0xff // no byte of UTF-8
	maxRun int  = 64   // marks of a run in a key; NewPolicy refuses more
)

// newTable returns the table of keywords, which it keeps. Of rows with the same
// key it finds the first.
func newTable(keywords []Keyword) *table {
	width := bits.Len(uint(2 * len(keywords)))
	t := &table{
		keywords: keywords,
		text:     []byte{lost: 0, root: 0}, // no key has this byte
		jumps:    make([]jump, 1<<width),
		shift:    uint8(64 - width),
		ascii:    true,
	}
	for row, k := range keywords {
		key, p := Normalize(k.Text), root
		for i, b := range []byte(key + "\xff") { // end
			t.ascii = t.ascii && (b < utf8.RuneSelf || b == end)
			if q := t.next(p, b); q != lost {
				p = q
				continue
			}
			*t.jump(p, b) = jump{uint64(p)<<8 | uint64(b), len(t.text) + 1}
			if p == root && b < utf8.RuneSelf {
				t.first[b] = len(t.text) + 1
			}
			t.text = append(append(t.text, key[i:]...), end)
			t.text = binary.LittleEndian.AppendUint32(t.text, uint32(row))
			t.distinct++
			break
		}
	}
	return t
}

// next returns the place behind b, which is read at place p.
func (t *table) next(p int, b byte) int {
	if t.text[p] == b {
		return p + 1
	}
	return t.jump(p, b).to
}

// jump returns the jump from place p by b, or the unused one where it would be.
//
//go:noinline
func (t *table) jump(p int, b byte) *jump { // so that next is inlined
	from := uint64(p)<<8 | uint64(b)
	// The hash multiplies by the fractional part of the golden ratio.
	for h := from * 0x9e3779b97f4a7c15 >> (t.shift & 63); ; h++ {
		if j := &t.jumps[h&uint64(len(t.jumps)-1)]; j.from == from || j.from == 0 {
			return j
		}
	}
}

func (t *table) nextRune(p int, r rune) int {
	var buf [utf8.UTFMax]byte
	for _, b := range utf8.AppendRune(buf[:0], r) {
		if p != lost {
			p = t.next(p, b)
		}
	}
	return p
}

// row returns the row whose key ends at place p, and nil if there is none.
func (t *table) row(p int) *Keyword {
	if p = t.next(p, end); p == lost {
		return nil
	}
	return &t.keywords[binary.LittleEndian.Uint32(t.text[p:])]
}

// find returns the row whose key is that of s, and with trim, if there is none,
// the row whose key is that of s without what Policy.IgnorePunctuation leaves
// out. If there is none, it returns nil. A nil table is the built-in one.
func (t *table) find(s string, trim bool) *Keyword {
	if t == nil {
		t = proxy
	}
	// All up to walk is for speed: walk(s, 0, root, trim) gives the same.
	for len(s) > 0 && asciiSpace(s[0]) {
		s = s[1:]
	}
	p, i := root, 0
	for ; i < len(s) && (alphanumeric(s[i]) || s[i] == ' ' && i+1 < len(s) && alphanumeric(s[i+1])); i++ {
		if i == 0 {
			p = t.first[upper(s[0])]
		} else {
			p = t.next(p, upper(s[i]))
		}
		if p == lost {
			return nil
		}
	}
	if i > 0 && strings.TrimSpace(s[i:]) == "" {
		return t.row(p)
	}
	r, _ := utf8.DecodeRuneInString(s)
	if t.ascii && unicode.Is(otherScripts, r) && !(trim && (outer(r) || isMark(r))) {
		return nil
	}
	return t.walk(s, i, p, trim)
}

// walk is find for what comes behind the first i bytes of s, which are words of
// ASCII letters and digits and have led to place p.
func (t *table) walk(s string, i, p int, trim bool) *Keyword {
	var run [maxRun]mark
	k := keyReader{text: s[i:], run: run[:], any: i > 0, latin: i > 0 && s[i-1] >= 'A'}
	whole, inner := p, p // inner is the place without what is left out at the start
	// Edge: what comes last is left out, unless more comes behind it. Inside:
	// something has come that is not left out.
	edge, inside := i == 0, i > 0
	var row *Keyword // with edge: the row whose key ends before what comes last
	for r := range k.runes {
		if r == utf8.RuneError {
			return nil
		}
		if whole = t.nextRune(whole, r); trim {
			switch out := edge && isMark(r) || outer(r); {
			case !out:
				edge, inside, row = false, true, nil
			case inside && !edge:
				edge, row = true, t.row(inner)
			}
			if inside {
				inner = t.nextRune(inner, r)
			}
		}
		if whole == lost && (!trim || inside && inner == lost && row == nil) {
			return nil
		}
	}
	if k := t.row(whole); k != nil || !trim {
		return k
	} else if edge {
		return row
	}
	return t.row(inner)
}

// outer reports whether Policy.IgnorePunctuation leaves out a rune at the ends
// of a key, wherever it stands there.
func outer(r rune) bool {
	return r == ' ' || unicode.IsSymbol(r) || unicode.IsPunct(r)
}
