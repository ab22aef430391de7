package messages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// decoderError finds what encoding/json says about damage. That depends on Go's version.
var decoderError = regexp.MustCompile(`(damaged JSON)(: invalid character .*?)(;|$)`)

// read returns what is read of a log, a line for each record and one for the
// error: "2 1 message STOP" is the first record, on line 2.
func read(l Log, name string, r io.Reader) (events []string) {
	_, err := l.Read(name, r, func(r *Record) error {
		kinds := []string{Message: "message", NoText: "no text", Excluded: "excluded", Skipped: "skipped", Header: "header"}
		e := fmt.Sprintf("%d %d %s %q", r.Line, r.Number, kinds[r.Kind], r.Text)
		if r.Damaged {
			e += " damaged"
		}
		if len(r.Kept) > 0 || r.Date != "" {
			e += fmt.Sprintf(" %q %q", r.Kept, r.Date)
		}
		if r.Err != nil {
			e += ": " + decoderError.ReplaceAllString(r.Err.Error(), "$1$3")
		}
		events = append(events, e)
		return nil
	})
	if err != nil {
		events = append(events, decoderError.ReplaceAllString(err.Error(), "$1$3"))
	}
	return events
}

func TestRead(t *testing.T) {
	const (
		noquote  = "; if no field is quoted, add -noquote"
		quotes   = "put the field in quotes, and double those in its text" + noquote
		fields   = ": a field with a separator or a line break has to be in quotes"
		unclosed = "quote within a field, unclosed quote, or text after a closing quote"
		records  = "a field contains lines that look like records: its quote is closed too late, or one belongs to the text: " + quotes
		rest     = "; rest of the line skipped"
		ends     = "; reading ends here"
		cut      = "JSON ends too early: perhaps the file was cut off, fetch it again"
	)
	lines := Log{Format: Lines}
	csv := func(l Log) Log { l.Format, l.Field = CSV, "Body"; return l }
	json := func(field string, l Log) Log { l.Format, l.Field = JSON, field; return l }
	body := json("body", Log{})
	tests := []struct {
		name string
		log  Log
		text string
		want []string
	}{
		// Lines.
		{"nothing", lines, "", nil},
		{"lines", lines, "a\n\nb", []string{`1 1 message "a"`, `2 2 message ""`, `3 3 message "b"`}},
		{"byte order mark, CRLF", lines, "\ufeffa\r\nb\r\n", []string{`1 1 message "a"`, `2 2 message "b"`}},
		{
			"carriage returns alone", lines, "a\rb\r",
			[]string{`1 1 skipped "": carriage return within the line: replace it by a line feed if it ends a line, or remove it`},
		},
		{"carriage returns alone in CSV", csv(Log{}), "Body,Sid\rSTOP,1\r", []string{"log:1: lines end in carriage returns alone: replace them by line feeds first"}},
		{
			"a part with carriage returns alone", lines, "a\nb\rc\rd\n",
			[]string{`1 1 message "a"`, `2 2 skipped "": carriage return within the line: replace it by a line feed if it ends a line, or remove it`},
		},
		{"damaged", lines, "a\xff\nb\n\ufffd\n", []string{`1 1 message "a\xff" damaged`, `2 2 message "b"`, `3 3 message "�" damaged`}},
		{"UTF-16LE", lines, "\xff\xfea\x00\n\x00\xea\x00\n\x00", []string{`1 1 message "a"`, `2 2 message "ê"`}},
		{"UTF-16BE without a mark", lines, "\x00h\x00i\x00\n\x00\xea\x00!", []string{"log: NUL bytes: convert the file first; if it is UTF-16 without a byte order mark, add -encoding utf-16be"}},
		{"half a UTF-16 unit", lines, "\xff\xfea\x00\n\x00\xea", []string{`1 1 message "a"`, `2 2 message "�" damaged`}},
		{"windows-1252", Log{Format: Lines, Encoding: charmap.Windows1252}, "ARR\xcaT\n", []string{`1 1 message "ARRÊT"`}},
		{"a mark over an encoding", Log{Format: Lines, Encoding: charmap.Windows1252}, "\ufeffARR\u00caT\n", []string{`1 1 message "ARRÊT"`}},
		{"text that looks like another format", lines, "Sid,Body\n[1,2]\n{lol}\n{\"body\":1}\n", []string{`1 1 message "Sid,Body"`, `2 2 message "[1,2]"`, `3 3 message "{lol}"`, `4 4 skipped "{\"body\":1}": the text is JSON with the message in field "body": extract it first`}},
		{"JSON that should be lines", lines, "{\"body\":\"STOP\"}\n", []string{`log: looks like JSON with the fields ["body"]: use -json body`}},
		{"JSON without a usual name", lines, "{\"a\":\"STOP\"}\n", []string{`1 1 message "{\"a\":\"STOP\"}"`}},

		// CSV.
		{"CSV", csv(Log{}), "Sid,Body\n1,a\n2,\"b, \"\"c\"\"\r\nd\"\n3,\n", []string{`2 1 message "a"`, `3 2 message "b, \"c\"\nd"`, `5 3 message ""`}},
		{"semicolons", csv(Log{}), "Sid;Body\n1;a,b\n", []string{`2 1 message "a,b"`}},
		{"tabs", csv(Log{}), "Sid\tBody\n1\ta;b\n", []string{`2 1 message "a;b"`}},
		{"bars", csv(Log{}), "Sid|Body\n1|a\n", []string{`2 1 message "a"`}},
		{"another separator", csv(Log{Comma: "^"}), "Sid^Body\n1^a,b\n", []string{`2 1 message "a,b"`}},
		{"a separator for spreadsheets", csv(Log{}), "\"sep=;\"\r\nSid;Body\r\n1;a\r\n", []string{`3 1 message "a"`}},
		{"decomposed, white space, case", Log{Format: CSV, Field: "Pr\u00e9nom d'un"}, "Sid, PRE\u0301NOM\u00a0\u00a0D'UN \n1,a\n", []string{`2 1 message "a"`}},
		{"two spellings", csv(Log{}), "BODY,body\n1,a\n", []string{`log:1: want exactly one column "Body" in the header: rename one, or take one of ["BODY" "body"]`}},
		{"two spellings, one of them as asked for", csv(Log{}), "BODY,Body\n1,a\n", []string{`2 1 message "a"`}},
		{"no such column", csv(Log{}), "Sid,Text\u200b\n", []string{`log:1: want exactly one column "Body" in the header: rename one, or take one of ["Sid" "Text\u200b"]`}},
		{"nothing in CSV", csv(Log{}), "", []string{"log:1: no header: want a line with the names of the columns, or -header"}},
		{"quote in the header", csv(Log{}), "Si\"d,Body\n", []string{"log:1: header cannot be read: " + unclosed + ": " + quotes}},
		{"header only", csv(Log{}), "Sid,Body", nil},
		{"the header again", csv(Log{}), "Sid,Body\n1,a\n\ufeffSid,Body\n2,b\n", []string{`2 1 message "a"`, `3 1 header ""`, `4 2 message "b"`}},
		{"an unquoted line break", csv(Log{}), "Sid,Body,To\n1,please,x\n2,do not\nSTOP,y\n", []string{
			`2 1 message "please"`, `3 2 skipped "": 2 fields, and the header has 3` + fields, `4 3 skipped "": 2 fields, and the header has 3` + fields,
		}},
		{"an unquoted comma", csv(Log{}), "Sid,Body\n1,STOP, please\n", []string{`2 1 skipped "": 3 fields, and the header has 2` + fields}},
		{"a quote in a field", csv(Log{}), "Sid,Body\n1,a \"b\"\n2,c\n", []string{`2 1 skipped "": ` + unclosed + ": " + quotes, `3 2 message "c"`}},
		{"text after a quote", csv(Log{}), "Sid,Body\n1,\"a\"b\n2,c\n", []string{`2 1 skipped "": ` + unclosed + ": " + quotes, `3 2 message "c"`}},
		{"an open quote", csv(Log{}), "Sid,Body\n1,a\n2,\"b\n3,STOP\n", []string{`2 1 message "a"`, `3 2 skipped "": ` + unclosed + "; lines 3 to 4 skipped: " + quotes}},
		{"a quote that is closed too late", csv(Log{}), "Sid,Body,To\n1,\"a,x\n2,STOP,x\n3,b\",x\n4,c,x\n", []string{
			`2 1 skipped "": ` + records, `5 2 message "c"`,
		}},
		{"a quote that is closed too late, around an opt-out word", csv(Log{}), "Name,Body\nAnn Lee,\"hi\nBob,STOP\nCy,bye\"\n", []string{`2 1 skipped "": ` + records}},
		{"lines with commas in a field", csv(Log{}), "Name,Body\nBob,\"Hi, all\nthanks, bye\"\n", []string{`2 1 message "Hi, all\nthanks, bye"`}},
		{"carriage returns in one column", csv(Log{}), "Body\na\rSTOP\rb\nc\n", []string{
			`2 1 skipped "": ` + records, `3 2 message "c"`,
		}},
		{"JSON that should be CSV", csv(Log{}), `{"a b":1,"message":"x"}`, []string{`log: looks like JSON with the fields ["a b" "message"]: use -json message`}},
		{
			"kept, date, conditions", csv(Log{Keep: []string{"To", "Sid"}, Date: "at", Where: []Condition{{Field: "Dir", Value: "in"}, {Field: "Sid", Value: "3", Not: true}}}),
			"Sid,Dir,Body,To,At\n1, IN,a,x,now\n2,out,b,y,then\n3,in,c,z,\n",
			[]string{`2 1 message "a" ["x" "1"] "now"`, `3 2 excluded "b" ["y" "2"] "then"`, `4 3 excluded "c" ["z" "3"] ""`},
		},

		{"no header", csv(Log{Header: []string{"From", "Dir", "Body"}}), "+15550100,inbound,STOP\n+15550101,inbound,a\n", []string{`1 1 message "STOP"`, `2 2 message "a"`}},
		{"a header of other length", csv(Log{Header: []string{"From", "Body"}}), "+15550100,inbound,STOP\n", []string{`1 1 skipped "": 3 fields, and the header has 2` + fields}},
		{"a record for a header", Log{Format: CSV, Field: "STOP"}, "x,STOP\n", []string{"log:1: first line looks like a record, not like a header: add -header with a name for each of its 2 columns, and -csv with the name of the one with the messages"}},
		{"a record with a phone number for a header", Log{Format: CSV, Field: "hi"}, "+1 555 0100,hi\n", []string{"log:1: first line looks like a record, not like a header: add -header with a name for each of its 2 columns, and -csv with the name of the one with the messages"}},
		{"quotes that are text", csv(Log{NoQuote: true}), "Sid\tBody\n1\t\"a\n2\tthe 5\" one\n", []string{`2 1 message "\"a"`, `3 2 message "the 5\" one"`}},
		{"records in a field of two columns", csv(Log{}), "Sid\tBody\nin\t\"hello there\nin\tSTOP\nin\tbye for now\"\nin\ta\n", []string{`2 1 skipped "": ` + records, `5 2 message "a"`}},
		{"records in a field of one column", csv(Log{}), "Body\n\"hello there\nSTOP\nbye for now\"\na\n", []string{`2 1 skipped "": ` + records, `5 2 message "a"`}},
		{"a text of lines with commas", csv(Log{}), "Sid,Body\n1,\"hi,\nthanks, see you\nyes,no\"\n", []string{`2 1 message "hi,\nthanks, see you\nyes,no"`}},

		// JSON.
		{"a value on each line", body, "{\"body\":\"a\"}\n\n{\"body\":\"\\u00ea\"}\n", []string{`1 1 message "a"`, `3 2 message "ê"`}},
		{"values one after another", body, `{"body":"a"} {"body":"b"}{"body":"c"}`, []string{`1 1 message "a"`, `1 2 message "b"`, `1 3 message "c"`}},
		{"several values on a line after one on a line", body, "{\"body\":\"a\"}\n{\"body\":\"b\"}{\"body\":\"c\"}", []string{`1 1 message "a"`, `2 2 message "b"`, `2 3 message "c"`}},
		{"pretty-printed", body, "{\n \"sid\": 1,\n \"body\": \"a\"\n}\n{\n \"body\": \"b\"\n}\n", []string{`1 1 message "a"`, `5 2 message "b"`}},
		{"an array", body, "[\n {\"body\": \"a\"},\n {\"body\": \"b\"}\n]\n[{\"body\":\"c\"}]", []string{`2 1 message "a"`, `3 2 message "b"`, `5 3 message "c"`}},
		{"escaped names", body, `{"\u0062ody":"a","x\"y":1}`, []string{`1 1 message "a"`}},
		{"a name twice", body, `{"body":"a","body":"b"}`, []string{`1 1 message "b"`}},
		{"an array in an object", json("data.messages.body", Log{Keep: []string{"account", "data.messages.sid"}}), "{\"account\": \"AC\", \"data\": {\"messages\": [{\"body\": \"a\", \"sid\": 1},\n{\"body\": \"b\"}]}, \"page\": 0}", []string{
			`1 1 message "a" ["AC" "1"] ""`, `2 2 message "b" ["AC" ""] ""`,
		}},
		{"an array of other things", json("m.body", Log{}), "{\n\"m\": [1,\n{\"body\": \"a\"}]}", []string{
			`2 1 skipped "": not an object: want one, with the message in a field`, `3 2 message "a"`,
		}},
		{"an empty array", json("m.body", Log{}), "{\"m\":[]}\n{\"m\":[{\"body\":\"a\"}]}", []string{`2 1 message "a"`}},
		{"arrays on lines", json("m.body", Log{Keep: []string{"id"}}), "{\"id\":\"x\",\"m\":[{\"body\":\"a\"},{\"body\":\"b\"}]}\n{\"m\":{\"body\":\"c\"}}\n", []string{
			`1 1 message "a" ["x"] ""`, `1 2 message "b" ["x"] ""`, `2 3 message "c" [""] ""`,
		}},
		{"a name with a point", json("m.body", Log{}), `{"m.body":"a"}`, []string{`1 1 message "a"`}},
		{"null, missing, a number", body, "{\"body\":null}\n{\"x\":1}\n{\"body\":5}\n", []string{`1 1 no text ""`, `2 2 no text ""`, `3 3 message "5"`}},
		{"an object for a text", body, "{\"body\":{\"text\":\"a\"}}\n", []string{`1 1 skipped "": field "body" is not text: name the field in it that is, with points between the names`}},
		{"an array of texts", body, `{"body":["a","b"]}`, []string{`1 1 message "a"`, `1 2 message "b"`}},
		{"half a surrogate pair", body, `{"body":"\ud83d"}`, []string{`1 1 message "�" damaged`}},

		// JSON with several arrays, and with *.
		{"an array of a field to keep", json("data.text", Log{Keep: []string{"data.to.number", "data.from"}}), `{"data":{"text":"a","from":{"number":"3"},"to":[{"number":"1"},{"number":"2"}]}}`, []string{`1 1 message "a" ["1,2" ""] ""`}},
		{"an array in each record", json("m.text", Log{Keep: []string{"m[].to.n"}, Date: "m.at"}), `{"m":[{"text":"a","to":[{"n":1},{"n":2}],"at":3},{"to":[{"n":4}],"text":"b"}]}`, []string{`1 1 message "a" ["1,2"] "3"`, `1 2 message "b" ["4"] ""`}},
		{"a field of an outer array", json("e.m[].t", Log{Keep: []string{"e.id"}}), `{"e":[{"id":1,"m":[{"t":"a"},{"t":"b"}]},{"m":[{"t":"c"}]},{"id":2}]}`, []string{
			`1 1 message "a" ["1"] ""`, `1 2 message "b" ["1"] ""`, `1 3 message "c" [""] ""`, `1 4 no text "" ["2"] ""`,
		}},
		{"a field after the records", json("m.t", Log{Keep: []string{"id"}}), `{"m":[{"t":"a"}],"id":1}`, []string{
			`1 1 message "a" [""] ""`, `log:1: field "id" comes after the records in the same value: move it before them, or do not ask for it; reading ends here`,
		}},
		{"identifiers for names", json("m.*.text", Log{Keep: []string{"m.*.from"}}), `{"m":{"-N1":{"text":"a","from":1},"-N2":{"text":"b"},"-N3":{}}}`, []string{`1 1 message "a" ["1"] ""`, `1 2 message "b" [""] ""`, `1 3 no text "" [""] ""`}},
		{"an array in identifiers", json("r.*.m.t", Log{}), `{"r":{"x":{"m":[{"t":"a"},{"t":"b"}]},"y":{"m":{"t":"c"}}}}`, []string{`1 1 message "a"`, `1 2 message "b"`, `1 3 message "c"`}},
		{"identifiers in an array", json("r.*.t", Log{}), `{"r":[{"x":{"t":"a"},"y":{"t":"b"}},{"x":{"t":"c"}}]}`, []string{`1 1 message "a"`, `1 2 message "b"`, `1 3 message "c"`}},
		{"two arrays", json("e.s.t", Log{}), `{"e":[{"s":[{"t":"the bus does not"},{"t":"stop"}]}]}`, []string{`log:1: "e.s.t" passes several arrays: write [] after the one with the records: ["e[].s.t" "e.s[].t"]`}},
		{"two arrays after a while", json("e.s.t", Log{}), "{\"e\":[{\"s\":{\"t\":\"a\"}}]}\n" + strings.Repeat(" ", sampleSize) + "\n{\"e\":[{\"s\":[{\"t\":\"b\"}]}]}", []string{`1 1 message "a"`, `log:3: "e.s.t" passes several arrays: write [] after the one with the records: ["e[].s.t" "e.s[].t"]`}},
		{"three arrays", json("a.b.c", Log{}), `{"a":[{"b":[{"c":["x"]}]}]}`, []string{`log:1: "a.b.c" passes several arrays: write [] after the one with the records: ["a[].b.c" "a.b[].c" "a.b.c[]"]`}},
		{"records with parts", json("e[].s.t", Log{}), `{"e":[{"s":[{"t":"the bus does not "},{"t":"stop"}]},{"s":[{"x":1}]},{"s":{"t":"a"}}]}`, []string{`1 1 message "the bus does not stop"`, `1 2 no text ""`, `1 3 message "a"`}},
		{"parts that are records", json("e.s[].t", Log{}), `[{"e":[{"s":[{"t":"a"},{"t":"b"}]},{"s":[{"t":"c"}]}]}]`, []string{`1 1 message "a"`, `1 2 message "b"`, `1 3 message "c"`}},
		{"values of the file with parts", json("[].p.t", Log{}), `[{"p":[{"t":"ST"},{"t":"OP"}]},{"p":{"t":"a"}}]`, []string{`1 1 message "STOP"`, `1 2 message "a"`}},
		{"a part that is not text", json("[].p.t", Log{}), "{\"p\":[{\"t\":\"ST\"},{\"t\":0}]}\n{\"p\":[{\"t\":\"a\"}]}", []string{`1 1 skipped "": field "[].p.t" is not text: name the field in it that is, with points between the names`, `2 2 message "a"`}},
		{"a part without the field", json("m[].t.x", Log{}), `{"m":[{"t":["I will not ",{"x":"STOP"}]},{"t":[{"x":"a"},{"y":"b"}]}]}`, []string{`1 1 skipped "": not an object: want one, with the message in a field`, `1 2 message "a"`}},
		{"texts alone", json("[]", Log{}), "[\"a\",\n\"b\"]\n\"c\"\n", []string{`1 1 message "a"`, `2 2 message "b"`, `3 3 message "c"`}},
		{"WhatsApp", json("entry.changes.value.messages[].text.body", Log{Keep: []string{"entry.changes.value.messages.from"}}), `{"entry":[{"changes":[{"value":{"messages":[{"from":"1","text":{"body":"STOP"}}]}}]}]}`, []string{`1 1 message "STOP" ["1"] ""`}},

		// JSON that is damaged.
		{"broken lines", body, "{\"body\":\"a\"}\n{\"body\n[1]\nhello\n2026-01-01 {\"body\":\"x\"}\n[10:20] {\"body\":\"y\"}\n{\"body\":nope}\n{\"body\":\"b\"}\n", []string{
			`1 1 message "a"`, `2 2 skipped "": damaged JSON` + rest, `3 3 skipped "": not an object: want one, with the message in a field`,
			`4 4 skipped "": damaged JSON` + rest, `5 5 skipped "": not an object: want one, with the message in a field` + rest,
			`6 6 skipped "": not an object: want one, with the message in a field`, `6 7 skipped "": damaged JSON` + rest, `7 8 skipped "": damaged JSON` + rest, `8 9 message "b"`,
		}},
		{"values that go on too long", body, "{\"x\":\n{\"body\":\"a\"}\n{\"body\":\"b\"}\n{\"x\":[\n{\"body\":\"c\"}\n", []string{
			`1 1 skipped "": damaged JSON` + rest, `2 2 message "a"`, `3 3 message "b"`, `4 4 skipped "": ` + cut + rest, `5 5 message "c"`,
		}},
		{"damage after a backslash", json("[]", Log{}), "[\"a\",\n\"b\" nope \"" + strings.Repeat("x", 1523) + "\\n" + strings.Repeat("x", 600) + "\",\n\"a, b: c\"]", []string{`1 1 message "a"`, `2 2 message "b"`, `2 3 skipped "": damaged JSON` + rest, `3 4 message "a, b: c"`}},
		{"white space in JSON", body, "{\"body\":\"a  b\"}" + strings.Repeat("\n \t", 100_000) + "{ \"body\" :\n\n\"c\" }", []string{`1 1 message "a  b"`, `100001 2 message "c"`}},
		{"a broken value that is pretty-printed", body, "{\n \"x\": 1\n \"y\": {\n  \"z\": 2\n }\n}\n{\n \"body\": \"b\"\n}\n", []string{`1 1 skipped "": damaged JSON; lines 1 to 6 skipped`, `7 2 message "b"`}},
		{"a broken element", body, "[{\"body\":\"a\"},\n{\"body\":\"b\",},\n{\"body\":\"c\"}\n]", []string{`1 1 message "a"`, `2 2 skipped "": damaged JSON` + rest, `3 3 message "c"`}},
		{"a broken element in an object", json("m.body", Log{}), "{\"m\":[{\"body\":\"a\"},\n{\"body\":\"b},\n{\"body\":\"c\"}\n]}", []string{`1 1 message "a"`, "log:2: damaged JSON; reading ends here"}},
		{"an array that is cut off", body, "[{\"body\":\"a\"},\n{\"body\":\"b\"}", []string{`1 1 message "a"`, `2 2 message "b"`, "log:2: " + cut + ends}},
		{"an object that is cut off", body, "{\n\"body\":", []string{`1 1 skipped "": ` + cut + "; lines 1 to 2 skipped", `log: no record has field "body": take one of []`}},
		{"other commas", body, "[{\"body\":\"a\"} {\"body\":\"b\"}\n,{\"body\":\"c\"},]\n{\"body\":\"d\"}", []string{`1 1 message "a"`, `1 2 skipped "": damaged JSON` + rest, `2 3 skipped "": damaged JSON` + rest, `3 4 message "d"`}},
		{"a number in an array", body, "[1, {\"body\":\"a\"}]", []string{`1 1 skipped "": not an object: want one, with the message in a field`, `1 2 message "a"`}},
		{"no field", json("text", Log{}), "{\"body\":\"a\",\"m\":[{\"b\":{\"c\":1}}]}\n", []string{`1 1 no text ""`, `log: no record has field "text": take one of ["body" "m[].b.c"]`}},
		{"deep", body, strings.Repeat("[", 300) + "\n{\"body\":\"a\"}", []string{`1 1 skipped "": more than 100 arrays or objects in one another` + rest, `2 2 message "a"`}},
		{"deep in a value", body, `{"x":` + strings.Repeat("[", 200) + "\n{\"body\":\"a\"}", []string{`1 1 skipped "": more than 100 arrays or objects in one another` + rest, `2 2 message "a"`}},
		{"CSV that should be JSON", body, "a|b|Body\n1|2|3\n", []string{`log: looks like CSV with the columns ["a" "b" "Body"]: use -csv Body`}},
		{"lines that should be JSON", body, "hello\n", []string{"log: looks like lines: use -lines if each line is one message and nothing else"}},

		{"JSON in a column", csv(Log{}), "Body,x\n\"{\"\"text\"\":1}\",2\n\"{\"\"a\"\":1}\",3\n", []string{`2 1 skipped "{\"text\":1}": the text is JSON with the message in field "text": extract it first`, `3 2 message "{\"a\":1}"`}},

		// Files that are not text.
		{"zip", lines, "PK\x03\x04\x14\x00\b\x00", []string{"log: this is a zip archive, as a workbook of Excel: unpack it, or save it as CSV UTF-8"}},
		{"zstd", body, "\x28\xb5\x2f\xfd", []string{"log: this is compressed by zstd: decompress it first"}},
		{"gzip, broken", lines, "\x1f\x8bnope", []string{"log: unexpected EOF: the compressed file is damaged, fetch it again"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{
				"at once":         strings.NewReader(tt.text),
				"byte by byte":    iotest.OneByteReader(strings.NewReader(tt.text)),
				"with the end":    iotest.DataErrReader(strings.NewReader(tt.text)),
				"compressed":      zipped(t, tt.text, len(tt.text)),
				"compressed, cut": zipped(t, tt.text, -1),
			} {
				if strings.HasPrefix(name, "compressed") && strings.HasPrefix(tt.text, "\x1f") {
					continue
				}
				got := read(tt.log, "log", r)
				if strings.HasSuffix(name, "cut") {
					if refused := len(tt.want) > 0 && strings.HasPrefix(tt.want[len(tt.want)-1], "log:"); !refused && (len(got) == 0 || !strings.Contains(got[len(got)-1], "fetch it again")) {
						t.Errorf("%s: %q, want an error after it", name, got)
					}
					continue
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// zipped returns text in gzip; if n is negative, without the end.
func zipped(t *testing.T, text string, n int) io.Reader {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if n < 0 {
		b.Truncate(b.Len() - 4)
	}
	return &b
}

// TestTooLong checks that a record that is too long is skipped, and that the rest
// of the log is read.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", maxRecord)
	tests := []struct {
		name, text string
		log        Log
		want       []string
	}{
		{"line", "a\n" + long + long + "\nb\n", Log{Format: Lines}, []string{`1 1 message "a"`, "2 2 skipped", `3 3 message "b"`}},
		{"brackets", "a\n{\"a\":" + strings.Repeat("[", maxRecord/2) + "\nb\n", Log{Format: Lines}, []string{`1 1 message "a"`, "2 2 message", `3 3 message "b"`}},
		{"last line", "a\n" + long + long, Log{Format: Lines}, []string{`1 1 message "a"`, "2 2 skipped"}},
		{"field", "Body,x\na,1\n\"" + long + "\n" + long + "\",2\nb,3\n", Log{Format: CSV, Field: "Body"}, []string{`2 1 message "a"`, `3 2 skipped "": record is longer`, `5 3 message "b"`}},
		{"field without quotes", "Body,x\na,1\n\"" + long + "\nb,3\n", Log{Format: CSV, Field: "Body", NoQuote: true}, []string{`2 1 message "a"`, `3 2 skipped "": record is longer`, `4 3 message "b"`}},
		{"line of JSON", "{\"body\":\"a\"}\n{\"body\":\"" + long + "\"}\n{\"body\":\"b\"}", Log{Format: JSON, Field: "body"}, []string{`1 1 message "a"`, "2 2 skipped", `3 3 message "b"`}},
		{"damaged line of JSON", "{\"body\":\"a\"}\n{\"body\":\"" + long + long + "\n{\"body\":\"b\"}", Log{Format: JSON, Field: "body"}, []string{`1 1 message "a"`, `2 2 skipped "": damaged JSON`, `3 3 message "b"`}},
		{"value of JSON", "[{\"body\":\"a\"},\n{\"body\":\"" + long + long + "\"},\n{\"body\":\"b\"}]", Log{Format: JSON, Field: "body"}, []string{`1 1 message "a"`, "2 2 skipped", `3 3 message "b"`}},
		{"record of JSON in an object", "{\"m\":[{\"body\":\"a\"},\n{\"body\":\"x\",\"y\":{\"z\":\"" + long + "\"}},\n{\"body\":\"b\"}]}", Log{Format: JSON, Field: "m.body"}, []string{`1 1 message "a"`, "2 2 skipped", `3 3 message "b"`}},
		{"escapes of JSON", `[{"body":"` + strings.Repeat(`\u00e9`, 1e6) + `"},{"body":"x` + strings.Repeat(`\u00e9`, 1e6) + `"},{"body":"` + strings.Repeat(`\"`, 3e6) + `"},{"body":"x` + strings.Repeat(`\\`, 3e6) + `"},{"body":"b"}]`, Log{Format: JSON, Field: "body"}, []string{
			`1 1 skipped "": record is longer`, `1 2 skipped "": record is longer`, `1 3 skipped "": record is longer`, `1 4 skipped "": record is longer`, `1 5 message "b"`,
		}},
		{"array that is not asked for", "{\"m\":[{\"body\":\"a\"},\n{\"body\":\"" + long + long + "\"}]}", Log{Format: JSON, Field: "body"}, []string{`1 1 skipped "": record is longer`, `log: no record has field "body": take one of ["m[].body"]`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(tt.log, "log", strings.NewReader(tt.text))
			for i := range max(len(got), len(tt.want)) {
				if i >= len(got) || i >= len(tt.want) || !strings.HasPrefix(got[i], tt.want[i]) {
					t.Fatalf("%.200q, want beginnings %q", got, tt.want)
				}
			}
		})
	}
}

func TestReadAs(t *testing.T) {
	tests := []struct {
		name string
		log  Log
		r    io.Reader
		want string
	}{
		{"lines", Log{Format: Lines}, strings.NewReader("a\n\nb"), "lines, utf-8, records: 3"},
		{"lines in UTF-16", Log{Format: Lines}, strings.NewReader("\xfe\xff\x00a"), "lines, utf-16be, records: 1"},
		{"CSV", Log{Format: CSV, Field: "a b", NoQuote: true, Encoding: charmap.Windows1252}, zipped(t, "x\ta b\n1\t2\n", 0), `CSV with separator "\t", column "a b", windows-1252, records: 1`},
		{"JSON", Log{Format: JSON, Field: "m.t"}, strings.NewReader(`{"m":[{"t":1},{"t":2}]}`), `JSON path "m[].t", utf-8, records: 2`},
		{"JSON with a given record", Log{Format: JSON, Field: "[].t"}, strings.NewReader(`{"t":["a","b"]}`), `JSON path "[].t", utf-8, records: 1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.log.Hash = true
			hash := sha256.New()
			as, err := tt.log.Read("log", io.TeeReader(tt.r, hash), func(*Record) error { return nil })
			if err != nil || as.How != tt.want || as.SHA256 != fmt.Sprintf("%x", hash.Sum(nil)) {
				t.Errorf("read as %q, SHA-256 %s, error %v; want %q and the hash of the file", as.How, as.SHA256, err, tt.want)
			}
		})
	}
	as, err := (&Log{Format: Lines, Hash: true}).Read("log", iotest.ErrReader(io.ErrClosedPipe), nil)
	if err == nil || as.SHA256 != "" {
		t.Errorf("SHA-256 %q and error %v of a file that cannot be read, want an error and no hash", as.SHA256, err)
	}
}

func TestMissing(t *testing.T) {
	l := &Log{Format: CSV, Field: "t", Keep: []string{"a", "b"}, Date: "c", Where: []Condition{{Field: "d", Value: "x"}}}
	read := func(text string) {
		if _, err := l.Read("log", strings.NewReader(text), func(*Record) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	read("t,a,d\n1,2,y\n1,2,z\n1,2,z\n1,2,\n")
	want := `[no record has field "b": take one of ["t" "a" "d"] no record has field "c": take one of ["t" "a" "d"]]`
	if got := fmt.Sprint(l.Missing()); got != want {
		t.Errorf("missing: %s, want %s", got, want)
	}
	read("t,b,c,d\n1,2,3,y\n")
	want = `[-where excludes every record, with these values and counts: [d=:1 d=y:2 d=z:2]]`
	if got := fmt.Sprint(l.Missing()); got != want {
		t.Errorf("missing: %s, want %s", got, want)
	}
	if read("t,d\n1,X \n"); l.Missing() != nil {
		t.Errorf("missing: %v, want nothing", l.Missing())
	}
}

// TestErrors checks that an error of the reader, or of the function that is called,
// ends the reading.
func TestErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, l := range []Log{{Format: Lines}, {Format: CSV, Field: "body"}, {Format: JSON, Field: "body"}} {
		text := map[Format]string{Lines: "a\n", CSV: "body,x\na,1\n", JSON: "{\"body\":\"a\"}\n"}[l.Format]
		for _, r := range []io.Reader{
			io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)),
			iotest.OneByteReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))),
		} {
			_, err := l.Read("log", r, func(*Record) error { return nil })
			if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "log:") {
				t.Errorf("%q: error %v, want one of log with %v", l.Format, err, broken)
			}
		}
		n := 0
		_, err := l.Read("log", strings.NewReader(text+text), func(*Record) error { n++; return broken })
		if err != broken || n != 1 {
			t.Errorf("%q: error %v after %d records, want %v after 1", l.Format, err, n, broken)
		}
	}
}

// FuzzRead checks, for each format, that a log is read in the same way however it
// comes in, that records are numbered and in order, and that no line is missing.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"a\n\nb\r\nc\rd\n\xff\n", "\xff\xfea\x00\n\x00", "\x00a\x00\n", "\ufeffa\rb\r",
		"Sid,body\n1,a\n2,\"b\"\"\nc\"\nSid,body\n3\n4,\"d\n", "sep=;\nbody;x\na;1\n\"b\"c;2\n", "body\na\rb\n",
		"{\"body\":\"a\"}\n{\"body\":null}\n{\"body\"\n", "[{\"body\":{\"body\":\"a\"}},\n{\"body\":[1,\"b\"]}]", "{\"a\":{\"body\":[{\"body\":\"\\ud83d\"}]}}",
		"{\"body\":\n\"a\"}{\"body\":\"b\"}[[", "{\"body.body\":1,\"body\":{\"body\":2}}", "{\"x\":\n{\"body\":\"a\"}\n{\"body\":\"b\"}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range []Log{
			{Format: Lines}, {Format: CSV, Field: "body"}, {Format: CSV, Field: "body", Comma: ";", Keep: []string{"x"}, NoQuote: true},
			{Format: JSON, Field: "body"}, {Format: JSON, Field: "a.body.body", Keep: []string{"a"}}, {Format: JSON, Field: "body.body"}, {Format: JSON, Field: "*[].body"},
		} {
			// The sample, by which a log is refused and fields are listed, is what
			// is there at once.
			first, second := l, l
			events, slow := read(first, "log", strings.NewReader(text)), read(second, "log", iotest.OneByteReader(strings.NewReader(text)))
			for i := range max(len(events), len(slow)) {
				refused := func(events []string) bool {
					return i < len(events) && strings.HasPrefix(events[i], "log: ")
				}
				if refused(events) || refused(slow) || strings.ContainsAny(text, "\x00\r") {
					break
				}
				list := regexp.MustCompile("(take one of|^log:.: header) .*")
				if i >= len(events) || i >= len(slow) || list.ReplaceAllString(events[i], "") != list.ReplaceAllString(slow[i], "") {
					t.Fatalf("%+v: at once %q, byte by byte %q", l, events, slow)
				}
			}
			line, number := 1, 0
			third := l
			_, err := third.Read("log", strings.NewReader(text), func(r *Record) error {
				if r.Line < line || r.Number < number || r.Number > number+1 || r.Kind == Skipped != (r.Err != nil) {
					t.Fatalf("%+v: record %+v after line %d, number %d", l, r, line, number)
				}
				line, number = r.Line, r.Number
				return nil
			})
			if l.Format == Lines && err == nil && utf8.ValidString(text) {
				text := strings.TrimSuffix(strings.TrimPrefix(text, "\ufeff"), "\n")
				if want := strings.Count(text, "\n") + 1; text != "" && number != want {
					t.Errorf("%d records of %q, want %d", number, text, want)
				}
			}
		}
	})
}
