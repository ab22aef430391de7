// Package messages reads the messages of logs: lines, CSV and JSON, compressed
// or not, in any encoding. It reports anything that it cannot read reliably.
//
// To add a format, add it to [Format], [Log.Read] and [Advise], and write the function
// that reads it beside lines, csv and json.
package messages

import (
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
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

// ReadAs says how a log was read.
type ReadAs struct {
	File      string
	Format    Format
	Path      string // of the messages: the column of CSV, or the path in JSON with its []
	Separator rune   // between fields of CSV
	Encoding  string
	Records   int
	SHA256    string // of the file as it is, if Log.Hash asks for it and all of the file was read
}

// String returns all but the file's name and hash.
func (r ReadAs) String() string {
	s := map[Format]string{Lines: "lines", CSV: "CSV column ", JSON: "JSON path "}[r.Format]
	if r.Format != Lines {
		s += quote.Quote(r.Path)
	}
	if r.Format == CSV {
		s += fmt.Sprintf(", separator %q", string(r.Separator))
	}
	return fmt.Sprintf("%s, %s, %d records", s, r.Encoding, r.Records)
}

// Read calls each with the records of the log with this name, in their order,
// until each fails. The record is valid during the call. Read returns the error
// of each, or one that says where and why it did not read all of the log.
func (l *Log) Read(name string, r io.Reader, each func(*Record) error) (ReadAs, error) {
	s := &scan{Log: l, each: each, rec: Record{File: name}, as: ReadAs{File: name, Format: l.Format, Path: l.Field}}
	s.fields = l.fields()
	s.values = make([]value, len(s.fields))
	if l.seen == nil {
		l.seen = make([]bool, len(s.fields))
		for range l.Where {
			l.counts = append(l.counts, make(map[string]int))
		}
	}
	hash := sha256.New()
	if l.Hash {
		r = io.TeeReader(r, hash)
	}
	file := &window{r: r}
	w, err := s.open(file)
	if err == nil {
		err = map[Format]func(*window) error{Lines: s.lines, CSV: s.csv, JSON: s.json}[l.Format](w)
	}
	if err == io.EOF {
		err = nil
	}
	s.as.Records = s.rec.Number
	if file.err == io.EOF && l.Hash {
		s.as.SHA256 = fmt.Sprintf("%x", hash.Sum(nil))
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		err = fmt.Errorf("%w: the compressed file is damaged, fetch it again", err)
	}
	return s.as, err
}

// Missing returns what is wrong once all logs are read: a field that no record
// has, or conditions that no record meets.
func (l *Log) Missing() (errs []error) {
	for i, field := range l.fields() {
		if l.names != nil && i > 0 && field != "" && !l.seen[i] {
			errs = append(errs, noField(field, l.names))
		}
	}
	for i, counts := range l.counts {
		if l.met || len(counts) == 0 || errs != nil {
			break
		}
		var values []string
		for _, v := range slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
			return cmp.Or(counts[b]-counts[a], strings.Compare(a, b))
		}) {
			values = append(values, fmt.Sprintf("%s %d", cmp.Or(quote.Printable(v), `""`), counts[v]))
		}
		errs = append(errs, fmt.Errorf("-where excludes every record: %s has the values %s", quote.Quote(l.Where[i].Field), first(values)))
	}
	return errs
}

// fields returns the fields that are read: of the messages, Keep, Date and Where.
func (l *Log) fields() []string {
	fields := append(append([]string{l.Field}, l.Keep...), l.Date)
	for _, c := range l.Where {
		fields = append(fields, c.Field)
	}
	return fields
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
	r, v, kind, err := &s.rec, s.values, Message, error(nil)
	r.Text, r.Kept, r.Date = v[0].text, r.Kept[:0], v[1+len(s.Keep)].text
	for _, k := range v[1:][:len(s.Keep)] {
		r.Kept = append(r.Kept, k.text)
	}
	r.Damaged = !utf8.ValidString(r.Text) || strings.IndexByte(r.Text, '\xef') >= 0 && strings.ContainsRune(r.Text, utf8.RuneError)
	if !v[0].ok {
		kind = NoText
	} else if strings.HasPrefix(r.Text, "{") {
		if field := pick(fieldNames(r.Text)); field != "" && !strings.Contains(field, ".") {
			kind, err = Skipped, fmt.Errorf("the text is JSON with the message in field %s: extract it first", quote.Quote(field))
		}
	}
	conditions := v[2+len(s.Keep):]
	for i, c := range s.Where {
		counts, text := s.counts[i], strings.TrimSpace(conditions[i].text)
		same := conditions[i].ok && strings.EqualFold(text, strings.TrimSpace(c.Value))
		if same == c.Not {
			kind, err = Excluded, nil
		}
		if _, known := counts[text]; !s.met && (known || len(counts) < maxCounts) {
			counts[strings.Clone(text)]++
		}
	}
	s.met = s.met || kind != Excluded
	return s.add(line, kind, err)
}

// add hands on a record.
func (s *scan) add(line int, kind Kind, err error) error {
	if kind != Header {
		s.rec.Number++
	}
	s.rec.Line, s.rec.Kind, s.rec.Err = line, kind, err
	return s.each(&s.rec)
}

// record hands on the record that begins on this line. err is the error of reading
// it. At the end of the log it returns io.EOF.
func (s *scan) record(w *window, line int, err error) error {
	switch {
	case err == nil:
		return s.message(line)
	case err == io.EOF:
		return err
	case err == w.err:
		return s.at(w.line+1, err)
	}
	return s.skip(line, err)
}

// maxCounts is how many values of a field are counted.
const maxCounts = 1000

// skip hands on a record that cannot be read.
func (s *scan) skip(line int, err error) error {
	s.rec = Record{File: s.rec.File, Number: s.rec.Number, Kept: s.rec.Kept[:0]}
	if err == errHeader {
		return s.add(line, Header, nil)
	}
	return s.add(line, Skipped, err)
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

// list returns names for a person to choose from.
func list(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote.Quote(name)
	}
	return first(quoted)
}

// first returns the first texts of a list.
func first(texts []string) string { return strings.Join(texts[:min(len(texts), 50)], ", ") }

func noField(field string, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("no record has field %s", quote.Quote(field))
	}
	return fmt.Errorf("no record has field %s: take one of %s", quote.Quote(field), list(names))
}
