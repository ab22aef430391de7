package optout

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNewPolicyErrors(t *testing.T) {
	ok := Keyword{"BAJA", ClassOptOut, Drop}
	tests := []struct {
		name string
		rows []Keyword
		want string
	}{
		{"nil", nil, "optout: no keywords: a policy needs at least one"},
		{"empty", []Keyword{}, "optout: no keywords: a policy needs at least one"},
		{
			"invalid UTF-8", []Keyword{ok, {"STOP\xff", ClassOptOut, Drop}},
			`optout: keyword 1 ("STOP\xff"): text is not valid UTF-8`,
		},
		{
			"U+FFFD", []Keyword{{"STOP\ufffd", ClassOptOut, Drop}},
			"optout: keyword 0 (\"STOP\ufffd\"): text contains U+FFFD, which marks damaged text",
		},
		{
			"empty text", []Keyword{{"", ClassOptOut, Drop}},
			`optout: keyword 0 (""): text normalizes to nothing: no message could be this keyword`,
		},
		{
			"invisible text", []Keyword{ok, {" \u200b\t\ufe0f", ClassOptOut, Drop}},
			`optout: keyword 1 (" \u200b\t\ufe0f"): text normalizes to nothing: no message could be this keyword`,
		},
		{
			"unseen text that strconv takes for printable", []Keyword{{"\u034f\u2800", ClassOptOut, Drop}},
			`optout: keyword 0 ("\u034f\u2800"): text normalizes to nothing: no message could be this keyword`,
		},
		{
			"no class", []Keyword{{"STOP", ClassNone, Drop}},
			`optout: keyword 0 ("STOP"): class is none: want opt-out, opt-in or help`,
		},
		{
			"undefined class", []Keyword{{"STOP", ClassHelp + 1, Drop}},
			`optout: keyword 0 ("STOP"): class is Class(4): want opt-out, opt-in or help`,
		},
		{
			"undefined action", []Keyword{{"STOP", ClassOptOut, Intercept + 1}},
			`optout: keyword 0 ("STOP"): action is Action(3): want forward, drop or intercept`,
		},
		{
			"same text", []Keyword{ok, ok},
			`optout: keyword 1 ("BAJA"): same keyword as row 0 ("BAJA")`,
		},
		{
			"same key, other class and action",
			[]Keyword{{"STOP", ClassOptOut, Drop}, ok, {"HALT", ClassOptOut, Drop}, {"\uff33\uff34\uff2f\uff30", ClassHelp, Forward}},
			`optout: keyword 3 ("` + "\uff33\uff34\uff2f\uff30" + `"): same keyword as row 0 ("STOP")`,
		},
		{
			"same key of eight bytes", []Keyword{ok, {"Schluss\u00df", ClassOptOut, Drop}, {"SCHLUSS\u1e9e", ClassOptOut, Drop}},
			"optout: keyword 2 (\"SCHLUSS\u1e9e\"): same keyword as row 1 (\"Schluss\u00df\")",
		},
		{
			"every bad row", []Keyword{{"A", ClassNone, Drop}, ok, {"", ClassOptOut, Drop}, {"baja", ClassHelp, Drop}},
			`optout: keyword 0 ("A"): class is none: want opt-out, opt-in or help` + "\n" +
				`optout: keyword 2 (""): text normalizes to nothing: no message could be this keyword` + "\n" +
				`optout: keyword 3 ("baja"): same keyword as row 1 ("BAJA")`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := NewPolicy(tt.rows)
			if err == nil || err.Error() != tt.want {
				t.Errorf("NewPolicy error\n got %v\nwant %s", err, tt.want)
			}
			if p != (Policy{}) {
				t.Errorf("NewPolicy = %+v beside an error, want the zero Policy", p)
			}
		})
	}
}

