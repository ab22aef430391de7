package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func jsonField(name string) func(*source) reader {
	return func(s *source) reader { return &jsonReader{src: s, name: name} }
}

func TestJSONL(t *testing.T) {
	const (
		want1  = ": want one on each line, as jq -c . writes it"
		early  = "JSON ends too early: want a whole object on each line, as jq -c . writes it"
		none   = `no field "body": add it, or name another one`
		noText = `field "body" is no string: put it in quotes`
	)
	ok := func(text string) []event { return []event{{1, text, message}} }
	bad := func(text string) []event { return []event{{1, text, broken}} }
	tests := []struct {
		name, text string
		want       []event
	}{
		{"nothing", "", nil},
		{"lines", "{\"body\":\"a\"}\n{\"body\":\"b\"}", []event{{1, "a", message}, {2, "b", message}}},
		{"blank lines", "\n \t\r\n{\"body\":\"a\"}\r\n\n", []event{{3, "a", message}}},
		{"white space", " { \"x\" : 1 ,\t\"body\" : \"a\" } \r\n", ok("a")},
		{"byte order mark", "\ufeff{\"body\":\"a\"}", ok("a")},
		{"other values", `{"a":{"body":"b"},"c":[],"d":[1,[{}],"x"],"e":null,"f":true,"g":false,"body":"STOP","h":{"i":{}}}`, ok("STOP")},
		{"numbers", `{"a":[0,-0,10,-1.50,1e9,1E+9,0.1e-12],"body":""}`, ok("")},
		{"last one counts", `{"body":"a","body":"b"}`, ok("b")},
		{"last one counts and is no string", `{"body":"a","body":1}`, bad(noText)},
		{"escapes", `{"body":"\"\\\/\b\f\n\r\t\u0041\u00eA\u20ac"}`, ok("\"\\/\b\f\n\r\tA\u00ea\u20ac")},
		{"surrogates", `{"body":"\ud83d\uDED1"}`, ok("\U0001f6d1")},
		{"surrogates that are no pair", `{"body":"\ud83d \ud83d\u0041\uded1\ud83d\ud83d\uded1\ud83d"}`, ok("\ufffd \ufffdA\ufffd\ufffd\U0001f6d1\ufffd")},
		{"text that is not ASCII", `{"body":"` + "\u0421\u0422\u041e\u0420 \U0001f6d1" + `"}`, ok("\u0421\u0422\u041e\u0420 \U0001f6d1")},
		{"not UTF-8", "{\"body\":\"a\xff\xfe\xe2\x82b\"}", ok("a\ufffd\ufffd\ufffd\ufffdb")},
		{"name in escapes", `{"\u0062\u006fdy":"a"}`, ok("a")},
		{"name is not UTF-8", "{\"body\xff\":\"a\"}", bad(none)},
		{"name in another case", `{"Body":"a","BODY":"b"}`, bad(none)},
		{"empty object", `{}`, bad(none)},
		{"number", `{"body":1}`, bad(noText)},
		{"null", `{"body":null}`, bad(noText)},
		{"object", `{"body":{"body":"a"}}`, bad(noText)},
		{"array", `["body","a"]`, bad("no JSON object, from byte 1 on" + want1)},
		{"string", ` "body"`, bad("no JSON object, from byte 2 on" + want1)},
		{"text", `STOP`, bad("no JSON object, from byte 1 on" + want1)},
		{"two objects", `{"body":"a"} {"body":"b"}`, bad("no JSON object, from byte 14 on" + want1)},
		{"broken behind the field", `{"body":"a",}`, bad("no JSON object, from byte 13 on" + want1)},
		{"no name", `{1:2}`, bad("no JSON object, from byte 2 on" + want1)},
		{"no colon", `{"body" "a"}`, bad("no JSON object, from byte 9 on" + want1)},
		{"no comma", `{"body":"a" "b":1}`, bad("no JSON object, from byte 13 on" + want1)},
		{"no value", `{"body":}`, bad("no JSON object, from byte 9 on" + want1)},
		{"no comma in an array", `{"body":[1 2]}`, bad("no JSON object, from byte 12 on" + want1)},
		{"comma at the end of an array", `{"body":[1,]}`, bad("no JSON object, from byte 12 on" + want1)},
		{"wrong bracket", `{"body":[1}`, bad("no JSON object, from byte 11 on" + want1)},
		{"wrong word", `{"body":trux}`, bad("no JSON object, from byte 12 on" + want1)},
		{"zero before a number", `{"body":01}`, bad("no JSON object, from byte 10 on" + want1)},
		{"plus before a number", `{"body":+1}`, bad("no JSON object, from byte 9 on" + want1)},
		{"no digit behind a point", `{"body":1.}`, bad("no JSON object, from byte 11 on" + want1)},
		{"no digit in an exponent", `{"body":1e+}`, bad("no JSON object, from byte 12 on" + want1)},
		{"unknown escape", `{"body":"a\x"}`, bad("no JSON object, from byte 12 on" + want1)},
		{"short escape", `{"body":"\u12g4"}`, bad("no JSON object, from byte 14 on" + want1)},
		{"control character", "{\"body\":\"a\tb\"}", bad("no JSON object, from byte 11 on" + want1)},
		{"control character behind much text", "{\"body\":\"0123456789abcdef\x1f\"}", bad("no JSON object, from byte 26 on" + want1)},
		{"open string", `{"body":"a`, bad(early)},
		{"open escape", `{"body":"a\`, bad(early)},
		{"open escape of a code", `{"body":"a\u00`, bad(early)},
		{"open object", `{"body":"a"`, bad(early)},
		{"an object over several lines", "{\n\"body\": \"a\"\n}", []event{{1, early, broken}, {2, "no JSON object, from byte 1 on" + want1, broken}, {3, "no JSON object, from byte 1 on" + want1, broken}}},
		{"as deep as may be", nested(maxDepth), ok("a")},
		{"too deep", nested(maxDepth + 1), bad("JSON is nested deeper than 10000: want less")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readInChunks(t, tt.text, maxRecord, jsonField("body"))
			if !slices.Equal(got, tt.want) {
				t.Errorf("events of %+q\n got %v\nwant %v", tt.text, got, tt.want)
			}
			if want := oracleJSONL(strings.TrimPrefix(tt.text, "\ufeff"), "body", maxRecord); !slices.Equal(withoutReasons(got), want) {
				t.Errorf("events of %+q\n         got %v\nencoding/json %v", tt.text, got, want)
			}
		})
	}
}

// nested returns an object of the given depth.
func nested(depth int) string {
	return `{"x":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `,"body":"a"}`
}

func FuzzJSONL(f *testing.F) {
	f.Add("{\"body\":\"STOP\"}\n{\"body\":\"hi\"}\n")                        // the usual
	f.Add(" {\t\"sid\" : 1 , \"body\" : \"STOP\" }\r\n\n \n")                // white space and blank lines
	f.Add(`{"a":[1,{"body":"x"},[]],"b":{},"body":"y"}`)                     // the name deeper down
	f.Add(`{"body":"a","body":"b"}`)                                         // the name twice
	f.Add(`{"a":[0,-1.5e+7,true,false,null],"body":"x"}`)                    // all other values
	f.Add(`{"body":"\"\\\/\b\f\n\r\t\u00eA\ud83d\uded1"}`)                   // all escapes
	f.Add(`{"body":"\ud83d\ud83d\u0041\uded1"}`)                             // surrogates that are no pairs
	f.Add("{\"body\":\"\xff\u0421\xe2\x82\"}")                               // bytes that are not UTF-8
	f.Add(`{"\u0062ody":"x"}`)                                               // the name in escapes
	f.Add(`{"body":1}` + "\n" + `{}` + "\n" + `[]` + "\n" + `{"body":"x"},`) // lines that have none
	f.Add(`{"body":"STOP",}`)                                                // broken behind the field
	f.Add("{\n\"body\":\"x\"\n}\n")                                          // an object over several lines
	f.Add(`{"a":01,"body":"x"}`)                                             // no number
	f.Add("\ufeff{\"body\":\"\x1f\"}")                                       // a byte order mark and a control character
	f.Add(`{"body":"0123456789abcdef"}`)                                     // over the lower limit
	f.Fuzz(func(t *testing.T, text string) {
		checkFuzz(t, text, jsonField("body"), func(text string, limit int) []event {
			return oracleJSONL(text, "body", limit)
		})
	})
}

// oracleJSONL reads a field with encoding/json.
func oracleJSONL(text, name string, limit int) (want []event) {
	for i, line := range splitLines(text) {
		if len(line) <= limit && strings.Trim(line, " \t\r\n") == "" {
			continue
		}
		var object map[string]json.RawMessage
		err := json.Unmarshal([]byte(line), &object)
		field, ok := object[name]
		var value string
		if len(line) > limit || err != nil || !ok || field[0] != '"' || json.Unmarshal(field, &value) != nil {
			want = append(want, event{i + 1, "", broken})
			continue
		}
		want = append(want, event{i + 1, value, message})
	}
	return want
}
