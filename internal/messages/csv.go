package messages

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/quote"
)

// csv reads a log of CSV.
func (s *scan) csv(w *window) error {
	r, names, columns, err := s.header(w)
	s.format = fmt.Sprintf("CSV with separator %q, column %s", r.comma, quote.Quote(s.Field))
	if err != nil {
		return s.at(max(r.line, 1), err)
	}
	for err == nil {
		switch err = r.read(); {
		case err != nil:
		case slices.Equal(r.fields, names):
			s.rec = Record{File: s.rec.File, Line: r.line, Number: s.rec.Number, Kind: Header}
			err = s.each(&s.rec)
			continue
		case len(r.fields) != len(names):
			err = fmt.Errorf("%d fields, and the header has %d: a field with a separator or a line break has to be in quotes", len(r.fields), len(names))
		case (r.window.line > r.line || len(names) == 1) && r.containsRecord():
			err = errors.New("a field contains lines that look like records: its quote is closed too late, or one belongs to the text" + quoteAdvice)
		}
		for i, column := range columns {
			if column >= 0 && err == nil {
				s.values[i] = value{r.fields[column], true}
			}
		}
		err = s.record(w, r.line, err)
	}
	return err
}

// header returns a reader of the records after the header, the names in the header,
// or those that are given in its place, and the column of each field. The separator
// is the one that the first line has most often outside quotes.
func (l *Log) header(w *window) (r *csvReader, names []string, columns []int, err error) {
	commas := ",;\t|" // the likeliest first
	if sep := separatorLine.FindStringSubmatch(w.sample()); sep != nil {
		commas = sep[1]
		w.next()
	}
	commas = cmp.Or(l.Comma, commas)
	line, _, _ := strings.Cut(strings.TrimLeft(w.sample(), "\r\n"), "\n")
	line = quotedPart.ReplaceAllString(line, "")
	r = newCSVReader(w, slices.MaxFunc([]rune(commas), func(a, b rune) int {
		return strings.Count(line, string(a)) - strings.Count(line, string(b))
	}), l.NoQuote)
	if names = l.Header; names == nil {
		if err = r.read(); err == io.EOF {
			return r, nil, nil, errors.New("no header: want a line with the names of the columns, or -header")
		} else if err != nil {
			return r, nil, nil, fmt.Errorf("header cannot be read: %w", err)
		}
		names = slices.Clone(r.fields)
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "\r") }) {
			return r, names, nil, errors.New("lines end in carriage returns alone: replace them by line feeds first")
		}
		if _, keyword := (optout.Policy{IgnorePunctuation: true}).Match(l.Field); keyword || slices.ContainsFunc(names, datum.MatchString) {
			return r, names, nil, fmt.Errorf("first line looks like a record, not like a header: add -header with a name for each of its %d columns, and -csv with the name of the one with the messages", len(names))
		}
	}
	columns, err = l.columns(names)
	return r, names, columns, err
}

// separatorLine matches a first line that tells a spreadsheet the separator.
var separatorLine = regexp.MustCompile(`^"?(?i:sep)=([^"\r\n])"?\r?\n`)

var quotedPart = regexp.MustCompile(`"[^"]*"`)

// datum matches cells of a record, which no header has: numbers, dates, phone
// numbers, addresses and Twilio's identifiers.
var datum = regexp.MustCompile(`^[+(]*[0-9][0-9 ().:/TZ+-]{4,}$|^[A-Z]{2}[0-9a-f]{32}$|^\S+@\S+\.\S+$`)