// TestKeywordErrors checks that a program can take the bad rows from NewPolicy's
// error, and name them by rows of its own.
func TestKeywordErrors(t *testing.T) {
	rows := []Keyword{{"A", ClassNone, Drop}, {"BAJA", ClassOptOut, Drop}, {"\u3164b", ClassOptIn, 3}}
	_, err := NewPolicy(rows)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("NewPolicy error is %T (%v), want one that errors.Join made", err, err)
	}
	var got []KeywordError
	for _, err := range joined.Unwrap() {
		var k KeywordError
		if !errors.As(err, &k) {
			t.Fatalf("%T (%v), want a KeywordError", err, err)
		}
		got = append(got, k)
	}
	want := []KeywordError{
		{0, rows[0], "class is none: want opt-out, opt-in or help"},
		{2, rows[2], "action is Action(3): want forward, drop or intercept"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bad rows (-want +got):\n%s", diff)
	}
	if got, want := got[1].Error(), `optout: keyword 2 ("\u3164b"): action is Action(3): want forward, drop or intercept`; got != want {
		t.Errorf("Error() = %s, want %s", got, want)
	}
}

// TestNewPolicyCopies checks that a policy stays as it was made, whatever
// becomes of the slices that went in and came out.
func TestNewPolicyCopies(t *testing.T) {
	want := []Keyword{{"BAJA", ClassOptOut, Drop}, {"ALTA", ClassOptIn, Forward}}
	in := slices.Clone(want)
	p, err := NewPolicy(in)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Policy{p, {}} {
		rows := p.Keywords()
		message := rows[0].Text
		wantDecision := p.Decide(message, Flags{})
		in[0] = Keyword{"X", ClassHelp, Intercept}
		got := p.Keywords()
		got[0] = Keyword{"Y", ClassHelp, Intercept}
		_ = append(got[:0], got[1])
		if diff := cmp.Diff(rows, p.Keywords()); diff != "" {
			t.Errorf("Keywords changed (-want +got):\n%s", diff)
		}
		if d := p.Decide(message, Flags{}); d != wantDecision {
			t.Errorf("Decide(%q) = %+v, want %+v", message, d, wantDecision)
		}
	}
	if diff := cmp.Diff(want, p.Keywords()); diff != "" {
		t.Errorf("Keywords (-want +got):\n%s", diff)
	}
}

