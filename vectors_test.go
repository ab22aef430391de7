package optout

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A vector is one line of testdata/vectors.jsonl; testdata/README.md says what
// its fields mean.
type vector struct {
	Group         string      `json:"group"`
	Message       *vectorText `json:"message,omitempty"`
	MessageBase64 string      `json:"message_base64,omitempty"`
	Table         []vectorRow `json:"table,omitempty"`
	Flags         struct {
		RespectSMSStopFilter bool `json:"respect_sms_stop_filter"`
		SMSStopFilter        bool `json:"sms_stop_filter"`
	} `json:"flags"`
	IgnorePunctuation bool       `json:"ignore_punctuation"`
	Key               vectorText `json:"key"`
	Decision          struct {
		Action  string     `json:"action"`
		Code    int        `json:"code,omitempty"`
		Class   string     `json:"class"`
		Keyword vectorText `json:"keyword,omitempty"`
	} `json:"decision"`
	Rules           []string   `json:"rules"`
	Interpretations []string   `json:"interpretations"`
	Reason          vectorText `json:"reason"`

	line int
}

type vectorRow struct {
	Text   vectorText `json:"text"`
	Class  string     `json:"class"`
	Action string     `json:"action"`
}

// vectorText is a string that JSON has in printable ASCII, with \u for all else.
type vectorText string

func (s vectorText) MarshalJSON() ([]byte, error) {
	var b []byte
	for _, r := range string(s) {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case ' ' <= r && r <= '~':
			b = append(b, byte(r))
		case r <= 0xffff:
			b = fmt.Appendf(b, `\u%04x`, r)
		default: // a surrogate pair
			b = fmt.Appendf(b, `\u%04x\u%04x`, 0xd800|(r-0x10000)>>10, 0xdc00|(r-0x10000)&0x3ff)
		}
	}
	return append(append([]byte{'"'}, b...), '"'), nil
}

// message returns the bytes of the message.
func (v vector) message() (string, error) {
	if v.Message != nil {
		return string(*v.Message), nil
	}
	b, err := base64.StdEncoding.DecodeString(v.MessageBase64)
	if err == nil && utf8.Valid(b) {
		err = fmt.Errorf("message_base64 is valid UTF-8: want it in message")
	}
	return string(b), err
}

// want returns the decision in the package's types.
func (v vector) want() (d Decision, err error) {
	if err := d.Action.UnmarshalText([]byte(v.Decision.Action)); err != nil {
		return d, err
	}
	if err := d.Class.UnmarshalText([]byte(v.Decision.Class)); err != nil {
		return d, err
	}
	d.Code = v.Decision.Code
	d.Keyword = string(v.Decision.Keyword)
	return d, nil
}

// policy returns the policy that the vector is about.
func (v vector) policy() (p Policy, err error) {
	if v.Table != nil {
		var rows []Keyword
		for _, r := range v.Table {
			k := Keyword{Text: string(r.Text)}
			if err := k.Class.UnmarshalText([]byte(r.Class)); err != nil {
				return p, err
			}
			if err := k.Action.UnmarshalText([]byte(r.Action)); err != nil {
				return p, err
			}
			rows = append(rows, k)
		}
		if p, err = NewPolicy(rows); err != nil {
			return p, err
		}
	}
	p.IgnorePunctuation = v.IgnorePunctuation
	return p, nil
}

// readVectors reads all vectors. It fails unless each line is encoded in the
// one way that the generator, and nobody's editor, writes.
func readVectors(t testing.TB) []vector {
	t.Helper()
	const name = "vectors.jsonl"
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var vectors []vector
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		v := vector{line: len(vectors) + 1}
		dec := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s:%d: %v", name, v.line, err)
		}
		var again bytes.Buffer
		enc := json.NewEncoder(&again)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatalf("%s:%d: %v", name, v.line, err)
		}
		if got, want := lines.Text()+"\n", again.String(); got != want {
			t.Fatalf("%s:%d is not in its canonical encoding:\n%swant\n%s", name, v.line, got, want)
		}
		vectors = append(vectors, v)
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return vectors
}

// TestVectors runs the golden vectors through Decide and Normalize, and through
// the oracle.
func TestVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(fmt.Sprintf("%s/line %d", v.Group, v.line), func(t *testing.T) {
			message, err := v.message()
			if err != nil {
				t.Fatal(err)
			}
			p, err := v.policy()
			if err != nil {
				t.Fatal(err)
			}
			want, err := v.want()
			if err != nil {
				t.Fatal(err)
			}
			f := Flags(v.Flags)
			if got := p.Decide(message, f); got != want {
				t.Errorf("Decide(%+q, %+v) = %+v, want %+v (IgnorePunctuation %v, table %+q): %s",
					message, f, got, want, v.IgnorePunctuation, v.Table, v.Reason)
			}
			if got, want := Normalize(message), string(v.Key); got != want {
				t.Errorf("Normalize(%+q) = %+q, want %+q: %s", message, got, want, v.Reason)
			}
			if got := oracleKey(message); got != string(v.Key) {
				t.Errorf("the oracle's key of %+q is %+q, want %+q: %s", message, got, v.Key, v.Reason)
			}
			if got := oracleDecide(oracleKeywords(p.Keywords()), v.IgnorePunctuation, string(v.Key), f); got != want {
				t.Errorf("the oracle decides %+q, %+v as %+v, want %+v: %s", message, f, got, want, v.Reason)
			}
			if got := Normalize(string(v.Key)); got != string(v.Key) {
				t.Errorf("Normalize(%+q) = %+q, want the key again", v.Key, got)
			}
		})
	}
}

