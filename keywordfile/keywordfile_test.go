package keywordfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"example.com/optout"
)

var (
	stop = optout.Keyword{Text: "Stop", Class: optout.ClassOptOut, Action: optout.Drop}
	aide = optout.Keyword{Text: "AIDE", Class: optout.ClassHelp}
)

const (
	stopRow = `{"text":"Stop","class":"opt-out","action":"drop"}`
	aideRow = `{"action":"forward","class":"help","text":"AIDE"}`
)

func TestRead(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"array", "[" + stopRow + "," + aideRow + "]"},
		{"array on lines", "\r\n[\r\n" + stopRow + ",\r\n" + aideRow + "\r\n]\r\n"},
		{"lines", stopRow + "\n" + aideRow + "\n"},
		{"one after the other", stopRow + aideRow},
		{"byte order mark", "\ufeff" + stopRow + aideRow},
		{"byte order mark, array", "\ufeff [" + stopRow + "," + aideRow + "]"},
		{"escapes", `{"t\u0065xt":"\u0053top","class":"opt\u002dout","action":"drop"}` + aideRow},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(test.text))
			if diff := cmp.Diff([]optout.Keyword{stop, aide}, got); diff != "" || err != nil {
				t.Errorf("Read(%+q) = %v (-want +got):\n%s", test.text, err, diff)
			}
		})
	}
}

// Package json has its own words for errors, so the tests of them end at a "%".
const notJSON = "not JSON in UTF-8; rows after this are not checked: %"