// TestPolicyEncoding checks that encoders and decoders refuse a Policy in a
// configuration, and say what to use instead.
func TestPolicyEncoding(t *testing.T) {
	type config struct{ Policy Policy }
	c := config{MustPolicy([]Keyword{{"BAJA", ClassOptOut, Drop}})}
	type other struct {
		Policy struct{ Keywords []Keyword }
	}
	encode := func(v any) *bytes.Buffer {
		b := new(bytes.Buffer)
		if err := gob.NewEncoder(b).Encode(v); err != nil {
			t.Fatal(err)
		}
		return b
	}
	binary := new(bytes.Buffer) // as if a Policy were encoded
	if err := gob.NewEncoder(binary).Encode(struct{ Policy encodedPolicy }{1}); err != nil {
		t.Fatal(err)
	}
	jsonError := func(_ []byte, err error) error { return err }
	tests := []struct {
		name string
		err  error
	}{
		{"json.Marshal", jsonError(json.Marshal(c))},
		{"json.Marshal of a pointer", jsonError(json.Marshal(&c))},
		{"xml.Marshal", jsonError(xml.Marshal(c))},
		{"gob.Encode", gob.NewEncoder(new(bytes.Buffer)).Encode(c)},
		{"json.Unmarshal", json.Unmarshal([]byte(`{"Policy":{"Keywords":[{"text":"BAJA"}]}}`), &c)},
		{"json.Unmarshal of a string", json.Unmarshal([]byte(`{"Policy":"BAJA"}`), &c)},
		{"xml.Unmarshal", xml.Unmarshal([]byte(`<config><Policy><Keywords>BAJA</Keywords></Policy></config>`), &c)},
		{"gob.Decode", gob.NewDecoder(binary).Decode(&c)},
		{"YAML", c.Policy.UnmarshalYAML(func(v any) error { *v.(*any) = map[string]any{}; return nil })},
		{"TOML", c.Policy.UnmarshalText([]byte("BAJA"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil || !strings.Contains(tt.err.Error(), "keywordfile, and make the Policy with NewPolicy") {
				t.Errorf("error %v, want one that names keywordfile and NewPolicy", tt.err)
			}
		})
	}
	if err := gob.NewDecoder(encode(other{})).Decode(&c); err == nil {
		t.Error("gob.Decode of a struct into a Policy succeeds")
	}

	// Nothing to decode changes nothing.
	want := c
	if err := json.Unmarshal([]byte(`{"Policy":null}`), &c); err != nil || c != want {
		t.Errorf("json.Unmarshal of null: %v, %v", c, err)
	}
	if err := c.Policy.UnmarshalYAML(func(any) error { return nil }); err != nil || c != want {
		t.Errorf("UnmarshalYAML of an empty value: %v, %v", c, err)
	}
	bad := errors.New("bad YAML")
	if err := c.Policy.UnmarshalYAML(func(any) error { return bad }); err != bad || c != want {
		t.Errorf("UnmarshalYAML of bad YAML: %v, %v", c, err)
	}
}

// An encodedPolicy is gob's encoding of a type that encodes itself.
type encodedPolicy int

func (encodedPolicy) MarshalBinary() ([]byte, error) { return []byte("BAJA"), nil }
func (*encodedPolicy) UnmarshalBinary([]byte) error  { return nil }

func TestMustPolicy(t *testing.T) {
	rows := []Keyword{{"BAJA", ClassOptOut, Drop}}
	if diff := cmp.Diff(rows, MustPolicy(rows).Keywords()); diff != "" {
		t.Errorf("MustPolicy (-want +got):\n%s", diff)
	}
	_, want := NewPolicy(nil)
	defer func() {
		if got := recover(); fmt.Sprint(got) != want.Error() {
			t.Errorf("MustPolicy(nil) panics with %v, want %v", got, want)
		}
	}()
	MustPolicy(nil)
	t.Error("MustPolicy(nil) returns")
}

func TestFlagsJSON(t *testing.T) {
	want := Flags{RespectSMSStopFilter: true}
	const text = `{"respect_sms_stop_filter":true,"sms_stop_filter":false}`
	got, err := json.Marshal(want)
	if string(got) != text || err != nil {
		t.Errorf("json.Marshal(%+v) = %s, %v, want %s", want, got, err, text)
	}
	var back Flags
	if err := json.Unmarshal([]byte(text), &back); back != want || err != nil {
		t.Errorf("json.Unmarshal(%s) = %+v, %v, want %+v", text, back, err, want)
	}
}

func TestMarksInSequence(t *testing.T) {
	marks := func(n int) string { return "\u0438" + strings.Repeat("\u0301", n-1) + "\u0323" }
	p := MustPolicy([]Keyword{{marks(maxRun), ClassOptOut, Drop}})
	for _, s := range []string{Normalize(marks(maxRun)), marks(maxRun)} {
		if _, ok := p.Match(s); !ok {
			t.Errorf("Match(%+q) finds no row", s)
		}
	}
	if k, ok := p.Match(marks(maxRun + 1)); ok {
		t.Errorf("Match of %d marks = %+v", maxRun+1, k)
	}
	for _, after := range []string{"", marks(2)} {
		_, err := NewPolicy([]Keyword{{marks(maxRun+1) + after, ClassOptOut, Drop}})
		if err == nil || !strings.Contains(err.Error(), "more than 30 marks in sequence") {
			t.Errorf("NewPolicy with %d marks in sequence, followed by %+q: error %v", maxRun+1, after, err)
		}
	}
}

func TestMatch(t *testing.T) {
	own := Keyword{"Opt  out", ClassOptOut, Drop}
	custom, err := NewPolicy(Merge(Policy{}.Keywords(), []Keyword{own, {"end", ClassHelp, Forward}}))
	if err != nil {
		t.Fatal(err)
	}
	lenient := custom
	lenient.IgnorePunctuation = true
	tests := []struct {
		name    string
		policy  Policy
		message string
		want    Keyword
	}{
		{"opt-out", Policy{}, "Arr\u00eat", Keyword{"ARRET", ClassOptOut, Drop}},
		{"opt-in", Policy{}, "yes", Keyword{"YES", ClassOptIn, Forward}},
		{"chat", Policy{}, "yes please", Keyword{}},
		{"empty", Policy{}, "", Keyword{}},
		{"as the table spells it", custom, "OPT OUT", own},
		{"overridden", custom, "END", Keyword{"end", ClassHelp, Forward}},
		{"punctuation", custom, "Stop!", Keyword{}},
		{"punctuation ignored", lenient, "Stop!", Keyword{"STOP", ClassOptOut, Drop}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.policy.Match(tt.message)
			if got != tt.want || ok != (tt.want != Keyword{}) {
				t.Errorf("Match(%+q) = %+v, %v, want %+v", tt.message, got, ok, tt.want)
			}
		})
	}
}

