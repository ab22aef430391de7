package optout

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// The oracle is the package once more, written from the documented steps and
// truth table alone, for reading and not for speed. It shares nothing with
// normalize.go, table.go and policy.go but the exported types.

// oracleInvisible is Default_Ignorable_Code_Point by its derivation in
// DerivedCoreProperties.txt, the control characters that are not white space,
// and U+FFF9 to U+FFFC.
var oracleInvisible = func() *unicode.RangeTable {
	merged := rangetable.Merge(
		unicode.Other_Default_Ignorable_Code_Point,
		unicode.Cf,
		unicode.Variation_Selector,
		unicode.Cc,
		rangetable.New('\ufffc'), // U+FFF9 to U+FFFB are Cf
	)
	var invisible []rune
	rangetable.Visit(merged, func(r rune) {
		switch {
		case unicode.Is(unicode.White_Space, r):
		case 0x13430 <= r && r <= 0x13440: // Egyptian hieroglyph format controls
		case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		default:
			invisible = append(invisible, r)
		}
	})
	return rangetable.New(invisible...)
}()

var (
	oracleRemove = runes.Remove(runes.In(oracleInvisible))
	oracleFold   = runes.Map(func(r rune) rune {
		for to, from := range oracleFolded {
			if strings.ContainsRune(from, r) {
				return to
			}
		}
		return unicode.ToUpper(unicode.ToLower(r))
	})
)

// oracleFolded maps a character to the characters that are folded to it, apart
// from case.
var oracleFolded = map[rune]string{
	'-':      "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
	'\'':     "\u2018\u2019\u201a\u201b\u02bc",
	'"':      "\u201c\u201d\u201e\u201f",
	'D':      "\u0110\u0111", // D with a stroke
	'L':      "\u0141\u0142", // L with a stroke
	'H':      "\u0126\u0127", // H with a stroke
	'T':      "\u0166\u0167", // T with a stroke
	'\u0643': "\u06a9",       // the Persian kaf
	'\u064a': "\u06cc",       // the Persian yeh
}

func oracleKey(s string) string {
	s = string([]rune(s))                                        // 1: one U+FFFD for each byte
	s = oracleRemove.String(s)                                   // 2
	s = oracleDecompose(s)                                       // 3, without the order of marks
	s = oracleExtra.Replace(s)                                   // 2, in decompositions
	s = oracleReorder(s)                                         // 3, the order of marks
	s = oracleUnmark(s)                                          // 4
	s = oracleFold.String(s)                                     // 5
	return strings.Join(strings.FieldsFunc(s, oracleSpace), " ") // 6
}

// oracleExtra removes the tatweel and the iota below a letter.
var oracleExtra = strings.NewReplacer("\u0640", "", "\u0345", "")

func oracleSpace(r rune) bool { return unicode.Is(unicode.White_Space, r) || r == 0x2800 }

func oracleDecompose(s string) string {
	w := new(strings.Builder)
	for _, r := range s {
		w.WriteString(norm.NFKD.String(string(r)))
	}
	return w.String()
}

// oracleReorder is the canonical ordering algorithm as the Unicode Standard
// words it (section 3.11, D109): it swaps neighbors until none is out of order.
// norm.NFKD on the whole text would put a U+034F into runs of more than 30
// marks.
func oracleReorder(s string) string {
	rs := []rune(s)
	for swapped := true; swapped; {
		swapped = false
		for i := 1; i < len(rs); i++ {
			if a, b := oracleClass(rs[i-1]), oracleClass(rs[i]); a > b && b > 0 {
				rs[i-1], rs[i] = rs[i], rs[i-1]
				swapped = true
			}
		}
	}
	return string(rs)
}

func oracleClass(r rune) uint8 {
	if r < 0x300 {
		return 0
	}
	return norm.NFKD.PropertiesString(string(r)).CCC()
}

// oracleUnmark removes the nonspacing and enclosing marks of letters of four
// scripts. The letter of a mark is the last rune before it that is not a mark.
func oracleUnmark(s string) string {
	var letter rune
	return strings.Map(func(r rune) rune {
		if !unicode.Is(unicode.M, r) {
			letter = r
		}
		if oracleBare(letter) && unicode.In(r, unicode.Mn, unicode.Me) {
			return -1
		}
		return r
	}, s)
}

// oracleBare reports whether marks on r are removed.
func oracleBare(r rune) bool {
	for _, script := range []string{"Latin", "Greek", "Arabic", "Hebrew"} {
		if unicode.Is(unicode.Scripts[script], r) && unicode.Is(unicode.L, r) {
			return true
		}
	}
	return false
}

// oracleTrim removes punctuation, symbols and spaces at the ends of a key,
// each with the marks on it, and marks at the start.
func oracleTrim(key string) string {
	outer := func(r rune) bool { return unicode.In(r, unicode.P, unicode.S, unicode.White_Space) }
	mark := func(r rune) bool { return unicode.Is(unicode.M, r) }
	key = strings.TrimLeftFunc(key, func(r rune) bool { return outer(r) || mark(r) })
	for {
		carrier := strings.TrimRightFunc(key, mark)
		shorter := strings.TrimRightFunc(carrier, outer)
		if shorter == carrier {
			return key // its last marks are on something else
		}
		key = shorter
	}
}

// oracleKeywords maps each key of a table to its row.
func oracleKeywords(rows []Keyword) map[string]Keyword {
	m := make(map[string]Keyword)
	for _, k := range rows {
		m[oracleKey(k.Text)] = k
	}
	return m
}

// oracleDecide decides a message whose key is key.
func oracleDecide(keywords map[string]Keyword, ignorePunctuation bool, key string, f Flags) Decision {
	if strings.ContainsRune(key, unicode.ReplacementChar) {
		return Decision{}
	}
	k, ok := keywords[key]
	if !ok && ignorePunctuation {
		k, ok = keywords[oracleTrim(key)]
	}
	if !ok {
		return Decision{}
	}

	action := k.Action
	custom := k.Class == ClassOptOut || k.Class == ClassOptIn
	switch (oracleFlags{f.RespectSMSStopFilter, f.SMSStopFilter}) {
	case oracleFlags{false, false}, oracleFlags{false, true}, oracleFlags{true, true}:
	case oracleFlags{true, false}:
		if custom {
			action = Intercept
		}
	}
	return Decision{
		Action:  action,
		Code:    map[Action]int{Forward: 0, Drop: 80901, Intercept: 0}[action],
		Class:   k.Class,
		Keyword: k.Text,
	}
}

type oracleFlags struct{ respect, filter bool }

// allFlags are the four account settings, in the order of the truth table.
var allFlags = []Flags{
	{RespectSMSStopFilter: false, SMSStopFilter: false},
	{RespectSMSStopFilter: false, SMSStopFilter: true},
	{RespectSMSStopFilter: true, SMSStopFilter: true},
	{RespectSMSStopFilter: true, SMSStopFilter: false},
}
