package optout

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/runenames"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares got with a file in testdata, line by line.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; if %s should exist, write it with: go test -run '^%s$' . -update", err, path, t.Name())
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if that is right, rewrite it with: go test -run '^%s$' . -update\n%s",
			path, t.Name(), diff)
	}
}

// shortTable has keywords of one to three bytes, so that short strings are
// sometimes keywords: letters that fold, marks, punctuation, spaces inside.
var shortTable = []Keyword{
	{"a", ClassOptOut, Drop},
	{"ab", ClassOptIn, Forward},
	{"a b", ClassHelp, Forward},
	{"abc", ClassOptIn, Intercept},
	{"!", ClassHelp, Drop},
	{"a!", ClassOptOut, Forward},
	{"1", ClassOptOut, Intercept},
	{"\u00df", ClassOptOut, Drop},
	{"\u0438", ClassOptOut, Drop},
	{"\u0301", ClassOptOut, Drop},
	{"!\u0301", ClassHelp, Drop},
	{"\u505c", ClassOptOut, Drop},
	{"\u2026", ClassHelp, Forward},
	{"\u3002a\u3002", ClassHelp, Intercept},
}

// An oracleTester compares decisions with the oracle's, for the built-in table
// and shortTable, with punctuation ignored or not.
type oracleTester struct {
	policies []Policy
	keywords []map[string]Keyword
}

func newOracleTester(t testing.TB, tables ...[]Keyword) *oracleTester {
	o := new(oracleTester)
	for _, rows := range tables {
		p, err := NewPolicy(rows)
		if err != nil {
			t.Fatal(err)
		}
		o.add(p)
	}
	return o
}

func (o *oracleTester) add(p Policy) {
	for _, p.IgnorePunctuation = range []bool{false, true} {
		o.policies = append(o.policies, p)
		o.keywords = append(o.keywords, oracleKeywords(p.Keywords()))
	}
}

// check compares the decisions on s, whose key is known from the oracle.
func (o *oracleTester) check(t testing.TB, s, key string, flags ...Flags) {
	for i, p := range o.policies {
		for _, f := range flags {
			got, want := p.Decide(s, f), oracleDecide(o.keywords[i], p.IgnorePunctuation, key, f)
			if got != want {
				t.Errorf("Decide(%+q, %+v) = %+v, oracle has %+v (IgnorePunctuation %v, %d keywords)",
					s, f, got, want, p.IgnorePunctuation, len(o.keywords[i]))
			}
		}
	}
}

// TestEveryByteString compares every byte string of up to three bytes, ASCII
// among them, with the oracle.
func TestEveryByteString(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	o := newOracleTester(t, proxyKeywords[:], shortTable)
	o.checkBoth(t, "")
	for first := range 256 {
		t.Run(fmt.Sprintf("%#02x", first), func(t *testing.T) {
			t.Parallel()
			o.checkBoth(t, string([]byte{byte(first)}))
			for second := range 256 {
				s := []byte{byte(first), byte(second)}
				o.checkBoth(t, string(s))
				for third := range 256 {
					o.checkBoth(t, string(append(s, byte(third))))
				}
			}
		})
	}
}

// checkBoth compares the key of s and the decisions on it with the oracle.
func (o *oracleTester) checkBoth(t *testing.T, s string) {
	key := oracleKey(s)
	if got := Normalize(s); got != key {
		t.Errorf("Normalize(%+q) = %+q, oracle has %+q", s, got, key)
	}
	o.check(t, s, key, Flags{})
	if t.Failed() {
		t.FailNow()
	}
}

// eachRune calls f for every code point that UTF-8 can encode.
func eachRune(f func(r rune)) (n int) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if utf8.ValidRune(r) {
			f(r)
			n++
		}
	}
	return n
}

// TestEveryCodePoint compares all code points with the oracle: alone, before
// STOP, inside, after it, and in place of each of its letters.
func TestEveryCodePoint(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	o := newOracleTester(t, proxyKeywords[:], shortTable)
	const shards = 16
	for shard := range shards {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			n := eachRune(func(r rune) {
				if r%shards != rune(shard) {
					return
				}
				for _, s := range places(string(r)) {
					o.checkBoth(t, s)
				}
			})
			if n != 1_112_064 {
				t.Errorf("%d code points, want 1,112,064", n)
			}
		})
	}
}

// places returns c alone, before, inside and after STOP, and in place of each
// of its letters.
func places(c string) []string {
	return []string{
		c,
		c + "STOP", "S" + c + "TOP", "ST" + c + "OP", "STO" + c + "P", "STOP" + c,
		c + "TOP", "S" + c + "OP", "ST" + c + "P", "STO" + c,
	}
}

// TestCodePointLists lists the code points that leave STOP recognized before,
// inside or after it or in place of its letters, and what each acts as.
func TestCodePointLists(t *testing.T) {
	needOneUnicode(t)
	w := new(strings.Builder)
	fmt.Fprintf(w, "# Every code point that leaves STOP recognized by the zero Policy: see README.md.\n")
	fmt.Fprintf(w, "# Unicode %s (Go 1.26 has 15.0.0, Go 1.27 has 17.0.0).\n", unicode.Version)
	fmt.Fprintf(w, "# code point; acts as; where; name or block\n")
	eachRune(func(r rune) {
		acts, where := acting(r)
		if acts == "unknown" { // there are only four ways
			t.Errorf("%U %s leaves STOP recognized: %s", r, runeName(r), where)
		}
		if where != "" {
			fmt.Fprintf(w, "%U; %s; %s; %s\n", r, acts, where, runeName(r))
		}
	})
	golden(t, "codepoints-"+unicode.Version+".txt", w.String())
}

// acting tries r on STOP, and returns what it acts as and where.
func acting(r rune) (acts, where string) {
	stop := func(s string) bool { return Policy{}.Decide(s, Flags{}).Keyword == "STOP" }
	c := string(r)
	before, after := stop(c+"STOP"), stop("STOP"+c)
	inside := 0
	for _, s := range []string{"S" + c + "TOP", "ST" + c + "OP", "STO" + c + "P"} {
		if stop(s) {
			inside++
		}
	}
	letter := ""
	for i := range 4 {
		for j := i + 1; j <= 4; j++ {
			if stop("STOP"[:i] + c + "STOP"[j:]) {
				letter = "STOP"[i:j]
			}
		}
	}
	switch {
	case letter != "":
		return "letter " + letter, "in place of it"
	case before && inside == 3 && after:
		return "invisible", "anywhere"
	case before && inside == 0 && after:
		return "white space", "before, after"
	case !before && inside == 3 && after:
		return "mark", "inside, after"
	case before || inside > 0 || after:
		return "unknown", fmt.Sprintf("before %v, inside %d of 3, after %v", before, inside, after)
	}
	return "", ""
}

// runeName returns the name of r or, if it has none, its block.
func runeName(r rune) string {
	if name := runenames.Name(r); name != "" {
		return name
	}
	for _, b := range []struct {
		lo, hi rune
		name   string
	}{ // Blocks.txt, of those that hold ignorable code points without a name
		{0x2000, 0x206F, "General Punctuation"},
		{0xFFF0, 0xFFFF, "Specials"},
		{0xE0000, 0xE007F, "Tags"},
		{0xE0100, 0xE01EF, "Variation Selectors Supplement"},
	} {
		if b.lo <= r && r <= b.hi {
			return "unassigned in block " + b.name
		}
	}
	return "unassigned, no block"
}
