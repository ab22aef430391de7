package regime

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"example.com/optout"
)

// readEntries returns the regimes as regimes.json writes them.
func readEntries(t testing.TB) (entries []entry) {
	t.Helper()
	if err := json.Unmarshal(regimesJSON, &entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestDecodeErrors(t *testing.T) {
	const right = `[{"id":"a","kind":"filter","since":"2025","scope":"number",` +
		`"sources":[{"page":"p","date":"undated","rows":[{"class":"opt-out","words":["STOP"],"match":"words","evidence":"documented"},` +
		`{"class":"help","words":["HELP"],"match":"unknown","evidence":"secondary"}]}]}]`
	if all, err := decode([]byte(right)); err != nil || len(all) != 1 || len(all[0].Rows()) != 2 {
		t.Fatalf("decode(%s) = %+v, %v, want one regime of two rows", right, all, err)
	}
	tests := []struct{ name, old, new, want string }{
		{"not JSON", `[{`, `{`, "regime: regimes.json: "},
		{"unknown field", `"kind"`, `"sort":"","kind"`, `regime: regimes.json: json: unknown field "sort"`},
		{"date that is not in the calendar", `"2025"`, `"2025-02-30"`, `regime: regimes.json: regime: "2025-02-30" is not a date: `},
		{"undefined kind", `"filter"`, `"demands"`, `regime: regimes.json: a: unknown kind "demands": want one of ["filter" "demand" "collection"]`},
		{"undefined scope", `"number"`, `"all"`, `regime: regimes.json: a: unknown scope "all": want one of `},
		{"undefined match", `"words",`, `"word",`, `regime: regimes.json: a: unknown match "word": want one of `},
		{"undefined evidence", `"secondary"`, `""`, `regime: regimes.json: a: unknown evidence "": want one of `},
		{"undefined class", `"help"`, `"info"`, `regime: regimes.json: `},
		{"no class", `"class":"help",`, ``, "class is none: want opt-out, opt-in or help"},
		{"text that normalizes to nothing", `"HELP"`, `"\u200b"`, "text normalizes to nothing"},
		{"one word in two classes", `"HELP"`, `"stop"`, `("STOP"): same keyword as row 0`},
		{"a spelling in two classes", `["STOP"]`, `["he lp"]`, `("HELP"): same keyword as row 2`},
		{"no sources", `[{"page":"p","date":"undated","rows":[{"class":"opt-out","words":["STOP"],"match":"words","evidence":"documented"},{"class":"help","words":["HELP"],"match":"unknown","evidence":"secondary"}]}]`, `[]`, "regime: regimes.json: a: optout: "},
		{"no rows", `"rows":[{"class":"opt-out","words":["STOP"],"match":"words","evidence":"documented"},{"class":"help","words":["HELP"],"match":"unknown","evidence":"secondary"}]`, `"rows":[]`, "regime: regimes.json: a: optout: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := strings.Replace(right, tt.old, tt.new, 1)
			if bad == right {
				t.Fatalf("%s is not in the right data", tt.old)
			}
			if all, err := decode([]byte(bad)); err == nil || !strings.Contains(err.Error(), tt.want) || all != nil {
				t.Errorf("decode(%s) = %+v, %v, want an error with %s", bad, all, err, tt.want)
			}
			defer func() {
				if recover() == nil {
					t.Error("must does not panic with the error")
				}
			}()
			must(decode([]byte(bad)))
		})
	}
}

// TestFacts checks the texts and dates of regimes.json.
func TestFacts(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			for name, text := range map[string]string{"Name": r.Name, "Effect": r.Effect, "Recheck": r.Recheck} {
				if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
					t.Errorf("%s is %q, want a text", name, text)
				}
			}
			if r.Checked.Day == 0 {
				t.Errorf("Checked is %v, want a day", r.Checked)
			}
			if r.Until != (Date{}) && r.Until.Compare(r.Since) <= 0 {
				t.Errorf("Until %v is not after Since %v", r.Until, r.Since)
			}
			if old, ok := Lookup(r.Replaces); ok != (r.Replaces != "") || ok && old.Until != r.Since {
				t.Errorf("Replaces is %q, which ended on %v, want a regime that ended on %v", r.Replaces, old.Until, r.Since)
			}
			dates := []Date{r.Since, r.AsOf}
			for _, s := range r.Sources() {
				dates = append(dates, s.Date)
				if s.Page == "" || strings.HasPrefix(s.Page, "http:") {
					t.Errorf("the source %+v has no page", s)
				}
			}
			for _, d := range dates {
				if d.Compare(r.Checked) > 0 {
					t.Errorf("the date %v is after the last reading, %v", d, r.Checked)
				}
			}
		})
	}
}

