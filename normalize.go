package optout

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize returns the key of a text: two texts are the same keyword if and
// only if their keys are equal. It takes any string; the key is valid UTF-8.
//
// These are the steps, in this order:
//
//  1. Each byte that is not UTF-8 becomes U+FFFD. No keyword may contain
//     U+FFFD, so a message that was damaged on its way is not a keyword.
//  2. Invisible characters are removed: Default_Ignorable_Code_Point (Unicode's
//     DerivedCoreProperties.txt) such as U+200B and U+FE0F, control characters
//     that are not white space, and U+FFF9 to U+FFFC. So are U+0640, the Arabic
//     tatweel, and U+0345, the Greek iota below a letter; these two are removed
//     after the next step as well, from U+FE71 and U+1FB3 for example. All
//     are removed before marks are put in order. Otherwise the marks on either
//     side of a removed character would be put in order separately.
//  3. Compatibility decomposition, NFKD (Unicode Standard Annex #15). It gives
//     one spelling to composed and decomposed accents and to fullwidth,
//     mathematical, circled, parenthesized and squared letters.
//  4. Nonspacing and enclosing marks (categories Mn and Me) on a Latin, Greek,
//     Arabic or Hebrew letter are removed. Marks on other scripts stay. A mark
//     is on the nearest character before it that is not a mark (category M).
//  5. Case is folded, rune by rune: unicode.ToUpper(unicode.ToLower(r)).
//     Typographic signs are folded: U+2010 to U+2015 and U+2212 to "-", U+2018
//     to U+201B and U+02BC to "'", U+201C to U+201F to '"'. The letters D, H, L
//     and T with a stroke (U+0110, U+0126, U+0141, U+0166, and their small
//     letters) are folded to D, H, L and T, U+06A9 to U+0643, and U+06CC to
//     U+064A.
//  6. White space (White_Space, and U+2800) is trimmed at both ends, and every
//     run of it inside becomes one U+0020.
//
// Normalize is idempotent, and gives the same key for all of Unicode's
// normalization forms of a text.
//
// Twilio documents that case does not matter: docs/proxy/proxy-changelog
// (2020-09-15). No source says more about how Proxy compares. So everything
// else is an interpretation, for these reasons:
//
//   - Invisible characters and compatible spellings: a reader sees the same
//     word. Dictation leaves U+FFFC in texts, U+FFF9 to U+FFFB frame
//     annotations, and people type U+2800 for an empty message. Unicode's
//     properties do not cover these five.
//   - U+0640 only stretches a word. U+0345 is a mark, but it would fold to a
//     letter.
//   - Marks on Latin letters: ARRÊT is printed with and without its accent, the
//     accent is not in the GSM alphabet, and writers often choose a wrong one.
//   - Marks on Greek letters: capitals are written without the tonos, and case
//     does not matter.
//   - Marks on Arabic and Hebrew letters: vowel marks, a hamza on its carrier
//     and points are optional, and messages mostly lack them.
//   - D, H, L and T with a stroke are not in the GSM alphabet and have no
//     decomposition, so words arrive with and without the stroke, as with
//     accents.
//   - U+0643 and U+06A9 are one letter on an Arabic and a Persian keyboard. So
//     are U+064A and U+06CC.
//   - Typographic signs: phones put them in place of the sign that was typed.
//
// These differ, also by interpretation. A table can contain both spellings:
//
//   - Marks on other scripts, as in й, が and बंद. They change the word. So ё is
//     not е.
//   - Ø, Æ and ß, which are in the GSM alphabet, and Ð and Þ, which writers
//     replace in several ways.
//   - U+0649 and U+064A, which end different Arabic words.
//   - U+30FC, a letter of Japanese, even where it was typed for a hyphen.
//   - A Greek word with Latin capitals. GSM 03.38 lacks the Greek capitals that
//     look like Latin ones, so handsets send the Latin ones. Such a word is
//     written in two scripts.
//   - Other letters of two scripts that look alike, guillemets, primes, and the
//     negative circled and squared letters, U+1F150 to U+1F189, which have no
//     decomposition.
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
// It takes two steps of [Normalize] in another place. It removes invisible
// characters after the decomposition: a character decomposes into invisible
// ones only if it is invisible. And it removes the marks of step 4 before it
// puts marks in order: that step depends on the letter under a mark, not on the
// marks between the two.
type keyReader struct {
	text string
	run  []mark // has room for that many; a longer run comes in parts, each in order

	marks   int  // in run
	longest int  // run that was kept
	base    rune // the last one that is not a mark
	any     bool // a rune has been yielded
	space   bool // white space followed it
}

