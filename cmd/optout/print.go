package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/internal/quote"
)

// A printer writes rows of one format; a heading is one without a value. It
// keeps nothing of a message.
type printer func(cells []string, value any) error

// newPrinter returns the printer of a format. w keeps its errors. In text the
// columns align, as far as they are no wider than widths and the rows before.
func newPrinter(format string, w *bufio.Writer, widths ...int) printer {
	switch format {
	case csvFormat:
		// Without the byte order mark, Excel takes UTF-8 for windows-1252.
		w.WriteString("\ufeff")
		c := csv.NewWriter(w)
		return func(cells []string, _ any) error {
			for i, cell := range cells {
				cells[i] = inert(cell)
			}
			return c.Write(cells)
		}
	case jsonlFormat:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return func(_ []string, value any) error {
			if value == nil {
				return nil
			}
			return e.Encode(value)
		}
	}
	var line []byte
	return func(cells []string, _ any) error {
		line = line[:0]
		for i, cell := range cells {
			if len(widths) == i {
				widths = append(widths, 0)
			}
			if cell == "" {
				cell = "-"
			}
			line = append(line, cell...)
			if i < len(cells)-1 {
				n := displayWidth(cell)
				widths[i] = max(widths[i], n)
				line = append(line, strings.Repeat(" ", widths[i]-n+2)...)
			}
		}
		_, err := w.Write(append(line, '\n'))
		return err
	}
}

// inert returns a cell that a spreadsheet does not run.
func inert(cell string) string {
	if cell != "" && (cell[0] < ' ' || strings.ContainsRune("=+-@", []rune(width.Narrow.String(cell[:min(len(cell), 8)]))[0])) {
		return "'" + cell
	}
	return cell
}

// displayWidth returns how many columns of a terminal a text takes.
func displayWidth(s string) (n int) {
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me):
		default:
			n++
			if kind := width.LookupRune(r).Kind(); kind == width.EastAsianWide || kind == width.EastAsianFullwidth {
				n++
			}
		}
	}
	return n
}

// printable returns text, quoted if there is more to it than one can see.
func printable(text string) string {
	if quoted := quote.Quote(text); len(quoted) != len(text)+len(`""`) {
		return quoted
	}
	return text
}

// heading returns the heading of decisions.
func (o *options) heading() []string {
	cells := append(o.place("place", "file", "line", "record"), "action", "code", "class", "keyword")
	return append(append(append(cells, names(o.examiners)...), o.log.Keep...), "message")
}

// place returns the cells that say where a message stands. On lines, that is
// its record, too.
func (o *options) place(place, file, line, record string) []string {
	switch {
	case o.format == csvFormat:
		return []string{file, line, record}
	case o.log.Format == messages.Lines:
		return []string{place}
	}
	return []string{place, record}
}

// widths returns how wide the columns of text are at least.
func (o *options) widths() []int {
	place, keyword := 0, len("keyword")
	for _, file := range o.files {
		place = max(place, displayWidth(displayName(file)+":999"))
	}
	for _, k := range o.policy.Keywords() {
		keyword = max(keyword, displayWidth(printable(k.Text)))
	}
	widths := []int{place, len("record"), 0}[:len(o.place("", "", "", ""))]
	widths = append(widths, len("intercept"), len("80901"), len("opt-out"), keyword)
	for _, e := range o.examiners {
		for _, c := range e.columns() {
			widths = append(widths, c.width)
		}
	}
	for range o.log.Keep {
		widths = append(widths, len("+15555550100"))
	}
	return widths
}

// row returns the cells of a decision.
func (o *options) row(d *decided) []string {
	line, code := strconv.Itoa(d.Line), ""
	if d.Code != 0 {
		code = strconv.Itoa(d.Code)
	}
	cells := o.place(d.File+":"+line, d.File, line, strconv.Itoa(d.Number))
	cells = append(cells, d.Action.String(), code, d.Class.String())
	rest := append(append(append([]string{d.Keyword}, d.cells...), d.Kept...), d.Text)
	if o.format == textFormat {
		for i := range rest {
			rest[i] = printable(rest[i])
		}
		rest[len(rest)-1] = quote.Quote(d.Text)
	}
	return append(cells, rest...)
}

// object returns a decision for JSON.
func (o *options) object(d *decided) any {
	named := func(names, values []string) map[string]string {
		m := make(map[string]string)
		for i, name := range names {
			m[name] = values[i]
		}
		return m
	}
	return struct {
		File   string `json:"file"`
		Line   int    `json:"line"`
		Record int    `json:"record"`
		optout.Decision
		Examined map[string]string `json:"examined,omitempty"` // a class or reason for each column of -compare and -near
		Kept     map[string]string `json:"kept,omitempty"`
		Message  string            `json:"message"`
	}{d.File, d.Line, d.Number, d.Decision, named(names(o.examiners), d.cells), named(o.log.Keep, d.Kept), d.Text}
}

// A decided is a message and what the policy makes of it. It is valid until the
// next one.
type decided struct {
	*messages.Record
	optout.Decision
	cells []string // what the examiners say, in the order of their columns
}

// An examiner says more about messages than the decision: -compare and -near.
type examiner interface {
	// columns returns the columns that it adds to the output.
	columns() []column

	// examine appends the cells of d's row to cells, one a column, and reports
	// whether d is worth a row. With examiners, only what one of them finds
	// worth it has a row, or with -all everything.
	examine(cells []string, d *decided) ([]string, bool)

	// write writes its part of the summary.
	write(w io.Writer)
}

type column struct {
	name  string
	width int // of the longest cell, as far as that is known
}

// names returns the names of the examiners' columns.
func names(examiners []examiner) (names []string) {
	for _, e := range examiners {
		for _, c := range e.columns() {
			names = append(names, c.name)
		}
	}
	return names
}
