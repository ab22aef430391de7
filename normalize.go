package optout

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize returns the key of a text: two texts are the same keyword exactly
// if their keys are equal. It takes any string; the key is valid UTF-8.
//
// These are the steps, in this order:
//
//  1. Bytes that are not UTF-8 become U+FFFD, one each. No keyword may hold
//     U+FFFD, so a message that was damaged on its way is no keyword.
//  2. What no reader sees is removed: Default_Ignorable_Code_Point (Unicode's
//     DerivedCoreProperties.txt) such as U+200B and U+FE0F, and control
//     characters that are not white space. This comes before the next step,
//     which would otherwise put the marks on either side of an invisible
//     character in order separately.
//  3. Compatibility decomposition, NFKD (Unicode Standard Annex #15). It makes
//     one spelling of fullwidth, circled and mathematical letters, and of
//     composed and decomposed accents.
//  4. Nonspacing and enclosing marks (categories Mn and Me) on a Latin letter
//     are removed. ARRÊT is printed with and without its accent, the accent
//     is outside of the GSM alphabet, and writers often choose a wrong one. On
//     other scripts (й, が, बंद) marks change the word, and stay.
//  5. Case is folded, rune by rune, by unicode.ToUpper(unicode.ToLower(r)).
//     The smallest rune of its SimpleFold orbit would not do: for the Greek
//     iota that is a mark.
//  6. White space (White_Space) is trimmed at both ends, and every run of it
//     inside becomes one U+0020.
//
// Normalize is idempotent, and gives the same key for all of Unicode's
// normalization forms of a text.
//
// That case does not matter is documented: docs/proxy/proxy-changelog
// (2020-09-15). All the rest is this package's interpretation, since no source
// says how Proxy compares.
func Normalize(s string) string {
	key := make([]byte, 0, len(s))
	k := keyReader{cursor: cursor{rest: s}}
	for {
		r, ok := k.next()
		if !ok {
			return string(key)
		}
		key = utf8.AppendRune(key, r)
	}
}

// A keyReader reads the key of a text, rune by rune, without keeping any of it.
// Normalize collects what it yields, and table.match compares it.
type keyReader struct {
	cursor
	latin bool // the last rune that is no mark is a Latin letter
	any   bool // a rune has been yielded: white space is not at the start
	held  rune // the next rune, held back by the space before it; 0 if none

	// Marks that are out of order are read again and again from the start of
	// their run, once for each combining class in it, from the lowest to the
	// highest: that sorts a run of any length without a buffer.
	run     cursor // where the run starts
	inRun   bool
	class   uint8 // yield the marks of this class
	pending uint8 // the lowest class above it in the run; 0 if none so far
}

// next returns the next rune of the key, and false at its end.
func (k *keyReader) next() (rune, bool) {
	if r := k.held; r != 0 {
		k.held = 0
		return r, true
	}
	space := false
	for {
		r, ok := k.ordered()
		switch {
		case !ok:
			return 0, false // a space at the end is trimmed
		case r < utf8.RuneSelf:
			if asciiSpace(byte(r)) {
				space, k.latin = k.any, false
				continue
			}
			r = rune(asciiUpper(byte(r)))
			k.latin = 'A' <= r && r <= 'Z'
		case unicode.IsSpace(r):
			space, k.latin = k.any, false
			continue
		default:
			if !unicode.IsMark(r) {
				k.latin = unicode.Is(unicode.Latin, r) && unicode.IsLetter(r)
			}
			r = unicode.ToUpper(unicode.ToLower(r))
		}
		k.any = true
		if space {
			k.held = r
			return ' ', true
		}
		return r, true
	}
}

// ordered returns the next rune of the text after step 4, its marks in
// canonical order.
func (k *keyReader) ordered() (rune, bool) {
	for {
		start := k.cursor
		r, class, ok := k.unordered()
		if class == 0 {
			if k.pending == 0 { // no run, or the last pass through it
				k.inRun = false
				return r, ok
			}
			k.cursor, k.class, k.pending = k.run, k.pending, 0
			continue
		}
		if !k.inRun { // a first pass, without a class of its own, finds the lowest
			k.inRun, k.run, k.class = true, start, 0
		}
		if class == k.class {
			return r, true
		}
		if class > k.class && (k.pending == 0 || class < k.pending) {
			k.pending = class
		}
	}
}

