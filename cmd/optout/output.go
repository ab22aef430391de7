package main

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"example.com/optout/internal/quote"
)

// An output prints a table in one format. Its writer keeps errors until it is
// flushed.
type output interface {
	row(cells []string)
	Flush() // gives the writer the rows that the output has kept
}

type column struct {
	name   string
	object string // in JSON, the name of the object that has the cell, or ""
}

// columns returns columns with these names, in JSON in an object.
func columns(object string, names ...string) (list []column) {
	for _, name := range names {
		list = append(list, column{name, object})
	}
	return list
}

func names(columns []column) (list []string) {
	for _, c := range columns {
		list = append(list, c.name)
	}
	return list
}

// newOutput returns an output in a format of -o, with these columns for its rows.
func newOutput(format string, w io.Writer, columns []column) output {
	switch format {
	case "csv":
		io.WriteString(w, "\ufeff") // without it, Excel takes UTF-8 for windows-1252
		c := csvOutput{csv.NewWriter(w)}
		c.row(names(columns))
		return c
	case "jsonl":
		return jsonlOutput{newJSON(w), columns}
	}
	return &textOutput{block: tabwriter.NewWriter(w, 10, 0, 2, ' ', 0), columns: columns, first: strings.Join(names(columns), "\t") + "\n"}
}

// A textOutput aligns the columns of a block of rows. A block ends with Flush, and
// after a megabyte of rows. The heading comes with the first row.
type textOutput struct {
	block   *tabwriter.Writer
	size    int // of the rows since the last long block, in bytes
	columns []column
	first   string // the line before the next row: the heading, then nothing
}

func (t *textOutput) row(cells []string) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		if t.columns[i].name == "message" {
			texts[i] = quote.Quote(cell)
		} else {
			texts[i] = cmp.Or(quote.Printable(cell), "-")
		}
	}
	n, _ := io.WriteString(t.block, t.first+strings.Join(texts, "\t")+"\n")
	t.first = ""
	if t.size += n; t.size > 1<<20 {
		t.Flush()
		t.size = 0
	}
}

func (t *textOutput) Flush() { t.block.Flush() }

// A csvOutput is for spreadsheets, so no cell of it is a formula.
type csvOutput struct{ *csv.Writer }

func (c csvOutput) row(cells []string) {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = inert(cell)
	}
	c.Write(safe)
}

// formulaStart finds the start of a formula in the parts into which a
// spreadsheet may split a cell. Some spreadsheets also run fullwidth signs.
var formulaStart = regexp.MustCompile(`(^|[;\t|\r\n])([\x00-\x08\x0b\x0c\x0e-\x20"\x{a0}]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])`)

// number finds the cells that other systems load as numbers, among them phone
// numbers.
var number = regexp.MustCompile(`^[+-]?[0-9 ().-]+$`)

// inert returns a cell with an apostrophe before each part that would be a
// formula. Numbers stay as they are.
func inert(cell string) string {
	if !strings.ContainsAny(cell, "=+-@\uff1d\uff0b\uff0d\uff20") || number.MatchString(cell) {
		return cell
	}
	return formulaStart.ReplaceAllString(cell, "$1'$2")
}

func newJSON(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// A jsonlOutput prints one JSON object per line.
type jsonlOutput struct {
	*json.Encoder
	columns []column
}

func (j jsonlOutput) row(cells []string) { j.Encode(object(j.columns, cells)) }

func (jsonlOutput) Flush() {}

// object returns the cells of a row by their names, without those that are empty.
func object(columns []column, cells []string) map[string]any {
	all := make(map[string]any)
	for i, c := range columns {
		cell := strings.Map(func(r rune) rune { return r }, cells[i]) // U+FFFD for each bad byte, with any version of encoding/json
		switch {
		case c.object != "":
			if all[c.object] == nil {
				all[c.object] = make(map[string]string)
			}
			all[c.object].(map[string]string)[c.name] = cell
		case slices.Contains([]string{"line", "record", "code", "opt_outs", "opt_ins"}, c.name) && cell != "":
			all[c.name] = json.Number(cell)
		case cell != "" || c.name == "message":
			all[c.name] = cell
		}
	}
	return all
}

// A table is complete before it is printed.
type table struct {
	columns []column
	rows    [][]string
}

func (t *table) print(format string, w io.Writer) {
	out := newOutput(format, w, t.columns)
	for _, row := range t.rows {
		out.row(row)
	}
	out.Flush()
}
