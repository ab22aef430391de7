// Package report writes what was found in message logs as one HTML page that
// needs nothing beside it, not even a script.
//
// A page has a size that browsers and mails can take: it holds the first rows
// of long tables, and says how many it leaves out.
package report

import (
	_ "embed"
	"html/template"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/optout/internal/quote"
)

// What a page holds at most of a table, and of a text.
const (
	maxRows  = 5000
	maxBytes = 2 << 20 // of HTML
	maxCell  = 1000
)

// A Page is what the template makes HTML of.
type Page struct {
	About   []string // when and how it was made
	Warning string   // that not everything is decided, or ""
	Texts   bool     // it holds texts of messages
	Counts  [][2]string
	Tables  []*Table
}

// A Table has a row for each message or count. One with a Title begins a
// section of the page.
type Table struct {
	Title, Caption string
	Text           []string // before the table
	Head           []string
	Rows           [][]string
	Left           int // rows that are left out

	Across bool     // the numbers of the last column are shown as bars, too
	Kinds  []string // the actions whose colours the bars have; forward if it is nil

	size int
}

// Add adds a row to the table, unless that is full.
func (t *Table) Add(cells ...string) {
	size := 0
	for i, c := range cells {
		if cut := maxCell; len(c) > cut {
			for !utf8.RuneStart(c[cut]) {
				cut--
			}
			c = c[:cut] + "\u2026 (" + Number(utf8.RuneCountInString(c[cut:])) + " more characters)"
		}
		cells[i] = strings.Clone(c)
		size += len(template.HTMLEscapeString(c)) + len(t.Head[i]) + len(`<td dir="auto" data-label="">`)
	}
	if len(t.Rows) == maxRows || t.size+size > maxBytes {
		t.Left++
		return
	}
	t.size += size
	t.Rows = append(t.Rows, cells)
}

// A Bar is a number of a chart: its size in percent of the largest, and the
// action whose colour it has.
type Bar struct {
	Size float64
	Kind string
}

// Bars returns a bar for each row.
func (t *Table) Bars() []Bar {
	bars := make([]Bar, len(t.Rows))
	largest := 1.0
	for i, row := range t.Rows {
		bars[i].Size, _ = strconv.ParseFloat(strings.ReplaceAll(row[len(row)-1], ",", ""), 64)
		largest = max(largest, bars[i].Size)
	}
	for i := range bars {
		bars[i].Size *= 100 / largest
		bars[i].Kind = "forward"
		if t.Kinds != nil {
			bars[i].Kind = t.Kinds[i]
		}
	}
	return bars
}

// Shown returns a text as a page shows it: quoted if there is more to it than
// one can see.
func Shown(s string) string {
	if q := quote.Quote(s); len(q) != len(s)+len(`""`) {
		return q
	}
	return s
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// WithoutQuotes returns a text without what it quotes.
func WithoutQuotes(s string) string { return quoted.ReplaceAllString(s, `"`+"\u2026"+`"`) }

// Number writes n with a comma between groups of three digits.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"id":      func(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "-") },
	"number":  Number,
	"numeric": func(s string) bool { return s != "" && strings.Trim(s, "0123456789,+ ?") == "" },
}).Parse(page))

// Write writes the page.
func (p *Page) Write(w io.Writer) error { return pageTemplate.Execute(w, p) }
