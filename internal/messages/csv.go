package messages

import (
	"encoding/csv"
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
func (s *scan) csv(w *window) error {
	if sample := w.sample(); len(fieldNames(sample)) > 0 {
		return s.refuse(s.looks(sample))
	}
	r := &csvReader{window: w, noQuote: s.NoQuote, next: 1}
	names, err := s.header(r)
	if err != nil {
		return s.at(r.line, err)
	}
	columns, err := s.columns(names)
	if err != nil {
		return s.at(r.line, err)
	}
	s.as.Separator, _ = utf8.DecodeRuneInString(r.comma)
	for {
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
		case slices.Equal(r.fields, names):
			s.rec = Record{File: s.rec.File, Line: r.line, Number: s.rec.Number, Kind: Header, Kept: s.rec.Kept[:0]}
			err = s.each(&s.rec)
		case len(r.fields) != len(names):
			err = s.skip(r.line, fmt.Errorf("%d fields, and the header has %d: a field with a separator or a line break has to be in quotes", len(r.fields), len(names)))
		case r.containsRecord():
			err = s.skip(r.line, errors.New("a field contains lines that look like records: its quote is closed too late, or one belongs to the text"+quoteAdvice))
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

// header reads the header, or returns the names that stand in for it. The
// separator is the first one by which the header has the field of the messages,
// or else the most fields.
func (l *Log) header(r *csvReader) (names []string, err error) {
	commas := ",;\t|" // the likeliest first
	if sep := separatorLine.FindStringSubmatch(r.sample()); sep != nil {
		commas = sep[1]
		r.skipLine()
		r.next++
	}
	if l.Comma != 0 {
		commas = string(l.Comma)
	}
	best, found := "", false
	for _, comma := range commas {
		if r.comma = string(comma); best == "" {
			best = r.comma
		}
		if err = r.read(); err == nil && !found {
			found = len(find(r.fields, l.Field)) == 1
			if found || len(r.fields) > len(names) {
				best, names = r.comma, slices.Clone(r.fields)
			}
		}
		r.unread()
	}
	r.comma = best
	err = r.read()
	_, keyword := optout.Policy{IgnorePunctuation: true}.Match(l.Field)
	switch {
	case err == io.EOF:
		return nil, errors.New("no header: want a line with the names of the columns, or -header")
	case err != nil:
		return nil, fmt.Errorf("header cannot be read: %w", err)
	case l.Header != nil && len(names) != len(l.Header):
		return nil, fmt.Errorf("-header has %d names, and the first record has %d fields", len(l.Header), len(names))
	case l.Header != nil:
		r.unread()
		return l.Header, nil
	case keyword || slices.ContainsFunc(names, datum.MatchString):
		return names, fmt.Errorf("first line looks like a record, not like a header: add -header with a name for each of its %d columns, and -csv with the name of the one with the messages", len(names))
	}
	return names, nil
}

// separatorLine matches a first line that tells a spreadsheet the separator.
var separatorLine = regexp.MustCompile(`^"?(?i:sep)=([^"\r\n])"?\r?\n`)

// datum matches cells of a record, which no header has: numbers, dates, phone
// numbers, addresses and Twilio's identifiers.
var datum = regexp.MustCompile(`^[+(]*[0-9][0-9 ().:/TZ+-]{4,}$|^[A-Z]{2}[0-9a-f]{32}$|^\S+@\S+\.\S+$`)

// columns returns the column of each field, and -1 for a field without a name or
// one of Keep and Date that the header lacks.
func (s *scan) columns(names []string) (columns []int, err error) {
	s.names = names
	for i, field := range s.fields {
		found := find(names, field)
		switch {
		case len(found) > 1:
			return nil, fmt.Errorf("header has column %s %d times: rename the others; it has %s", quote.Quote(field), len(found), list(names))
		case len(found) == 1:
			s.seen[i] = true
		case i > 0 && i < 2+len(s.Keep):
			found = []int{-1}
		default:
			s.seen[i] = true // this error says it
			return nil, fmt.Errorf("header has no column %s: take one of %s", quote.Quote(field), list(names))
		}
		columns = append(columns, found[0])
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

// A csvReader reads the records of CSV as encoding/csv does, and leaves those with
// quotes to it. It goes on after a record that is too long.
type csvReader struct {
	*window
	comma   string
	noQuote bool
	quoted  *csv.Reader // reads the csvReader

	fields []string
	line   int // on which the record begins
	next   int // line after it
	end    int // of it in text, as far as it was read
	copied int // of it, to quoted
}

// read reads the next record. After an error, read can be called again, unless the
// window has the same error.
func (r *csvReader) read() (err error) {
	line := ""
	for line == "" && err == nil {
		r.text = r.text[r.end:]
		r.fields, r.line, r.end, r.copied = r.fields[:0], r.next, 0, 0
		err = r.extend()
		line = strings.TrimSuffix(strings.TrimSuffix(r.text[:r.end], "\n"), "\r")
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
		if r.quoted == nil {
			r.quoted = csv.NewReader(r)
			r.quoted.FieldsPerRecord, r.quoted.ReuseRecord = -1, true
		}
		r.quoted.Comma, _ = utf8.DecodeRuneInString(r.comma)
		if r.fields, err = r.quoted.Read(); errors.As(err, new(*csv.ParseError)) {
			err = errors.New("quote within a field, unclosed quote, or text after a closing quote" + skippedLines(r.line, r.next-1) + quoteAdvice)
		}
	}
	if err == errTooLong {
		r.discard()
	}
	return err
}

// Read reads a line of the record.
func (r *csvReader) Read(p []byte) (int, error) {
	if r.copied == r.end {
		if err := r.extend(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.text[r.copied:r.end])
	r.copied += n
	return n, nil
}

// unread makes read return the same record again.
func (r *csvReader) unread() { r.end, r.next = 0, r.line }

const quoteAdvice = ": put the field in quotes, and double those in its text; if no field is quoted, add -noquote"

// extend adds a line to the record.
func (r *csvReader) extend() error {
	from := r.end
	i := strings.IndexByte(r.text[from:], '\n')
	for i < 0 && len(r.text) <= maxRecord {
		if from = len(r.text); !r.more() {
			if r.err != io.EOF || from == r.end {
				return r.err
			}
			break // the last line has no end
		}
		i = strings.IndexByte(r.text[from:], '\n')
	}
	if r.end = from + i + 1; i < 0 {
		r.end = len(r.text)
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

// containsRecord reports whether a field has a line that looks like a record: it
// has as many fields, and one of them looks like the one of this record. In a file
// of one column, that is a keyword, or a line with a carriage return in it.
func (r *csvReader) containsRecord() bool {
	single := len(r.fields) == 1
	if r.next == r.line+1 {
		return single && strings.Contains(r.fields[0], "\r")
	}
	for column, field := range r.fields {
		for _, line := range strings.Split(field, "\n") {
			cells := strings.Split(line, r.comma)
			_, looks := optout.Policy{}.Match(line)
			looks = looks && single && line != field
			for i := 0; i < len(cells) && len(cells) == len(r.fields) && !looks; i++ {
				looks = i != column && pattern(cells[i]) == pattern(r.fields[i])
			}
			if looks {
				return true
			}
		}
	}
	return false
}

var letters, digits = regexp.MustCompile(`\pL+`), regexp.MustCompile(`[0-9]+`)

// pattern returns a cell with a sign for each word and number.
func pattern(cell string) string {
	return digits.ReplaceAllString(letters.ReplaceAllString(cell, "a"), "0")
}
