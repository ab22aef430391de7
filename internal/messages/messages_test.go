package messages

import (
	"bytes"
	"compress/gzip"
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

// read returns what is read of a log, a line for each record and one for the
// error: "2 1 message STOP" is the first record, on line 2.
func read(l Log, name string, r io.Reader) (events []string) {
	err := l.Read(name, r, func(r *Record) error {
		kinds := []string{Message: "message", NoText: "no text", LeftOut: "left out", Broken: "broken", Header: "header"}
		e := fmt.Sprintf("%d %d %s %q", r.Line, r.Number, kinds[r.Kind], r.Text)
		if r.Damaged {
			e += " damaged"
		}
		if len(r.Kept) > 0 || r.Date != "" {
			e += fmt.Sprintf(" %q %q", r.Kept, r.Date)
		}
		if r.Err != nil {
			e += ": " + r.Err.Error()
		}
		events = append(events, e)
		return nil
	})
	if err != nil {
		events = append(events, err.Error())
	}
	return events
}

func TestRead(t *testing.T) {
	const (
		quotes   = "put the field in quotes, and double those in its text"
		fields   = ": a field that holds a separator or a line break has to stand in quotes"
		unclosed = "quote that is not closed, or text behind a closing one"
	)
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
		{"nothing", Log{}, "", nil},
		{"lines", Log{}, "a\n\nb", []string{`1 1 message "a"`, `2 2 message ""`, `3 3 message "b"`}},
		{"byte order mark, CRLF", Log{}, "\ufeffa\r\nb\r\n", []string{`1 1 message "a"`, `2 2 message "b"`}},
		{"carriage returns alone", Log{}, "a\rb\r", []string{`1 1 message "a"`, `2 2 message "b"`}},
		{
			"one file of carriage returns, and one of others", Log{}, "a\nb\rc\rd\n",
			[]string{`1 1 message "a"`, `2 2 broken "": '\r' in the middle of the line: make it a line feed if it ends a line, or take it out`},
		},
		{"NUL", Log{}, "a\x00\nb\x00c\n", []string{`1 1 message "a"`, `2 2 broken "": '\x00' in the middle of the line: make it a line feed if it ends a line, or take it out`}},
		{"damaged", Log{}, "a\xff\nb\n\ufffd\n", []string{`1 1 message "a\xff" damaged`, `2 2 message "b"`, `3 3 message "�" damaged`}},
		{"UTF-16LE", Log{}, "\xff\xfea\x00\n\x00\xea\x00\n\x00", []string{`1 1 message "a"`, `2 2 message "ê"`}},
		{"UTF-16BE without a mark", Log{}, "\x00h\x00i\x00\n\x00\xea\x00!", []string{`1 1 message "hi"`, `2 2 message "ê!"`}},
		{"half a UTF-16 unit", Log{}, "\xff\xfea\x00\n\x00\xea", []string{`1 1 message "a"`, `2 2 message "�" damaged`}},
		{"windows-1252", Log{Encoding: charmap.Windows1252}, "ARR\xcaT\n", []string{`1 1 message "ARRÊT"`}},
		{"a mark over an encoding", Log{Encoding: charmap.Windows1252}, "\ufeffARR\u00caT\n", []string{`1 1 message "ARRÊT"`}},
		{"chat that looks like little", Log{}, "[10:20] hi\n{lol}\nyes, no\n", []string{`1 1 message "[10:20] hi"`, `2 2 message "{lol}"`, `3 3 message "yes, no"`}},
		{"a bracket", Log{}, "[1,2]\n", []string{`1 1 message "[1,2]"`}},
		{"chat with commas", Log{}, "hi, you\nok, me\n", []string{`1 1 message "hi, you"`, `2 2 message "ok, me"`}},
		{"JSON that is lines", Log{Sure: true}, "{\"body\":\"STOP\"}\n", []string{`1 1 broken "{\"body\":\"STOP\"}": the text is JSON that holds the message in field "body": take it out before`}},
		{"tabs", Log{}, "ham\tgo on\nspam\twin\n", []string{`log: this is CSV, with the columns "ham", "go on": add -csv and the name of the one with the messages, or -lines if each line is a message`}},

		{"lines in quotes", Log{}, "\"STOP\"\r\n\"hi\"\r\n", []string{"log: each line is in quotes, as in CSV without a header: add a line with a name such as Body before them and -csv Body, or -lines if the quotes belong to the messages"}},
		{"one line in quotes", Log{}, "\"STOP\"\nhi\n", []string{`1 1 message "\"STOP\""`, `2 2 message "hi"`}},

		// CSV.
		{"CSV", csv(Log{}), "Sid,Body\n1,a\n2,\"b, \"\"c\"\"\r\nd\"\n3,\n", []string{`2 1 message "a"`, `3 2 message "b, \"c\"\nd"`, `5 3 message ""`}},
		{"semicolons", csv(Log{}), "Sid;Body\n1;a,b\n", []string{`2 1 message "a,b"`}},
		{"tabs", csv(Log{}), "Sid\tBody\n1\ta;b\n", []string{`2 1 message "a;b"`}},
		{"bars", csv(Log{}), "Sid|Body\n1|a\n", []string{`2 1 message "a"`}},
		{"a separator of one's own", csv(Log{Comma: '^'}), "Sid^Body\n1^a,b\n", []string{`2 1 message "a,b"`}},
		{"a separator for spreadsheets", csv(Log{}), "\"sep=;\"\r\nSid;Body\r\n1;a\r\n", []string{`3 1 message "a"`}},
		{"decomposed, white space, case", Log{Format: CSV, Field: "Pr\u00e9nom d'un"}, "Sid, PRE\u0301NOM\u00a0\u00a0D'UN \n1,a\n", []string{`2 1 message "a"`}},
		{"two spellings", csv(Log{}), "BODY,body\n1,a\n", []string{`log:1: header has column "Body" 2 times: rename the others; it has "BODY", "body"`}},
		{"two spellings, one of them as asked for", csv(Log{}), "BODY,Body\n1,a\n", []string{`2 1 message "a"`}},
		{"no column", csv(Log{}), "Sid,Text\u200b\n", []string{`log:1: header has no column "Body": take one of "Sid", "Text\u200b"`}},
		{"no header", csv(Log{}), "", []string{"log:1: no header: want a line with the names of the columns"}},
		{"quote in the header", csv(Log{}), "Si\"d,Body\n", []string{"log:1: header cannot be read: quote in a field that does not begin with one: " + quotes}},
		{"header only", csv(Log{}), "Sid,Body", nil},
		{"the header once more", csv(Log{}), "Sid,Body\n1,a\n\ufeffSid,Body\n2,b\n", []string{`2 1 message "a"`, `3 1 header ""`, `4 2 message "b"`}},
		{"an unquoted line break", csv(Log{}), "Sid,Body,To\n1,please,x\n2,do not\nSTOP,y\n", []string{
			`2 1 message "please"`, `3 2 broken "": 2 fields, and the header has 3` + fields, `4 3 broken "": 2 fields, and the header has 3` + fields,
		}},
		{"an unquoted comma", csv(Log{}), "Sid,Body\n1,STOP, please\n", []string{`2 1 broken "": 3 fields, and the header has 2` + fields}},
		{"a quote in a field", csv(Log{}), "Sid,Body\n1,a \"b\"\n2,c\n", []string{`2 1 broken "": quote in a field that does not begin with one: ` + quotes, `3 2 message "c"`}},
		{"text behind a quote", csv(Log{}), "Sid,Body\n1,\"a\"b\n2,c\n", []string{`2 1 broken "": ` + unclosed + ": " + quotes, `3 2 message "c"`}},
		{"an open quote", csv(Log{}), "Sid,Body\n1,a\n2,\"b\n3,STOP\n", []string{`2 1 message "a"`, `3 2 broken "": ` + unclosed + ": lines 3 to 4 are not decided: " + quotes}},
		{"a quote that is closed too late", csv(Log{}), "Sid,Body,To\n1,\"a,x\n2,STOP,x\n3,b\",x\n4,c,x\n", []string{
			`2 1 broken "": a field holds what looks like records: its quote is closed too late, or one belongs to the text and has to be doubled`, `5 2 message "c"`,
		}},
		{"carriage returns in one column", csv(Log{}), "Body\na\rSTOP\rb\nc\n", []string{
			`2 1 broken "": a field holds what looks like records: its quote is closed too late, or one belongs to the text and has to be doubled`, `3 2 message "c"`,
		}},
		{"JSON that should be CSV", csv(Log{}), `{"a b":1,"message":"x"}`, []string{`log: this is JSON, with the fields "a b", "message": use -json message`}},
		{
			"kept, date, conditions", csv(Log{Keep: []string{"To", "Sid"}, Date: "at", Where: []Condition{{Field: "Dir", Value: "in"}, {Field: "Sid", Value: "3", Not: true}}}),
			"Sid,Dir,Body,To,At\n1, IN,a,x,now\n2,out,b,y,then\n3,in,c,z,\n",
			[]string{`2 1 message "a" ["x" "1"] "now"`, `3 2 left out "b" ["y" "2"] "then"`, `4 3 left out "c" ["z" "3"] ""`},
		},

		// JSON.
		{"a value a line", body, "{\"body\":\"a\"}\n\n{\"body\":\"\\u00ea\"}\n", []string{`1 1 message "a"`, `3 2 message "ê"`}},
		{"values one after another", body, `{"body":"a"} {"body":"b"}{"body":"c"}`, []string{`1 1 message "a"`, `1 2 message "b"`, `1 3 message "c"`}},
		{"pretty-printed", body, "{\n \"sid\": 1,\n \"body\": \"a\"\n}\n{\n \"body\": \"b\"\n}\n", []string{`1 1 message "a"`, `5 2 message "b"`}},
		{"an array", body, "[\n {\"body\": \"a\"},\n {\"body\": \"b\"}\n]\n[{\"body\":\"c\"}]", []string{`2 1 message "a"`, `3 2 message "b"`, `5 3 message "c"`}},
		{"an array in an object", json("data.messages.body", Log{Keep: []string{"account", "data.messages.sid"}}), "{\"account\": \"AC\", \"data\": {\"messages\": [{\"body\": \"a\", \"sid\": 1},\n{\"body\": \"b\"}]}, \"page\": 0}", []string{
			`1 1 message "a" ["AC" "1"] ""`, `2 2 message "b" ["AC" ""] ""`,
		}},
		{"an array in an object, of other things", json("m.body", Log{}), "{\n\"m\": [1,\n{\"body\": \"a\"}]}", []string{
			`2 1 broken "": number where an object should be, with the message in a field`, `3 2 message "a"`,
		}},
		{"arrays on lines", json("m.body", Log{Keep: []string{"id"}}), "{\"id\":\"x\",\"m\":[{\"body\":\"a\"},{\"body\":\"b\"}]}\n{\"m\":{\"body\":\"c\"}}\n", []string{
			`1 1 message "a" ["x"] ""`, `1 2 message "b" ["x"] ""`, `2 3 message "c" [""] ""`,
		}},
		{"a key with a point", json("m.body", Log{}), `{"m.body":"a"}`, []string{`1 1 message "a"`}},
		{"null, missing, a number", body, "{\"body\":null}\n{\"x\":1}\n{\"body\":5}\n", []string{`1 1 no text ""`, `2 2 no text ""`, `3 3 message "5"`}},
		{"no text but an object", body, "{\"body\":{\"text\":\"a\"}}\n", []string{`1 1 broken "": field "body" is no text: want the path of one, with points between the names`}},
		{"half a surrogate pair", body, `{"body":"\ud83d"}`, []string{`1 1 message "�" damaged`}},
		{"a broken line", body, "{\"body\":\"a\"}\n{\"body\n[]\n{\"body\":\"b\"}\n", []string{
			`1 1 message "a"`, `2 2 broken "": JSON ends too early: perhaps the file was cut off, fetch it again`,
			`3 3 broken "": array where an object should be, with the message in a field`, `4 4 message "b"`,
		}},
		{"an array that is cut off", body, "[{\"body\":\"a\"},\n{\"body\":\"b\"}", []string{
			`1 1 message "a"`, `2 2 message "b"`, "log:2: JSON ends too early: perhaps the file was cut off, fetch it again; nothing is decided from here on",
		}},
		{"an object that is cut off", body, "{\n\"body\":", []string{"log:2: JSON ends too early: perhaps the file was cut off, fetch it again; nothing is decided from here on"}},
		{"no object", body, "[1, {\"body\":\"a\"}]", []string{`1 1 broken "": no object: want one, with the message in a field`, `1 2 message "a"`}},
		{"no field", json("text", Log{}), "{\"body\":\"a\",\"m\":[{\"b\":{\"c\":1}}]}\n", []string{`1 1 no text ""`, `log: no record has field "text": take one of "body", "m.b.c"`}},
		{"no field to keep", json("body", Log{Keep: []string{"to"}}), "{\"body\":\"a\"}\n", []string{`1 1 message "a" [""] ""`, `log: no record has field "to": take one of "body"`}},
		{"deep", body, strings.Repeat("[", 200), []string{"log:1: arrays stand more than 100 deep in one another; nothing is decided from here on"}},
		{"CSV that should be JSON", body, "a|b|Body\n1|2|3\n", []string{`log: this is CSV, with the columns "a", "b", "Body": use -csv Body`}},
		{"lines that should be JSON", body, "hello\n", []string{"log: this is no JSON: leave out -json if each line is a message"}},
		{"a JSON text in a column", csv(Log{}), "Body,x\n\"{\"\"text\"\":1}\",2\n\"{\"\"a\"\":1}\",3\n", []string{`2 1 broken "{\"text\":1}": the text is JSON that holds the message in field "text": take it out before`, `3 2 message "{\"a\":1}"`}},

		// What is no text.
		{"zip", Log{}, "PK\x03\x04", []string{"log: this is a zip archive: unpack it, and name the file in it; of a workbook of Excel (xlsx), save it there as CSV UTF-8"}},
		{"zstd", body, "\x28\xb5\x2f\xfd", []string{"log: this is compressed by zstd: decompress it first"}},
		{"gzip, broken", Log{}, "\x1f\x8bnope", []string{"log: compressed file is damaged from here on, fetch it again: unexpected EOF"}},
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
				if (tt.name == "tabs" || strings.HasSuffix(tt.name, "in quotes")) && name == "byte by byte" {
					continue // to tell such CSV takes more than a line, and nothing waits for that
				}
				if strings.HasPrefix(name, "compressed") && strings.HasPrefix(tt.text, "\x1f") {
					continue
				}
				got := read(tt.log, "log", r)
				if strings.HasSuffix(name, "cut") {
					if refused := len(tt.want) == 1 && strings.HasPrefix(tt.want[0], "log:"); !refused && (len(got) == 0 || !strings.Contains(got[len(got)-1], "fetch it again")) {
						t.Errorf("%s: %q, want an error behind it", name, got)
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

// TestNames holds that a file is refused by its name, too.
func TestNames(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"x.csv", "Wort\nSTOP\n", `x.csv: this is CSV, with the columns "Wort": add -csv and the name of the one with the messages, or -lines if each line is a message`},
		{"x.TSV.gz", "Text\nSTOP\n", `x.TSV.gz: this is CSV, with the columns "Text": add -csv Text, or -lines if each line is a message`},
		{"x.json", "\"STOP\"\n", `x.json: this is JSON, with the fields : add -json and the name of the one with the messages, or -lines if each line is a message`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := read(Log{}, tt.name, strings.NewReader(tt.text)); len(got) != 1 || got[0] != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if got := read(Log{Sure: true}, tt.name, strings.NewReader(tt.text)); len(got) < 1 || got[0] == tt.want {
				t.Errorf("as lines: %q", got)
			}
		})
	}
}

// TestTooLong holds that what is longer than a record may be is left out, and
// that lines behind it are read.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", maxRecord)
	tests := []struct {
		name, text string
		log        Log
		want       []string
	}{
		{"line", "a\n" + long + long + "\nb\n", Log{}, []string{`1 1 message "a"`, "2 2 broken", `3 3 message "b"`}},
		{"last line", "a\n" + long + long, Log{}, []string{`1 1 message "a"`, "2 2 broken"}},
		{"field", "Body,x\na,1\n\"" + long + "\n" + long + "\",2\nb,3\n", Log{Format: CSV, Field: "Body"}, []string{`2 1 message "a"`, "log:2: record is longer than 4 MiB: close its quote"}},
		{"line of JSON", "{\"body\":\"a\"}\n{\"body\":\"" + long + "\"}\n{\"body\":\"b\"}", Log{Format: JSON, Field: "body"}, []string{`1 1 message "a"`, "2 2 broken", `3 3 message "b"`}},
		{"value of JSON", "[{\"body\":\"a\"},\n{\"body\":\"" + long + long + "\"},\n{\"body\":\"b\"}]", Log{Format: JSON, Field: "body"}, []string{`1 1 message "a"`, "log:2: record is longer"}},
		{"array of which nothing is asked for", "{\"m\":[{\"body\":\"a\"},\n{\"body\":\"" + long + long + "\"}]}", Log{Format: JSON, Field: "body"}, []string{`log: no record has field "body": take one of "m.body"`}},
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

// TestErrors holds that errors of reading and of what is called end the reading.
func TestErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, l := range []Log{{}, {Format: CSV, Field: "body"}, {Format: JSON, Field: "body"}} {
		text := map[Format]string{Lines: "a\n", CSV: "body,x\na,1\n", JSON: "{\"body\":\"a\"}\n"}[l.Format]
		for _, r := range []io.Reader{
			io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)),
			iotest.OneByteReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))),
		} {
			err := l.Read("log", r, func(*Record) error { return nil })
			if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "log:") {
				t.Errorf("%q: error %v, want one of log with %v", l.Format, err, broken)
			}
		}
		n := 0
		err := l.Read("log", strings.NewReader(text+text), func(*Record) error { n++; return broken })
		if err != broken || n != 1 {
			t.Errorf("%q: error %v after %d records, want %v after 1", l.Format, err, n, broken)
		}
	}
}

