package optout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// A vector is one line of testdata/vectors.jsonl. The fields are described in
// testdata/README.md, and their order here is the order in the file.
type vector struct {
	Group             string    `json:"group"`
	Message           *string   `json:"message,omitempty"`
	MessageBase64     []byte    `json:"message_base64,omitempty"`
	Table             []Keyword `json:"table,omitempty"`
	Flags             Flags     `json:"flags"`
	IgnorePunctuation bool      `json:"ignore_punctuation"`
	Key               string    `json:"key"`
	Decision          Decision  `json:"decision"`
	Rules             []string  `json:"rules"`
	Interpretations   []string  `json:"interpretations"`
	Reason            string    `json:"reason"`
}

const vectorsFile = "testdata/vectors.jsonl"

func readVectors(t *testing.T) []vector {
	t.Helper()
	data, err := os.ReadFile(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	for _, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		var v vector
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s:%d: %v", vectorsFile, len(vectors)+1, err)
		}
		vectors = append(vectors, v)
	}
	return vectors
}

// message returns the bytes of the message.
func (v vector) message() string {
	if v.Message != nil {
		return *v.Message
	}
	return string(v.MessageBase64)
}

// policy returns the policy that the vector is about.
func (v vector) policy(t *testing.T) Policy {
	t.Helper()
	var p Policy
	if v.Table != nil {
		var err error
		if p, err = NewPolicy(v.Table); err != nil {
			t.Fatal(err)
		}
	}
	p.IgnorePunctuation = v.IgnorePunctuation
	return p
}

// TestVectors runs the golden vectors through Decide and Normalize, and through
// the oracle.
func TestVectors(t *testing.T) {
	for i, v := range readVectors(t) {
		t.Run(fmt.Sprintf("%s/line %d", v.Group, i+1), func(t *testing.T) {
			message, p := v.message(), v.policy(t)
			if got := p.Decide(message, v.Flags); got != v.Decision {
				t.Errorf("Decide(%+q, %+v) = %+v, want %+v (IgnorePunctuation %v, table %+q): %s",
					message, v.Flags, got, v.Decision, v.IgnorePunctuation, v.Table, v.Reason)
			}
			if got := Normalize(message); got != v.Key {
				t.Errorf("Normalize(%+q) = %+q, want %+q: %s", message, got, v.Key, v.Reason)
			}
			if got := Normalize(v.Key); got != v.Key {
				t.Errorf("Normalize(%+q) = %+q, want the key again", v.Key, got)
			}
			if got := oracleKey(message); got != v.Key {
				t.Errorf("the oracle's key of %+q is %+q, want %+q: %s", message, got, v.Key, v.Reason)
			}
			if got := oracleDecide(oracleKeywords(p.Keywords()), v.IgnorePunctuation, v.Key, v.Flags); got != v.Decision {
				t.Errorf("the oracle decides %+q, %+v as %+v, want %+v: %s", message, v.Flags, got, v.Decision, v.Reason)
			}
		})
	}
}

// TestVectorsFile checks that each line is in canonical form and decides
// something that no other line does. With -update it rewrites the form of the
// lines, and nothing that they say.
func TestVectorsFile(t *testing.T) {
	var canonical strings.Builder
	inputs := make(map[string]int)
	last, groups := "", make(map[string]bool)
	vectors := readVectors(t)
	for i, v := range vectors {
		canonical.WriteString(v.canonical(t))

		if message := v.message(); (v.Message != nil) == (v.MessageBase64 != nil) || utf8.ValidString(message) != (v.Message != nil) {
			t.Errorf("line %d: want either message, or message_base64 for bytes that are not UTF-8", i+1)
		}
		input := fmt.Sprintf("%+q, table %+q, %+v, ignore_punctuation %v", v.message(), v.Table, v.Flags, v.IgnorePunctuation)
		if first, ok := inputs[input]; ok {
			t.Errorf("lines %d and %d both decide %s", first, i+1, input)
		}
		inputs[input] = i + 1
		if v.Group != last && groups[v.Group] {
			t.Errorf("line %d: group %s begins again", i+1, v.Group)
		}
		last, groups[v.Group] = v.Group, true
	}
	golden(t, "vectors.jsonl", canonical.String())
	if len(vectors) < 1500 {
		t.Errorf("%d vectors, want at least 1500", len(vectors))
	}
}

