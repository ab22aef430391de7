package optout

import (
	"strings"
	"testing"
)

// textSeeds are the starting points of the fuzz tests, each with the path it
// takes.
var textSeeds = []string{
	"",                         // nothing
	"STOP",                     // one short word of the table
	"unsubscribe",              // two words of the table
	" \tStop\r\n",              // white space cut in ASCII
	"arr\u00eat",               // a composed mark on Latin
	"ARRE\u0302\u0323T",        // decomposed marks, out of order
	"\uff33\uff34\uff2f\uff30", // compatibility decomposition
	"S\u200bT\x00OP\ufe0f",     // invisible characters
	"\"stop!\" \u2026",         // punctuation at both ends
	"!\u3002a\u3002!",          // a row's own punctuation, with more around it
	"st. op",                   // punctuation inside
	"opt  \u3000out",           // white space inside
	"UNSUBSC RIBE",             // a space at the end of a word of eight
	"UNSUBSC\u200b",            // a text that ends in the middle of one
	"STOP\xff",                 // a bad byte
	"\xed\xa0\x80STOP",         // a surrogate
	"STOP\ufffd!",              // a symbol that is not trimmed
	"\u0439\u0323\u0301",       // marks that stay, and change their order
	"\u0438" + strings.Repeat("\u0301\u0323", 20), // more marks than a stream-safe text has
	"\ud55c\uae00\u11af",                          // Hangul, and one jamo too many
	"\u03b1\u0345\u0301",                          // a mark that becomes a letter
	"\u00b4STOP\u00b4",                            // marks on spaces
	"\u2122\u24c8",                                // symbols that become letters
	"\ufdfa",                                      // the longest decomposition
	"S\u0903\u0301TOP",                            // a mark after a spacing mark
	"S\u0301\u302eTOP",                            // a mark that a spacing mark is sorted before
	"stra\u00dfe \u1e9e",                          // letters without a simple upper case
	"\u0085\u2028 x \u1680",                       // white space that nothing decomposes to
	"\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ae",  // Greek with a tonos
	"\u0625\u064a\u0642\u0640\u0627\u0641\ufe71",  // Arabic with a hamza and tatweels
	"\u05d4\u05b8\u05e1\u05b5\u05e8 \u0111\u06a9", // Hebrew with points; letters that fold
}

func FuzzNormalize(f *testing.F) {
	for _, s := range textSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkKey(t, s) })
}

// FuzzDecide compares decisions with the oracle, for the built-in table, for
// shortTable, and for a table that holds a row of its own.
func FuzzDecide(f *testing.F) {
	for i, s := range textSeeds {
		f.Add(s, textSeeds[(i+1)%len(textSeeds)], i%2 == 0, i%3 == 0)
		f.Add(s, s, i%2 == 1, i%3 == 0) // the message is the row
	}
	fixed := newOracleTester(f, proxyKeywords[:], shortTable)
	f.Fuzz(func(t *testing.T, message, row string, respect, filter bool) {
		key := oracleKey(message)
		flags := Flags{RespectSMSStopFilter: respect, SMSStopFilter: filter}
		fixed.check(t, message, key, flags)

		p, err := NewPolicy(append(Policy{}.Keywords(), Keyword{row, ClassOptOut, Drop}))
		if err != nil {
			return
		}
		own := new(oracleTester)
		own.add(p)
		for _, s := range []string{message, row, message + row, row + message, "\u2026" + row + " !"} {
			own.check(t, s, oracleKey(s), flags)
		}
	})
}

// FuzzNewPolicy makes tables of the lines of a text, with classes and actions
// from two others. Each table is either refused or decides each of its rows as
// that row, and nothing else as it.
func FuzzNewPolicy(f *testing.F) {
	f.Add("STOP\nstart\nhelp", "\x01\x02\x03", "\x01\x00\x00")                  // accepted
	f.Add("STOP\n\uff53\uff54\uff4f\uff50", "\x01\x01", "\x01\x01")             // the same key
	f.Add("opt out\nopt\nopt-out", "\x01\x01\x01", "\x01\x02\x00")              // one starts like another
	f.Add("UNSUBSCR\nUNSUBSCRIBE\nUNSUBSCRU", "\x01\x01\x01", "\x01\x01\x01")   // the same first word
	f.Add("\u200b", "\x01", "\x01")                                             // nothing is left
	f.Add("STOP\xff", "\x01", "\x01")                                           // bad byte
	f.Add("STOP", "\x00", "\x01")                                               // no class
	f.Add("STOP", "\x01", "\x03")                                               // undefined action
	f.Add("\u0439\n\u0438\n\u0438\u0301\u0323", "\x01\x01\x01", "\x01\x01\x01") // marks that matter
	f.Add("\u0438"+strings.Repeat("\u0301", 30)+"\n\u05d0\u05b8\n\u0640a", "\x01\x01\x01", "\x01\x01\x01")
	f.Add("\u0438"+strings.Repeat("\u0301", 31), "\x01", "\x01") // too many marks
	f.Fuzz(func(t *testing.T, texts, classes, actions string) {
		var rows []Keyword
		for i, text := range strings.Split(texts, "\n") {
			k := Keyword{Text: text, Class: ClassOptOut, Action: Drop}
			if i < len(classes) {
				k.Class = Class(classes[i])
			}
			if i < len(actions) {
				k.Action = Action(actions[i])
			}
			rows = append(rows, k)
		}
		p, err := NewPolicy(rows)
		valid := oracleAccepts(rows)
		if (err == nil) != valid {
			t.Fatalf("NewPolicy(%+q) = %v, oracle accepts it: %v", rows, err, valid)
		}
		if err != nil {
			if p != (Policy{}) || !strings.HasPrefix(err.Error(), "optout: ") {
				t.Errorf("NewPolicy(%+q) = %+v, %v", rows, p, err)
			}
			return
		}
		own := new(oracleTester)
		own.add(p)
		for _, k := range rows {
			want := Decision{Action: k.Action, Class: k.Class, Keyword: k.Text}
			if k.Action == Drop {
				want.Code = CodeStopWord
			}
			testDecide(t, p, k.Text, Flags{}, want)
			testDecide(t, p, Normalize(k.Text), Flags{}, want)
			own.check(t, k.Text+k.Text, oracleKey(k.Text+k.Text), allFlags...)
			own.check(t, k.Text[:len(k.Text)/2], oracleKey(k.Text[:len(k.Text)/2]), allFlags...)
		}
	})
}

// oracleAccepts reports whether NewPolicy should accept rows.
func oracleAccepts(rows []Keyword) bool {
	seen := make(map[string]bool)
	for _, k := range rows {
		key := oracleKey(k.Text)
		if key == "" || seen[key] || strings.ContainsRune(key, '\ufffd') || oracleLongest(key) > 30 ||
			k.Class < ClassOptOut || k.Class > ClassHelp || k.Action > Intercept {
			return false
		}
		seen[key] = true
	}
	return true
}

// oracleLongest returns the number of marks in the longest sequence of them.
func oracleLongest(key string) int {
	longest, n := 0, 0
	for _, r := range key {
		n++
		if oracleClass(r) == 0 {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}