// unordered returns the next rune of the text after step 4, with its canonical
// combining class, before the marks are put in order. Step 4 may come before
// the order, because it asks for the letter under a mark and not for the marks
// between.
func (k *keyReader) unordered() (rune, uint8, bool) {
	for {
		r, class, ok := k.cursor.next()
		if k.latin && r >= utf8.RuneSelf && (unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r)) {
			continue
		}
		return r, class, ok
	}
}

// A cursor is a place in a text from which it can be read, decomposed. Copying
// a cursor remembers the place.
type cursor struct {
	rest  string  // what is not decomposed yet
	runes []byte  // the rest of a decomposition, in UTF-8
	jamo  [2]rune // the rest of a Hangul syllable's decomposition, ended by 0
}

// next returns the next rune of the text after the steps 1 to 3, and its
// canonical combining class.
func (c *cursor) next() (r rune, class uint8, ok bool) {
	if len(c.runes) > 0 {
		r, size := utf8.DecodeRune(c.runes)
		if r >= utf8.RuneSelf {
			class = norm.NFKD.Properties(c.runes).CCC()
		}
		c.runes = c.runes[size:]
		return r, class, true
	}
	if r := c.jamo[0]; r != 0 {
		c.jamo[0], c.jamo[1] = c.jamo[1], 0
		return r, 0, true
	}
	for len(c.rest) > 0 {
		if b := c.rest[0]; b < utf8.RuneSelf {
			c.rest = c.rest[1:]
			if asciiControl(b) {
				continue
			}
			return rune(b), 0, true
		}
		r, size := utf8.DecodeRuneInString(c.rest)
		text := c.rest
		c.rest = c.rest[size:]
		switch {
		case r == utf8.RuneError:
			return r, 0, true
		case unicode.Is(invisible, r):
			continue
		case hangulBase <= r && r < hangulEnd:
			// x/text's tables leave these to arithmetic: The Unicode
			// Standard, section 3.12.
			i := r - hangulBase
			c.jamo[0] = jamoVBase + i%jamoLCount/jamoTCount
			if t := i % jamoTCount; t != 0 {
				c.jamo[1] = jamoTBase + t
			}
			return jamoLBase + i/jamoLCount, 0, true
		}
		p := norm.NFKD.PropertiesString(text)
		if d := p.Decomposition(); d != nil {
			c.runes = d
			return c.next()
		}
		return r, p.CCC(), true
	}
	return 0, 0, false
}

const (
	hangulBase = 0xAC00
	hangulEnd  = 0xD7A4
	jamoLBase  = 0x1100
	jamoVBase  = 0x1161
	jamoTBase  = 0x11A7
	jamoTCount = 28
	jamoLCount = 21 * jamoTCount
)

// invisible holds what step 2 removes, but for ASCII's control characters: the
// C1 control characters without U+0085, which is white space, and
// Default_Ignorable_Code_Point as Unicode 17.0's DerivedCoreProperties.txt
// (2025) lists it. Package unicode has the property's parts only; a test holds
// that this is what they add up to.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x0080, Hi: 0x0084, Stride: 1},
		{Lo: 0x0086, Hi: 0x009f, Stride: 1},
		{Lo: 0x00ad, Hi: 0x00ad, Stride: 1},
		{Lo: 0x034f, Hi: 0x034f, Stride: 1},
		{Lo: 0x061c, Hi: 0x061c, Stride: 1},
		{Lo: 0x115f, Hi: 0x1160, Stride: 1},
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1},
		{Lo: 0x200b, Hi: 0x200f, Stride: 1},
		{Lo: 0x202a, Hi: 0x202e, Stride: 1},
		{Lo: 0x2060, Hi: 0x206f, Stride: 1},
		{Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1},
		{Lo: 0xfeff, Hi: 0xfeff, Stride: 1},
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
		{Lo: 0xfff0, Hi: 0xfff8, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1bca0, Hi: 0x1bca3, Stride: 1},
		{Lo: 0x1d173, Hi: 0x1d17a, Stride: 1},
		{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1},
	},
	LatinOffset: 3,
}

// asciiSpace reports whether b is ASCII's part of White_Space.
func asciiSpace(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

// asciiControl reports whether step 2 removes b.
func asciiControl(b byte) bool { return b < ' ' && !asciiSpace(b) || b == 0x7f }

func asciiUpper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		b -= 'a' - 'A'
	}
	return b
}
