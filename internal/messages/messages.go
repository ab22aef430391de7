// Package messages reads the messages of logs: lines, CSV and JSON, compressed
// or not, in any encoding. What it cannot read as it was meant it says.
//
// To add a format, add it to Format, Log.Read and Log.check, and write the
// function that reads it beside lines, csv and json.
package messages

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"example.com/optout/internal/quote"
)

// A Record is a part of a log: a message, or what stands in the place of one.
type Record struct {
	File   string // as the log is called
	Line   int    // where the record begins, from 1
	Number int    // of the record in its file, from 1; a header has none
	Kind   Kind

	Text    string   // the message; valid until the next record
	Damaged bool     // it is not what its author wrote: it is not valid in its encoding, or holds U+FFFD
	Kept    []string // values of Log.Keep; valid until the next record
	Date    string   // value of Log.Date
	Err     error    // of a Broken one: why it is no message, and what to do
}

// A Kind is what a record is. The zero Kind is Message.
type Kind uint8

const (
	Message Kind = iota
	NoText  Kind = iota // there is no text, as in an MMS of pictures only
	LeftOut Kind = iota // a condition leaves it out
	Broken  Kind = iota // it cannot be read
	Header  Kind = iota // the header of CSV once more, as in joined files
)

// A Format is how a log holds messages. The zero Format is Lines.
type Format string

const (
	Lines Format = ""     // a message on each line
	CSV   Format = "csv"  // records of fields, and a header
	JSON  Format = "json" // objects: one after the other, in arrays, or in arrays of an object
)

// maxRecord is the size of the largest record that is read, some thousand times
// that of the longest SMS. It bounds the memory that a log can ask for.
const maxRecord = 4 << 20

var errTooLong = fmt.Errorf("record is longer than %d MiB: break it into several", maxRecord>>20)

// A Log says how to read logs. Fields are named by the header of CSV, and by
// their path in JSON, such as message.body.
type Log struct {
	Format   Format
	Sure     bool              // the format is Lines even if that does not look so
	Field    string            // of the messages
	Keep     []string          // fields to take along
	Date     string            // the field of the date, or ""
	Where    []Condition       // what a record must fulfil, all of it
	Comma    rune              // between fields of CSV; 0 for the one that the header fits
	Encoding encoding.Encoding // of what has no byte order mark; nil for UTF-8, and UTF-16 if it is that
}

// A Condition compares a field with a value, without regard to case and the
// white space around.
type Condition struct {
	Field, Value string
	Not          bool
}

// Read calls each with the records of the log that is called name, in their
// order, until that fails. The record is valid during the call. Read returns the
// error of each, or one that says where and why the log is not read to its end.
func (l *Log) Read(name string, r io.Reader, each func(*Record) error) error {
	s := &scan{Log: l, each: each, rec: Record{File: name}}
	s.fields = append(append([]string{l.Field}, l.Keep...), l.Date)
	for _, c := range l.Where {
		s.fields = append(s.fields, c.Field)
	}
	s.values = make([]value, len(s.fields))
	b, err := l.open(r)
	if err == nil {
		err = l.check(name, b)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	switch l.Format {
	case CSV:
		return s.csv(b)
	case JSON:
		return s.json(b)
	}
	return s.lines(b)
}

// A scan is the reading of a log.
type scan struct {
	*Log
	each   func(*Record) error
	rec    Record
	fields []string // all that are read: the message's, those to keep, the date's, the conditions'
	values []value  // of them in the record
}

// A value is that of a field.
type value struct {
	text string
	ok   bool // there is one
}

// message hands on the record that has s.values.
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
			s.rec.Kind, s.rec.Err = Broken, fmt.Errorf("the text is JSON that holds the message in field %s: take it out before", quote.Quote(field))
		}
	}
	for i, c := range s.Where {
		w := v[2+len(s.Keep)+i]
		if same := w.ok && strings.EqualFold(strings.TrimSpace(w.text), strings.TrimSpace(c.Value)); same == c.Not {
			s.rec.Kind = LeftOut
		}
	}
	return s.each(&s.rec)
}

// broken hands on a record that is no message.
func (s *scan) broken(line int, err error) error {
	s.rec = Record{File: s.rec.File, Line: line, Number: s.rec.Number + 1, Kept: s.rec.Kept[:0], Kind: Broken, Err: err}
	return s.each(&s.rec)
}

// at returns err with the place where reading ends.
func (s *scan) at(line int, err error) error {
	return fmt.Errorf("%s:%d: %w", s.rec.File, line, err)
}

// list returns names for a person to pick from.
func list(names []string) string {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, quote.Quote(name))
	}
	return strings.Join(quoted, ", ")
}
