// Package messages reads the messages of logs: lines, CSV and JSON, compressed
// or not, in any encoding. It reports anything that it cannot read reliably.
//
// To add a format, add it to Format, Log.Read and Advise, and write the function
// that reads it beside lines, csv and json.
package messages

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"example.com/optout/internal/quote"
)

// A Record is a part of a log: a message, or something in its place.
type Record struct {
	File   string // name of the log
	Line   int    // on which the record begins, from 1
	Number int    // of the record in its file, from 1; a header has none
	Kind   Kind

	Text    string   // the message
	Damaged bool     // the text is not valid in its encoding, or contains U+FFFD
	Kept    []string // values of Log.Keep; valid until the next record
	Date    string   // value of Log.Date
	Err     error    // of a Skipped record: why it is not read, and what to do
}

// A Kind says what a record is. The zero Kind is Message.
type Kind uint8

const (
	Message  Kind = iota
	NoText   Kind = iota // the record has no text, as an MMS of pictures only
	Excluded Kind = iota // a condition excludes the record
	Skipped  Kind = iota // the record cannot be read
	Header   Kind = iota // the header of CSV again, as in joined files
)

// A Format is how a log contains messages. The zero Format is none of them.
type Format string

const (
	Lines Format = "lines" // one message on each line
	CSV   Format = "csv"   // records of fields, and a header
	JSON  Format = "json"  // objects: one after the other, in arrays, or in arrays of an object
)

// maxRecord is the size of the largest record that is read, a thousand times
// the longest SMS. It bounds the memory that a log can ask for.
const maxRecord = 4 << 20

var errTooLong = fmt.Errorf("record is longer than %d MiB: break it into several", maxRecord>>20)

// A Log says how to read logs. The header of CSV names the fields. In JSON a
// field has a path, such as message.body: see path.
type Log struct {
	Format   Format
	Field    string            // of the messages
	Keep     []string          // fields that a Record keeps
	Date     string            // the field of the date, or ""
	Where    []Condition       // a record must meet all of them
	Header   []string          // names of the columns of CSV without a header
	Comma    rune              // between fields of CSV; 0 for the one that fits the header
	NoQuote  bool              // a quote in CSV is an ordinary character
	Encoding encoding.Encoding // of a log without a byte order mark; nil for UTF-8
	Hash     bool              // compute ReadAs.SHA256

	met    bool             // a record of the logs read so far meets Where
	counts []map[string]int // of the values of Where's fields, until a record meets Where
	seen   []bool           // of Field, Keep, Date and Where: a record has the field
	names  []string         // of fields to choose from
}

// A Condition compares a field with a value, ignoring case and the white space
// around it.
type Condition struct {
	Field, Value string
	Not          bool
}

func (c Condition) String() string {
	return c.Field + map[bool]string{false: "=", true: "!="}[c.Not] + c.Value
}

// ReadAs says how a log was read.
type ReadAs struct {
	File      string
	Format    Format
	Path      string // of the messages: the column of CSV, or the path in JSON with its []
	Separator rune   // between fields of CSV
	NoQuote   bool
	Gzip      bool
	Encoding  string
	Records   int
	SHA256    string // of the file as it is, if Log.Hash asks for it and all of the file was read
}

// String returns the facts but for the file's name and hash.
func (r ReadAs) String() string {
	s := map[Format]string{Lines: "lines", CSV: "CSV, column ", JSON: "JSON, path "}[r.Format]
	if r.Format != Lines {
		s += quote.Quote(r.Path)
	}
	if r.Format == CSV {
		s += fmt.Sprintf(", separator %q", string(r.Separator))
	}
	if r.NoQuote {
		s += ", without quotes"
	}
	if r.Gzip {
		s += ", gzip"
	}
	return fmt.Sprintf("%s, %s, %d records", s, r.Encoding, r.Records)
}

// Read calls each with the records of the log with this name, in their order,
// until each fails. The record is valid during the call. Read returns the error
// of each, or one that says where and why it did not read all of the log.
func (l *Log) Read(name string, r io.Reader, each func(*Record) error) (ReadAs, error) {
	s := &scan{Log: l, each: each, rec: Record{File: name}, as: ReadAs{File: name, Format: l.Format, Path: l.Field, NoQuote: l.NoQuote}}
	s.fields = append(append([]string{l.Field}, l.Keep...), l.Date)
	for _, c := range l.Where {
		s.fields = append(s.fields, c.Field)
	}
	s.values = make([]value, len(s.fields))
	if l.seen == nil {
		l.seen, l.counts = make([]bool, len(s.fields)), make([]map[string]int, len(l.Where))
	}
	source := newSource(r, l.Hash)
	b, err := s.open(source)
	if err == nil {
		switch l.Format {
		case CSV:
			err = s.csv(b)
		case JSON:
			err = s.json(b)
		default:
			err = s.lines(b)
		}
	}
	s.as.Records, s.as.SHA256 = s.rec.Number, source.sum()
	return s.as, err
}

