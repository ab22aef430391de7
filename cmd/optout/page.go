package main

import (
	_ "embed"
	"html/template"
	"strings"

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

// more follows the value of a cell of which the row has other values as well.
const more = ", \u2026"

// add counts 1 in the row of a key. The row has the cells of the first call for
// it; a cell that is another one in a later call ends in more.
func (t *pageTable) add(key string, cells []string) {
	t.N++
	row := t.index[key]
	switch {
	case row == nil && t.size > maxBytes:
		t.Omitted++
		return
	case row == nil:
		row = new(pageRow)
		for _, c := range cells {
			c = strings.Clone(shown(c))
			row.Cells = append(row.Cells, c)
			t.size += len(template.HTMLEscapeString(c)) + cellHTML
		}
		t.Rows, t.index[key] = append(t.Rows, row), row
	}
	row.N++
	for i, first := range row.Cells {
		if first != shown(cells[i]) && !strings.HasSuffix(first, more) {
			row.Cells[i] += more
		}
	}
}

// shown returns a text as a cell has it.
func shown(s string) string {
	if len(s) > maxCell {
		s = strings.ToValidUTF8(s[:maxCell], "") + "\u2026"
	}
	return quote.Printable(s)
}
