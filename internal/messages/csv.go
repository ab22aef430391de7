package messages

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/optout"
	"example.com/optout/internal/quote"
)

// csv reads a log of CSV.
func (s *scan) csv(b *bufio.Reader) error {
	sample := peek(b, func(sample []byte) bool { // the sample has all of the header, and none of its quotes is open
		_, sample = separatorLine(sample)
		return bytes.Count(sample, []byte(`"`))%2 == 0 && bytes.IndexByte(bytes.TrimLeft(sample, "\r\n"), '\n') >= 0
	})
	if names := fieldNames(sample); len(names) > 0 {
		return s.refuse(s.looks(sample))
	}
	h, err := s.header(sample)
	if err != nil {
		return s.at(1, err)
	}
	columns, err := s.columns(h.names)
	if err != nil {
		return s.at(1+h.lines, err)
	}
	s.as.Separator, _ = utf8.DecodeRuneInString(h.comma)
	b.Discard(h.size)
	r := &csvReader{window: newWindow(b), comma: h.comma, noQuote: s.NoQuote, next: 1 + h.lines}
	for first := s.Header == nil; ; first = false {
		err := r.read()
		if len(r.fields) > 0 {
			r.fields[0] = strings.TrimPrefix(r.fields[0], "\ufeff") // of the second of joined files
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil && err == r.err:
			return s.at(r.line, fmt.Errorf("%w; reading ends at this record", err))
		case err != nil:
			err = s.skip(r.line, err)
		case first:
		case slices.Equal(r.fields, h.names):
			s.rec = Record{File: s.rec.File, Line: r.line, Number: s.rec.Number, Kind: Header, Kept: s.rec.Kept[:0]}
			err = s.each(&s.rec)
		case len(r.fields) != len(h.names):
			err = s.skip(r.line, fmt.Errorf("%d fields, and the header has %d: a field with a separator or a line break has to be in quotes", len(r.fields), len(h.names)))
		case r.containsRecord():
			err = s.skip(r.line, errors.New("a field contains lines that look like records: its quote is closed too late, or one belongs to the text and has to be doubled; if no field is quoted, add -noquote"))
		default:
			for i, column := range columns {
				if s.values[i] = (value{}); column >= 0 {
					s.values[i] = value{r.fields[column], true}
				}
			}
			err = s.message(r.line)
		}
		if err != nil {
			return err
		}
	}
}

// A csvReader reads the records of CSV as encoding/csv does. That takes twice
// the time, and cannot go on after a record that is too long.
type csvReader struct {
	window
	comma   string
	noQuote bool

	fields []string
	line   int // on which the record begins
	next   int // line after the record
	end    int // of the record in text, as far as it is known
}

var errBareQuote = errors.New("quote in a field that does not begin with one: put the field in quotes, and double those in its text; if no field is quoted, add -noquote")

// read reads the next record. After an error other than that of the window it
// can be called again.
func (r *csvReader) read() (err error) {
	line := ""
	for line == "" {
		r.text = r.text[r.end:]
		r.fields, r.line, r.end = r.fields[:0], r.next, 0
		if err = r.extend(); err != nil {
			break
		}
		line = trimEnd(r.text[:r.end])
	}
	switch {
	case err != nil:
	case r.noQuote || strings.IndexByte(line, '"') < 0:
		for more := true; more; {
			var field string
			field, line, more = strings.Cut(line, r.comma)
			r.fields = append(r.fields, field)
		}
	default:
		err = r.quoted()
	}
	if err == errTooLong {
		r.discard()
	}
	return err
}