// Missing returns what is known once all logs are read: the fields of Keep and
// Date that no record has, and whether Where excludes every record.
func (l *Log) Missing() (errs []error) {
	for i, field := range append(slices.Clip(l.Keep), l.Date) {
		if l.seen != nil && field != "" && !l.seen[1+i] {
			errs = append(errs, noField(field, l.names))
		}
	}
	for i, values := range l.counts {
		if l.met || values == nil {
			continue
		}
		var counts []string
		for _, v := range slices.SortedFunc(maps.Keys(values), func(a, b string) int {
			return cmp.Or(values[b]-values[a], strings.Compare(a, b))
		}) {
			counts = append(counts, fmt.Sprintf("%s %d", cmp.Or(quote.Printable(v), `""`), values[v]))
		}
		c := l.Where[i]
		errs = append(errs, fmt.Errorf("-where %s: no record is left: %s has the values %s", quote.Quote(c.String()), quote.Quote(c.Field), some(counts)))
	}
	return errs
}

// A scan is the reading of a log.
type scan struct {
	*Log
	each   func(*Record) error
	rec    Record
	as     ReadAs
	fields []string // all that are read: of the message, Keep, Date and Where
	values []value  // of the fields in the record
}

// A value is the value of a field.
type value struct {
	text string
	ok   bool // there is one
}

// message hands on the record with the fields s.values.
func (s *scan) message(line int) error {
	v := s.values
	kept := s.rec.Kept[:0]
	for _, k := range v[1:][:len(s.Keep)] {
		kept = append(kept, k.text)
	}
	s.rec = Record{File: s.rec.File, Line: line, Number: s.rec.Number + 1, Text: v[0].text, Kept: kept, Date: v[1+len(s.Keep)].text}
	s.rec.Damaged = !utf8.ValidString(s.rec.Text) || strings.ContainsRune(s.rec.Text, utf8.RuneError)
	if !v[0].ok {
		s.rec.Kind = NoText
	} else if strings.HasPrefix(s.rec.Text, "{") {
		if field := pick(fieldNames([]byte(s.rec.Text))); field != "" && !strings.Contains(field, ".") {
			s.rec.Kind, s.rec.Err = Skipped, fmt.Errorf("the text is JSON with the message in field %s: extract it first", quote.Quote(field))
		}
	}
	for i, c := range s.Where {
		if w := v[2+len(s.Keep)+i]; (w.ok && strings.EqualFold(strings.TrimSpace(w.text), strings.TrimSpace(c.Value))) == c.Not {
			s.rec.Kind, s.rec.Err = Excluded, nil
		}
	}
	if len(s.Where) > 0 && !s.met {
		s.count()
	}
	return s.each(&s.rec)
}

// count counts the values of the fields of Where.
func (s *scan) count() {
	if s.met = s.rec.Kind != Excluded; s.met {
		s.counts = nil
		return
	}
	for i, w := range s.values[2+len(s.Keep):] {
		if s.counts[i] == nil {
			s.counts[i] = make(map[string]int)
		}
		if text := strings.Clone(strings.TrimSpace(w.text)); len(s.counts[i]) < 1000 || s.counts[i][text] > 0 {
			s.counts[i][text]++
		}
	}
}

// skip hands on a record that cannot be read.
func (s *scan) skip(line int, err error) error {
	s.rec = Record{File: s.rec.File, Line: line, Number: s.rec.Number + 1, Kept: s.rec.Kept[:0], Kind: Skipped, Err: err}
	return s.each(&s.rec)
}

// at returns err with the place where reading ends.
func (s *scan) at(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", quote.Printable(s.rec.File), line, err)
}

// list returns names for a person to choose from.
func list(names []string) string {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, quote.Quote(name))
	}
	return some(quoted)
}

// some joins the first 50 of texts.
func some(texts []string) string {
	if n := len(texts) - 50; n > 0 {
		texts = append(slices.Clip(texts[:50]), fmt.Sprintf("and %d more", n))
	}
	return strings.Join(texts, ", ")
}

func noField(field string, names []string) error {
	return fmt.Errorf("no record has field %s: take one of %s", quote.Quote(field), list(names))
}
