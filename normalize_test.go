package optout

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

var normalizeTests = []struct {
	name string
	in   string
	want string
}{
	{"empty", "", ""},
	{"plain", "STOP", "STOP"},

	// Step 1: bytes that are not UTF-8.
	{"one bad byte", "STOP\xff", "STOP\ufffd"},
	{"bad bytes one each", "\xff\xfeA", "\ufffd\ufffdA"},
	{"truncated", "STOP\xe2\x80", "STOP\ufffd\ufffd"},
	{"overlong", "\xc1\x93TOP", "\ufffd\ufffdTOP"},
	{"surrogate", "\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
	{"above U+10FFFF", "\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
	{"U+FFFD itself", "\ufffd", "\ufffd"},

	// Step 2: invisible characters.
	{"zero width space", "S\u200bTOP", "STOP"},
	{"byte order mark", "\ufeffSTOP", "STOP"},
	{"variation selector", "STOP\ufe0f", "STOP"},
	{"tag", "STOP\U000e0041", "STOP"},
	{"unassigned but ignorable", "STOP\U000e0fff", "STOP"},
	{"soft hyphen", "UN\u00adSTOP", "UNSTOP"},
	{"Hangul filler", "\u3164STOP", "STOP"},
	{"NUL", "ST\x00OP", "STOP"},
	{"DEL", "STOP\x7f", "STOP"},
	{"C1 control", "STOP\u0080", "STOP"},
	{"C1 control that is white space", "OPT\u0085OUT", "OPT OUT"},
	{"information separator is not white space", "OPT\x1cOUT", "OPTOUT"},
	{"visible format characters stay", "\u0600\u06dd", "\u0600\u06dd"},
	{"interlinear annotation", "\ufff9STOP\ufffa\ufffb", "STOP"},
	{"object replacement character", "\ufffcST\ufffcOP", "STOP"},

	{"tatweel", "\u0625\u064a\u0642\u0640\u0640\u0627\u0641", "\u0627\u064a\u0642\u0627\u0641"},
	{"iota below on any letter", "S\u0345\u0438\u0345\u05d0\u0345", "S\u0418\u05d0"},
	{"iota below at the start", "\u0345A", "A"},
	{"iota below of a composed letter", "\u1fb3\u1fbc", "\u0391\u0391"},
	{"tatweel with a mark, on a letter", "\u0628\ufe71", "\u0628"},
	{"tatweel with a mark, after a letter that keeps it", "\u0438\u0301\ufe71", "\u0418\u064b\u0301"},
	{"order across a tatweel", "\u0438\u0301\u0640\u0323", "\u0418\u0323\u0301"},
	{"order across an iota below", "\u0438\u0345\u0323", "\u0418\u0323"},
	{"iota below alone is a space", "A\u037aB\u037a", "A B"},
	{"iota itself stays", "\u03b1\u1fbe", "\u0391\u0399"},

	// Step 3: NFKD.
	{"fullwidth", "\uff33\uff34\uff2f\uff30", "STOP"},
	{"circled", "\u24c8\u24c9\u24c4\u24c5", "STOP"},
	{"mathematical bold", "\U0001d412\U0001d413\U0001d40e\U0001d40f", "STOP"},
	{"ligature", "o\ufb03ce", "OFFICE"},
	{"trade mark", "stop\u2122", "STOPTM"},
	{"parenthesized and squared", "\U0001f11e\U0001f13e", "(O)O"},
	{"negative circled and squared letters stay", "\U0001f162\U0001f182\U0001f150\U0001f189", "\U0001f162\U0001f182\U0001f150\U0001f189"},
	{"Kelvin sign", "REVO\u212aE", "REVOKE"},
	{"long s", "\u017fTOP", "STOP"},
	{"Hangul syllable LV", "\uac00", "\u1100\u1161"},
	{"Hangul syllable LVT", "\ud55c\uae00", "\u1112\u1161\u11ab\u1100\u1173\u11af"},
	{"last Hangul syllable", "\ud7a3", "\u1112\u1175\u11c2"},
	{"after the last Hangul syllable", "\ud7a4", "\ud7a4"},
	{"halfwidth katakana", "\uff76\uff9e", "\u30ab\u3099"},
	{"longest decomposition", "\ufdfa", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645"},
	{"marks in canonical order", "\u0438\u0301\u0323", "\u0418\u0323\u0301"},
	{"marks of one class keep their order", "\u0438\u0301\u0306\u0301", "\u0418\u0301\u0306\u0301"},
	{"three classes", "\u0438\u0301\u0323\u0334", "\u0418\u0334\u0323\u0301"},
	{"order across an invisible character", "\u0438\u0301\u200d\u0323", "\u0418\u0323\u0301"},
	{"order across a composed letter", "\u0439\u0323", "\u0418\u0323\u0306"},
	{"marks at the start", "\u0301\u0323A", "\u0323\u0301A"},
	{"many marks of one class stay in their order", "\u0438" + strings.Repeat("\u0301\u0300\u0323", 10), "\u0418" + strings.Repeat("\u0323", 10) + strings.Repeat("\u0301\u0300", 10)},
	{"forty marks", "\u0438" + strings.Repeat("\u0301", 39) + "\u0323", "\u0418\u0323" + strings.Repeat("\u0301", 39)},

	// Step 4: marks on Latin letters.
	{"composed", "ARR\u00caT", "ARRET"},
	{"decomposed", "ARRE\u0302T", "ARRET"},
	{"two marks", "\u1ebe", "E"},
	{"enclosing mark", "S\u20ddTOP", "STOP"},
	{"mark of another script on a Latin letter", "S\u3099TOP", "STOP"},
	{"Indic vowel sign on a Latin letter", "S\u0941TOP", "STOP"},
	{"spacing mark stays", "S\u0903TOP", "S\u0903TOP"},
	{"mark after a spacing mark", "S\u0903\u0301TOP", "S\u0903TOP"},
	{"mark that a spacing mark is ordered before", "S\u0301\u302eTOP", "S\u302eTOP"},
	{"Cyrillic keeps its marks", "\u0439", "\u0418\u0306"},
	{"Devanagari keeps its marks", "\u092c\u0902\u0926", "\u092c\u0902\u0926"},
	{"kana keeps its marks", "\u304c", "\u304b\u3099"},
	{"Thai keeps its marks", "\u0e19\u0e49\u0e33", "\u0e19\u0e49\u0e4d\u0e32"},
	{"Tamil keeps its marks", "\u0ba8\u0bbf\u0bb1", "\u0ba8\u0bbf\u0bb1"},
	{"letter beyond the BMP keeps its marks", "\U00010041\u0301", "\U00010041\u0301"},
	{"Cyrillic io", "\u0451", "\u0415\u0308"},
	{"Greek tonos", "\u03ac\u0386", "\u0391\u0391"},
	{"Greek dialytika and tonos", "\u0390\u03b0", "\u0399\u03a5"},
	{"polytonic Greek", "\u1f84\u1ff7", "\u0391\u03a9"},
	{"Arabic vowel marks", "\u062a\u064e\u0648\u064e\u0642\u0651\u064f\u0641", "\u062a\u0648\u0642\u0641"},
	{"Arabic hamza on a carrier", "\u0622\u0623\u0624\u0625\u0626", "\u0627\u0627\u0648\u0627\u064a"},
	{"Arabic hamza alone stays", "\u0621", "\u0621"},
	{"Arabic superscript alef", "\u0647\u0670\u0630\u0627", "\u0647\u0630\u0627"},
	{"Hebrew points", "\u05d4\u05b8\u05e1\u05b5\u05e8", "\u05d4\u05e1\u05e8"},
	{"Hebrew presentation form with points", "\ufb2c", "\u05e9"},
	{"mark on an Arabic digit stays", "\u0661\u0301", "\u0661\u0301"},
	{"mark on a Greek sign that is not a letter stays", "\u03f6\u0301", "\u03f6\u0301"},
	{"mark on Arabic punctuation stays", "\u061f\u064e", "\u061f\u064e"},
	{"mark on a Hebrew point without a letter stays", "\u05b8\u05b5", "\u05b5\u05b8"},
	{"digit keeps its marks", "1\u20e3", "1\u20e3"},
	{"space keeps its marks", "A \u0301B", "A \u0301B"},
	{"mark on Hangul after a Latin letter", "A\uac00\u0301", "A\u1100\u1161\u0301"},
	{"mark on Han after a Latin letter", "A\u4f60\u0301", "A\u4f60\u0301"},
	{"mark on Cyrillic after a Latin letter", "A\u0441\u0301\u0421\u0301", "A\u0421\u0301\u0421\u0301"},
	{"mark on Greek after a Latin letter", "A\u03b2\u0301", "A\u0392"},
	{"mark on a digit after a Latin letter", "A1\u0301", "A1\u0301"},
	{"mark on a bad byte after a Latin letter", "A\xff\u0301", "A\ufffd\u0301"},
	{"mark on an ellipsis after a Latin letter", "A\u2026\u0301", "A...\u0301"},
	{"mark on a space after a Latin letter", "A\u3000\u0301", "A \u0301"},
	{"Latin letter again", "\u0439e\u0301", "\u0418\u0306E"},
	{"accent of its own", "STOP\u00b4", "STOP \u0301"},

	// Step 5: case.
	{"lower", "stop", "STOP"},
	{"dotless i", "\u0131nfo", "INFO"},
	{"dotted I", "\u0130NFO", "INFO"},
	{"sigmas", "\u03c3\u03c2\u03a3", "\u03a3\u03a3\u03a3"},
	{"iota below", "\u03b1\u0345", "\u0391"},
	{"iota", "\u03b9\u1fbe\u0399", "\u0399\u0399\u0399"},
	{"sharp s", "stra\u00dfe", "STRA\u00dfE"},
	{"capital sharp s", "STRA\u1e9eE", "STRA\u00dfE"},
	{"Cherokee", "\uab70\u13a0", "\u13a0\u13a0"},
	{"Georgian", "\u10d0\u1c90", "\u1c90\u1c90"},
	{"title case", "\u01c5", "DZ"},
	{"Deseret", "\U00010428", "\U00010400"},

	// Step 5: letters of which handsets know two.
	{"D, L, H, T with a stroke", "\u0110\u0111\u0141\u0142\u0126\u0127\u0166\u0167", "DDLLHHTT"},
	{"modifier letter H with a stroke", "\ua7f8", "H"},
	{"L with a stroke and an accent", "\u0142\u0301", "L"},
	{"other letters with a stroke stay", "\u00d8\u00c6\u00df\u00d0\u00de\u0189\u0268\u2c65", "\u00d8\u00c6\u00df\u00d0\u00de\u0189\u0197\u023a"},
	{"Persian kaf and yeh", "\u06a9\u06cc", "\u0643\u064a"},
	{"Persian kaf and yeh, presentation forms", "\ufb8e\ufbfe", "\u0643\u064a"},
	{"Persian yeh with a hamza", "\u06cc\u0654", "\u064a"},
	{"other forms of yeh, kaf and heh stay", "\u0649\u06d2\u06aa\u06be\u06c1", "\u0649\u06d2\u06aa\u06be\u06c1"},

	// Step 5: typographic signs.
	{"hyphens and dashes", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-------"},
	{"their compatible forms", "\ufe58\ufe31\ufe32\uff0d", "----"},
	{"other dashes stay", "\u2016\u2043\u2e3a\u00ac", "\u2016\u2043\u2e3a\u00ac"},
	{"single quotation marks", "\u2018\u2019\u201a\u201b\u02bc", "'''''"},
	{"n with an apostrophe", "\u0149", "'N"},
	{"double quotation marks", "\u201c\u201d\u201e\u201f", "\"\"\"\""},
	{"guillemets, primes and other apostrophes stay", "\u00ab\u2039\u203a\u00bb\u2032\u2035\u02b9\u02bb\u02bd", "\u00ab\u2039\u203a\u00bb\u2032\u2035\u02b9\u02bb\u02bd"},
	{"a sign keeps its marks", "A\u2019\u0301", "A'\u0301"},

	// Step 6: white space.
	{"around", "\t\n\v\f\r STOP \t\n\v\f\r", "STOP"},
	{"other white space around", "\u0085\u00a0\u1680\u2000STOP\u2028\u2029\u202f\u205f\u3000", "STOP"},
	{"inside", "OPT \t\u2009\r\nOUT", "OPT OUT"},
	{"invisible between white space", "OPT \u200b OUT", "OPT OUT"},
	{"invisible around white space", "\u200b STOP \u200b", "STOP"},
	{"nothing else", " \u3000\t", ""},
	{"nothing visible", "\u200b\u00ad\x00", ""},
	{"Braille blank", "\u2800OPT\u2800\u2800OUT\u2800", "OPT OUT"},
	{"Braille with dots stays", "STOP\u2801", "STOP\u2801"},
}

func TestNormalize(t *testing.T) {
	for _, tt := range normalizeTests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Normalize(tt.in); got != tt.want {
				t.Errorf("Normalize(%+q) = %+q, want %+q", tt.in, got, tt.want)
			}
			checkKey(t, tt.in)
		})
	}
}

// checkKey checks the laws of Normalize on one text, and that the oracle has
// the same key.
func checkKey(t testing.TB, s string) {
	t.Helper()
	key := Normalize(s)
	if want := oracleKey(s); key != want {
		t.Errorf("Normalize(%+q) = %+q, oracle has %+q", s, key, want)
	}
	if !utf8.ValidString(key) {
		t.Errorf("Normalize(%+q) = %+q: not valid UTF-8", s, key)
	}
	if again := Normalize(key); again != key {
		t.Errorf("Normalize(%+q) = %+q, and of that %+q: not idempotent", s, key, again)
	}
	for _, f := range []struct {
		name string
		form norm.Form
	}{{"NFC", norm.NFC}, {"NFD", norm.NFD}, {"NFKC", norm.NFKC}, {"NFKD", norm.NFKD}} {
		form := f.form.String(s)
		if got := Normalize(form); got != key && equivalent(form, s) {
			t.Errorf("Normalize(%s of %+q) = %+q, want %+q", f.name, s, got, key)
		}
	}
}

// equivalent reports whether two texts are compatible equivalents. The forms NFC
// and NFKC of x/text are not always equivalent to the text: they cut some
// letters to 16 bits, and compose U+10041 and an accent to U+00C1
// (golang.org/issue/81028).
func equivalent(a, b string) bool {
	decomposed := func(s string) string { return oracleReorder(oracleDecompose(oracleRemove.String(s))) }
	return decomposed(a) == decomposed(b)
}

func TestNormalizeOfKeywordIsItsText(t *testing.T) {
	for _, k := range (Policy{}).Keywords() {
		if got := Normalize(k.Text); got != k.Text {
			t.Errorf("Normalize(%+q) = %+q, want the text", k.Text, got)
		}
	}
}

// TestNormalizeMarkOrder runs every order of marks of four classes, and of two
// of the same class, through the laws: on letters that keep them, on one that
// does not, and on none.
func TestNormalizeMarkOrder(t *testing.T) {
	marks := []rune{0x0334, 0x0323, 0x0301, 0x0306, 0x0345, 0x0640}
	var permute func(head, rest []rune)
	permute = func(head, rest []rune) {
		if len(rest) == 0 {
			for _, base := range []string{"", "\u0438", "\u0439", "A", "\u05d0", "1", " ", "\u0438\u302e"} {
				checkKey(t, base+string(head)+"B")
			}
		}
		for i := range rest {
			next := append(append([]rune{}, rest[:i]...), rest[i+1:]...)
			permute(append(head[:len(head):len(head)], rest[i]), next)
		}
	}
	permute(nil, marks)
}

// TestRemoved compares the table of normalize.go with its derivation from the
// tables of package unicode.
func TestRemoved(t *testing.T) {
	want := func(r rune) bool { return unicode.Is(oracleInvisible, r) || r == 0x0345 || r == 0x0640 }
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if got := unicode.Is(removed, r); got != want(r) {
			t.Errorf("removed has %U: %v; by its derivation in Unicode %s: %v", r, got, unicode.Version, want(r))
		}
	}
	for b := range byte(utf8.RuneSelf) {
		if got := asciiControl(b); got != want(rune(b)) {
			t.Errorf("asciiControl(%#x) = %v, want %v", b, got, want(rune(b)))
		}
	}
}

