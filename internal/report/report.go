// Package report writes what was found in message logs as one HTML page. The
// page needs no other file and no script.
//
// A page has a size that browsers and mail can take: of a long table it has the
// first rows, and says how many more there are.
package report

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"example.com/optout/internal/quote"
)

// Bounds of a table and of a cell.
const (
	maxRows  = 5000
	maxBytes = 800_000 // of HTML
	maxCell  = 1000    // bytes
	cellHTML = 100     // bytes around a cell, at most, with a short name of its column
)

// A Page is the data of the template.
type Page struct {
	Answer   []string // sentences that say what was found
	Warning  string   // says what could not be read, or ""
	Texts    bool     // the page has texts of messages
	Counts   []Count
	Sections []Section
	Origin   []string // how, when and by which version the page was made
}

// A Count is a number of things.
type Count struct {
	N    int
	What string
}

// A Section is a part of the page that can be folded.
type Section struct {
	Title  string
	Open   bool
	Tables []*Table
}

// ID returns the section's name in links.
func (s Section) ID() string { return strings.ReplaceAll(strings.ToLower(s.Title), " ", "-") }

// Count returns the sum of N in the section's tables.
func (s Section) Count() (n int) {
	for _, t := range s.Tables {
		n += t.N
	}
	return n
}

// A Table has rows of cells. If Head has one name more than a row has cells, the
// last column is the row's N.
type Table struct {
	Title   string // of a table that can be folded, or ""
	Caption string
	Head    []string
	Rows    []*Row
	N       int // the sum of N in all rows, Omitted among them
	Omitted int // messages without a row, because the table is full

	index map[string]*Row
	size  int
}

// A Row is a row of a Table.
type Row struct {
	Cells []string
	N     int // messages

	first []string // the cells as Add got them
}

// more follows the value of a cell of which the row has other values as well.
const more = ", \u2026"

// Add counts n messages in the row of a key. The row has the cells of the first of
// them; a cell that is another one in a later message ends in more.
func (t *Table) Add(key string, n int, cells ...string) {
	t.N += n
	row := t.index[key]
	if row != nil {
		row.N += n
		for i, c := range cells {
			if c != row.first[i] && !strings.HasSuffix(row.Cells[i], more) {
				row.Cells[i] += more
			}
		}
		return
	}
	if len(t.Rows) == maxRows || t.size > maxBytes {
		t.Omitted += n
		return
	}
	row = &Row{N: n}
	for _, c := range cells {
		row.first = append(row.first, strings.Clone(c))
		row.Cells = append(row.Cells, strings.Clone(shown(c)))
		t.size += len(template.HTMLEscapeString(shown(c))) + cellHTML
	}
	if t.index == nil {
		t.index = make(map[string]*Row)
	}
	t.index[strings.Clone(key)] = row
	t.Rows = append(t.Rows, row)
}

// shown returns a text as a cell has it: quoted if a reader does not see
// everything in it. Quotation marks alone are seen.
func shown(s string) string {
	if len(s) > maxCell {
		s = strings.ToValidUTF8(s[:maxCell], "") + "\u2026"
	}
	if plain := strings.ReplaceAll(s, `"`, ""); quote.Printable(plain) == plain {
		return s
	}
	return quote.Quote(s)
}

// Counted reports whether the last column is N.
func (t *Table) Counted() bool { return len(t.Head) > len(t.Rows[0].Cells) }

// CountName returns the name of the last column.
func (t *Table) CountName() string { return t.Head[len(t.Head)-1] }

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Parse(page))

// Write writes the page.
func (p *Page) Write(w io.Writer) error { return pageTemplate.Execute(w, p) }