// TestCopies checks that a caller can change what is returned.
func TestCopies(t *testing.T) {
	for _, id := range []string{"aws", "proxy"} {
		before, _ := Lookup(id)
		changed := before
		changed.Rows()[0] = Row{}
		changed.Sources()[0] = Source{}
		changed.Keywords()[0] = optout.Keyword{}
		changed.Name = ""
		All()[0] = Regime{}
		On(Date{})[0] = Regime{}
		after, _ := Lookup(id)
		if before != after || after.Rows()[0].Text != "STOP" || after.Sources()[0].Page == "" || after.Keywords()[0].Text != "STOP" {
			t.Errorf("Lookup(%q) = %+v, and was %+v before a copy was changed", id, after, before)
		}
	}
}

func TestLookup(t *testing.T) {
	all := All()
	if !slices.IsSortedFunc(all, func(a, b Regime) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("All() is not ordered by ID")
	}
	for _, r := range all {
		if got, ok := Lookup(r.ID); !ok || got != r {
			t.Errorf("Lookup(%q) = %+v, %v, want %+v", r.ID, got, ok, r)
		}
	}
	for _, id := range []string{"", "AWS", "twilio", "twilio-2025 "} {
		if got, ok := Lookup(id); ok || got != (Regime{}) {
			t.Errorf("Lookup(%q) = %+v, %v, want none", id, got, ok)
		}
	}
}

func TestOn(t *testing.T) {
	tests := []struct {
		name, day string
		with      []string
		without   []string
	}{
		{"before all", "2010-01-01", []string{"bird", "plivo"}, []string{"aws", "fcc", "twilio-2016", "twilio-2025"}},
		{"a month before a known day", "2016-07-31", nil, []string{"twilio-2016"}},
		{"a month that is known", "2016-08-01", []string{"twilio-2016"}, []string{"twilio-2025"}},
		{"the day before a first day", "2022-11-21", []string{"ctia"}, []string{"canada"}},
		{"the last day", "2025-05-13", []string{"twilio-2016", "fcc", "canada"}, []string{"twilio-2025"}},
		{"the first day", "2025-05-14", []string{"twilio-2025"}, []string{"twilio-2016"}},
		{"a month is its beginning", "2025-05", []string{"twilio-2016"}, []string{"twilio-2025"}},
		{"a year is its beginning", "2025", []string{"twilio-2016"}, []string{"twilio-2025", "fcc"}},
		{"long after", "2099-12-31", []string{"aws", "canada", "twilio-2025"}, []string{"twilio-2016"}},
		{"no day", "undated", []string{"bird"}, []string{"twilio-2016", "twilio-2025"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			day, err := ParseDate(tt.day)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, r := range On(day) {
				ids = append(ids, r.ID)
			}
			if !slices.IsSorted(ids) {
				t.Errorf("On(%v) = %v, want an order by ID", day, ids)
			}
			for _, id := range tt.with {
				if !slices.Contains(ids, id) {
					t.Errorf("On(%v) = %v, want %s among them", day, ids, id)
				}
			}
			for _, id := range tt.without {
				if slices.Contains(ids, id) {
					t.Errorf("On(%v) = %v, want no %s among them", day, ids, id)
				}
			}
		})
	}
}

