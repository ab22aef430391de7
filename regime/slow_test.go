package regime

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"

	"example.com/optout"
)

// A slowRegime is a regime of regimes.json as the slow reading needs it. It
// shares nothing with decode and compile.
type slowRegime struct {
	ID      string
	Sources []struct {
		Rows []struct {
			Class           optout.Class
			Words           []string
			Match, Evidence string
			Start           string `json:"trims_start"`
			End             string `json:"trims_end"`
			NoPunctuation   bool   `json:"ignores_punctuation"`
		}
	}
	Silent []optout.Class
	rows   []slowRow
}

// A slowRow is one keyword with its rule.
type slowRow struct {
	text            string
	class           optout.Class
	match, evidence string
	start, end      string
	noPunctuation   bool
}

func readSlow(t testing.TB) (regimes []*slowRegime) {
	t.Helper()
	if err := json.Unmarshal(regimesJSON, &regimes); err != nil {
		t.Fatal(err)
	}
	for _, r := range regimes {
		for _, class := range []optout.Class{optout.ClassOptOut, optout.ClassOptIn, optout.ClassHelp} {
			for _, source := range r.Sources {
				for _, g := range source.Rows {
					for _, text := range g.Words {
						if g.Class == class {
							r.rows = append(r.rows, slowRow{text, class, g.Match, g.Evidence, g.Start, g.End, g.NoPunctuation})
						}
					}
				}
			}
		}
		if r.ID == "proxy" {
			for _, k := range (optout.Policy{}).Keywords() {
				r.rows = append(r.rows, slowRow{text: k.Text, class: k.Class, match: "proxy", evidence: "documented"})
			}
		}
	}
	return regimes
}

// slowJudge reads the rules of [Regime.Judge] once more. It asks one row at a
// time.
func slowJudge(t testing.TB, r *slowRegime, message string) Verdict {
	key := optout.Normalize(message)

	// 1. The whole message, by its key first, then without punctuation around
	// it, then without any punctuation.
	for reading := range 3 {
		found := Verdict{}
		for _, row := range r.rows {
			text := message
			if reading == 2 {
				text = dropSigns(message)
			}
			switch first := []rune(message + "x")[0]; {
			case !row.spells(t, text, reading > 0 && row.match != "proxy"):
			case row.match == "bare word" && (reading > 0 || unicode.IsSpace(first)):
			case reading == 2 && !row.noPunctuation:
			default:
				found = surer(found, row, row.sure(message))
			}
		}
		if found.Keyword != "" {
			return found
		}
	}

	// 2. The first word, after punctuation.
	rest := []rune(key)
	for len(rest) > 0 && rest[0] != unicode.ReplacementChar && (rest[0] == ' ' || unicode.In(rest[0], unicode.P, unicode.S, unicode.M)) {
		rest = rest[1:]
	}
	first := strings.Split(string(rest), " ")[0]
	found := Verdict{}
	for _, row := range r.rows {
		if slices.Contains([]string{"before the first space", "first word", "beginning"}, row.match) && row.spells(t, first, true) {
			found = surer(found, row, row.sure(message))
		}
	}
	if found.Keyword != "" {
		return found
	}

	// 3. A word in the message, or its beginning.
	letters := fromLetter.FindString(key)
	for _, row := range r.rows {
		for _, text := range row.spellings() {
			contains := has(slowWords(message), slowWords(text))
			exactly := strings.Contains(key, optout.Normalize(text))
			begins := strings.Index(letters, optout.Normalize(text)) == 0
			switch {
			case row.match == "unknown" && contains && exactly,
				row.match == "words" && contains,
				(row.match == "first word" || row.match == "beginning") && (contains && exactly || begins):
				return Verdict{Class: row.class, Keyword: row.text}
			case row.match == "proxy" && contains && exactly:
				return Verdict{Certainty: Presumed}
			}
		}
	}
	for _, k := range (optout.Policy{}).Keywords() {
		if slices.Contains(r.Silent, k.Class) && has(slowWords(message), slowWords(k.Text)) {
			return Verdict{}
		}
	}

	// 4. Anything else.
	other := Presumed
	for _, row := range r.rows {
		if row.match == "words" {
			return Verdict{}
		}
		if row.evidence == "documented" {
			other = Documented
		}
	}
	return Verdict{Certainty: other}
}

// surer returns the surer of a verdict and the verdict by a row.
func surer(v Verdict, row slowRow, c Certainty) Verdict {
	if v.Keyword != "" && v.Certainty >= c {
		return v
	}
	return Verdict{Class: row.class, Keyword: row.text, Certainty: c}
}

