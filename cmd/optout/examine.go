package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/near"
	"example.com/optout/internal/report"
	"example.com/optout/regime"
)

// An examiner says more about messages than the decision: -by, -compare, -near.
type examiner interface {
	// columns returns the columns that it adds to the output.
	columns() []column

	// examine appends one cell per column to d.cells, and reports whether d has a
	// row. With examiners, only what one of them finds has a row, or everything
	// with -all. What it finds is also in its tables for the page.
	examine(d *decided, page *reporter) (found bool)

	// write writes its part of the summary.
	write(w io.Writer)

	// section returns its part of the page.
	section(page *reporter) report.Section
}

// A comparer is the examiner of -compare: it finds messages that the table in
// use and a regime take for different things.
type comparer struct {
	regimes []regime.Regime
	counts  []differences // of each regime
	table   report.Table
}

// A differences counts the messages about which the relay and a regime differ.
type differences struct {
	known, unknown [6]int // by class; of each the keywords of the regime, then of the relay
	outside        int    // messages on days for which no edition is known
}

// newComparer returns the comparer of the regimes with these IDs, or of "all".
func newComparer(ids []string) (*comparer, error) {
	c := &comparer{regimes: regime.All()}
	if !slices.Equal(ids, []string{"all"}) {
		c.regimes = nil
		for _, id := range ids {
			r, err := lookup(id)
			if err != nil {
				return nil, err
			}
			c.regimes = append(c.regimes, r)
		}
	}
	c.counts = make([]differences, len(c.regimes))
	return c, nil
}

// lookup returns a regime by its ID.
func lookup(id string) (regime.Regime, error) {
	r, ok := regime.Lookup(id)
	if !ok {
		return r, fmt.Errorf("no regime %q: optout -regimes lists them", id)
	}
	return r, nil
}

func (c *comparer) columns() (columns []column) {
	for _, r := range c.regimes {
		columns = append(columns, column{name: r.ID, object: "examined"})
	}
	return columns
}

var marks = []string{regime.Documented: "", regime.Presumed: "~", regime.Unknown: "?"}

// examine finds d if it is known that a regime differs.
func (c *comparer) examine(d *decided, page *reporter) (known bool) {
	var differing []string
	for i, r := range c.regimes {
		n := &c.counts[i]
		if !d.time.IsZero() {
			var ok bool
			if r, ok = r.Edition(regime.Date{Year: d.time.Year(), Month: d.time.Month(), Day: d.time.Day()}); !ok {
				n.outside++
				d.cells = append(d.cells, "")
				continue
			}
		}
		v := r.Judge(d.Text)
		cell := v.Class.String() + marks[v.Certainty]
		d.cells = append(d.cells, cell)
		// A demand without words of the class does not say anything about it.
		hasClass := func(row regime.Row) bool { return row.Class == d.Class }
		if v.Class == d.Class || v.Class == optout.ClassNone && r.Kind != regime.KindFilter && !slices.ContainsFunc(r.Rows(), hasClass) {
			continue
		}
		counts := &n.unknown
		if v.Certainty != regime.Unknown {
			counts, known = &n.known, true
		}
		for here, class := range []optout.Class{v.Class, d.Class} {
			if class != optout.ClassNone {
				counts[int(class-optout.ClassOptOut)*2+here]++
			}
		}
		if cell != "none?" {
			differing = append(differing, r.ID+" "+cell)
		}
	}
	if known {
		page.add(&c.table, d, d.Action.String()+", "+d.Class.String(), strings.Join(differing, ", "))
	}
	return known
}

// matrix returns how many messages each regime takes for an opt-out, opt-in or
// help and the relay does not, and the reverse.
func (c *comparer) matrix() *table {
	t := &table{columns: columns("", "regime", "opt-out there", "opt-out here", "opt-in there", "opt-in here", "help there", "help here", "not in force")}
	for i, r := range c.regimes {
		row := []string{r.ID}
		for column, n := range c.counts[i].known {
			row = append(row, strings.TrimSuffix(fmt.Sprintf("%d + %d?", n, c.counts[i].unknown[column]), " + 0?"))
		}
		t.rows = append(t.rows, append(row, fmt.Sprint(c.counts[i].outside)))
	}
	return t
}

func (c *comparer) write(w io.Writer) {
	fmt.Fprintln(w, "\nMessages that a regime takes for an opt-out, opt-in or help and the relay does not (there), and the reverse (here).")
	fmt.Fprintln(w, "~ is presumed. ? is unknown: such messages have rows with -all only. With -date, the edition of its day judges a message.")
	c.matrix().print(newOutput(textFormat, w))
}

func (c *comparer) section(page *reporter) report.Section {
	editions := slices.Clone(c.regimes)
	for _, r := range c.regimes {
		listed := slices.ContainsFunc(c.regimes, func(other regime.Regime) bool { return other.ID == r.Replaces })
		if before, ok := regime.Lookup(r.Replaces); ok && !listed && page.log.Date != "" {
			editions = append(editions, before)
		}
	}
	matrix := page.table("Messages by regime: those that it takes for a keyword and the relay does not (there), and the reverse (here).", c.matrix())
	regimes := page.table("The regimes, their rules and sources.", regimeTable(editions))
	matrix.N, regimes.N = 0, 0 // the section has as many messages as the other table
	return report.Section{Title: "Where regimes differ", Tables: []*report.Table{
		matrix, page.head(&c.table, "Messages about which regimes differ.", "The relay", "Regimes"), regimes,
	}}
}

// A nearer is the examiner of -near: it finds near misses.
type nearer struct {
	finder *near.Finder
	counts map[near.Kind]int
	tables map[near.Kind]*report.Table
}

func newNearer(policy optout.Policy) *nearer {
	expressions := make(map[string][]string)
	for _, id := range []string{"fcc", "ctia"} {
		demand, _ := regime.Lookup(id)
		for _, k := range demand.Keywords() {
			if k.Class == optout.ClassOptOut {
				expressions[k.Text] = append(expressions[k.Text], id)
			}
		}
	}
	n := &nearer{near.New(policy, expressions), make(map[near.Kind]int), make(map[near.Kind]*report.Table)}
	for _, kind := range near.Kinds() {
		n.tables[kind] = &report.Table{Title: string(kind)}
	}
	return n
}

func (n *nearer) columns() []column { return columns("examined", "near_keyword", "near") }

func (n *nearer) examine(d *decided, page *reporter) (found bool) {
	miss := n.finder.Find(d.Text)
	if miss.Kind != "" {
		n.counts[miss.Kind]++
		page.add(n.tables[miss.Kind], d, miss.Keyword)
	}
	d.cells = append(d.cells, miss.Keyword, string(miss.Kind))
	return miss.Kind != ""
}

func (n *nearer) write(w io.Writer) {
	fmt.Fprintln(w, "\nNear misses: messages that are not keywords, but close to an opt-out word. A person has to look at them; most are chat.")
	for _, kind := range near.Kinds() {
		fmt.Fprintf(w, "%7d  %s\n", n.counts[kind], kind)
	}
}

func (n *nearer) section(page *reporter) report.Section {
	section := report.Section{Title: "Near misses"}
	for _, kind := range near.Kinds() {
		section.Tables = append(section.Tables, page.head(n.tables[kind], "Messages with an opt-out word: "+string(kind)+".", "Opt-out word"))
	}
	return section
}
