package schema

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	vectorsFile = "../../testdata/vectors.jsonl"
	schemaFile  = "../../testdata/vectors.schema.json"
)

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertContent()
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 2020 {
		t.Fatalf("%s is of draft %d, want 2020-12", schemaFile, s.DraftVersion)
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

func TestVectors(t *testing.T) {
	s := compile(t)
	f, err := os.Open(vectorsFile)
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
			t.Errorf("%s:%d: %v", vectorsFile, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Errorf("%s is empty", vectorsFile)
	}
}

// TestSchema holds that the schema tells a right vector from wrong ones.
func TestSchema(t *testing.T) {
	s := compile(t)
	const right = `{"group":"case","message":"stop","flags":{"respect_sms_stop_filter":false,"sms_stop_filter":false},` +
		`"ignore_punctuation":false,"key":"STOP","decision":{"action":"drop","code":80901,"class":"opt-out","keyword":"STOP"},` +
		`"rules":["Q.case"],"interpretations":[],"reason":"lower case"}`
	if err := validate(s, []byte(right)); err != nil {
		t.Fatalf("the right vector: %v", err)
	}
	for _, tt := range []struct{ name, old, new string }{
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
	} {
		t.Run(tt.name, func(t *testing.T) {
			wrong := strings.Replace(right, tt.old, tt.new, 1)
			if wrong == right {
				t.Fatalf("%s is not in the right vector", tt.old)
			}
			if err := validate(s, []byte(wrong)); err == nil {
				t.Errorf("%s is valid, want an error", wrong)
			}
		})
	}
}