func TestReadError(t *testing.T) {
	const (
		noRows = `no keywords: want rows such as {"text":"STOP","class":"opt-out","action":"drop"}`
		object = `keyword 0 (""): not an object: want one with text, class and action`
		closed = `want another row, or "]" and the end of the file`
	)
	for _, test := range []struct {
		name, text string
		want       []string // "LINE: " and the rest of the error
	}{
		{"nothing", "", []string{"1: " + noRows}},
		{"white space", " \r\n\t", []string{"1: " + noRows}},
		{"byte order mark alone", "\ufeff", []string{"1: " + noRows}},
		{"empty array", "\n[\n]", []string{"3: " + noRows}},

		{"CSV", "text,class,action\nSTOP,opt-out,drop\n", []string{"1: " + notJSON}},
		{"UTF-16", "\xff\xfe[\x00]\x00", []string{"1: " + notJSON}},
		{"comma after a row", stopRow + ",\n" + aideRow, []string{"1: " + notJSON}},
		{"comma after the last row of an array", "[\n" + stopRow + ",\n]", []string{"3: " + notJSON}},
		{"no comma", "[\n" + stopRow + "\n" + aideRow + "]", []string{"3: " + notJSON}},
		{"comma first", "[,\n" + stopRow + "]", []string{"2: " + notJSON}},
		{"closed by another bracket", "[" + stopRow + "\n}", []string{"2: " + closed}},
		{"row cut short", stopRow + "\n" + aideRow[:20], []string{"2: " + notJSON}},
		{"array cut short", "[" + stopRow + "\n\n", []string{"1: " + closed}},
		{"array cut short after a comma", "[\n" + stopRow + ",\n\n", []string{"2: " + closed}},
		{"comma after the last row", stopRow + ",", []string{"1: " + notJSON}},
		{"bracket alone", "[", []string{"1: " + closed}},
		{"row after an array", "[" + stopRow + "]\n" + aideRow, []string{"1: " + closed}},
		{"array after an array", "[" + stopRow + "\n]\n[" + aideRow + "]", []string{"2: " + closed}},
		{"bracket after a row", stopRow + "\n]", []string{"2: want another row, or the end of the file"}},

		{"null", "null", []string{"1: " + object}},
		{"number that no float holds", "1e999", []string{"1: " + object}},
		{"array in an array", `[[{"text":"Stop"}]]`, []string{"1: " + object}},
		{"rows in an object", `{"keywords": [` + stopRow + "]}", []string{
			`1: keyword 0 (""): unknown field "keywords": want text, class and action`,
			`1: keyword 0 (""): no text: want the whole message, in quotes`,
			`1: keyword 0 (""): no class: want opt-out, opt-in or help`,
			`1: keyword 0 (""): no action: want forward, drop or intercept`,
		}},
		{"no action", `{"text":"Stop","class":"opt-out"}`, []string{
			`1: keyword 0 ("Stop"): no action: want forward, drop or intercept`,
		}},
		{"another case", `{"text":"Stop","class":"opt-out","Action":"drop"}`, []string{
			`1: keyword 0 ("Stop"): unknown field "Action": want text, class and action`,
			`1: keyword 0 ("Stop"): no action: want forward, drop or intercept`,
		}},
		{"invisible", `{"text":"St` + "\u200b\ufe0f" + `op","class":"opt-out","acti` + "\u3164" + `on":"drop","action":"drop"}`, []string{
			`1: keyword 0 ("St\u200b\ufe0fop"): unknown field "acti\u3164on": want text, class and action`,
		}},
		{"unknown words", `{"text":"Stop","class":"optout","action":"DROP"}`, []string{
			`1: keyword 0 ("Stop"): unknown class "optout": want opt-out, opt-in or help`,
			`1: keyword 0 ("Stop"): unknown action "DROP": want forward, drop or intercept`,
		}},
		{"no strings", `{"text":["Stop"],"class":null,"action":1e999}`, []string{
			`1: keyword 0 (""): text is not a string: want the whole message, in quotes`,
			`1: keyword 0 (""): class is not a string: want opt-out, opt-in or help`,
			`1: keyword 0 (""): action is not a string: want forward, drop or intercept`,
		}},
		{"twice", `{"text":"Stop","class":"opt-out","action":"drop","text":"Stop","action":"forward","action":"drop"}`, []string{
			`1: keyword 0 ("Stop"): text occurs 2 times: want it once`,
			`1: keyword 0 ("Stop"): action occurs 3 times: want it once`,
		}},
		{"another encoding", "[" + `{"text":"ARR` + "\xca" + `T","class":"opt-out","action":"drop"}` + "]", []string{
			`1: keyword 0 ("ARR` + "\ufffd" + `T"): not UTF-8: save the file as UTF-8`,
		}},
		{"half a surrogate pair", `{"text":"Stop\ud83d","class":"opt-out","action":"drop"}`, []string{
			`1: keyword 0 ("Stop` + "\ufffd" + `"): text contains U+FFFD, which marks damaged text`,
		}},
		{"what NewPolicy refuses", "[\n" + stopRow + `,
{"text":" \u200d", "class":"opt-out", "action":"drop"},
{"text":"Fin", "class":"none", "action":"drop"},
{"text":"stop", "class":"optin", "action":"Action(9)"},
{"text":"Fin", "class":"opt-out", "action":"Action(9)"}
]`, []string{
			`3: keyword 1 (" \u200d"): text normalizes to nothing: no message could be this keyword`,
			`4: keyword 2 ("Fin"): class is none: want opt-out, opt-in or help`,
			`5: keyword 3 ("stop"): unknown class "optin": want opt-out, opt-in or help`,
			`5: keyword 3 ("stop"): unknown action "Action(9)": want forward, drop or intercept`,
			`5: keyword 3 ("stop"): same keyword as row 0 ("Stop")`,
			`6: keyword 4 ("Fin"): unknown action "Action(9)": want forward, drop or intercept`,
			`6: keyword 4 ("Fin"): same keyword as row 2 ("Fin")`,
		}},
		{"same key as a row with mistakes", `{"text":"Stop","action":"drop"}` + "\n" + stopRow, []string{
			`1: keyword 0 ("Stop"): no class: want opt-out, opt-in or help`,
			`2: keyword 1 ("Stop"): same keyword as row 0 ("Stop")`,
		}},
		{"all at once", `[
  {
    "text": "Stop",
    "class": "opt-out"
  }, ` + aideRow + `, 7,

  {"text": "FIN", "class": "opt-out", "action": "drop", "note": {"by": [1, 2]}},
  {"text": "fin", "class": "opt-out", "action": "drop"},
  {"text": "quit", "class": "opt-out", "action"= "drop"},
  null
]`, []string{
			`2: keyword 0 ("Stop"): no action: want forward, drop or intercept`,
			`5: keyword 2 (""): not an object: want one with text, class and action`,
			`7: keyword 3 ("FIN"): unknown field "note": want text, class and action`,
			`8: keyword 4 ("fin"): same keyword as row 3 ("FIN")`,
			`9: ` + notJSON,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rows, err := Read(strings.NewReader(test.text))
			if rows != nil || err == nil {
				t.Fatalf("Read(%+q) = %v, %v, want an error and no rows", test.text, rows, err)
			}
			var got []string
			for _, line := range strings.Split(err.Error(), "\n") {
				line = strings.TrimPrefix(line, "keywordfile: line ")
				if head, _, ok := strings.Cut(line, strings.TrimSuffix(notJSON, "%")); ok {
					line = head + notJSON
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Read(%+q): errors (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "own.json")
	if err := os.WriteFile(name, []byte(aideRow+"\n{\"text\":\"Stop\",\"class\":\"opt-out\"}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	_, err = Read(file)
	var got Error
	ok := errors.As(err, &got)
	want := Error{name, 2, 1, "Stop", "no action: want forward, drop or intercept"}
	if !ok || got != want {
		t.Errorf("Read(%s): error %+v, want %+v", name, err, want)
	}
	if want := name + `:2: keyword 1 ("Stop"): no action: want forward, drop or intercept`; got.Error() != want {
		t.Errorf("Error() = %s, want %s", got, want)
	}
}

func TestReadFailure(t *testing.T) {
	broken := errors.New("broken")
	rows, err := Read(iotest.ErrReader(broken))
	if rows != nil || !errors.Is(err, broken) {
		t.Errorf("Read = %v, %v, want no rows, %v", rows, err, broken)
	}
}

// FuzzRead checks that an array is read only if it is JSON, that NewPolicy
// accepts the rows that Read returns, that a table can be written and read
// again, and that every error has a line of the file.
func FuzzRead(f *testing.F) {
	f.Add([]byte("[" + stopRow + ",\n" + aideRow + "]"))
	f.Add([]byte("\ufeff" + stopRow + "\n" + aideRow))
	f.Add([]byte(stopRow + "\n" + stopRow))
	f.Add([]byte(`[{"text":"ARR` + "\xca" + `T","class":"opt-out"},`))
	f.Add([]byte(`{"text":null,"class":"none","action":{"a":[1e999]},"text":"\ud800"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := Read(bytes.NewReader(data))
		if err == nil {
			text := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
			if bytes.HasPrefix(text, []byte("[")) && !json.Valid(text) {
				t.Fatalf("Read(%+q) = %v, but that is not JSON", data, rows)
			}
			if _, err := optout.NewPolicy(rows); err != nil {
				t.Fatalf("NewPolicy refuses what Read(%+q) returns: %v", data, err)
			}
			text, err = json.Marshal(rows)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Read(bytes.NewReader(text))
			if diff := cmp.Diff(rows, again); diff != "" || err != nil {
				t.Fatalf("Read(%+q) = %v (-want +got):\n%s", text, err, diff)
			}
			return
		}
		lines := 1 + bytes.Count(data, []byte("\n"))
		at := 0
		for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
			e, ok := err.(Error)
			if !ok || e.Line < max(at, 1) || e.Line > lines || e.Reason == "" || rows != nil {
				t.Fatalf("Read(%+q) = %v, error %+v after line %d of %d", data, rows, err, at, lines)
			}
			at = e.Line
		}
	})
}
