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
//     other scripts (й, が, बंद) marks change the word, and stay. A mark is on
//     the nearest character before it that is no mark (category M).
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
	any  bool // a rune has been yielded: white space is not at the start
	held rune // the next rune, held back by the space before it; 0 if none

	// A run of marks is read once for each combining class in it, from the
	// lowest to the highest: that sorts a run of any length without a buffer.
	inRun   bool
	first   mark   // of the run
	behind  cursor // the place behind it
	class   uint8  // yield the marks of this class; 0 in a first pass
	pending uint8  // the lowest class above it in the run; 0 if none so far
	marks   int    // in the run, as far as the first pass has come
	maxRun  int    // yield U+FFFD instead of a run of more marks; 0 for no limit
}

type mark struct {
	r     rune
	class uint8 // canonical combining class, not 0
}

// next returns the next rune of the key, and false at its end.
func (k *keyReader) next() (rune, bool) {
	if r := k.held; r != 0 {
		k.held = 0
		return r, true
	}
	space := false
	for {
		r, class, ok := k.cursor.next()
		if class != 0 || k.inRun {
			r, ok = k.sorted(r, class, ok)
		}
		switch {
		case !ok:
			return 0, false // a space at the end is trimmed
		case r == ' ':
			space = k.any
			continue
		}
		k.any = true
		if space {
			k.held = r
			return ' ', true
		}
		return r, true
	}
}

// sorted takes what the cursor has just yielded, at the start of a run of marks
// or in one, and returns what comes next in canonical order.
func (k *keyReader) sorted(r rune, class uint8, ok bool) (rune, bool) {
	for {
		switch {
		case class == 0 && k.pending == 0: // behind the run, in the last pass
			k.inRun = false
			return r, ok
		case class == 0: // another pass
			k.class, k.pending = k.pending, 0
			k.cursor, r, class = k.behind, k.first.r, k.first.class
			continue
		case !k.inRun:
			k.inRun, k.first, k.behind = true, mark{r, class}, k.cursor
			k.class, k.pending, k.marks = 0, class, 1
		case k.class == 0:
			k.pending = min(k.pending, class)
			if k.marks++; k.marks > k.maxRun && k.maxRun > 0 {
				return utf8.RuneError, true
			}
		case class == k.class:
			return r, true
		case class > k.class && (k.pending == 0 || class < k.pending):
			k.pending = class
		}
		r, class, ok = k.cursor.next()
	}
}

// A cursor is a place in a text. From there it reads the text as it is after
// step 5, but for the order of marks. Copying a cursor remembers the place.
//
// Step 4 may come before the marks are in order, since it asks for the letter
// under a mark and not for the marks between; and since those that have a
// decomposition decompose into marks, it may even come before step 3.
type cursor struct {
	rest  string  // what is not decomposed yet
	runes []byte  // the rest of a decomposition, in UTF-8
	jamo  [2]rune // the rest of a Hangul syllable's decomposition, ended by 0
	latin bool    // the last rune that is no mark is a Latin letter
}

