package optout

import (
	"slices"
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
//     DerivedCoreProperties.txt) such as U+200B and U+FE0F, control characters
//     that are not white space, and U+FFF9 to U+FFFC. This comes before the
//     next step, which would otherwise put the marks on either side of an
//     invisible character in order separately.
//  3. Compatibility decomposition, NFKD (Unicode Standard Annex #15). It makes
//     one spelling of composed and decomposed accents and of fullwidth,
//     mathematical, circled, parenthesized and squared letters. The negative
//     circled and squared letters, U+1F150 to U+1F189, have no decomposition
//     and stay as they are.
//  4. Nonspacing and enclosing marks (categories Mn and Me) on a Latin letter
//     are removed. ARRÊT is printed with and without its accent, the accent
//     is outside of the GSM alphabet, and writers often choose a wrong one. On
//     other scripts (й, が, बंद) marks change the word, and stay. A mark is on
//     the nearest character before it that is no mark (category M).
//  5. Case is folded, rune by rune, by unicode.ToUpper(unicode.ToLower(r)).
//     The smallest rune of its SimpleFold orbit would not do: for the Greek
//     iota that is a mark. And what phones put in for what was typed is folded
//     to it: U+2010 to U+2015 and U+2212 to "-", U+2018 to U+201B and U+02BC
//     to "'", U+201C to U+201F to '"'. Guillemets and primes stay.
//  6. White space (White_Space, and U+2800) is trimmed at both ends, and every
//     run of it inside becomes one U+0020.
//
// Five code points are treated so although Unicode's properties don't say it.
// U+FFFC, the object replacement character, stays in texts that were dictated,
// and U+FFF9 to U+FFFB frame annotations: none of them is seen. U+2800, the
// Braille pattern without a dot, is what people type for an empty message.
//
// Normalize is idempotent, and gives the same key for all of Unicode's
// normalization forms of a text.
//
// That case does not matter is documented: docs/proxy/proxy-changelog
// (2020-09-15). All the rest is this package's interpretation, since no source
// says how Proxy compares.
func Normalize(s string) string {
	k := keyReader{text: s, run: make([]mark, len(s))} // no run is longer
	b := make([]byte, 0, len(s))
	for r := range k.runes {
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// A keyReader yields the key of a text, rune by rune. It keeps a run of marks
// until the run ends, and nothing else of the text.
//
// Two steps come at another place than Normalize has them. What no reader sees
// is removed behind the decomposition: what has one is seen exactly if its
// decomposition is. And the marks of step 4 are removed before marks are put in
// order: the step asks for the letter under a mark, not for the marks between.
type keyReader struct {
	text string
	run  []mark // has room for that many; a longer run comes in parts, each in order

	marks   int  // in run
	longest int  // run that was kept
	latin   bool // the last rune that is no mark is a Latin letter
	any     bool // a rune has been yielded
	space   bool // white space has come behind it
}

type mark struct { // its canonical combining class is not 0
	r     rune
	class uint8
}

// runes yields the runes of the key. It can do so once. It and those below
// return false, or just return, as soon as yield does.
func (k *keyReader) runes(yield func(rune) bool) {
	for i, r := range k.text { // a byte that is not UTF-8 comes as U+FFFD
		if !k.decompose(r, k.text[i:], yield) {
			return
		}
	}
	k.flush(yield)
}

// decompose adds the decomposition of r, with which text begins.
func (k *keyReader) decompose(r rune, text string, yield func(rune) bool) bool {
	switch {
	case r < utf8.RuneSelf, r == utf8.RuneError:
		return k.add(r, 0, yield)
	case 0xff01 <= r && r <= 0xff5e: // fullwidth ASCII
		return k.add(r-0xff01+'!', 0, yield)
	case 0xac00 <= r && r <= 0xd7a3:
		// Hangul, which x/text's tables leave to arithmetic: The Unicode
		// Standard, section 3.12.
		l, v, t := (r-0xac00)/588, (r-0xac00)%588/28, (r-0xac00)%28
		return k.add(0x1100+l, 0, yield) && k.add(0x1161+v, 0, yield) && (t == 0 || k.add(0x11a7+t, 0, yield))
	}
	p := norm.NFKD.PropertiesString(text)
	d := p.Decomposition()
	if d == nil {
		return k.add(r, p.CCC(), yield)
	}
	for marks := p.LeadCCC() != 0 || p.TrailCCC() != 0; len(d) > 0; { // otherwise there are none inside
		r, size := utf8.DecodeRune(d)
		class := uint8(0)
		if marks && r >= utf8.RuneSelf {
			class = norm.NFKD.Properties(d).CCC()
		}
		if !k.add(r, class, yield) {
			return false
		}
		d = d[size:]
	}
	return true
}

// add takes a rune of the decomposed text: it leaves out what no reader sees
// and the marks of step 4, keeps the other marks of a run, and puts all else.
func (k *keyReader) add(r rune, class uint8, yield func(rune) bool) bool {
	switch {
	case r < utf8.RuneSelf:
		if asciiControl(byte(r)) {
			return true
		}
		k.latin = r >= 'A' && alphanumeric(byte(r))
	case unicode.Is(invisible, r):
		return true
	case class == 0 && !(k.latin && isMark(r)): // without latin it makes no difference: no mark is a letter
		k.latin = unicode.Is(unicode.Latin, r) && unicode.IsLetter(r)
	case k.latin && !unicode.Is(unicode.Mc, r):
		return true
	}
	if class == 0 {
		return k.flush(yield) && k.put(fold(r), yield)
	}
	if k.marks == len(k.run) && !k.flush(yield) {
		return false
	}
	k.run[k.marks] = mark{r, class}
	k.marks++
	k.longest = max(k.longest, k.marks)
	return true
}

// flush puts the run of marks, in canonical order.
func (k *keyReader) flush(yield func(rune) bool) bool {
	if k.marks == 0 {
		return true
	}
	run := k.run[:k.marks]
	k.marks = 0
	slices.SortStableFunc(run, func(a, b mark) int { return int(a.class) - int(b.class) })
	for _, m := range run {
		if !k.put(fold(m.r), yield) {
			return false
		}
	}
	return true
}

// put does step 6 for what step 5 has left, and yields it.
func (k *keyReader) put(r rune, yield func(rune) bool) bool {
	if r == ' ' {
		k.space = k.any
		return true
	}
	space := k.space
	k.any, k.space = true, false
	return (!space || yield(' ')) && yield(r)
}

// fold returns r after step 5, and a space for white space of any kind.
func fold(r rune) rune {
	switch {
	case r < utf8.RuneSelf && !asciiSpace(byte(r)):
		return rune(upper(byte(r)))
	case 0x2010 <= r && r <= 0x2015, r == 0x2212:
		return '-'
	case 0x2018 <= r && r <= 0x201b, r == 0x02bc:
		return '\''
	case 0x201c <= r && r <= 0x201f:
		return '"'
	case r <= 0x0085, r == 0x1680, r == 0x2028, r == 0x2029, r == 0x2800:
		return ' ' // all other white space decomposes into U+0020
	case 0x0300 <= r && r < 0x0345, 0x2000 <= r && r < 0x2100, 0x2190 <= r && r < 0x2c00, 0x2e80 <= r && r < 0xa640:
		return r // for speed: these marks, signs and scripts have no case
	}
	return unicode.ToUpper(unicode.ToLower(r))
}

// invisible holds what step 2 removes, but for ASCII's control characters: the
// C1 control characters without U+0085, which is white space;
// Default_Ignorable_Code_Point as Unicode 17.0's DerivedCoreProperties.txt
// (2025) lists it; and U+FFF9 to U+FFFC. Package unicode has the property's
// parts only; a test holds that this is what they add up to.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0080, 0x0084, 1}, {0x0086, 0x009f, 1}, {0x00ad, 0x00ad, 1},
		{0x034f, 0x034f, 1}, {0x061c, 0x061c, 1}, {0x115f, 0x1160, 1},
		{0x17b4, 0x17b5, 1}, {0x180b, 0x180f, 1},
		{0x200b, 0x200f, 1}, {0x202a, 0x202e, 1}, {0x2060, 0x206f, 1},
		{0x3164, 0x3164, 1},
		{0xfe00, 0xfe0f, 1}, {0xfeff, 0xfeff, 1}, {0xffa0, 0xffa0, 1}, {0xfff0, 0xfffc, 1},
	},
	R32:         []unicode.Range32{{0x1bca0, 0x1bca3, 1}, {0x1d173, 0x1d17a, 1}, {0xe0000, 0xe0fff, 1}},
	LatinOffset: 3,
}

// isMark is unicode.IsMark, and faster for Latin's marks.
func isMark(r rune) bool { return r >= 0x0300 && (r <= 0x036f || unicode.IsMark(r)) }

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - ('a' - 'A')
	}
	return b
}

// asciiSpace reports whether b is ASCII's part of White_Space.
func asciiSpace(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

// asciiControl reports whether step 2 removes b.
func asciiControl(b byte) bool { return b < ' ' && !asciiSpace(b) || b == 0x7f }

func alphanumeric(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' }
