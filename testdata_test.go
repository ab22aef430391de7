package optout

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// TestMarkLetters lists the letters from which step 4 of Normalize takes marks,
// in ranges, and checks that it takes one from each of them, and from no other.
func TestMarkLetters(t *testing.T) {
	needOneUnicode(t)
	w := new(strings.Builder)
	fmt.Fprintf(w, "# The letters that lose their marks: category L of four scripts. See README.md.\n")
	fmt.Fprintf(w, "# Unicode %s (Go 1.26 has 15.0.0, Go 1.27 has 17.0.0).\n", unicode.Version)
	fmt.Fprintf(w, "# first; last; script; name of the first\n")
	first, script := rune(-1), "" // of a range that has begun
	eachRune(func(r rune) {
		next := ""
		for _, name := range []string{"Latin", "Greek", "Arabic", "Hebrew"} {
			if unicode.Is(unicode.Scripts[name], r) && unicode.Is(unicode.L, r) {
				next = name
			}
		}
		if next != script {
			if script != "" {
				fmt.Fprintf(w, "%U; %U; %s; %s\n", first, r-1, script, runeName(first))
			}
			first, script = r, next
		}

		if next == "" && !unicode.IsLetter(r) || !norm.NFKD.IsNormalString(string(r)) {
			return // not a letter, or not one that a mark is on in step 4; TestEveryCodePoint has all
		}
		const mark = "\u0301"
		key := Normalize(string(r) + mark)
		if key != mark && strings.HasSuffix(key, mark) == (next != "") { // alone: r is invisible
			t.Errorf("Normalize(%+q) = %+q, but the script of the letter is %q", string(r)+mark, key, next)
		}
	})
	golden(t, "mark-letters-"+unicode.Version+".txt", w.String())
}

// A refusedRow is a row that NewPolicy refuses.
type refusedRow struct {
	Row     *int   `json:"row,omitempty"` // nil if the table has no rows
	Mistake string `json:"mistake"`
	SameAs  *int   `json:"same_as,omitempty"` // the earlier row with the same key
}

// TestRefusedTables checks which rows of the tables in refused-tables.jsonl
// NewPolicy refuses, and why.
func TestRefusedTables(t *testing.T) {
	const name = "testdata/refused-tables.jsonl"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		n++
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if i := bytes.IndexFunc(line, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
				t.Errorf("%s:%d: byte %d is not printable ASCII", name, n, i)
			}
			var v struct {
				Table []struct {
					Text          string
					TextBase64    []byte `json:"text_base64"`
					Class, Action string
				}
				Refused         []refusedRow
				Interpretations []string
				Reason          string
			}
			d := json.NewDecoder(bytes.NewReader(line))
			d.DisallowUnknownFields()
			if err := d.Decode(&v); err != nil {
				t.Fatalf("%s:%d: %v", name, n, err)
			}
			var rows []Keyword
			for _, r := range v.Table {
				k := Keyword{Text: r.Text + string(r.TextBase64)}
				if k.Class.UnmarshalText([]byte(r.Class)) != nil {
					k.Class = 255
				}
				if k.Action.UnmarshalText([]byte(r.Action)) != nil {
					k.Action = 255
				}
				rows = append(rows, k)
			}
			p, err := NewPolicy(rows)
			if diff := cmp.Diff(v.Refused, refused(t, err)); diff != "" || p != (Policy{}) {
				t.Errorf("%s:%d: NewPolicy = %v, %v; want the zero Policy and (-want +got):\n%s", name, n, p, err, diff)
			}
		})
	}
	if n == 0 {
		t.Errorf("%s is empty", name)
	}
}

// refused returns the rows that an error of NewPolicy names.
func refused(t *testing.T, err error) (rows []refusedRow) {
	t.Helper()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if err != nil && strings.Contains(err.Error(), "no keywords") {
			rows = append(rows, refusedRow{Mistake: "no-rows"})
		}
		return rows
	}
	for _, err := range joined.Unwrap() {
		var k KeywordError
		if !errors.As(err, &k) {
			t.Fatalf("%T (%v), want a KeywordError", err, err)
		}
		row := refusedRow{Row: &k.Row}
		for reason, mistake := range map[string]string{
			"text is not valid UTF-8":    "not-utf-8",
			"text contains U+FFFD":       "damaged",
			"text normalizes to nothing": "empty-key",
			"text has more than ":        "marks",
			"class is ":                  "class",
			"action is ":                 "action",
			"same keyword as row ":       "same-key",
		} {
			if strings.HasPrefix(k.Reason, reason) {
				row.Mistake = mistake
			}
		}
		var first int
		if _, err := fmt.Sscanf(k.Reason, "same keyword as row %d", &first); err == nil {
			row.SameAs = &first
		}
		rows = append(rows, row)
	}
	return rows
}
