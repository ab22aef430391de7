package main

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/optout/internal/quote"
)

// Bounds of a table and of a cell: browsers and mail can take a page of that size.
const (
	maxBytes = 600_000 // of HTML
	maxCell  = 1000    // bytes
	cellHTML = 80      // bytes around a cell, with a usual name of its column
)

//go:embed page.html
var pageHTML string

// pageTemplate writes the page. It needs no other file and no script.
var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// now is when a report says that it was made.
var now = time.Now

// A reporter writes the page of -report, about all messages. A nil reporter does
// not write it.
type reporter struct {
	*options
	args   []string              // the command line
	tables map[string]*pageTable // by title
}

// check checks that the page can be written, before messages are read.
func (r *reporter) check() error {
	page, _ := os.Stat(r.page) // nil if there is no such file yet
	for _, file := range slices.Concat(r.files, []string{r.table}) {
		if input, _ := os.Stat(file); os.SameFile(page, input) {
			return fmt.Errorf("-report %q: that is a file to read: give the page another name", r.page)
		}
	}
	f, err := os.OpenFile(r.page, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return fmt.Errorf("-report: %w", err)
	}
	return f.Close()
}

// section returns the table with this title, which has these columns if it is new.
func (r *reporter) section(title, count string, names ...string) *pageTable {
	t := cmp.Or(r.tables[title], &pageTable{Title: title, Count: count, Head: names, index: make(map[string]*pageRow)})
	r.tables[title] = t
	return t
}

// add adds a message to the table with this title, and why it is there. Messages
// with equal texts, for equal reasons, have one row, with the first of them.
func (r *reporter) add(title, found string, d *decided) {
	if r == nil {
		return
	}
	names := append([]string{"file", "line", "record", "found"}, r.log.Keep...)
	cells := slices.Concat(d.row()[:3], []string{found}, d.Kept)
	if r.texts {
		names, cells = append(names, "message"), append(cells, d.Text)
	}
	r.section(title, "messages", names...).add(found+"\x00"+d.Text, cells)
}

// print puts a table on the page.
func (r *reporter) print(title string, t *table) {
	if r != nil {
		p := r.section(title, "", names(t.columns)...)
		for _, row := range t.rows {
			p.row(row...)
		}
	}
}

// problem takes an error of reading. Without texts it leaves out what the error
// quotes, which can be from a message.
func (r *reporter) problem(err error) {
	text := err.Error()
	if !r.texts {
		text = quotation.ReplaceAllString(text, "\u2026")
	}
	r.section("Problems", "times", "problem").row(text)
}

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// finish writes the page.
func (r *reporter) finish(a *auditor) error {
	files := r.section("Files", "", "name", "read as", "SHA-256")
	for _, as := range a.logs {
		files.row(as.File, as.How, as.SHA256)
	}
	if r.regime.ID != "" || r.compare != nil {
		r.print("Regimes, their rules and sources", regimeTable())
	}
	data := map[string]any{
		"Senders":  r.senders,
		"Problems": a.problems,
		"Counts":   a.counts(),
		"Tables":   r.tables,
		"Command":  strings.Join(r.args, " "),
		"Made":     now().UTC().Format("2 January 2006, 15:04"),
		"Version":  version(),
		"InUse":    r.tableInUse(),
		"First":    stamp(r.dates.first),
		"Last":     stamp(r.dates.last),
		"Texts":    r.texts,
	}
	var b bytes.Buffer
	// Both calls are made, in this order. Only a mistake in the template fails.
	return cmp.Or(pageTemplate.Execute(&b, data), os.WriteFile(r.page, b.Bytes(), 0o666))
}

// A pageTable is a table of the page, and a section of it. It has the first rows
// of a long table, and says how many more there are.
type pageTable struct {
	Title   string
	Head    []string
	Count   string // the name of a column with the N of each row, or ""
	Rows    []*pageRow
	N       int // the sum of N in all rows, and Omitted
	Omitted int // what has no row, because the table is full

	index map[string]*pageRow // by key
	size  int                 // bytes of HTML
}

type pageRow struct {
	Cells []string
	N     int
}

// ID returns the name of the section in links.
func (t *pageTable) ID() string { return strings.ReplaceAll(strings.ToLower(t.Title), " ", "-") }

// row adds a row that is the only one with its cells.
func (t *pageTable) row(cells ...string) { t.add(strings.Join(cells, "\x00"), cells) }

// add counts 1 in the row of a key. The row has the cells of the first call for it.
func (t *pageTable) add(key string, cells []string) {
	t.N++
	row := t.index[key]
	switch {
	case row != nil:
		row.N++
	case t.size > maxBytes:
		t.Omitted++
	default:
		row = &pageRow{N: 1}
		for _, c := range cells {
			c = strings.Clone(shown(c))
			row.Cells = append(row.Cells, c)
			t.size += len(template.HTMLEscapeString(c)) + cellHTML
		}
		t.Rows, t.index[key] = append(t.Rows, row), row
	}
}

// shown returns a text as a cell has it.
func shown(s string) string {
	if len(s) > maxCell {
		s = strings.ToValidUTF8(s[:maxCell], "") + "\u2026"
	}
	return quote.Printable(s)
}
