package regime

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"example.com/optout"
)

// slowJudge reads the rules once more, regime by regime, from the sourced copy
// of the tables. It asks for one row at a time and knows nothing of compile.
func slowJudge(t testing.TB, s sourced, message string) Verdict {
	none := Verdict{Certainty: Documented}
	is := func(v Verdict, c Certainty) Verdict { v.Certainty = c; return v }

	read := message
	if s.ID == "ctia" {
		// Punctuation must not matter.
		// Bytes of a damaged text must not become a rune by what goes.
		read = punctuation.ReplaceAllString(strings.ToValidUTF8(message, "\ufffd"), "")
	}

	// The row that the whole message is: by its key first, then without
	// punctuation around it.
	found, byKey := -1, false
	for _, ignore := range []bool{false, true} {
		for i, row := range s.Rows {
			if found < 0 && !(ignore && s.ID == "proxy") && one(t, row, ignore, read) {
				found, byKey = i, !ignore
			}
		}
	}
	if found >= 0 {
		row := s.Rows[found]
		v := Verdict{Class: row.Class, Keyword: row.Text}
		bare := s.ID == "plivo" && row.Class == optout.ClassOptIn || s.ID == "toll-free" && row.Text == "UNSTOP"
		first, _ := utf8.DecodeRuneInString(read)
		if bare && (!byKey || unicode.IsSpace(first)) {
			return none
		}
		switch {
		case row.Evidence == EvidenceSecondary:
			return is(v, Presumed)
		case otherCase(read, row.Text):
			return is(v, Documented)
		case s.ID == "plivo" && otherCase(strings.TrimRightFunc(read, unicode.IsSpace), row.Text):
			return is(v, Documented)
		case s.ID == "aws" && (row.Text == "STOP" || row.Text == "HELP") && otherCase(firstWord(read), row.Text):
			return is(v, Documented)
		}
		return is(v, Presumed)
	}

	switch s.ID {
	case "aws":
		key := []rune(optout.Normalize(message))
		for len(key) > 0 && key[0] != utf8.RuneError && (key[0] == ' ' || unicode.In(key[0], unicode.P, unicode.S, unicode.M)) {
			key = key[1:]
		}
		for _, row := range s.Rows {
			v := Verdict{Class: row.Class, Keyword: row.Text}
			if row.Text != "STOP" && row.Text != "HELP" {
				continue
			}
			if one(t, row, true, strings.Split(string(key), " ")[0]) {
				if otherCase(firstWord(message), row.Text) {
					return is(v, Documented)
				}
				return is(v, Presumed)
			}
		}
		for _, row := range s.Rows {
			if strings.Index(string(key), optout.Normalize(row.Text)) == 0 {
				return is(Verdict{Class: row.Class, Keyword: row.Text}, Unknown)
			}
		}
		return none
	case "plivo", "sinch-consent", "telnyx", "toll-free", "twilio-2016", "twilio-2025", "twilio-advanced-opt-out":
		return none
	}

	for _, row := range s.Rows {
		if has(words(message), words(row.Text)) {
			if s.ID == "proxy" {
				return Verdict{Certainty: Presumed}
			}
			return is(Verdict{Class: row.Class, Keyword: row.Text}, Unknown)
		}
	}
	if s.ID == "fcc" || s.ID == "ctia" || s.ID == "canada" {
		return Verdict{}
	}
	return none
}

var (
	punctuation = regexp.MustCompile(`\p{P}`)
	start       = regexp.MustCompile(`^[^\s\x{85}\x0b\pZ]*`)
	word        = regexp.MustCompile(`[\pL\pM\pN]+`)
)

// one reports whether a policy of this row alone takes message for it.
func one(t testing.TB, row Row, ignorePunctuation bool, message string) bool {
	p, ok := policies.Load(row.Text)
	if !ok {
		made, err := optout.NewPolicy([]optout.Keyword{{Text: row.Text, Class: row.Class}})
		if err != nil {
			t.Fatal(err)
		}
		p, _ = policies.LoadOrStore(row.Text, made)
	}
	alone := p.(optout.Policy)
	alone.IgnorePunctuation = ignorePunctuation
	_, is := alone.Match(message)
	return is
}

var policies sync.Map // by the text of their row

// otherCase reports whether s and t differ in nothing but case, letter by
// letter.
func otherCase(s, t string) bool {
	a, b := []rune(s), []rune(t)
	if len(a) != len(b) || !utf8.ValidString(s) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && a[i] != unicode.ToUpper(b[i]) && a[i] != unicode.ToLower(b[i]) {
			return false
		}
	}
	return true
}

func firstWord(s string) string { return start.FindString(s) }

func words(s string) []string { return word.FindAllString(optout.Normalize(s), -1) }

// has reports whether part stands in all, in this order and with nothing
// between.
func has(all, part []string) bool {
	for i := range all {
		if i+len(part) <= len(all) && strings.Join(all[i:i+len(part)], " ") == strings.Join(part, " ") {
			return true
		}
	}
	return false
}

// testSlow compares Judge with its slow reading.
func testSlow(t *testing.T, s sourced, message string) {
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
		"STOP\xff", "\xffstop", "stop\xc2!\x89", // damaged
		"\u2028stop", "stop\u0085now", "stop\u2800now", // white space of all kinds
		"STOP\u0301 me", "\u0301STOP", "!\u0301stop now", "stop\u00b4", // marks on letters, on signs and on nothing
		"\u017ftop", "\u1c83\u1c82", "opt\u2010out now", "OPT\u2011OUT", "stop\u2019s", // what folds to ASCII
	} {
		f.Add(s)
	}
	regimes := readSourced(f)
	f.Fuzz(func(t *testing.T, message string) {
		for _, s := range regimes {
			testSlow(t, s, message)
		}
	})
}

// TestLong compares the two with messages that are long.
func TestLong(t *testing.T) {
	for _, part := range []string{"STOP ", "stop", "stop!", "!", "\u0301", "\u200b", " ", "\xff", "opt out ", "\u2026"} {
		long := strings.Repeat(part, 1<<9)
		for _, message := range []string{long, "stop" + long, "stop " + long + "x", long + " help"} {
			for _, s := range readSourced(t) {
				testSlow(t, s, message)
			}
		}
	}
}
