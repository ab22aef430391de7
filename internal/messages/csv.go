package messages

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/quote"
)

// csv reads a log of CSV.
func (s *scan) csv(b *bufio.Reader) error {
	h, err := s.header(peek(b, func(sample []byte) bool { // all of the header is there, and no quote of it is open
		if bytes.HasPrefix(bytes.TrimLeft(bytes.ToLower(sample), "\""), []byte("sep=")) {
			_, sample, _ = bytes.Cut(sample, []byte("\n"))
		}
		return bytes.Count(sample, []byte("\""))%2 == 0 && bytes.IndexByte(bytes.TrimLeft(sample, "\r\n"), '\n') >= 0
	}))
	if err != nil {
		return s.at(1, err)
	}
	columns, err := find(h.names, s.fields)
	if err != nil {
		return s.at(1+h.lines, err)
	}
	b.Discard(h.size)
	g := &guard{r: b}
	r := csv.NewReader(bufio.NewReaderSize(g, bufferSize))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = h.comma, -1, true
	for line, first := 1+h.lines, true; ; first = false {
		g.n = 0
		record, err := r.Read()
		if len(record) > 0 {
			line, _ = r.FieldPos(0)
			line += h.lines
			record[0] = strings.TrimPrefix(record[0], "\ufeff") // of the second of joined files
		}
		var broken *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case first && errors.As(err, &broken):
			return s.at(broken.StartLine+h.lines, fmt.Errorf("header cannot be read: %w", csvError(broken, h.lines)))
		case first && !slices.Equal(record, h.names):
			return s.at(line, errors.New("header is longer than what is looked at before: shorten it"))
		case errors.As(err, &broken):
			line = broken.StartLine + h.lines
			err = s.broken(line, csvError(broken, h.lines))
		case err != nil:
			return s.at(line, fmt.Errorf("%w; nothing is decided behind the record that begins on line %d", err, line))
		case first:
		case slices.Equal(record, h.names):
			s.rec = Record{File: s.rec.File, Line: line, Number: s.rec.Number, Kind: Header, Kept: s.rec.Kept[:0]}
			err = s.each(&s.rec)
		case len(record) != len(h.names):
			err = s.broken(line, fmt.Errorf("%d fields, and the header has %d: a field that holds a separator or a line break has to stand in quotes", len(record), len(h.names)))
		case holdsRecord(record, h.comma):
			err = s.broken(line, errors.New("a field holds what looks like records: its quote is closed too late, or one belongs to the text and has to be doubled"))
		default:
			for i, column := range columns {
				if s.values[i] = (value{}); column >= 0 {
					s.values[i] = value{record[column], true}
				}
			}
			err = s.message(line)
		}
		if err != nil {
			return err
		}
	}
}

// holdsRecord reports whether a field has a line break, and a line that could be
// a record by the number of its separators, or a line that carriage returns end.
func holdsRecord(record []string, comma rune) bool {
	for _, field := range record {
		if !strings.ContainsAny(field, "\r\n") {
			continue
		}
		if len(record) == 1 && strings.Contains(strings.ReplaceAll(strings.TrimRight(field, "\r"), "\r\n", ""), "\r") {
			return true
		}
		for _, l := range strings.Split(field, "\n") {
			if len(record) > 2 && strings.Count(l, string(comma)) == len(record)-1 {
				return true
			}
		}
	}
	return false
}

// csvError says what is not read because of the quotes in a record.
func csvError(err *csv.ParseError, lines int) error {
	const advice = "put the field in quotes, and double those in its text"
	switch {
	case err.Err == csv.ErrBareQuote:
		return errors.New("quote in a field that does not begin with one: " + advice)
	case err.StartLine < err.Line:
		return fmt.Errorf("quote that is not closed, or text behind a closing one: lines %d to %d are not decided: %s", err.StartLine+lines, err.Line+lines, advice)
	}
	return errors.New("quote that is not closed, or text behind a closing one: " + advice)
}

// A guard ends a record that is too long, for it has a quote that is not closed.
type guard struct {
	r io.Reader
	n int // bytes that were read for the record
}

func (g *guard) Read(p []byte) (int, error) {
	if g.n > maxRecord {
		return 0, fmt.Errorf("record is longer than %d MiB: close its quote, or break it into several", maxRecord>>20)
	}
	n, err := g.r.Read(p)
	g.n += n
	return n, err
}

// A header is what stands before the records of CSV.
type header struct {
	comma rune
	names []string
	size  int // of the line that tells a spreadsheet the separator, as "sep=;"
	lines int // 1 with such a line
}

// header returns the header of a sample. The separator is the one by which the
// header has the field that is asked for, or else the most fields.
func (l *Log) header(sample []byte) (h header, err error) {
	candidates := ",;\t|" // the likeliest first
	line, _, _ := bytes.Cut(sample, []byte("\n"))
	if sep := strings.Trim(string(line), "\"\r"); len(sep) == len("sep=;") && strings.EqualFold(sep[:4], "sep=") {
		h.size, h.lines, candidates = min(len(line)+1, len(sample)), 1, sep[4:]
	}
	if l.Comma != 0 {
		candidates = string(l.Comma)
	}
	for _, comma := range candidates {
		r := csv.NewReader(bytes.NewReader(sample[h.size:]))
		r.Comma = comma
		names, e := r.Read()
		var broken *csv.ParseError
		switch {
		case errors.As(e, &broken):
			err = fmt.Errorf("header cannot be read: %w", csvError(broken, 0))
		case e == io.EOF:
			err = errors.New("no header: want a line with the names of the columns")
		case e != nil:
			err = e
		case len(names) > len(h.names):
			h.comma, h.names = comma, names
		}
		if columns, _ := find(names, []string{l.Field}); columns != nil && l.Field != "" {
			h.comma, h.names = comma, names
			break
		}
	}
	if h.names != nil {
		err = nil
	}
	return h, err
}

// find returns the columns of fields in a header, and -1 for a field without a
// name. A name is found by its spelling, or else without regard to case, white
// space and the other differences that optout.Normalize knows.
func find(names, fields []string) ([]int, error) {
	columns := make([]int, len(fields))
	for i, field := range fields {
		var same []int
		for _, key := range []func(string) string{strings.Clone, optout.Normalize} {
			for at, name := range names {
				if field != "" && key(name) == key(field) {
					same = append(same, at)
				}
			}
			if same != nil {
				break
			}
		}
		switch {
		case field == "":
			columns[i] = -1
		case same == nil:
			return nil, fmt.Errorf("header has no column %s: take one of %s", quote.Quote(field), list(names))
		case len(same) > 1:
			return nil, fmt.Errorf("header has column %s %d times: rename the others; it has %s", quote.Quote(field), len(same), list(names))
		default:
			columns[i] = same[0]
		}
	}
	return columns, nil
}
