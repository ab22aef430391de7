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
	vectorsSchema       = "../../testdata/vectors.schema.json"
	refusedTablesSchema = "../../testdata/refused-tables.schema.json"
	regimesSchema       = "../../testdata/regimes.schema.json"
	regimeVectorsSchema = "../../testdata/regime-vectors.schema.json"
)

func compile(t *testing.T, schemaFile string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertContent()
	c.AssertFormat()
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
	testLines(t, vectorsSchema, "../../testdata/vectors.jsonl")
}

func TestRefusedTables(t *testing.T) {
	testLines(t, refusedTablesSchema, "../../testdata/refused-tables.jsonl")
}

func TestRegimeVectors(t *testing.T) {
	testLines(t, regimeVectorsSchema, "../../testdata/regime-vectors.jsonl")
}

func TestRegimes(t *testing.T) {
	data, err := os.ReadFile("../../regime/regimes.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(compile(t, regimesSchema), data); err != nil {
		t.Error(err)
	}
}

// testLines checks that every line of a file is valid.
func testLines(t *testing.T, schemaFile, file string) {
	t.Helper()
	s := compile(t, schemaFile)
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
}

func TestVectorsSchema(t *testing.T) {
	const right = `{"group":"case","message":"stop","flags":{"respect_sms_stop_filter":false,"sms_stop_filter":false},` +
		`"ignore_punctuation":false,"key":"STOP","decision":{"action":"drop","code":80901,"class":"opt-out","keyword":"STOP"},` +
		`"rules":["Q.case"],"interpretations":[],"reason":"lower case"}`
	testSchema(t, vectorsSchema, right, []wrong{
		{"no group", `"group":"case",`, ``},
		{"group that is not a name", `"case"`, `"Case"`},
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
		{"damaged text is a keyword", `"key":"STOP"`, `"key":"STOP\ufffd"`},
		{"no rule", `["Q.case"]`, `[]`},
		{"a rule twice", `["Q.case"]`, `["Q.case","Q.case"]`},
		{"rule that is not a name", `"Q.case"`, `"case"`},
		{"interpretation that is not a name", `"interpretations":[]`, `"interpretations":["N1"]`},
		{"no reason", `"reason":"lower case"`, `"reason":""`},
		{"a field more", `"reason"`, `"comment":"","reason"`},
	})
}

func TestRefusedTablesSchema(t *testing.T) {
	const right = `{"table":[{"text":"STOP","class":"opt-out","action":"drop"},{"text":"stop","class":"opt-out","action":"drop"}],` +
		`"refused":[{"row":1,"mistake":"same-key","same_as":0}],"interpretations":["folding"],"reason":"case"}`
	testSchema(t, refusedTablesSchema, right, []wrong{
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
		{"interpretation that is not a name", `"folding"`, `"N1"`},
		{"no interpretations", `"interpretations":["folding"],`, ``},
		{"no reason", `"reason":"case"`, `"reason":""`},
		{"a field more", `"reason"`, `"comment":"","reason"`},
	})
}

func TestRegimeVectorsSchema(t *testing.T) {
	const right = `{"regime":"aws","message":"stop it","class":"opt-out","keyword":"STOP","certainty":"documented","reason":"first word"}`
	testSchema(t, regimeVectorsSchema, right, []wrong{
		{"no regime", `"regime":"aws",`, ``},
		{"regime that is not an id", `"aws"`, `"AWS"`},
		{"no message", `"message":"stop it",`, ``},
		{"no class", `"class":"opt-out",`, ``},
		{"unknown class", `"opt-out"`, `"optout"`},
		{"keyword without class", `"opt-out"`, `"none"`},
		{"class without keyword", `"keyword":"STOP",`, ``},
		{"no certainty", `"certainty":"documented",`, ``},
		{"unknown certainty", `"documented"`, `"certain"`},
		{"no reason", `"first word"`, `""`},
		{"a field more", `"reason"`, `"comment":"","reason"`},
	})
}

func TestRegimesSchema(t *testing.T) {
	const right = `[{"id":"aws","kind":"filter","name":"AWS","since":"2017-12","until":"undated","replaces":"aws-2016","as_of":"2026",` +
		`"checked":"2026-11-30","scope":"account","effect":"It blocks.","recheck":"The words.",` +
		`"sources":[{"page":"https://docs.aws.amazon.com/","date":"2021-06-09","rows":[` +
		`{"class":"opt-out","words":["STOP"],"language":"en-US","match":"first word","trims_end":" ","ignores_punctuation":true,"evidence":"documented"}]}],` +
		`"silent":["help"],"no_keywords":["OPT OUT"]}]`
	testSchema(t, regimesSchema, right, []wrong{
		{"id with a space", `"aws"`, `"aws sms"`},
		{"unknown kind", `"filter"`, `"unknown"`},
		{"no name", `"name":"AWS",`, ``},
		{"month that is not in the calendar", `"2017-12"`, `"2017-13"`},
		{"day that is not in the calendar", `"2021-06-09"`, `"2021-06-31"`},
		{"no date", `"as_of":"2026",`, ``},
		{"empty date", `"as_of":"2026"`, `"as_of":""`},
		{"checked in a month", `"2026-11-30"`, `"2026-11"`},
		{"replaces no id", `"aws-2016"`, `""`},
		{"unknown scope", `"account"`, `"all"`},
		{"empty effect", `"It blocks."`, `""`},
		{"recheck with space at its end", `"The words."`, `"The words. "`},
		{"no sources", `[{"page"`, `[],"pages":[{"page"`},
		{"source without page", `"page":"https://docs.aws.amazon.com/",`, ``},
		{"source without TLS", `https:`, `http:`},
		{"source with an empty list of rows", `"rows":[`, `"rows":[],"more":[`},
		{"row of no class", `"opt-out"`, `"none"`},
		{"rows without words", `["STOP"]`, `[]`},
		{"no words", `"words":["STOP"],`, ``},
		{"words and the built-in table", `"words"`, `"built_in":true,"words"`},
		{"word with space at its end", `"STOP"`, `"STOP "`},
		{"language that is not a tag", `"en-US"`, `"English"`},
		{"unknown match", `"first word"`, `"prefix"`},
		{"trims letters", `"trims_end":" "`, `"trims_end":"s"`},
		{"trims nothing", `"trims_end":" "`, `"trims_end":""`},
		{"punctuation that is not ignored", `true`, `false`},
		{"unknown evidence", `"documented"`, `"certain"`},
		{"row with a text", `"class":"opt-out"`, `"text":"STOP","class":"opt-out"`},
		{"silent on no class", `["help"]`, `[]`},
		{"silent on an unknown class", `["help"]`, `["none"]`},
		{"no list of words that are not keywords", `,"no_keywords":["OPT OUT"]`, ``},
		{"a field more", `"kind"`, `"url":"","kind"`},
	})
}

// A wrong is what makes a right value wrong: old becomes new.
type wrong struct{ name, old, new string }

// testSchema checks that a schema accepts the right value and refuses the wrong
// ones.
func testSchema(t *testing.T, schemaFile, right string, wrongs []wrong) {
	t.Helper()
	s := compile(t, schemaFile)
	if err := validate(s, []byte(right)); err != nil {
		t.Fatalf("the right value: %v", err)
	}
	for _, tt := range wrongs {
		t.Run(tt.name, func(t *testing.T) {
			wrong := strings.Replace(right, tt.old, tt.new, 1)
			if wrong == right {
				t.Fatalf("%s is not in the right value", tt.old)
			}
			if err := validate(s, []byte(wrong)); err == nil {
				t.Errorf("%s is valid, want an error", wrong)
			}
		})
	}
}
