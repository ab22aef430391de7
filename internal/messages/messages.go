// Package messages reads the messages of logs: lines, CSV and JSON, compressed
// or not, in any encoding. It reports anything that it cannot read reliably.
//
// To add a format, add it to [Format], [Log.Read] and looks, and write the function
// that reads it beside lines, csv and json.
package messages

import (
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"example.com/optout/internal/quote"
)

// A Record is a part of a log: a message, or something in its place. Its strings
// are parts of larger ones: clone those that you keep.
type Record struct {
	File   string // name of the log
	Line   int    // on which the record begins, from 1
	Number int    // of the record in its file, from 1; a header has the number before it
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
	NoText        // the record has no text, as an MMS of pictures only
	Excluded      // a condition excludes the record
	Skipped       // the record cannot be read
	Header        // the header of CSV again, as in joined files
)

// A Format is how a log contains messages. The zero Format is none of them.
type Format string

const (
	Lines Format = "lines" // one message on each line
	CSV   Format = "csv"   // records of fields, and a header
	JSON  Format = "json"  // objects: one after the other, in arrays, or in arrays of an object
)

// maxRecord is the size of the largest record that is read, a thousand times
// the longest SMS. It bounds the memory that a log can ask for, unless one number in
// JSON is longer.
const maxRecord = 4 << 20

var errTooLong = fmt.Errorf("record is longer than %d MiB: break it into several", maxRecord>>20)

// A Log says how to read logs. The header of CSV names the fields. In JSON a
// field has a path, such as message.body: the help of cmd/optout says what else a
// path can have.
type Log struct {
	Format   Format
	Field    string            // of the messages
	Keep     []string          // fields that a Record keeps
	Date     string            // the field of the date, or ""
	Where    []Condition       // a record must meet all of them
	Header   []string          // names of the columns of CSV without a header
	Comma    string            // between fields of CSV; "" for the one that fits the header
	NoQuote  bool              // a quote in CSV is an ordinary character
	Encoding encoding.Encoding // of a log without a byte order mark; nil for UTF-8
	Hash     bool              // compute ReadAs.SHA256

	fields []string       // that are read: Field, Keep, Date and of Where
	seen   []bool         // a record has the field
	names  []string       // of fields to choose from
	met    bool           // a record meets Where
	unmet  map[string]int // "field=value" of records that do not meet a condition
}

// A Condition compares a field with a value, ignoring case and the white space
// around it.
type Condition struct {
	Field, Value string
	Not          bool
}

// ReadAs says how a log was read.
type ReadAs struct {
	File    string
	How     string // the format, where the messages are, the encoding, and how many records
	Records int
	SHA256  string // of the file as it is, if Log.Hash asks for it and all of the file was read
}

// Read calls each with the records of the log with this name, in their order,
// until each fails. The record is valid during the call. Read returns the error
// of each, or one that says where and why it did not read all of the log.
func (l *Log) Read(name string, r io.Reader, each func(*Record) error) (ReadAs, error) {
	if l.fields == nil {
		l.fields = append(append([]string{l.Field}, l.Keep...), l.Date)
		for _, c := range l.Where {
			l.fields = append(l.fields, c.Field)
		}
		l.seen, l.unmet = make([]bool, len(l.fields)), make(map[string]int)
	}
	s := &scan{Log: l, each: each, rec: Record{File: name}, values: make([]value, len(l.fields))}
	hash := sha256.New()
	if l.Hash {
		r = io.TeeReader(r, hash)
	}
	w, err := s.open(&window{r: r})
	if err == nil {
		err = map[Format]func(*window) error{Lines: s.lines, CSV: s.csv, JSON: s.json}[l.Format](w)
	}
	as := ReadAs{File: name, Records: s.rec.Number, How: fmt.Sprintf("%s, %s, records: %d", s.format, s.encoding, s.rec.Number)}
	switch {
	case err == nil || errors.Is(err, io.EOF):
		err = nil
		if l.Hash {
			as.SHA256 = fmt.Sprintf("%x", hash.Sum(nil))
		}
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader):
		err = fmt.Errorf("%w: the compressed file is damaged, fetch it again", err)
	}
	return as, err
}

// Missing returns what is wrong once all logs are read: a field that no record
// has, or conditions that no record meets.
func (l *Log) Missing() (errs []error) {
	for i, field := range l.fields {
		if l.names != nil && i > 0 && field != "" && !l.seen[i] {
			errs = append(errs, noField(field, l.names))
		}
	}
	if errs == nil && !l.met && len(l.unmet) > 0 {
		values := strings.TrimPrefix(fmt.Sprint(l.unmet), "map") // in their order
		errs = append(errs, fmt.Errorf("-where excludes every record, with these values and counts: %s", quote.Printable(values)))
	}
	return errs
}

// A scan is the reading of a log.
type scan struct {
	*Log
	each   func(*Record) error
	rec    Record
	values []value // of the fields in the record

	format, encoding string // for ReadAs.How
}

// A value is the value of a field.
type value struct {
	text string
	ok   bool // there is one
}

// record hands on the record that begins on this line, with the fields s.values. err
// is the error of reading it. An error of the window ends the reading.
func (s *scan) record(w *window, line int, err error) error {
	if err != nil && err == w.err {
		return s.at(w.line+1, err)
	}
	kept := s.rec.Kept[:0]
	s.rec = Record{File: s.rec.File, Line: line, Number: s.rec.Number + 1}
	if err != nil {
		s.rec.Kind, s.rec.Err = Skipped, err
		return s.each(&s.rec)
	}
	v := s.values
	for _, k := range v[1:][:len(s.Keep)] {
		kept = append(kept, k.text)
	}
	s.rec.Text, s.rec.Kept, s.rec.Date = v[0].text, kept, v[1+len(s.Keep)].text
	s.rec.Damaged = !utf8.ValidString(s.rec.Text) || strings.Contains(s.rec.Text, "\ufffd")
	if !v[0].ok {
		s.rec.Kind = NoText
	} else if strings.HasPrefix(s.rec.Text, "{") {
		if field := pick(fieldNames(s.rec.Text)); field != "" && !strings.Contains(field, ".") {
			s.rec.Kind, s.rec.Err = Skipped, fmt.Errorf("the text is JSON with the message in field %s: extract it first", quote.Quote(field))
		}
	}
	conditions := v[2+len(s.Keep):]
	for i, c := range s.Where {
		text := strings.TrimSpace(conditions[i].text)
		if same := conditions[i].ok && strings.EqualFold(text, strings.TrimSpace(c.Value)); same == c.Not && s.rec.Kind != Excluded {
			s.rec.Kind, s.rec.Err = Excluded, nil
			have := c.Field + "=" + text
			if n := s.unmet[have]; n > 0 || len(s.unmet) < 50 { // enough for a person to choose from
				s.unmet[have] = n + 1
			}
		}
	}
	s.met = s.met || s.rec.Kind != Excluded
	return s.each(&s.rec)
}

// skippedLines says that a record has several lines.
func skippedLines(first, last int) string {
	if first >= last {
		return ""
	}
	return fmt.Sprintf("; lines %d to %d skipped", first, last)
}

// at returns err with the place where reading ends.
func (s *scan) at(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", quote.Printable(s.rec.File), line, err)
}

func noField(field string, names []string) error {
	return fmt.Errorf("no record has field %s: take one of %q", quote.Quote(field), names)
}