// TestUnicodeAssumptions checks the properties of Unicode that normalize.go
// depends on, for the tables that it is compiled with.
func TestUnicodeAssumptions(t *testing.T) {
	needOneUnicode(t)
	rangetable.Visit(rangetable.Assigned(unicode.Version), func(r rune) {
		if class := oracleClass(r); class != 0 && !unicode.IsMark(r) {
			t.Errorf("%U has combining class %d and is not a mark: a mark after it would belong to it", r, class)
		}
		for _, d := range norm.NFKD.String(string(r)) {
			if !unicode.Is(oracleInvisible, r) && unicode.Is(oracleInvisible, d) {
				t.Errorf("%U decomposes to the invisible %U, which step 2 comes too early to remove", r, d)
			}
			if unicode.Is(removed, d) {
				continue
			}
			f := fold(d)
			if fold(f) != f {
				t.Errorf("fold of %U is %U, and fold of that %U: not idempotent", d, f, fold(f))
			}
			if s := norm.NFKD.String(string(f)); s != string(f) {
				t.Errorf("fold of %U is %U, which decomposes to %+q", d, f, s)
			}
			if oracleBare(f) != oracleBare(d) {
				t.Errorf("fold of %U is %U: only one of them loses its marks", d, f)
			}
		}
	})
}

