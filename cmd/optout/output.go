package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/optout/internal/quote"
)

// An output prints a table in one format. Its writer keeps errors until it is
// flushed.
type output interface {
	heading(columns []column)
	row(cells []string)
}

type column struct {
	name   string
	width  int    // in text, of the longest cell as far as that is known
	object string // in JSON, the name of the object that has the cell, or ""
}

// columns returns columns with these names, in JSON in an object.
func columns(object string, names ...string) (list []column) {
	for _, name := range names {
		list = append(list, column{name: name, object: object})
	}
	return list
}

// Formats of the output.
const (
	textFormat  = "text"
	csvFormat   = "csv"
	jsonlFormat = "jsonl"
)

func newOutput(format string, w io.Writer) output {
	switch format {
	case csvFormat:
		return csvOutput{csv.NewWriter(w)}
	case jsonlFormat:
		return &jsonlOutput{newJSON(w), nil}
	}
	return &textOutput{w: w}
}

// A textOutput aligns its columns, as far as their cells are not wider than those
// of the rows before. It prints the heading before the first row.
type textOutput struct {
	w       io.Writer
	columns []column
	file    int // see places
	headed  bool
}

func (t *textOutput) heading(columns []column) { t.columns, t.file = places(columns) }

func (t *textOutput) row(cells []string) {
	cells = t.texts(cells)
	if !t.headed {
		t.headed = true
		var names []string
		for _, c := range t.columns {
			names = append(names, c.name)
		}
		t.print(names)
	}
	t.print(cells)
}

// texts returns the cells as text, and fits the columns to them.
func (t *textOutput) texts(cells []string) []string {
	cells = slices.Clone(placed(cells, t.file))
	for i, cell := range cells {
		switch {
		case t.columns[i].name == "message":
			cells[i] = quote.Quote(cell)
		case cell == "":
			cells[i] = "-"
		default:
			cells[i] = quote.Printable(cell)
		}
		c := &t.columns[i]
		c.width = max(c.width, utf8.RuneCountInString(c.name), utf8.RuneCountInString(cells[i]))
	}
	return cells
}

func (t *textOutput) print(cells []string) {
	var line strings.Builder
	for i, cell := range cells {
		line.WriteString(cell)
		if i < len(cells)-1 {
			line.WriteString(strings.Repeat(" ", t.columns[i].width-utf8.RuneCountInString(cell)+2))
		}
	}
	io.WriteString(t.w, line.String()+"\n")
}

// places returns the columns as text and the page have them: the place of a
// message is one column, with its file and line. It also returns the index of that
// column, or -1.
func places(columns []column) ([]column, int) {
	file := slices.IndexFunc(columns, func(c column) bool { return c.name == "file" && c.object == "" })
	if file < 0 {
		return slices.Clone(columns), file
	}
	return slices.Concat(columns[:file], []column{{name: "place", width: columns[file].width}}, columns[file+2:]), file
}

// placed returns the cells of a row for such columns.
func placed(cells []string, file int) []string {
	if file < 0 {
		return cells
	}
	return slices.Concat(cells[:file], []string{cells[file] + ":" + cells[file+1]}, cells[file+2:])
}

// A csvOutput is for spreadsheets, so no cell of it is a formula.
type csvOutput struct{ *csv.Writer }

func (c csvOutput) heading(columns []column) {
	var names []string
	for _, column := range columns {
		names = append(names, inert(column.name))
	}
	names[0] = "\ufeff" + names[0] // without it, Excel takes UTF-8 for windows-1252
	c.Write(names)
}

func (c csvOutput) row(cells []string) {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = inert(cell)
	}
	c.Write(safe)
}

// formulaStart finds the start of a formula in the parts into which a
// spreadsheet may split a cell. Some spreadsheets also run fullwidth signs.
var (
	formulaStart = regexp.MustCompile(`(^|[;\t|\r\n])([\x00-\x08\x0b\x0c\x0e-\x20"\x{a0}]*[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}])`)
	number       = regexp.MustCompile(`^[+-]?[0-9 ().-]+$`)
)

// inert returns a cell with an apostrophe before each part that would be a
// formula. Numbers stay as they are, so that other systems can load them.
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

func (j *jsonlOutput) heading(columns []column) { j.columns = columns }

func (j *jsonlOutput) row(cells []string) { j.Encode(object(j.columns, cells)) }

// object returns the cells of a row by their names, without those that are empty.
func object(columns []column, cells []string) map[string]any {
	all := make(map[string]any)
	for i, c := range columns {
		cell := cells[i]
		if !utf8.ValidString(cell) {
			cell = string([]rune(cell)) // U+FFFD for each bad byte, with any version of encoding/json
		}
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

func (t *table) print(out output) {
	out.heading(t.columns)
	if text, ok := out.(*textOutput); ok {
		for _, row := range t.rows {
			text.texts(row)
		}
	}
	for _, row := range t.rows {
		out.row(row)
	}
}
