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

// A sourced is a regime as testdata/regimes.json has it.
type sourced struct {
	Regime
	Sources    []Source `json:"sources"`
	Rows       []Row    `json:"rows"`
	NoKeywords []string `json:"no_keywords"`
}

func readSourced(t testing.TB) []sourced {
	t.Helper()
	data, err := os.ReadFile("../testdata/regimes.json")
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var all []sourced
	if err := d.Decode(&all); err != nil {
		t.Fatalf("regimes.json: %v", err)
	}
	return all
}

// TestTables compares the tables with their sourced copy, both ways.
func TestTables(t *testing.T) {
	want := readSourced(t)
	var got []sourced
	for i, r := range All() {
		s := sourced{Regime: r, Sources: r.Sources(), Rows: r.Rows()}
		s.table, s.Name, s.Effect, s.Recheck = nil, "", "", ""
		if i < len(want) {
			s.NoKeywords = want[i].NoKeywords
		}
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Regime{})); diff != "" {
		t.Errorf("the tables differ from their sources (-sources +tables):\n%s", diff)
	}
}

// TestSources holds that each table says where it comes from.
func TestSources(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			for name, text := range map[string]string{"Name": r.Name, "Effect": r.Effect, "Recheck": r.Recheck} {
				if strings.TrimSpace(text) == "" || strings.TrimSpace(text) != text {
					t.Errorf("%s is %q: want a text", name, text)
				}
			}
			if r.Checked.Day == 0 {
				t.Errorf("Checked is %v: want a day", r.Checked)
			}
			if r.Until != (Date{}) && r.Until.Compare(r.Since) <= 0 {
				t.Errorf("Until %v is not after Since %v", r.Until, r.Since)
			}
			dates := []Date{r.Since, r.Until, r.AsOf, r.Checked}
			for _, s := range r.Sources() {
				dates = append(dates, s.Date)
				if s.Page == "" || strings.HasPrefix(s.Page, "http:") {
					t.Errorf("the source %+v has no page", s)
				}
			}
			for _, d := range dates {
				if parsed, err := ParseDate(d.String()); err != nil || parsed != d {
					t.Errorf("ParseDate(%q) = %v, %v, want %+v", d.String(), parsed, err, d)
				}
				if d.Compare(r.Checked) > 0 && d != r.Until {
					t.Errorf("the date %v is after the day of the last reading, %v", d, r.Checked)
				}
			}
			for _, row := range r.Rows() {
				if !slices.Contains(r.Sources(), row.Source) {
					t.Errorf("%s has the source %+v, which is none of the regime's", row.Text, row.Source)
				}
			}
		})
	}
}

func TestAll(t *testing.T) {
	var ids []string
	for _, r := range All() {
		ids = append(ids, r.ID)
	}
	want := []string{"aws", "bird", "canada", "ctia", "fcc", "plivo", "proxy", "ringcentral", "sinch-consent", "telnyx",
		"toll-free", "twilio-2016", "twilio-2025", "twilio-advanced-opt-out", "vonage-short-code"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("All() has other regimes (-want +got):\n%s", diff)
	}
}