func TestMerge(t *testing.T) {
	a, b, c := Keyword{"STOP", ClassOptOut, Drop}, Keyword{"END", ClassOptOut, Drop}, Keyword{"HELP", ClassHelp, Forward}
	stop, end := Keyword{"\uff33top", ClassHelp, Forward}, Keyword{" end ", ClassOptIn, Forward}
	bad := Keyword{"end", ClassNone, 9}
	tests := []struct {
		name   string
		tables [][]Keyword
		want   []Keyword
	}{
		{"nothing", nil, nil},
		{"empty tables", [][]Keyword{nil, {}}, nil},
		{"one table", [][]Keyword{{a, b, c}}, []Keyword{a, b, c}},
		{"twice in one table", [][]Keyword{{a, b, stop, c}}, []Keyword{stop, b, c}},
		{"other rows", [][]Keyword{{a}, {b}, {c}}, []Keyword{a, b, c}},
		{"the last one wins", [][]Keyword{{a, b, c}, {end, stop}, {b}}, []Keyword{stop, b, c}},
		{"rows that NewPolicy refuses", [][]Keyword{{a, b}, {bad}}, []Keyword{a, bad}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Merge(tt.tables...)); diff != "" {
				t.Errorf("Merge (-want +got):\n%s", diff)
			}
		})
	}
	rows := []Keyword{a, b}
	Merge(rows, []Keyword{stop})[1] = c
	if diff := cmp.Diff([]Keyword{a, b}, rows); diff != "" {
		t.Errorf("Merge or its result changes an argument (-want +got):\n%s", diff)
	}
}

func TestPoliciesCompare(t *testing.T) {
	rows := (Policy{}).Keywords()
	a, errA := NewPolicy(rows)
	b, errB := NewPolicy(rows)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if a == b || a == (Policy{}) {
		t.Error("two policies that were made apart are equal")
	}
	if c := a; c != a {
		t.Error("a copy differs")
	}
	if diff := cmp.Diff(a.Keywords(), b.Keywords()); diff != "" {
		t.Errorf("Keywords of the same rows differ (-a +b):\n%s", diff)
	}
}

// TestLargeTable decides every row of a hundred thousand, and messages just
// beside them.
func TestLargeTable(t *testing.T) {
	rows := largeTable(100_000)
	start := time.Now()
	p, err := NewPolicy(rows)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	t.Logf("NewPolicy of %d rows took %v", len(rows), took)
	for _, k := range rows {
		want := Decision{Action: Drop, Code: CodeStopWord, Class: ClassOptOut, Keyword: k.Text}
		if got := p.Decide(k.Text, Flags{}); got != want {
			t.Fatalf("Decide(%+q) = %+v, want %+v", k.Text, got, want)
		}
		for _, s := range []string{k.Text + "9", k.Text[:len(k.Text)-1], "x" + k.Text} {
			if got := p.Decide(s, Flags{}); got != (Decision{}) {
				t.Fatalf("Decide(%+q) = %+v, want no keyword", s, got)
			}
		}
	}

	// Copies of the last row: a search through the whole table for each of them
	// takes about 50 times as long as the table.
	last := len(rows) - 1
	copies := slices.Repeat(rows[last:], len(rows))
	start = time.Now()
	_, err = NewPolicy(append(rows, copies...))
	refused := time.Since(start)
	bad := err.(interface{ Unwrap() []error }).Unwrap()
	want := fmt.Sprintf("same keyword as row %d (%q)", last, rows[last].Text)
	for _, err := range bad {
		if got := err.(KeywordError).Reason; got != want {
			t.Fatalf("%v, want %s", err, want)
		}
	}
	if len(bad) != len(copies) || refused > 25*took {
		t.Errorf("NewPolicy with %d copies of a row: %d errors after %v, without the copies it takes %v", len(copies), len(bad), refused, took)
	}
}