func TestEdition(t *testing.T) {
	tests := []struct{ name, id, day, want string }{
		{"the first day", "twilio-2025", "2025-05-14", "twilio-2025"},
		{"the day before", "twilio-2025", "2025-05-13", "twilio-2016"},
		{"before all editions", "twilio-2025", "2016-07-31", ""},
		{"an edition that still held", "twilio-2016", "2025-05-13", "twilio-2016"},
		{"an edition that has ended", "twilio-2016", "2025-05-14", ""},
		{"a regime without a date", "bird", "2010-01-01", "bird"},
		{"a regime that came later", "fcc", "2025-04-10", ""},
		{"no day", "twilio-2025", "undated", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := Lookup(tt.id)
			day, err := ParseDate(tt.day)
			if err != nil {
				t.Fatal(err)
			}
			want, known := Lookup(tt.want)
			if got, ok := r.Edition(day); got != want || ok != known {
				t.Errorf("%s: Edition(%v) = %q, %v, want %q, %v", tt.id, day, got.ID, ok, tt.want, known)
			}
		})
	}
}

func TestKeywords(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			got := r.Keywords()
			if _, err := optout.NewPolicy(got); err != nil {
				t.Errorf("NewPolicy: %v", err)
			}
			want := optout.Policy{}.Keywords()
			if r.ID != "proxy" {
				want = nil
				for _, row := range r.Rows() {
					k := optout.Keyword{Text: row.Text, Class: row.Class, Action: optout.Forward}
					if row.Class == optout.ClassOptOut {
						k.Action = optout.Drop
					}
					if !slices.ContainsFunc(want, func(w optout.Keyword) bool { return optout.Normalize(w.Text) == optout.Normalize(k.Text) }) {
						want = append(want, k)
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Keywords() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKeywordsLanguages(t *testing.T) {
	tests := []struct {
		name, id, tags, want string
	}{
		{"a language takes its regions", "languages", "es", "DETENER SALIR BAJA ALTO VOLVER RECIBIR ALTA INICIO AYUDA AUXILIO"},
		{"a region takes its language, and no other region", "languages", "es-MX", "DETENER SALIR BAJA VOLVER RECIBIR ALTA AYUDA"},
		{"another region", "languages", "es-US", "DETENER SALIR ALTO VOLVER RECIBIR INICIO AYUDA AUXILIO"},
		{"a region without rows of its own", "languages", "pt-PT", "PARAR CANCELAR VOLTAR RECEBER AJUDA"},
		{"any case", "languages", "PT-br", "PARAR CANCELAR SAIR VOLTAR RECEBER COME\u00c7AR AJUDA"},
		{"a script between", "languages", "zh-Hans-CN", "R"},
		{"two languages", "languages", "it zh", "FERMA R AIUTO"},
		{"a tag twice", "languages", "it it-IT", "FERMA AIUTO"},
		{"a shared word once", "languages", "de-CH de-AT", "HALT STOP STOPP STOP\u00a0ALL STOPP\u00a0ALL START HILFE"},
		{"unknown", "languages", "sv", ""},
		{"the beginning of a tag", "languages", "e", ""},
		{"more than a tag", "languages", "esx", ""},
		{"empty", "languages", "\u00a0", ""},
		{"rows without a language", "bird", "en", ""},
		{"rows with a language", "bird", "fr", "arret nonarret aide"},
		{"the built-in table", "proxy", "en", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := Lookup(tt.id)
			tags := strings.Split(strings.Trim(tt.tags, "\u00a0"), " ")
			var got []string
			for _, k := range r.Keywords(tags...) {
				got = append(got, strings.ReplaceAll(k.Text, " ", "\u00a0"))
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("Keywords(%q) (-want +got):\n%s", tags, diff)
			}
		})
	}
}

func TestLanguages(t *testing.T) {
	for _, tt := range []struct{ id, want string }{
		{"bird", "de es fr it nl pl pt ru"},
		{"canada", "en fr"},
		{"sinch-consent", "en es pt"},
		{"aws", ""},
	} {
		r, _ := Lookup(tt.id)
		if got := strings.Join(r.Languages(), " "); got != tt.want {
			t.Errorf("%s: Languages() = %s, want %s", tt.id, got, tt.want)
		}
	}
}

// TestMergeAll checks that no two regimes have the same word in different
// classes, so that they can be merged in any order.
func TestMergeAll(t *testing.T) {
	classes := make(map[string]optout.Class)
	for _, r := range All() {
		for _, k := range r.Keywords() {
			key := optout.Normalize(k.Text)
			if first, ok := classes[key]; ok && first != k.Class {
				t.Errorf("%s is an %v word in %s, and an %v word before", k.Text, k.Class, r.ID, first)
			}
			classes[key] = k.Class
		}
	}
}

func TestZero(t *testing.T) {
	var r Regime
	if r.Rows() != nil || r.Sources() != nil || r.Keywords() != nil || r.Languages() != nil || r.Judge("STOP") != (Verdict{}) {
		t.Errorf("the zero Regime knows %v, %v, %v, %v, %+v, want nothing", r.Rows(), r.Sources(), r.Keywords(), r.Languages(), r.Judge("STOP"))
	}
}

// A vector is one line of testdata/regime-vectors.jsonl.
type vector struct {
	Regime  string `json:"regime"`
	Message string `json:"message"`
	Verdict
	Reason string `json:"reason"`
}

func readVectors(t testing.TB) []vector {
	t.Helper()
	f, err := os.Open("../testdata/regime-vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []vector
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.DisallowUnknownFields()
		var v vector
		if err := d.Decode(&v); err != nil {
			t.Fatalf("regime-vectors.jsonl:%d: %v", len(all)+1, err)
		}
		all = append(all, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestVectors(t *testing.T) {
	type message struct{ regime, text string }
	lines := make(map[message]int)
	found := make(map[message]bool) // rows
	for i, v := range readVectors(t) {
		line := i + 1
		r, ok := Lookup(v.Regime)
		if !ok {
			t.Errorf("regime-vectors.jsonl:%d: no regime %q", line, v.Regime)
		}
		if got := r.Judge(v.Message); got != v.Verdict {
			t.Errorf("regime-vectors.jsonl:%d: %s: Judge(%+q) = %+v, want %+v: %s", line, v.Regime, v.Message, got, v.Verdict, v.Reason)
		}
		if first, again := lines[message{v.Regime, v.Message}]; again {
			t.Errorf("regime-vectors.jsonl:%d: the same message as in line %d", line, first)
		}
		lines[message{v.Regime, v.Message}] = line
		found[message{v.Regime, optout.Normalize(v.Keyword)}] = true
	}
	for _, r := range All() {
		for _, row := range r.Rows() {
			// The golden vectors of package optout have the words of proxy.
			if !r.isProxy() && !found[message{r.ID, optout.Normalize(row.Text)}] {
				t.Errorf("no vector is %s of %s", row.Text, r.ID)
			}
		}
	}
	for _, e := range readEntries(t) {
		for _, word := range e.NoKeywords {
			if lines[message{e.ID, word}] == 0 {
				t.Errorf("no vector has the message %s for %s, where it is not a keyword", word, e.ID)
			}
		}
	}
}

// TestJudgeRows has tables that no regime has.
func TestJudgeRows(t *testing.T) {
	tests := []struct {
		name, rows, message string
		want                Verdict
	}{
		{"the surest of two rows", `{"class":"opt-out","words":["arret"],"match":"unknown","evidence":"secondary"},` +
			`{"class":"opt-out","words":["Arret"],"match":"unknown","evidence":"documented"}`,
			"ARRET", Verdict{optout.ClassOptOut, "Arret", Documented}},
		{"the first of two rows that are as sure", `{"class":"opt-out","words":["arret"],"match":"unknown","evidence":"secondary"},` +
			`{"class":"opt-out","words":["Arret"],"match":"unknown","evidence":"documented"}`,
			"arr\u00eat", Verdict{optout.ClassOptOut, "arret", Presumed}},
		{"white space before the first word", `{"class":"opt-out","words":["STOP"],"match":"before the first space","trims_start":" ","evidence":"documented"}`,
			" stop now", Verdict{optout.ClassOptOut, "STOP", Documented}},
		{"a row whose page contradicts itself", `{"class":"opt-out","words":["STOP"],"match":"whole message","evidence":"unknown"}`,
			"STOP", Verdict{optout.ClassOptOut, "STOP", Unknown}},
		{"a bare word", `{"class":"opt-in","words":["GO"],"match":"bare word","evidence":"documented"}`,
			"go!", Verdict{Certainty: Documented}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := `[{"id":"a","kind":"filter","scope":"number","sources":[{"page":"p","rows":[` + tt.rows + `]}]}]`
			all, err := decode([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			if got := all[0].Judge(tt.message); got != tt.want {
				t.Errorf("Judge(%+q) = %+v, want %+v", tt.message, got, tt.want)
			}
		})
	}
}

// TestNoKeywords checks that words which a regime's pages leave out are not
// keywords. At AWS such a word can begin with a keyword.
func TestNoKeywords(t *testing.T) {
	for _, e := range readEntries(t) {
		r, _ := Lookup(e.ID)
		for _, word := range e.NoKeywords {
			got := r.Judge(word)
			if got != (Verdict{Certainty: Documented}) && !(strings.HasPrefix(word, got.Keyword) && got.Certainty == Unknown) {
				t.Errorf("%s: Judge(%q) = %+v, want none", e.ID, word, got)
			}
		}
	}
}

func TestCertainty(t *testing.T) {
	for c, name := range certaintyNames {
		var got Certainty
		if err := got.UnmarshalText([]byte(name)); err != nil || got != Certainty(c) {
			t.Errorf("UnmarshalText(%q) = %v, %v, want %d", name, got, err, c)
		}
		if text, err := Certainty(c).MarshalText(); err != nil || string(text) != name {
			t.Errorf("MarshalText of %d = %q, %v, want %q", c, text, err, name)
		}
	}
	if got := Certainty(3).String(); got != "Certainty(3)" {
		t.Errorf("String of 3 = %q", got)
	}
	for _, text := range []string{"", "Unknown", "documented ", "Certainty(3)"} {
		got := Presumed
		const want = "want one of unknown, presumed, documented"
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || got != Presumed {
			t.Errorf("UnmarshalText(%q) = %v, %v, want an error with %s", text, got, err, want)
		}
	}
}

func TestDate(t *testing.T) {
	tests := []struct {
		name, text string
		want       Date
	}{
		{"a day", "2025-05-14", Date{2025, 5, 14}},
		{"a leap day", "2024-02-29", Date{2024, 2, 29}},
		{"a month", "2026-01", Date{2026, 1, 0}},
		{"a year", "2026", Date{2026, 0, 0}},
		{"an early year", "0001", Date{1, 0, 0}},
		{"undated", "undated", Date{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got Date
			if err := got.UnmarshalText([]byte(tt.text)); err != nil || got != tt.want {
				t.Errorf("UnmarshalText(%q) = %+v, %v, want %+v", tt.text, got, err, tt.want)
			}
			if text, err := tt.want.MarshalText(); err != nil || string(text) != tt.text {
				t.Errorf("%+v.MarshalText() = %q, %v, want %q", tt.want, text, err, tt.text)
			}
		})
	}
	for _, text := range []string{"", "0000", "25", "2025-13", "2025-02-29", "2025-5-14", "2025-05-14 ", "2025-05-14T00:00:00Z", "Undated"} {
		t.Run("not a date "+text, func(t *testing.T) {
			got := Date{2025, 5, 14}
			if err := got.UnmarshalText([]byte(text)); err == nil || got != (Date{2025, 5, 14}) {
				t.Errorf("UnmarshalText(%q) = %+v, %v, want an error", text, got, err)
			}
		})
	}
}

func TestDateCompare(t *testing.T) {
	order := []Date{{}, {2016, 0, 0}, {2016, 8, 0}, {2016, 8, 1}, {2016, 8, 31}, {2016, 9, 0}, {2025, 5, 14}}
	for i, d := range order {
		for j, e := range order {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := d.Compare(e); got != want {
				t.Errorf("%v.Compare(%v) = %d, want %d", d, e, got, want)
			}
		}
	}
}

// TestEqualButForCase tries every rune that EqualFold takes for a letter of a
// table: only its two cases count.
func TestEqualButForCase(t *testing.T) {
	for _, r := range All() {
		for _, row := range r.Rows() {
			for _, letter := range row.Text {
				for other := unicode.SimpleFold(letter); other != letter; other = unicode.SimpleFold(other) {
					want := other == unicode.ToUpper(letter) || other == unicode.ToLower(letter)
					if got := equalButForCase(string(other), string(letter)); got != want {
						t.Errorf("equalButForCase(%+q, %+q) = %v, want %v", other, letter, got, want)
					}
				}
			}
		}
	}
}