// needOneUnicode skips a test unless package unicode and x/text have the same
// version of Unicode.
func needOneUnicode(t *testing.T) {
	t.Helper()
	if norm.Version != unicode.Version {
		t.Skipf("x/text has Unicode %s, package unicode %s: a rune that is new in one of them is half known",
			norm.Version, unicode.Version)
	}
}

// TestOtherScripts checks that no message that begins with a rune of the table
// is an ASCII keyword, whatever follows: the key of the rune is not ASCII, and
// it is not trimmed as punctuation.
func TestOtherScripts(t *testing.T) {
	rangetable.Visit(otherScripts, func(r rune) {
		key := oracleKey(string(r))
		if first, _ := utf8.DecodeRuneInString(key); first < utf8.RuneSelf || key == "" {
			t.Errorf("otherScripts has %U, whose key is %+q", r, key)
		}
		if !isOuter(r) && !unicode.IsMark(r) {
			if first, _ := utf8.DecodeRuneInString(oracleTrim(key)); first < utf8.RuneSelf || oracleTrim(key) == "" {
				t.Errorf("otherScripts has %U, whose key is %+q and without punctuation %+q", r, key, oracleTrim(key))
			}
		}
	})
}

// Use [Normalize] to see how the package reads a text, or to make keys for a lookup of
// your own.
func ExampleNormalize() {
	for _, s := range []string{" Arr\u00eat\n", "\uff33\uff34\uff2f\uff30", "S\u200bTOP", "\u0439", "stop it"} {
		fmt.Printf("%+q\n", Normalize(s))
	}
	// Output:
	// "ARRET"
	// "STOP"
	// "STOP"
	// "\u0418\u0306"
	// "STOP IT"
}