// columns returns the column of each field: by its spelling, or else ignoring the
// differences that [optout.Normalize] ignores. It is -1 for a field without a name
// or one of Keep and Date that the header lacks.
func (l *Log) columns(names []string) (columns []int, err error) {
	l.names = names
	for i, field := range l.fields {
		same := func(name string) bool { return field != "" && name == field }
		if !slices.ContainsFunc(names, same) {
			same = func(name string) bool { return field != "" && optout.Normalize(name) == optout.Normalize(field) }
		}
		column := slices.IndexFunc(names, same)
		several := column >= 0 && slices.ContainsFunc(names[column+1:], same)
		if several || column < 0 && (i == 0 || i >= 2+len(l.Keep)) {
			l.seen[i] = true // the error says it
			return nil, fmt.Errorf("want exactly one column %s in the header: rename one, or take one of %q", quote.Quote(field), names)
		}
		l.seen[i] = l.seen[i] || column >= 0
		columns = append(columns, column)
	}
	return columns, nil
}

// A csvReader reads the records of CSV as encoding/csv does, and leaves those with
// quotes to it. It goes on after a record that is too long.
type csvReader struct {
	*window
	comma   string
	noQuote bool
	quoted  *csv.Reader // reads the csvReader

	fields []string
	line   int            // on which the record begins
	rest   strings.Reader // of its lines so far, which quoted has not read
	size   int            // of its lines so far
	quotes int            // in them
}

func newCSVReader(w *window, comma rune, noQuote bool) *csvReader {
	r := &csvReader{window: w, comma: string(comma), noQuote: noQuote}
	r.quoted = csv.NewReader(r)
	r.quoted.Comma, r.quoted.FieldsPerRecord, r.quoted.ReuseRecord = comma, -1, true
	return r
}

// read reads the next record. After an error, read can be called again, unless the
// window has the same error.
func (r *csvReader) read() (err error) {
	line := ""
	for line == "" && err == nil {
		r.fields, r.line, r.size, r.quotes = r.fields[:0], r.window.line+1, 0, 0
		line, err = r.extend()
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	}
	if err == nil && (r.noQuote || r.quotes == 0) {
		for more := true; more; { // strings.Split takes a quarter more of all the time
			var field string
			field, line, more = strings.Cut(line, r.comma)
			r.fields = append(r.fields, field)
		}
	} else if err == nil {
		if r.fields, err = r.quoted.Read(); errors.As(err, new(*csv.ParseError)) {
			err = errors.New("quote within a field, unclosed quote, or text after a closing quote" + skippedLines(r.line, r.window.line) + quoteAdvice)
		}
	}
	for more := err; more == errTooLong && !r.noQuote && r.quotes%2 > 0; _, more = r.extend() {
	}
	return err
}

const quoteAdvice = ": put the field in quotes, and double those in its text; if no field is quoted, add -noquote"

// extend reads a line of the record.
func (r *csvReader) extend() (line string, err error) {
	line, err = r.next()
	line = strings.TrimPrefix(line, "\ufeff") // of the second of joined files
	r.rest.Reset(line)
	r.quotes += strings.Count(line, `"`)
	if r.size += len(line); r.size > maxRecord && err == nil {
		err = errTooLong
	}
	return line, err
}

// Read reads the lines of the record.
func (r *csvReader) Read(p []byte) (int, error) {
	if r.rest.Len() == 0 {
		if _, err := r.extend(); err != nil {
			return 0, err
		}
	}
	return r.rest.Read(p)
}

// containsRecord reports whether a field has a line that looks like a record: it
// has as many fields, and one of them is an opt-out word, or the one of this record,
// or looks like it and is more than a word. In a file of one column, that is a
// keyword. Carriage returns end lines also.
func (r *csvReader) containsRecord() bool {
	for column, field := range r.fields {
		lines := strings.FieldsFunc(field, func(c rune) bool { return c == '\n' || c == '\r' })
		for _, line := range lines {
			cells := strings.Split(line, r.comma)
			for i := 0; i < len(cells) && len(cells) == len(r.fields); i++ {
				k, ok := optout.Policy{}.Match(cells[i])
				keyword := ok && len(lines) > 1 && (len(cells) == 1 || k.Class == optout.ClassOptOut)
				same := cells[i] == r.fields[i] || pattern(cells[i]) != "a" && pattern(cells[i]) == pattern(r.fields[i])
				if keyword || i != column && same {
					return true
				}
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
