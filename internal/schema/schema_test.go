package schema

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compile compiles the schema of the files NAME.jsonl.
func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	file := "../../testdata/" + name + ".schema.json"
	c := jsonschema.NewCompiler()
	c.AssertContent()
	s, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 2020 {
		t.Fatalf("%s is of draft %d, want 2020-12", file, s.DraftVersion)
	}
	return s
}

func validate(s *jsonschema.Schema, line []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func TestFiles(t *testing.T) {
	for _, name := range []string{"vectors", "refused-tables"} {
		t.Run(name, func(t *testing.T) {
			s := compile(t, name)
			file := "../../testdata/" + name + ".jsonl"
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			lines := bufio.NewScanner(f)
			lines.Buffer(nil, 1<<20)
			n := 0
			for lines.Scan() {
				n++
				if err := validate(s, lines.Bytes()); err != nil {
					t.Errorf("%s:%d: %v", file, n, err)
				}
			}
			if err := lines.Err(); err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				t.Errorf("%s is empty", file)
			}
		})
	}
}

// A wrong line is the right one with new for old.
type wrong struct{ name, old, new string }

// tell holds that a schema tells a right line from wrong ones.
func tell(t *testing.T, s *jsonschema.Schema, right string, lines []wrong) {
	if err := validate(s, []byte(right)); err != nil {
		t.Fatalf("the right line: %v", err)
	}
	for _, tt := range lines {
		t.Run(tt.name, func(t *testing.T) {
			line := strings.Replace(right, tt.old, tt.new, 1)
			if line == right {
				t.Fatalf("%s is not in the right line", tt.old)
			}
			if err := validate(s, []byte(line)); err == nil {
				t.Errorf("%s is valid, want an error", line)
			}
		})
	}
}

func TestVectorsSchema(t *testing.T) {
	const right = `{"group":"case","message":"stop","flags":{"respect_sms_stop_filter":false,"sms_stop_filter":false},` +
		`"ignore_punctuation":false,"key":"STOP","decision":{"action":"drop","code":80901,"class":"opt-out","keyword":"STOP"},` +
		`"rules":["Q.case"],"interpretations":[],"reason":"lower case"}`
	tell(t, compile(t, "vectors"), right, []wrong{
		{"no group", `"group":"case",`, ``},
		{"unknown group", `"case"`, `"cases"`},
		{"no message", `"message":"stop",`, ``},
		{"two messages", `"message":"stop"`, `"message":"stop","message_base64":"/w=="`},
		{"base64 without padding", `"message":"stop"`, `"message_base64":"/w"`},
		{"base64 of text that is not damaged", `"message":"stop"`, `"message_base64":"c3RvcA=="`},
		{"empty table", `"flags"`, `"table":[],"flags"`},
		{"row without class", `"flags"`, `"table":[{"text":"STOP","action":"drop"}],"flags"`},
		{"row of no class", `"flags"`, `"table":[{"text":"STOP","class":"none","action":"drop"}],"flags"`},
		{"row with a field more", `"flags"`, `"table":[{"text":"STOP","class":"help","action":"drop","code":1}],"flags"`},
		{"table without its rule", `"flags"`, `"table":[{"text":"STOP","class":"opt-out","action":"drop"}],"flags"`},
		{"rule without its table", `"Q.case"`, `"Q.case","C"`},
		{"one flag", `,"sms_stop_filter":false`, ``},
		{"flag that is a string", `"sms_stop_filter":false`, `"sms_stop_filter":"off"`},
		{"no ignore_punctuation", `"ignore_punctuation":false,`, ``},
		{"ignore_punctuation without its rule", `"ignore_punctuation":false`, `"ignore_punctuation":true`},
		{"no key", `"key":"STOP",`, ``},
		{"no decision", `"decision":{"action":"drop","code":80901,"class":"opt-out","keyword":"STOP"},`, ``},
		{"unknown action", `"drop"`, `"dropped"`},
		{"drop without code", `"code":80901,`, ``},
		{"another code", `80901`, `80909`},
		{"forward with code", `"drop"`, `"forward"`},
		{"intercept without the flag", `"action":"drop","code":80901`, `"action":"intercept"`},
		{"keyword without class", `"opt-out"`, `"none"`},
		{"class without keyword", `,"keyword":"STOP"`, ``},
		{"keyword of no table", `"keyword":"STOP"`, `"keyword":"BAJA"`},
		{"damaged text is a keyword", `"key":"STOP"`, `"key":"STOP\ufffd"`},
		{"no rule", `["Q.case"]`, `[]`},
		{"a rule twice", `["Q.case"]`, `["Q.case","Q.case"]`},
		{"unknown rule", `"Q.case"`, `"P2"`},
		{"unknown interpretation", `"interpretations":[]`, `"interpretations":["case"]`},
		{"no reason", `"reason":"lower case"`, `"reason":""`},
		{"a field more", `"reason"`, `"comment":"","reason"`},
	})
}

func TestRefusedTablesSchema(t *testing.T) {
	const right = `{"table":[{"text":"STOP","class":"opt-out","action":"drop"},{"text":"stop","class":"opt-out","action":"drop"}],` +
		`"refused":[{"row":1,"mistake":"same-key","same_as":0}],"interpretations":["folding"],"reason":"case"}`
	tell(t, compile(t, "refused-tables"), right, []wrong{
		{"no table", `"table":[{"text":"STOP","class":"opt-out","action":"drop"},{"text":"stop","class":"opt-out","action":"drop"}],`, ``},
		{"row without text", `"text":"STOP",`, ``},
		{"row with two texts", `"text":"STOP"`, `"text":"STOP","text_base64":"/w=="`},
		{"base64 without padding", `"text":"STOP"`, `"text_base64":"/w"`},
		{"row without class", `"class":"opt-out",`, ``},
		{"row without action", `,"action":"drop"`, ``},
		{"row with a field more", `"action":"drop"`, `"action":"drop","code":1`},
		{"nothing refused", `{"row":1,"mistake":"same-key","same_as":0}`, ``},
		{"no row", `"row":1,`, ``},
		{"row of another kind", `"row":1`, `"row":"1"`},
		{"no mistake", `"mistake":"same-key",`, ``},
		{"unknown mistake", `"same-key"`, `"twice"`},
		{"same key as none", `,"same_as":0`, ``},
		{"another mistake as in a row", `"same-key"`, `"class"`},
		{"no rows, but there are", `"row":1,"mistake":"same-key","same_as":0`, `"mistake":"no-rows"`},
		{"no rows in a row", `"mistake":"same-key","same_as":0`, `"mistake":"no-rows"`},
		{"rows, but there are none", `{"text":"STOP","class":"opt-out","action":"drop"},{"text":"stop","class":"opt-out","action":"drop"}`, ``},
		{"unknown interpretation", `"folding"`, `"case"`},
		{"no interpretations", `"interpretations":["folding"],`, ``},
		{"no reason", `"reason":"case"`, `"reason":""`},
		{"a field more", `"reason"`, `"comment":"","reason"`},
	})
}