// canonical returns the vector's line: JSON as encoding/json writes it, with
// every character that is not printable ASCII escaped.
func (v vector) canonical(t *testing.T) string {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	var ascii strings.Builder
	for _, r := range line.String() {
		switch high, low := utf16.EncodeRune(r); {
		case r < 0x7f:
			ascii.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&ascii, `\u%04x`, r)
		default:
			fmt.Fprintf(&ascii, `\u%04x\u%04x`, high, low)
		}
	}
	return ascii.String()
}

// TestVectorsNames checks that each vector names the rules and interpretations
// that it touches. It may name more.
func TestVectorsNames(t *testing.T) {
	for i, v := range readVectors(t) {
		for _, rule := range v.touchedRules() {
			if !slices.Contains(v.Rules, rule) {
				t.Errorf("line %d: %+q touches rule %s: add it to rules", i+1, v.message(), rule)
			}
		}
		for _, name := range v.touchedInterpretations() {
			if !slices.Contains(v.Interpretations, name) {
				t.Errorf("line %d: %+q touches %s: add it to interpretations", i+1, v.message(), name)
			}
		}
	}
}

// touchedRules returns the steps of Normalize that change the message, and the
// rules that the vector's settings touch.
func (v vector) touchedRules() (rules []string) {
	s := v.message()
	for _, step := range oracleSteps {
		next := step.apply(s)
		if next != s {
			rules = append(rules, step.rule)
		}
		s = next
	}
	if v.Table != nil {
		rules = append(rules, "C")
	}
	if v.IgnorePunctuation {
		rules = append(rules, "I.on")
	}
	return rules
}

// oracleSteps are the steps of oracleKey.
var oracleSteps = []struct {
	rule  string
	apply func(string) string
}{
	{"N1", func(s string) string { return string([]rune(s)) }},
	{"N2", oracleRemove.String},
	{"N3", oracleDecompose},
	{"N2", oracleExtra.Replace},
	{"N3", oracleReorder},
	{"N4", oracleUnmark},
	{"N5", oracleFold.String},
	{"N6", func(s string) string { return strings.Join(strings.FieldsFunc(s, oracleSpace), " ") }},
}

// touchedInterpretations returns the interpretations that decide what becomes
// of some part of the message or of a row, whatever the vector is meant to
// show. It returns rather one too many: to skip a vector does no harm.
func (v vector) touchedInterpretations() []string {
	keywords := slices.Clone(proxyKeywords[:])
	names := touchedByText(v.message())
	for _, k := range v.Table {
		keywords = append(keywords, k)
		for _, name := range touchedByText(k.Text) {
			if name != "punctuation" { // a row's own is matched exactly
				names = append(names, name)
			}
		}
	}

	words := strings.FieldsFunc(unmarked(visible(v.message())), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	isKeyword := func(word string) bool {
		return slices.ContainsFunc(keywords, func(k Keyword) bool { return strings.EqualFold(word, unmarked(visible(k.Text))) })
	}
	if len(words) > 1 && slices.ContainsFunc(words, isKeyword) {
		names = append(names, "whole-message")
	}

	rows := v.Table
	if rows == nil {
		rows = proxyKeywords[:]
	}
	row := slices.IndexFunc(rows, func(k Keyword) bool { return k.Text == v.Decision.Keyword })
	switch on, filter := v.Flags.RespectSMSStopFilter, v.Flags.SMSStopFilter; {
	case row < 0 || !on || rows[row].Action == Drop: // documented
	case v.Decision.Class == ClassOptIn && filter:
		names = append(names, "opt-in-forwarded")
	case v.Decision.Class == ClassOptIn:
		names = append(names, "opt-in-intercepted")
	case v.Decision.Class == ClassHelp && !filter:
		names = append(names, "help-not-intercepted")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// touchedByText returns the interpretations that say how a text is compared.
func touchedByText(text string) (names []string) {
	name := func(s string, touched bool) {
		if touched {
			names = append(names, s)
		}
	}
	text = string([]rune(text)) // U+FFFD for bytes that are not UTF-8
	plain, seen := norm.NFKD.String(text), visible(text)
	name("spelling", plain != text || seen != plain)
	name("unseen", strings.ContainsAny(text, "\u2800\ufff9\ufffa\ufffb\ufffc"))
	name("typed-signs", strings.ContainsAny(plain, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2018\u2019\u201a\u201b\u02bc\u201c\u201d\u201e\u201f"))
	name("tatweel", strings.ContainsRune(plain, '\u0640'))
	name("iota-subscript", strings.ContainsRune(plain, '\u0345'))
	name("stroke-letters", strings.ContainsAny(plain, "\u0110\u0111\u0126\u0127\u0141\u0142\u0166\u0167"))
	name("keyboard-letters", strings.ContainsAny(plain, "\u06a9\u06cc"))
	name("white-space", strings.Join(strings.Fields(seen), " ") != seen)

	var letter rune // under a mark
	for _, r := range plain {
		switch {
		case !unicode.IsMark(r):
			letter = r
		case !unicode.Is(unicode.Mc, r):
			name("accents", unicode.Is(unicode.Latin, letter))
			name("optional-marks", unicode.In(letter, unicode.Greek, unicode.Arabic, unicode.Hebrew))
		}
	}

	outer := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) }
	bare := strings.TrimFunc(seen, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsMark(r) })
	name("punctuation", strings.TrimFunc(bare, outer) != bare)
	markAtStart := strings.IndexFunc(strings.TrimLeftFunc(seen, outer), unicode.IsMark) == 0
	noMarkAtEnd := strings.TrimRightFunc(strings.TrimRightFunc(seen, outer), unicode.IsMark)
	name("trim-marks", markAtStart || strings.TrimRightFunc(noMarkAtEnd, outer) != noMarkAtEnd)
	return names
}

// visible returns the decomposition of s without invisible characters. It also
// removes format characters, which Normalize keeps.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) ||
			unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
}

func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, s)
}

