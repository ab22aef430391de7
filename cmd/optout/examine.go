package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/regime"
)

// An examiner says more about messages than the decision: -by, -compare, -near.
type examiner interface {
	// columns returns the columns that it adds to the output.
	columns() []column

	// examine appends one cell per column to d.cells, and reports whether d has a
	// row. With examiners, only what one of them finds has a row, or everything
	// with -all. It also adds what it finds to the page.
	examine(d *decided, page *reporter) (found bool)

	// write writes its part of the summary, and puts its own table on the page.
	write(w io.Writer, page *reporter)
}

// A comparer is the examiner of -compare: it finds messages that the table in
// use and a regime take for different things.
type comparer struct {
	regimes []regime.Regime
	counts  map[string]int // of these messages, by regime, column of write's table, and mark
}

// newComparer returns the comparer of the regimes with these IDs; of all for none
// and for "all".
func newComparer(ids []string) (*comparer, error) {
	c := &comparer{counts: make(map[string]int)}
	if len(ids) == 0 || slices.Equal(ids, []string{"all"}) {
		c.regimes, ids = regime.All(), nil
	}
	for _, id := range ids {
		r, ok := regime.Lookup(id)
		if !ok {
			return nil, fmt.Errorf("no regime %q: optout -regimes lists them", id)
		}
		c.regimes = append(c.regimes, r)
	}
	return c, nil
}

func (c *comparer) columns() (columns []column) {
	for _, r := range c.regimes {
		columns = append(columns, column{name: r.ID, object: "examined"})
	}
	return columns
}

var marks = []string{regime.Documented: "", regime.Presumed: "~", regime.Unknown: "?"}

// examine finds d if it is known that a regime differs.
func (c *comparer) examine(d *decided, page *reporter) (found bool) {
	var known []string
	for _, r := range c.regimes {
		id := r.ID
		if !d.time.IsZero() {
			r, _ = r.Edition(regime.Date{Year: d.time.Year(), Month: d.time.Month(), Day: d.time.Day()})
		}
		if r.ID == "" {
			c.counts[id+"not in force"]++
			d.cells = append(d.cells, "")
			continue
		}
		v := r.Judge(d.Text)
		mark := marks[v.Certainty]
		d.cells = append(d.cells, v.Class.String()+mark)
		// A demand without words of the class does not say anything about it.
		hasClass := func(row regime.Row) bool { return row.Class == d.Class }
		if v.Class == d.Class || v.Class == optout.ClassNone && r.Kind != regime.KindFilter && !slices.ContainsFunc(r.Rows(), hasClass) {
			continue
		}
		if v.Certainty != regime.Unknown {
			known = append(known, r.ID+" "+d.cells[len(d.cells)-1])
		}
		c.counts[id+v.Class.String()+" there"+mark]++
		c.counts[id+d.Class.String()+" here"+mark]++
	}
	if known != nil {
		page.add(fmt.Sprintf("Where regimes differ from %v, %v", d.Action, d.Class), strings.Join(known, ", "), d)
	}
	return known != nil
}

// write writes how many messages each regime takes for an opt-out, opt-in or help
// and the relay does not, and the reverse; and how many are of days for which no
// edition of it is known.
func (c *comparer) write(w io.Writer, page *reporter) {
	t := &table{columns: columns("", "regime", "opt-out there", "opt-out here", "opt-in there", "opt-in here", "help there", "help here", "not in force")}
	for _, r := range c.regimes {
		row := []string{r.ID}
		for _, column := range t.columns[1:] {
			key := r.ID + column.name
			row = append(row, strings.TrimSuffix(fmt.Sprintf("%d + %d?", c.counts[key]+c.counts[key+"~"], c.counts[key+"?"]), " + 0?"))
		}
		t.rows = append(t.rows, row)
	}
	fmt.Fprintln(w, "\nMessages that a regime takes for an opt-out, opt-in or help and the relay does not (there), and the reverse (here).")
	fmt.Fprintln(w, "~ is presumed. ? is unknown: such messages have rows with -all only. With -date, the edition of its day judges a message.")
	t.print("text", w)
	page.print("Where regimes differ, by regime", t)
}
