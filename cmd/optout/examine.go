package main

import (
	"io"

	"example.com/optout"
)

// A decided is a message and what the policy makes of it. It is valid until the
// next one.
type decided struct {
	file string
	line int
	text string
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
	width int // of the longest cell, in characters
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

// examine lets the examiners add their cells, and reports whether the message
// is worth a row.
func (o *options) examine(d *decided) bool {
	show := o.all || len(o.examiners) == 0 && d.Keyword != ""
	d.cells = d.cells[:0]
	for _, e := range o.examiners {
		var found bool
		d.cells, found = e.examine(d.cells, d)
		show = show || found
	}
	return show
}