// TestVectorsDocumented checks that testdata/README.md lists exactly the rules
// and interpretations of the vectors.
func TestVectorsDocumented(t *testing.T) {
	readme, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]map[string]bool{"Rules": {}, "Interpretations": {}}
	for _, v := range readVectors(t) {
		for _, rule := range v.Rules {
			used["Rules"][rule] = true
		}
		for _, name := range v.Interpretations {
			used["Interpretations"][name] = true
		}
	}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
	for title, want := range used {
		_, section, _ := strings.Cut(string(readme), "\n### "+title+"\n")
		section, _, _ = strings.Cut(section, "\n#")
		listed := make(map[string]bool)
		for _, m := range row.FindAllStringSubmatch(section, -1) {
			listed[m[1]] = true
		}
		if diff := cmp.Diff(want, listed); diff != "" {
			t.Errorf("testdata/README.md, section %s (-vectors +README):\n%s", title, diff)
		}
	}
}

// TestVectorsCoverTruthTable checks that each keyword of the built-in table, as
// the table spells it, and a message that is not a keyword have a vector for
// each of the account's settings.
func TestVectorsCoverTruthTable(t *testing.T) {
	type cell struct {
		keyword string
		flags   Flags
	}
	cells := make(map[cell]bool)
	for _, v := range readVectors(t) {
		if k := v.Decision.Keyword; v.Table == nil && !v.IgnorePunctuation && (k == "" || k == v.message()) {
			cells[cell{k, v.Flags}] = true
		}
	}
	for _, k := range append(Policy{}.Keywords(), Keyword{}) {
		for _, f := range allFlags {
			if !cells[cell{k.Text, f}] {
				t.Errorf("no vector for keyword %q under %+v", k.Text, f)
			}
		}
	}
}

// TestVectorsGoBothWays checks that for each question of matching some vector
// is a keyword, and some other is not.
func TestVectorsGoBothWays(t *testing.T) {
	type outcomes struct{ keyword, chat int }
	counts := make(map[string]outcomes)
	for _, v := range readVectors(t) {
		for _, name := range append(v.Rules, v.Interpretations...) {
			c := counts[name]
			if v.Decision.Class == ClassNone {
				c.chat++
			} else {
				c.keyword++
			}
			counts[name] = c
		}
	}
	flags := regexp.MustCompile(`^(P|F\d\.|opt-in-|help-)`) // name what happens to a keyword, not what is one
	for name, c := range counts {
		if !flags.MatchString(name) && (c.keyword == 0 || c.chat == 0) {
			t.Errorf("%s: %d vectors are keywords, %d are not: want both", name, c.keyword, c.chat)
		}
	}
}