// largeTable returns n opt-out rows of 8 to 40 bytes: words, phrases and
// several scripts, many with a long start in common, none of which is another
// one's with its last byte cut off.
func largeTable(n int) []Keyword {
	heads := []string{"stop", "stop promo ", "unsubscribe from list ", "\u0441\u0442\u043e\u043f", "\u505c\u6b62", "\u092c\u0902\u0926 ", "abmelden-"}
	rows := make([]Keyword, n)
	for i := range rows {
		rows[i] = Keyword{fmt.Sprintf("%s%06da", heads[i%len(heads)], i), ClassOptOut, Drop}
	}
	return rows
}

func TestConcurrentUse(t *testing.T) {
	custom, err := NewPolicy(append((Policy{}).Keywords(), Keyword{"\u0441\u0442\u043e\u043f", ClassOptOut, Drop}))
	if err != nil {
		t.Fatal(err)
	}
	custom.IgnorePunctuation = true
	messages := []string{"stop", "Arr\u00eat!", "\u0421\u0442\u043e\u043f.", "on my way", "S\u200bTOP", strings.Repeat("\u0301", 99)}
	want := make([]Decision, len(messages))
	for i, s := range messages {
		want[i] = custom.Decide(s, Flags{})
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 200 {
				for i, s := range messages {
					if got := custom.Decide(s, Flags{}); got != want[i] {
						t.Errorf("Decide(%+q) = %+v, want %+v", s, got, want[i])
					}
					if got := len(custom.Keywords()); got != len(proxyKeywords)+1 {
						t.Errorf("%d keywords, want %d", got, len(proxyKeywords)+1)
					}
				}
			}
		}()
	}
	wg.Wait()
}

func TestNoAllocs(t *testing.T) {
	custom, err := NewPolicy(append(largeTable(1000),
		Keyword{strings.Repeat("\u0438\u0323\u0301", 100), ClassOptOut, Drop},
		Keyword{strings.Repeat("long keyword ", 50) + ".", ClassOptOut, Drop}))
	if err != nil {
		t.Fatal(err)
	}
	messages := []string{
		"", "STOP", " stop\r\n", "Unsubscribe", "on my way, two minutes", "Arr\u00eat", "\uff33\uff34\uff2f\uff30", "S\u200bTOP", "STOP!!",
		"\u0441\u0442\u043e\u043f000003a", "\ud55c\uae00", "STOP\xff", "\u00ab\u00a0STOP\u00a0\u00bb",
		strings.Repeat("\u0438\u0301\u0323", 100),
		strings.Repeat("long keyword ", 50) + ".",
		strings.Repeat("hello ", 200_000),
	}
	for _, unit := range []string{"\u0301", "\u200b", " ", "\u3000", "!", "\u2026", "\U0001f6d1", "\xff", "\ufdfa", "\uac01"} {
		many := strings.Repeat(unit, 1600/len(unit))
		messages = append(messages, many, "STOP"+many, "STOP"+many+"x", many+"STOP")
	}
	for _, p := range []Policy{{}, custom} {
		for _, p.IgnorePunctuation = range []bool{false, true} {
			for _, s := range messages {
				if n := testing.AllocsPerRun(10, func() { p.Decide(s, Flags{}) }); n != 0 {
					t.Errorf("Decide(%.40q... of %d bytes) with IgnorePunctuation %v allocates %v times",
						s, len(s), p.IgnorePunctuation, n)
				}
			}
		}
	}
}
