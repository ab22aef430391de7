package main

import (
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"
)

func csvColumn(name string) func(*source) reader {
	return func(s *source) reader { return &csvReader{src: s, name: name} }
}

func TestCSV(t *testing.T) {
	const (
		bare     = string(errBareQuote)
		after    = string(errAfterQuote)
		unclosed = string(errUnclosed)
		tooMany  = "more fields than the 3 of the header: put a field that has a comma in quotes"
	)
	tests := []struct {
		name, text string
		want       []event
	}{
		// The header.
		{"no header", "", []event{{1, `no header: want a line with the names of the columns, "Body" among them`, fatal}}},
		{"no header in empty lines", "\n\r\n", []event{{3, `no header: want a line with the names of the columns, "Body" among them`, fatal}}},
		{"no column", "Sid, Body,\"a \"\"b\"\"\"\nx,y,z\n", []event{{1, `header has no column "Body": take one of "Sid", " Body", "a \"b\""`, fatal}}},
		{"no column in another case", "body\nx\n", []event{{1, `header has no column "Body": take one of "body"`, fatal}}},
		{"column twice", "Body,Sid,Body\nx,y,z\n", []event{{1, `header has column "Body" twice: rename one`, fatal}}},
		{"broken header", "Sid,Bo\"dy\nx,y\n", []event{{1, bare, fatal}}},
		{"quote in the header is not closed", "Sid,\"Body\nx,y\n", []event{{1, unclosed, fatal}}},
		{"header only", "Sid,Body,To", nil},
		{"byte order mark and CRLF", "\ufeffBody,Sid\r\nSTOP,x\r\n", []event{{2, "STOP", message}}},
		{"byte order mark and quotes", "\ufeff\"Body\"\nSTOP", []event{{2, "STOP", message}}},
		{"header of two lines", "\"a\nb\",Body\nx,STOP\n", []event{{3, "STOP", message}}},
		{"empty lines before the header", "\n\r\nBody\nSTOP\n", []event{{4, "STOP", message}}},

		// Rows.
		{"rows", "Sid,Body,To\n1,a,x\n2,b,y", []event{{2, "a", message}, {3, "b", message}}},
		{"empty fields", "Sid,Body,To\n,,\n", []event{{2, "", message}}},
		{"empty field in quotes", "Body\n\"\"\n", []event{{2, "", message}}},
		{"empty lines are no rows", "Body\n\na\r\n\r\n\n", []event{{3, "a", message}}},
		{"white space stays", "Sid,Body\n1, a \n", []event{{2, " a ", message}}},
		{"quotes", "Sid,Body,To\n\"1\",\"a, b\",\"x\"\n", []event{{2, "a, b", message}}},
		{"doubled quotes", "Body\n\"\"\"a\"\" and \"\"\"\n", []event{{2, `"a" and "`, message}}},
		{"line ends in quotes", "Sid,Body\n1,\"a\nb\r\nc\rd\r\r\n\"\n2,e\n", []event{{2, "a\nb\nc\rd\r\n", message}, {6, "e", message}}},
		{"line ends in another field", "Sid,Body,To\n1,a,\"x\n\ny\"\n\"2\n\",b,z\n3,c,z\n", []event{{2, "a", message}, {5, "b", message}, {7, "c", message}}},
		{"not UTF-8", "Body\n\xff\n\"\xfe\n\"", []event{{2, "\xff", message}, {3, "\xfe\n", message}}},

		// Rows of another length.
		{"no column in a row", "Sid,Body,To\n1\n2,b\n", []event{{2, `no column "Body": it is number 2, and here are 1: add the ones before it`, broken}, {3, "b", message}}},
		{"more fields than the header", "Sid,Body,To\n1,STOP, please,x\n2,b,y\n", []event{{2, tooMany, broken}, {3, "b", message}}},
		{"more fields than the header, empty", "Sid,Body,To\n1,a,x,,\"\",\n", []event{{2, "a", message}}},

		// Broken rows: reading goes on at the next line.
		{"bare quote", "Body\na \"b\"\nc\n", []event{{2, bare, broken}, {3, "c", message}}},
		{"bare quote in another field", "Body,Sid\na,5\"\nc,1\n", []event{{2, bare, broken}, {3, "c", message}}},
		{"text behind a quote", "Body\n\"a\"b\nc\n", []event{{2, after, broken}, {3, "c", message}}},
		{"space behind a quote", "Body\n\"a\" \nc\n", []event{{2, after, broken}, {3, "c", message}}},
		{"quote is not closed", "Body\na\n\"b\nc\nd", []event{{2, "a", message}, {3, unclosed, broken}, {4, "c", message}, {5, "d", message}}},
		{"quote is not closed in the last line", "Body\na\n\"b", []event{{2, "a", message}, {3, unclosed, broken}}},
		{"quote is closed by another row's", "Body\n\"a\nb\n\"c\"\nd\n", []event{{2, after, broken}, {3, "b", message}, {4, "c", message}, {5, "d", message}}},
		{"line numbers behind it", "Body\n\"a\nb\"x\nc\n", []event{{2, after, broken}, {3, bare, broken}, {4, "c", message}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readInChunks(t, tt.text, maxRecord, csvColumn("Body"))
			if !slices.Equal(got, tt.want) {
				t.Errorf("events of %+q\n got %v\nwant %v", tt.text, got, tt.want)
			}
		})
	}
}

