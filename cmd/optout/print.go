package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode"
	"unicode/utf8"

	"example.com/optout"
)

// A printer writes decisions, or the rows of a table, in one format. It keeps
// nothing of a message.
type printer interface {
	decision(d *decided) error
	keyword(k optout.Keyword) error
}

// newPrinter returns the printer that the options ask for. w keeps its errors.
func newPrinter(o *options, w *bufio.Writer) printer {
	switch o.format {
	case csvFormat:
		return newCSVPrinter(w, o)
	case jsonlFormat:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return jsonPrinter{e, names(o.examiners)}
	}
	p := &textPrinter{w: w, printable: make(map[string]string), columns: names(o.examiners)}
	for _, e := range o.examiners {
		for _, c := range e.columns() {
			p.cells = append(p.cells, max(len(c.name), c.width))
		}
	}
	for _, name := range o.files {
		p.place = max(p.place, utf8.RuneCountInString(displayName(name))+len(":999"))
	}
	for _, k := range o.policy.Keywords() {
		word := printable(k.Text)
		p.printable[k.Text] = word
		p.word = max(p.word, utf8.RuneCountInString(word))
	}
	if len(p.columns) > 0 {
		p.word = max(p.word, len("keyword"))
	}
	return p
}

// A textPrinter aligns columns for people to read. The width of a column has to
// be known before its rows are: it is that of the widest text the column can
// hold, and for places that of the widest so far.
type textPrinter struct {
	w           io.Writer
	place, word int               // widths
	printable   map[string]string // of each keyword
	columns     []string          // of the examiners, and their widths
	cells       []int
	headed      bool
	row         []byte
}

func (p *textPrinter) decision(d *decided) error {
	if len(p.columns) > 0 && !p.headed {
		p.headed = true
		p.place = max(p.place, len(d.file)+len(":999"))
		p.row = p.row[:0]
		p.column("place", p.place)
		p.column("action", len("intercept"))
		p.column("code", len("80901"))
		p.column("class", len("opt-out"))
		p.column("keyword", p.word)
		for i, name := range p.columns {
			p.column(name, p.cells[i])
		}
		if _, err := p.w.Write(append(p.row, "message\n"...)); err != nil {
			return err
		}
	}
	p.row = append(append(p.row[:0], d.file...), ':')
	p.row = strconv.AppendInt(p.row, int64(d.line), 10)
	p.place = max(p.place, utf8.RuneCount(p.row))
	p.pad(0, p.place)
	p.column(d.Action.String(), len("intercept"))
	if d.Code != 0 {
		start := len(p.row)
		p.row = strconv.AppendInt(p.row, int64(d.Code), 10)
		p.pad(start, len("80901"))
	} else {
		p.column("-", len("80901"))
	}
	p.column(d.Class.String(), len("opt-out"))
	if d.Keyword != "" {
		p.column(p.printable[d.Keyword], p.word)
	} else {
		p.column("-", p.word)
	}
	for i, cell := range d.cells {
		if cell == "" {
			cell = "-"
		}
		cell = printable(cell)
		p.column(cell, p.cells[i])
	}
	p.row = append(appendQuote(p.row, d.text), '\n')
	_, err := p.w.Write(p.row)
	return err
}

func (p *textPrinter) keyword(k optout.Keyword) error {
	p.row = p.row[:0]
	p.column(p.printable[k.Text], p.word)
	p.column(k.Class.String(), len("opt-out"))
	p.row = append(append(p.row, k.Action.String()...), '\n')
	_, err := p.w.Write(p.row)
	return err
}

// column appends a text to the row, and fills its column.
func (p *textPrinter) column(text string, width int) {
	start := len(p.row)
	p.row = append(p.row, text...)
	p.pad(start, width)
}

// pad fills the column that begins at start.
func (p *textPrinter) pad(start, width int) {
	for n := utf8.RuneCount(p.row[start:]); n < width+2; n++ {
		p.row = append(p.row, ' ')
	}
}

// appendQuote is strconv.AppendQuote that also escapes what package strconv
// takes for printable and no reader sees, such as U+FE0F and U+3164.
func appendQuote(dst []byte, text string) []byte {
	start := len(dst)
	dst = strconv.AppendQuote(dst, text)
	if !bytes.ContainsFunc(dst[start:], unseen) {
		return dst
	}
	quoted := string(dst[start:])
	dst = dst[:start]
	for _, r := range quoted {
		switch {
		case !unseen(r):
			dst = utf8.AppendRune(dst, r)
		case r > 0xFFFF:
			dst = fmt.Appendf(dst, `\U%08x`, r)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
	}
	return dst
}

func unseen(r rune) bool {
	return r >= 0x80 && unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// printable returns text, quoted if there is more to it than one can see.
func printable(text string) string {
	if quoted := string(appendQuote(nil, text)); len(quoted) != len(text)+len(`""`) {
		return quoted
	}
	return text
}

// A csvPrinter writes CSV with a header.
type csvPrinter struct{ w *csv.Writer }

func newCSVPrinter(w *bufio.Writer, o *options) csvPrinter {
	// csv.NewWriter puts no buffer of its own before w, as w is one.
	p := csvPrinter{csv.NewWriter(w)}
	if o.keywords {
		p.w.Write([]string{"text", "class", "action"})
	} else {
		head := append([]string{"file", "line", "action", "code", "class", "keyword"}, names(o.examiners)...)
		p.w.Write(append(head, "message"))
	}
	return p
}

func (p csvPrinter) decision(d *decided) error {
	code := ""
	if d.Code != 0 {
		code = strconv.Itoa(d.Code)
	}
	row := append([]string{d.file, strconv.Itoa(d.line), d.Action.String(), code, d.Class.String(), d.Keyword}, d.cells...)
	return p.w.Write(append(row, d.text))
}

func (p csvPrinter) keyword(k optout.Keyword) error {
	return p.w.Write([]string{k.Text, k.Class.String(), k.Action.String()})
}

// A jsonPrinter writes an object a line. Of a table these are what -table reads.
type jsonPrinter struct {
	e       *json.Encoder
	columns []string
}

func (p jsonPrinter) decision(d *decided) error {
	cells := make(map[string]string, len(p.columns))
	for i, name := range p.columns {
		cells[name] = d.cells[i]
	}
	return p.e.Encode(struct {
		File string `json:"file"`
		Line int    `json:"line"`
		optout.Decision
		Examined map[string]string `json:"examined,omitempty"` // a class or reason for each column of -compare and -near
		Message  string            `json:"message"`
	}{d.file, d.line, d.Decision, cells, d.text})
}

func (p jsonPrinter) keyword(k optout.Keyword) error { return p.e.Encode(k) }