// FuzzRead holds, for each format, that a log is read in the same way however it
// comes in, that records are numbered and stand in order, and that of lines none
// is left out.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"a\n\nb\r\nc\rd\n\xff\n", "\xff\xfea\x00\n\x00", "\x00a\x00\n", "\ufeffa\rb\r",
		"Sid,body\n1,a\n2,\"b\"\"\nc\"\nSid,body\n3\n4,\"d\n", "sep=;\nbody;x\na;1\n\"b\"c;2\n", "body\na\rb\n",
		"{\"body\":\"a\"}\n{\"body\":null}\n{\"body\"\n", "[{\"body\":{\"body\":\"a\"}},\n{\"body\":[1,\"b\"]}]", "{\"a\":{\"body\":[{\"body\":\"\\ud83d\"}]}}",
		"{\"body\":\n\"a\"}{\"body\":\"b\"}[[", "{\"body.body\":1,\"body\":{\"body\":2}}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range []Log{
			{}, {Sure: true}, {Format: CSV, Field: "body"}, {Format: CSV, Field: "body", Comma: ';', Keep: []string{"x"}},
			{Format: JSON, Field: "body"}, {Format: JSON, Field: "a.body.body", Keep: []string{"a"}}, {Format: JSON, Field: "body.body"},
		} {
			// What is looked at to refuse a log, to tell UTF-16 and to list
			// fields is what is there at once.
			events, others := read(l, "log", strings.NewReader(text)), read(l, "log", iotest.OneByteReader(strings.NewReader(text)))
			for i := range max(len(events), len(others)) {
				refused := func(events []string) bool {
					return i < len(events) && (strings.Contains(events[i], ": this is ") || strings.HasPrefix(events[i], "log: each line "))
				}
				if refused(events) || refused(others) || strings.Contains(text, "\x00") {
					break
				}
				list := regexp.MustCompile("(take one of|^log:.: (no )?header) .*")
				if i >= len(events) || i >= len(others) || list.ReplaceAllString(events[i], "") != list.ReplaceAllString(others[i], "") {
					t.Fatalf("%+v: at once %q, byte by byte %q", l, events, others)
				}
			}
			line, number := 1, 0
			l.Read("log", strings.NewReader(text), func(r *Record) error {
				if r.Line < line || r.Number < number || r.Number > number+1 || r.Kind == Broken != (r.Err != nil) {
					t.Fatalf("%+v: record %+v behind line %d, number %d", l, r, line, number)
				}
				line, number = r.Line, r.Number
				return nil
			})
			if l.Sure && utf8.ValidString(text) && !strings.ContainsAny(text, "\x00\r(PBS") { // no other kind of file
				text := strings.TrimSuffix(strings.TrimPrefix(text, "\ufeff"), "\n")
				if want := strings.Count(text, "\n") + 1; text != "" && number != want {
					t.Errorf("%d records of %q, want %d", number, text, want)
				}
			}
		}
	})
}