// quoted reads the fields of a record with quotes.
func (r *csvReader) quoted() error {
	for at := 0; ; {
		rest := r.text[at:r.end]
		if !strings.HasPrefix(rest, `"`) {
			field, _, more := strings.Cut(trimEnd(rest), r.comma)
			if strings.Contains(field, `"`) {
				return errBareQuote
			}
			r.fields = append(r.fields, field)
			if !more {
				return nil
			}
			at += len(field) + len(r.comma)
			continue
		}
		begin, doubled := at+1, false
		for at = begin; ; {
			i := strings.IndexByte(r.text[at:r.end], '"')
			if i < 0 {
				at = r.end
				if err := r.extend(); err == io.EOF {
					return r.unclosed()
				} else if err != nil {
					return err
				}
				continue
			}
			if at += i + 1; !strings.HasPrefix(r.text[at:r.end], `"`) {
				break
			}
			doubled = true
			at++
		}
		field := r.text[begin : at-1]
		if doubled {
			field = strings.ReplaceAll(field, `""`, `"`)
		}
		if r.next > r.line+1 {
			field = strings.ReplaceAll(field, "\r\n", "\n")
		}
		r.fields = append(r.fields, field)
		rest = r.text[at:r.end]
		if trimEnd(rest) == "" {
			return nil
		}
		if !strings.HasPrefix(rest, r.comma) {
			return r.unclosed()
		}
		at += len(r.comma)
	}
}

func (r *csvReader) unclosed() error {
	lines := ""
	if last := r.next - 1; last > r.line {
		lines = fmt.Sprintf("; lines %d to %d skipped", r.line, last)
	}
	return fmt.Errorf("unclosed quote, or text after a closing quote%s: put the field in quotes, and double those in its text; if no field is quoted, add -noquote", lines)
}

// extend adds a line to the record.
func (r *csvReader) extend() error {
	from := r.end
	for {
		if i := strings.IndexByte(r.text[from:], '\n'); i >= 0 {
			r.end = from + i + 1
			break
		}
		if from = len(r.text); from > maxRecord || !r.more() {
			if r.err != nil && (r.err != io.EOF || from == r.end) {
				return r.err
			}
			r.end = from
			break
		}
	}
	if r.end > maxRecord {
		return errTooLong
	}
	r.next++
	return nil
}

// discard reads to the end of a record that is too long.
func (r *csvReader) discard() {
	quotes := 0
	r.next, r.end = r.line, 0
	for r.text != "" || r.more() {
		line, rest, ended := strings.Cut(r.text, "\n")
		quotes += strings.Count(line, `"`)
		if r.text = rest; ended {
			if r.next++; r.noQuote || quotes%2 == 0 {
				return
			}
		}
	}
}

// trimEnd returns a line without its end.
func trimEnd(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}

// containsRecord reports whether a field has a line that looks like a record: it
// has as many fields, and one of them looks like that of the record itself. In a
// file of one column that is a line that ends in a carriage return alone, or is
// a keyword.
func (r *csvReader) containsRecord() bool {
	if raw := trimEnd(r.text[:r.end]); r.next == r.line+1 && strings.IndexByte(raw, '\r') < 0 {
		return false
	}
	if len(r.fields) == 1 && strings.Contains(r.fields[0], "\r") {
		return true
	}
	for column, field := range r.fields {
		if !strings.ContainsAny(field, "\r\n") {
			continue
		}
		for _, line := range strings.FieldsFunc(field, func(c rune) bool { return c == '\n' || c == '\r' }) {
			cells := strings.Split(line, r.comma)
			if len(cells) != len(r.fields) {
				continue
			}
			if _, keyword := (optout.Policy{}).Match(line); keyword && len(cells) == 1 {
				return true
			}
			for i, cell := range cells {
				if i != column && pattern(cell) == pattern(r.fields[i]) {
					return true
				}
			}
		}
	}
	return false
}

var letters, digits = regexp.MustCompile(`\pL+`), regexp.MustCompile(`[0-9]+`)

// pattern returns a cell with each word and number replaced by one sign.
func pattern(cell string) string {
	return digits.ReplaceAllString(letters.ReplaceAllString(cell, "a"), "0")
}

// A header is the beginning of CSV, before its records.
type header struct {
	comma string
	names []string
	size  int // of the line that tells a spreadsheet the separator, as "sep=;"
	lines int // 1 with such a line
}