// TestCopies holds that what is returned can be changed.
func TestCopies(t *testing.T) {
	for _, id := range []string{"aws", "proxy"} {
		change := func() {
			r, _ := Lookup(id)
			r.Rows()[0] = Row{}
			r.Sources()[0] = Source{}
			r.Keywords()[0] = optout.Keyword{}
			r.Name, r.Match = "", MatchUnknown
			All()[0] = Regime{}
			On(Date{})[0] = Regime{}
		}
		before, _ := Lookup(id)
		change()
		after, _ := Lookup(id)
		if before != after || after.Rows()[0].Text != "STOP" || after.Sources()[0].Page == "" || after.Keywords()[0].Text != "STOP" {
			t.Errorf("Lookup(%q) = %+v, and was %+v before a copy was changed", id, after, before)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, r := range All() {
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
		{"the last day", "2025-05-13", []string{"twilio-2016", "fcc"}, []string{"twilio-2025", "canada"}},
		{"the first day", "2025-05-14", []string{"twilio-2025"}, []string{"twilio-2016"}},
		{"a month is its beginning", "2025-05", []string{"twilio-2016"}, []string{"twilio-2025"}},
		{"a year is its beginning", "2026", []string{"twilio-2025"}, []string{"twilio-2016", "canada"}},
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
					want = append(want, k)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Keywords() (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMergeAll holds that no two regimes have the same word in different
// classes, so that the order in which they are merged does not matter.
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
	if r.Rows() != nil || r.Sources() != nil || r.Keywords() != nil || r.Judge("STOP") != (Verdict{}) {
		t.Errorf("the zero Regime knows %v, %v, %v, %+v, want nothing", r.Rows(), r.Sources(), r.Keywords(), r.Judge("STOP"))
	}
	if r.Kind != KindUnknown || r.Match != MatchUnknown || r.Scope != ScopeUnknown || r.Since.String() != "undated" {
		t.Errorf("the zero Regime is %+v, want unknown and undated", r)
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
	type key struct{ regime, text string }
	rows, messages := make(map[key]bool), make(map[key]int)
	vectors := readVectors(t)
	for i, v := range vectors {
		r, ok := Lookup(v.Regime)
		if !ok {
			t.Errorf("regime-vectors.jsonl:%d: no regime %q", i+1, v.Regime)
		}
		if got := r.Judge(v.Message); got != v.Verdict {
			t.Errorf("regime-vectors.jsonl:%d: %s: Judge(%+q) = %+v, want %+v: %s", i+1, v.Regime, v.Message, got, v.Verdict, v.Reason)
		}
		if first, again := messages[key{v.Regime, v.Message}]; again {
			t.Errorf("regime-vectors.jsonl:%d: the same as line %d", i+1, first)
		}
		messages[key{v.Regime, v.Message}] = i + 1
		if v.Class != optout.ClassNone && v.Certainty != Unknown {
			rows[key{v.Regime, v.Keyword}] = true
		}
	}
	if len(vectors) < 300 {
		t.Errorf("%d vectors, want at least 300", len(vectors))
	}
	for _, s := range readSourced(t) {
		for _, row := range s.Rows {
			if !rows[key{s.ID, row.Text}] {
				t.Errorf("no vector is %s of %s", row.Text, s.ID)
			}
		}
		for _, word := range s.NoKeywords {
			if messages[key{s.ID, word}] == 0 {
				t.Errorf("no vector has the message %s for %s, which is documented to be no keyword", word, s.ID)
			}
		}
	}
}

// TestNoKeywords holds that a word that a regime's pages leave out is not taken
// for a keyword. At AWS it can begin with one.
func TestNoKeywords(t *testing.T) {
	for _, s := range readSourced(t) {
		r, _ := Lookup(s.ID)
		for _, word := range s.NoKeywords {
			got := r.Judge(word)
			if got != (Verdict{Certainty: Documented}) && !(r.Match == MatchPrefix && got.Certainty == Unknown) {
				t.Errorf("%s: Judge(%q) = %+v, want none", r.ID, word, got)
			}
		}
	}
}

func TestEnums(t *testing.T) {
	testEnum(t, "kind", kindNames, KindDemand, func(k *Kind, b []byte) error { return k.UnmarshalText(b) }, Kind.MarshalText)
	testEnum(t, "match", matchNames, MatchWords, func(m *Match, b []byte) error { return m.UnmarshalText(b) }, Match.MarshalText)
	testEnum(t, "scope", scopeNames, ScopeApp, func(s *Scope, b []byte) error { return s.UnmarshalText(b) }, Scope.MarshalText)
	testEnum(t, "evidence", evidenceNames, EvidenceDocumented, func(e *Evidence, b []byte) error { return e.UnmarshalText(b) }, Evidence.MarshalText)
	testEnum(t, "certainty", certaintyNames, Documented, func(c *Certainty, b []byte) error { return c.UnmarshalText(b) }, Certainty.MarshalText)
}

func testEnum[E ~uint8](t *testing.T, name string, names []string, last E, unmarshal func(*E, []byte) error, marshal func(E) ([]byte, error)) {
	t.Run(name, func(t *testing.T) {
		if names[0] != "unknown" || len(names) != int(last)+1 {
			t.Errorf("the names are %q, want unknown first and %d of them", names, last+1)
		}
		seen := make(map[string]bool)
		for i := range 256 {
			text, err := marshal(E(i))
			if err != nil || seen[string(text)] || i < len(names) && string(text) != names[i] {
				t.Errorf("MarshalText of %d = %q, %v, want a text of its own", i, text, err)
			}
			seen[string(text)] = true
			v := E(i + 1)
			if err := unmarshal(&v, text); err != nil || v != E(i) {
				t.Errorf("UnmarshalText(%q) = %d, %v, want %d", text, v, err, i)
			}
		}
		for _, text := range []string{"", "Unknown", "filter ", "Kind(0)", "Match(256)"} {
			v := E(200)
			err := unmarshal(&v, []byte(text))
			want := "regime: unknown " + name + " \"" + text + "\": want one of " + strings.Join(names, ", ")
			if err == nil || err.Error() != want || v != 200 {
				t.Errorf("UnmarshalText(%q) = %d, %v, want %s", text, v, err, want)
			}
		}
	})
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
		t.Run("no date "+text, func(t *testing.T) {
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

// TestEqualButForCase runs every rune that EqualFold takes for a letter of a
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