// TestCSVTooLong holds that a record over the limit is left out for its first
// line only, whatever makes it so long.
func TestCSVTooLong(t *testing.T) {
	tooLong := errTooLong.Error()
	tests := []struct {
		name, text string
		want       []event
	}{
		{"a line", "Body\n" + strings.Repeat("a", 40) + "\nb\n", []event{{2, tooLong, broken}, {3, "b", message}}},
		{"an open quote", "Body\n\"a\n" + strings.Repeat("b\n", 20), append([]event{{2, string(errUnclosedLong), broken}}, repeated(3, 20, "b")...)},
		{"a header", strings.Repeat("a", 40) + ",Body\nb\n", []event{{1, tooLong, fatal}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readInChunks(t, tt.text, 20, csvColumn("Body"))
			if !slices.Equal(got, tt.want) {
				t.Errorf("events of %+q\n got %v\nwant %v", tt.text, got, tt.want)
			}
		})
	}
}

// repeated returns n messages on the lines from first on.
func repeated(first, n int, text string) (all []event) {
	for i := range n {
		all = append(all, event{first + i, text, message})
	}
	return all
}

func FuzzCSV(f *testing.F) {
	f.Add("Sid,Body\n1,STOP\n2,hi\n")              // the usual
	f.Add("\ufeffBody,Sid\r\nSTOP,1\r\n")          // a byte order mark and CRLF
	f.Add("Body\n\"a, \"\"b\"\"\nc\r\nd\"\n")      // all that quotes are for
	f.Add("Sid,Body\n\"1\n2\",STOP\n3,\"a\n\"\n")  // line ends before and in the column
	f.Add("Body,Sid\nSTOP,\"1\n\n2\"\nhi,3\n")     // and behind it
	f.Add("Body\n\n\r\na\n\n")                     // empty lines
	f.Add("Sid,Body,To\n1\n2,b\n3,c,d,\n4,e,f,g")  // rows of all lengths
	f.Add("Body\na \"b\"\n\"c\"d\ne\n")            // quotes where none may be
	f.Add("Body\n\"a\nb\nc\n")                     // a quote that is not closed
	f.Add("Body\n\"a\nb\n\"c\"\n")                 // one that another row closes
	f.Add("Body\r\n\"a\r\r\nb\r")                  // carriage returns that are line ends, and not
	f.Add("\n\"B\nC\",Body\n1,\"2\n3\"\n4,\"5\"6") // a header of two lines
	f.Add("Sid\n1\n")                              // no column
	f.Add("Body,Body\n1,2\n")                      // too many
	f.Add("Body\n\"123456789\n123456789\n12\"\n")  // over the lower limit
	f.Add("")                                      // no header
	f.Fuzz(func(t *testing.T, text string) {
		checkFuzz(t, text, csvColumn("Body"), func(text string, limit int) []event {
			return oracleCSV(text, "Body", limit)
		})
	})
}

// oracleCSV reads a column with encoding/csv, which it starts anew for each
// record.
func oracleCSV(text, column string, limit int) (want []event) {
	index, width := -1, 0
	lines := splitLines(text)
	for n := 0; n < len(lines); {
		if trimLineEnd(lines[n]) == "" {
			n++
			continue
		}
		r := csv.NewReader(strings.NewReader(strings.Join(lines[n:], "")))
		r.FieldsPerRecord = -1
		fields, err := r.Read()
		size := int(r.InputOffset())
		ok := err == nil && size <= limit
		switch {
		case width == 0:
			index, width = slices.Index(fields, column), len(fields)
			if !ok || index < 0 || slices.Contains(fields[index+1:], column) {
				return []event{{n + 1, "", fatal}}
			}
		case ok && len(fields) > index && strings.Join(fields[min(width, len(fields)):], "") == "":
			want = append(want, event{n + 1, fields[index], message})
		default:
			want = append(want, event{n + 1, "", broken})
			n++
			continue
		}
		for ; size > 0; n++ {
			size -= len(lines[n])
		}
	}
	if width == 0 {
		return []event{{len(lines) + 1, "", fatal}}
	}
	return want
}

// TestCSVAgainstOracle holds the oracle to be what it is called: it reads the
// same as one encoding/csv.Reader that reads on, if nothing is broken.
func TestCSVAgainstOracle(t *testing.T) {
	const text = "Sid,Body\n1,a\n\n\"2\n\",\"b\r\n\"\"c\"\"\"\n3,\n"
	r := csv.NewReader(strings.NewReader(text))
	r.Read()
	var want []event
	for {
		fields, err := r.Read()
		if err == io.EOF {
			break
		}
		line, _ := r.FieldPos(0)
		want = append(want, event{line, fields[1], message})
	}
	if got := oracleCSV(text, "Body", maxRecord); !slices.Equal(got, want) {
		t.Errorf("oracleCSV(%q) = %v, encoding/csv %v", text, got, want)
	}
}