// separatorLine returns the separator of a line such as "sep=;", and the text
// after it.
func separatorLine(sample []byte) (comma string, rest []byte) {
	line, rest, _ := bytes.Cut(sample, []byte("\n"))
	if sep := strings.Trim(string(line), "\"\r"); len(sep) == len("sep=;") && strings.EqualFold(sep[:4], "sep=") {
		return sep[4:], rest
	}
	return "", sample
}

// header returns the header of a sample. The separator is the first one by which
// the header has the field of the messages, or else the most fields.
func (l *Log) header(sample []byte) (h header, err error) {
	comma, rest := separatorLine(sample)
	h.size, h.lines = len(sample)-len(rest), len(comma)
	commas := strings.Split(cmp.Or(comma, ",;\t|"), "") // the likeliest first
	if l.Comma != 0 {
		commas = []string{string(l.Comma)}
	}
	for _, comma := range commas {
		r := &csvReader{window: window{text: string(rest), err: io.EOF}, comma: comma, noQuote: l.NoQuote, next: 1}
		if e := r.read(); e == io.EOF {
			return h, errors.New("no header: want a line with the names of the columns, or -header")
		} else if e != nil {
			err = cmp.Or(err, fmt.Errorf("header cannot be read: %w", e))
		} else if len(r.fields) > len(h.names) {
			h.comma, h.names = comma, r.fields
		}
		if len(find(r.fields, l.Field)) == 1 {
			h.comma, h.names = comma, r.fields
			break
		}
	}
	if h.names == nil {
		return h, err
	}
	if n := len(h.names); l.Header != nil && n != len(l.Header) {
		return h, fmt.Errorf("-header has %d names, and the first record has %d fields", len(l.Header), n)
	}
	if l.Header != nil {
		h.names = l.Header
	} else if _, keyword := (optout.Policy{IgnorePunctuation: true}).Match(l.Field); keyword || slices.ContainsFunc(h.names, datum.MatchString) {
		return h, fmt.Errorf("first line looks like a record, not like a header: add %s", nameColumns(len(h.names)))
	}
	return h, nil
}

// nameColumns returns the flags for CSV without a header.
func nameColumns(n int) string {
	names := "1"
	for i := 2; i <= n; i++ {
		names += fmt.Sprint(",", i)
	}
	return "-header " + names + " to name the columns, and -csv with the number of the one with the messages"
}

// datum matches cells of a record, which no header has: numbers, dates, phone
// numbers, addresses and Twilio's identifiers.
var datum = regexp.MustCompile(`^[+(]*[0-9][0-9 ().:/TZ+-]{4,}$|^[A-Z]{2}[0-9a-f]{32}$|^\S+@\S+\.\S+$`)

// columns returns the column of each field, and -1 for a field without a name or
// one of Keep and Date that the header lacks.
func (s *scan) columns(names []string) (columns []int, err error) {
	for _, name := range names {
		if !slices.Contains(s.names, name) {
			s.names = append(s.names, name)
		}
	}
	for i, field := range s.fields {
		found, optional := find(names, field), i > 0 && i < 2+len(s.Keep)
		switch {
		case len(found) > 1:
			return nil, fmt.Errorf("header has column %s %d times: rename the others; it has %s", quote.Quote(field), len(found), list(names))
		case len(found) == 1:
			s.seen[i] = true
			columns = append(columns, found[0])
		case optional:
			columns = append(columns, -1)
		default:
			return nil, fmt.Errorf("header has no column %s: take one of %s", quote.Quote(field), list(names))
		}
	}
	return columns, nil
}

// find returns the columns with the name of a field: by its spelling, or else
// ignoring the differences that [optout.Normalize] ignores.
func find(names []string, field string) (columns []int) {
	for _, key := range []func(string) string{strings.Clone, optout.Normalize} {
		for i, name := range names {
			if field != "" && key(name) == key(field) {
				columns = append(columns, i)
			}
		}
		if columns != nil {
			break
		}
	}
	return columns
}