// TestVectorsAreMany holds that the vectors are many, and no two about the
// same.
func TestVectorsAreMany(t *testing.T) {
	vectors := readVectors(t)
	if n := len(vectors); n < 1500 {
		t.Errorf("%d vectors, want 1500 at least", n)
	}
	seen := make(map[string]int)
	for _, v := range vectors {
		message, err := v.message()
		if err != nil {
			t.Fatalf("line %d: %v", v.line, err)
		}
		input := fmt.Sprintf("%+q, table %+q, %+v, ignore_punctuation %v", message, v.Table, v.Flags, v.IgnorePunctuation)
		if first := seen[input]; first != 0 {
			t.Errorf("lines %d and %d both decide %s", first, v.line, input)
		}
		seen[input] = v.line
	}
	last, groups := "", make(map[string]bool)
	for _, v := range vectors {
		if v.Group != last && groups[v.Group] {
			t.Errorf("line %d: group %s begins again", v.line, v.Group)
		}
		last, groups[v.Group] = v.Group, true
	}
}

// TestVectorsDocumented holds that testdata/README.md lists exactly the groups,
// rules and interpretations of the vectors.
func TestVectorsDocumented(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("testdata", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]map[string]bool{"Groups": {}, "Rules": {}, "Interpretations": {}}
	for _, v := range readVectors(t) {
		used["Groups"][v.Group] = true
		for _, r := range v.Rules {
			used["Rules"][r] = true
		}
		for _, i := range v.Interpretations {
			used["Interpretations"][i] = true
		}
	}
	row := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
	for title, names := range used {
		_, section, ok := strings.Cut(string(readme), "\n### "+title+"\n")
		if !ok {
			t.Errorf("testdata/README.md has no section %s", title)
			continue
		}
		if i := strings.Index(section, "\n#"); i >= 0 {
			section = section[:i]
		}
		listed := make(map[string]bool)
		for _, m := range row.FindAllStringSubmatch(section, -1) {
			listed[m[1]] = true
			if !names[m[1]] {
				t.Errorf("testdata/README.md, %s: %s is in no vector", title, m[1])
			}
		}
		for name := range names {
			if !listed[name] {
				t.Errorf("testdata/README.md, %s: %s is missing", title, name)
			}
		}
	}
}

// TestVectorsCoverTruthTable holds that each built-in word stands under each
// of the account settings, as the table spells it, and chat, too.
func TestVectorsCoverTruthTable(t *testing.T) {
	type cell struct {
		keyword string
		flags   Flags
	}
	cells := make(map[cell]bool)
	for _, v := range readVectors(t) {
		if v.Table != nil || v.IgnorePunctuation || v.Message == nil {
			continue
		}
		if k := v.Decision.Keyword; k == "" || k == *v.Message {
			cells[cell{string(k), Flags(v.Flags)}] = true
		}
	}
	keywords := append((Policy{}).Keywords(), Keyword{Text: ""}) // chat
	for _, k := range keywords {
		for _, respect := range []bool{false, true} {
			for _, filter := range []bool{false, true} {
				c := cell{k.Text, Flags{respect, filter}}
				if !cells[c] {
					t.Errorf("no vector for keyword %q under %+v", c.keyword, c.flags)
				}
			}
		}
	}
}

// TestVectorsGoBothWays holds that for each question of matching some vector
// is a keyword, and some is not.
func TestVectorsGoBothWays(t *testing.T) {
	matches, misses := make(map[string]int), make(map[string]int)
	for _, v := range readVectors(t) {
		for _, r := range v.Rules {
			if v.Decision.Class == ClassNone.String() {
				misses[r]++
			} else {
				matches[r]++
			}
		}
	}
	for _, m := range []map[string]int{matches, misses} {
		for r := range m {
			question := strings.HasPrefix(r, "Q.") || slices.Contains([]string{"N2", "N3", "N4", "N5", "N6", "C", "L", "I.on"}, r)
			if question && (matches[r] == 0 || misses[r] == 0) {
				t.Errorf("rule %s: %d vectors are keywords, %d are not: want both", r, matches[r], misses[r])
			}
		}
	}
}