// next returns the next rune and its canonical combining class, and false at
// the end of the text. White space of any kind is a space.
func (c *cursor) next() (r rune, class uint8, ok bool) {
	for {
		switch {
		case len(c.runes) > 0:
			text := c.runes
			if b := text[0]; b < utf8.RuneSelf {
				c.runes = text[1:]
				return c.ascii(b), 0, true
			}
			r, size := utf8.DecodeRune(text)
			c.runes = text[size:]
			if !c.latin || !removable(r) {
				return c.fold(r), norm.NFKD.Properties(text).CCC(), true
			}
			continue
		case c.jamo[0] != 0:
			r, c.jamo[0], c.jamo[1] = c.jamo[0], c.jamo[1], 0
			return r, 0, true
		case len(c.rest) == 0:
			return 0, 0, false
		}

		text := c.rest
		if b := text[0]; b < utf8.RuneSelf {
			c.rest = text[1:]
			if asciiControl(b) {
				continue
			}
			return c.ascii(b), 0, true
		}
		r, size := utf8.DecodeRuneInString(text)
		c.rest = text[size:]
		switch {
		// First what is common, and needs no table: letters and symbols that
		// no step but the fifth changes, fullwidth ASCII, accents. This is for
		// speed alone; the tests run all code points.
		case 0x0430 <= r && r <= 0x044F && r != 0x0439: // Cyrillic, lower case
			c.latin = false
			return r - 0x20, 0, true
		case 0x0410 <= r && r <= 0x042F && r != 0x0419, // Cyrillic, upper case
			0x0627 <= r && r <= 0x064A,   // Arabic
			0x0904 <= r && r <= 0x0928,   // Devanagari
			0x2012 <= r && r <= 0x2016,   // dashes
			0x2018 <= r && r <= 0x2023,   // quotation marks, bullets
			0x2500 <= r && r <= 0x2A0B,   // symbols
			0x3001 <= r && r <= 0x3029,   // CJK punctuation
			0x4E00 <= r && r <= 0x9FFF,   // Han
			0x1F300 <= r && r <= 0x1FAFF, // emoji
			r == 0x00A1, r == 0x00BF,     // Spanish punctuation
			r == 0x00AB, r == 0x00BB, // French quotation marks
			r == 0x060C, r == 0x061F: // Arabic punctuation
			c.latin = false
			return r, 0, true
		case 0xFF01 <= r && r <= 0xFF5E:
			return c.ascii(byte(r - 0xFF01 + '!')), 0, true
		case r == 0x2026:
			c.runes = ellipsis
			continue
		case 0x00C0 <= r && r <= 0x00FF && latin1[r-0x00C0] != 0:
			return c.ascii(latin1[r-0x00C0]), 0, true

		case r == utf8.RuneError:
			c.latin = false
			return r, 0, true
		case unicode.Is(invisible, r), c.latin && removable(r):
			continue
		case unicode.IsSpace(r):
			return c.ascii(' '), 0, true
		case hangulBase <= r && r < hangulEnd:
			// x/text's tables leave these to arithmetic: The Unicode
			// Standard, section 3.12.
			i := r - hangulBase
			c.jamo[0] = jamoVBase + i%jamoLCount/jamoTCount
			if t := i % jamoTCount; t != 0 {
				c.jamo[1] = jamoTBase + t
			}
			c.latin = false
			return jamoLBase + i/jamoLCount, 0, true
		}
		p := norm.NFKD.PropertiesString(text)
		if c.runes = p.Decomposition(); c.runes == nil {
			return c.fold(r), p.CCC(), true
		}
	}
}

// latin1 holds what steps 3 and 4 leave of U+00C0 to U+00FF, and zeros for what
// they do not make one letter of ASCII.
const latin1 = "AAAAAA\x00CEEEEIIII" + "\x00NOOOOO\x00\x00UUUUY\x00\x00" +
	"aaaaaa\x00ceeeeiiii" + "\x00nooooo\x00\x00uuuuy\x00y"

// ellipsis is what U+2026 decomposes to.
var ellipsis = []byte("...")

// ascii returns b after step 5.
func (c *cursor) ascii(b byte) rune {
	if asciiSpace(b) {
		b = ' '
	} else if 'a' <= b && b <= 'z' {
		b -= 'a' - 'A'
	}
	c.latin = 'A' <= b && b <= 'Z'
	return rune(b)
}

// fold returns a rune beyond ASCII after step 5.
func (c *cursor) fold(r rune) rune {
	if c.latin && unicode.IsMark(r) {
		return r
	}
	if c.latin = false; neutral(r) {
		return r
	}
	c.latin = unicode.Is(unicode.Latin, r) && unicode.IsLetter(r)
	return unicode.ToUpper(unicode.ToLower(r))
}

// neutral reports whether r is outside of where the cased and the Latin letters
// are, but for such as have a decomposition. This is for speed alone.
func neutral(r rune) bool {
	return r < 0x00C0 || 0x02B9 <= r && r < 0x0300 || 0x0588 <= r && r < 0x10A0 || 0x2000 <= r && r < 0x2126 ||
		0x2190 <= r && r < 0x2C00 || 0x2E00 <= r && r < 0xA640 || r >= 0x1E944
}

// removable reports whether step 4 removes r on a Latin letter.
func removable(r rune) bool {
	return r >= 0x0300 && (r <= 0x036F || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r))
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