type mark struct { // its canonical combining class is not 0
	r     rune
	class uint8
}

// runes yields the runes of the key, once. As soon as yield returns false, so do
// the methods below.
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
	marks := p.LeadCCC() != 0 || p.TrailCCC() != 0 // otherwise all marks are inside, and in order
	for len(d) > 0 {
		r, size := utf8.DecodeRune(d)
		class := uint8(0)
		if marks {
			class = norm.NFKD.Properties(d).CCC()
		}
		if !k.add(r, class, yield) {
			return false
		}
		d = d[size:]
	}
	return true
}

// add takes a rune of the decomposed text. It skips invisible characters and
// the marks of step 4, keeps the other marks of a run, and puts everything else.
func (k *keyReader) add(r rune, class uint8, yield func(rune) bool) bool {
	switch {
	case r < utf8.RuneSelf:
		if asciiControl(byte(r)) {
			return true
		}
		k.base = r
	case unicode.Is(removed, r):
		return true
	case class == 0 && !isMark(r):
		k.base = r
	case losesMarks(k.base) && !unicode.Is(unicode.Mc, r):
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

// losesMarks reports whether step 4 removes the marks on r.
func losesMarks(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'A' && alphanumeric(byte(r))
	}
	return unicode.IsLetter(r) && unicode.In(r, unicode.Latin, unicode.Greek, unicode.Arabic, unicode.Hebrew)
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

// put takes a rune after step 5, does step 6, and yields the rune.
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
	case unicode.IsSpace(r), r == 0x2800:
		return ' '
	case 0x2010 <= r && r <= 0x2015, r == 0x2212:
		return '-'
	case 0x2018 <= r && r <= 0x201b, r == 0x02bc:
		return '\''
	case 0x201c <= r && r <= 0x201f:
		return '"'
	case r == 0x06a9:
		return 0x0643
	case r == 0x06cc:
		return 0x064a
	case 0x0590 <= r && r < 0x10a0, 0x2000 <= r && r < 0x2100, 0x2190 <= r && r < 0x2c00:
		return r // for speed: these scripts and signs have no case
	}
	switch r = unicode.ToUpper(unicode.ToLower(r)); r {
	case '\u0110':
		return 'D'
	case '\u0126':
		return 'H'
	case '\u0141':
		return 'L'
	case '\u0166':
		return 'T'
	}
	return r
}

// removed has the characters that step 2 removes, except for ASCII's control
// characters: U+0345 and U+0640; the C1 control characters without U+0085,
// which is white space; Default_Ignorable_Code_Point as Unicode 17.0's
// DerivedCoreProperties.txt (2025) lists it; and U+FFF9 to U+FFFC. Package
// unicode has only the parts of that property. A test derives the table from
// them.
var removed = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x0080, 0x0084, 1}, {0x0086, 0x009f, 1}, {0x00ad, 0x00ad, 1},
		{0x0345, 0x0345, 1}, {0x034f, 0x034f, 1}, {0x061c, 0x061c, 1}, {0x0640, 0x0640, 1},
		{0x115f, 0x1160, 1}, {0x17b4, 0x17b5, 1}, {0x180b, 0x180f, 1},
		{0x200b, 0x200f, 1}, {0x202a, 0x202e, 1}, {0x2060, 0x206f, 1},
		{0x3164, 0x3164, 1},
		{0xfe00, 0xfe0f, 1}, {0xfeff, 0xfeff, 1}, {0xffa0, 0xffa0, 1}, {0xfff0, 0xfffc, 1},
	},
	R32:         []unicode.Range32{{0x1bca0, 0x1bca3, 1}, {0x1d173, 0x1d17a, 1}, {0xe0000, 0xe0fff, 1}},
	LatinOffset: 3,
}

// isMark is unicode.IsMark, and faster for the most common marks.
func isMark(r rune) bool { return r >= 0x0300 && (r <= 0x036f || unicode.IsMark(r)) }

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - ('a' - 'A')
	}
	return b
}

// asciiControl reports whether step 2 removes b, an ASCII character.
func asciiControl(b byte) bool { return b < '\t' || '\r' < b && b < ' ' || b == 0x7f }

func alphanumeric(b byte) bool { return '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' }