// sure says how sure it is that message is the keyword that it spells.
func (row slowRow) sure(message string) Certainty {
	for message != "" && strings.IndexByte(row.start, message[0]) >= 0 {
		message = message[1:]
	}
	switch row.match {
	case "before the first space":
		message = beforeSpace.FindString(message)
	case "first word":
		message = beforeWhite.FindString(message)
	}
	for message != "" && strings.IndexByte(row.end, message[len(message)-1]) >= 0 {
		message = message[:len(message)-1]
	}
	if row.noPunctuation {
		message = dropSigns(message)
	}
	switch {
	case row.evidence == "unknown":
		return Unknown
	case row.evidence == "documented" && otherCase(message, row.text):
		return Documented
	}
	return Presumed
}

func (row slowRow) spellings() []string {
	parts := strings.Fields(row.text)
	if row.match != "words" || len(parts) == 1 {
		return []string{row.text}
	}
	return []string{row.text, strings.Join(parts, "-"), strings.Join(parts, "")}
}

// spells reports whether policies of one spelling alone take message for it.
func (row slowRow) spells(t testing.TB, message string, ignorePunctuation bool) bool {
	for _, text := range row.spellings() {
		p, ok := policies.Load(text)
		if !ok {
			policy, err := optout.NewPolicy([]optout.Keyword{{Text: text, Class: row.class}})
			if err != nil {
				t.Fatal(err)
			}
			p, _ = policies.LoadOrStore(text, policy)
		}
		alone := p.(optout.Policy)
		alone.IgnorePunctuation = ignorePunctuation
		if _, ok := alone.Match(message); ok {
			return true
		}
	}
	return false
}

var policies sync.Map // by the text of their row

var (
	punctuation = regexp.MustCompile(`\p{P}`)
	beforeSpace = regexp.MustCompile(`^[^ ]*`)
	beforeWhite = regexp.MustCompile(`^[^\s\x{85}\x0b\pZ]*`)
	fromLetter  = regexp.MustCompile(`(?s)[\pL\pN].*`)
	word        = regexp.MustCompile(`[\pL\pM\pN]+`)
)

// dropSigns removes punctuation. Bytes of damaged text must not become a rune
// when the bytes between them go.
func dropSigns(s string) string {
	return punctuation.ReplaceAllString(strings.ToValidUTF8(s, "\ufffd"), "")
}

// otherCase reports whether s and t differ in nothing but case, letter by
// letter.
func otherCase(s, t string) bool {
	a, b := []rune(s), []rune(t)
	if len(a) != len(b) || strings.ToValidUTF8(s, "") != s {
		return false
	}
	for i := range a {
		if a[i] != b[i] && a[i] != unicode.ToUpper(b[i]) && a[i] != unicode.ToLower(b[i]) {
			return false
		}
	}
	return true
}

func slowWords(s string) []string { return word.FindAllString(optout.Normalize(s), -1) }

// has reports whether all contains part, in this order and with nothing
// between.
func has(all, part []string) bool {
	for i := range all {
		if i+len(part) <= len(all) && slices.Equal(all[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// testSlow compares [Regime.Judge] with its slow reading.
func testSlow(t *testing.T, s *slowRegime, message string) {
	t.Helper()
	r, _ := Lookup(s.ID)
	got := r.Judge(message)
	if want := slowJudge(t, s, message); got != want {
		t.Errorf("%s: Judge(%.99q) = %+v, want %+v", s.ID, message, got, want)
	}
	if s.ID == "proxy" {
		if want := (optout.Policy{}).Decide(message, optout.Flags{}).Class; got.Class != want {
			t.Errorf("proxy: Judge(%.99q) = %+v, want the class of a decision, %v", message, got, want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for _, v := range readVectors(f) {
		f.Add(v.Message)
	}
	for _, s := range []string{
		"STOP\xff", "\xffstop", "stop\xc2!\x89", "\ufffdstopping", "\ue000stop here", // damaged or private
		"\u2028stop", "stop\u0085now", "stop\u2800now", // white space of all kinds
		"STOP\u0301 me", "\u0301STOP", "!\u0301stop now", "stop\u00b4", // marks on letters, on signs and on nothing
		"\u017ftop", "\u1c83\u1c82", "opt\u2010out now", "OPT\u2011OUT", "stop\u2019s", // runes that fold to ASCII
	} {
		f.Add(s)
	}
	regimes := readSlow(f)
	f.Fuzz(func(t *testing.T, message string) {
		for _, s := range regimes {
			testSlow(t, s, message)
		}
	})
}

// TestLong compares the two with messages that are long.
func TestLong(t *testing.T) {
	regimes := readSlow(t)
	for _, part := range []string{"STOP ", "stop", "stop!", "!", "\u0301", "\u200b", " ", "\xff", "opt out ", "\u2026"} {
		long := strings.Repeat(part, 1<<9)
		for _, message := range []string{long, "stop" + long, "stop " + long + "x", long + " help"} {
			for _, s := range regimes {
				testSlow(t, s, message)
			}
		}
	}
}
