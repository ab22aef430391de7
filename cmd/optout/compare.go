package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"example.com/optout"
	"example.com/optout/regime"
)

// A comparer is the examiner of -compare: it finds messages that the table in
// use and a regime take for different things.
type comparer struct {
	regimes []regime.Regime
	counts  map[difference]int
}

// A difference is that a regime takes a message for a keyword of a class and
// the relay does not (there), or the reverse (here).
type difference struct {
	class     optout.Class
	here      int // 0 or 1
	regime    int
	certainty regime.Certainty
	action    optout.Action // of the relay
}

// newComparer returns the comparer of the regimes in a list such as
// "aws,telnyx", or of all.
func newComparer(list string) (*comparer, error) {
	c := &comparer{regimes: regime.All(), counts: make(map[difference]int)}
	if list == "all" {
		return c, nil
	}
	c.regimes = nil
	for _, id := range strings.Split(list, ",") {
		r, err := lookup(strings.TrimSpace(id))
		if err != nil {
			return nil, err
		}
		c.regimes = append(c.regimes, r)
	}
	return c, nil
}

// lookup returns a regime by its ID.
func lookup(id string) (regime.Regime, error) {
	r, ok := regime.Lookup(id)
	if !ok {
		return r, fmt.Errorf("no regime %q: optout -regimes lists those there are", id)
	}
	return r, nil
}

func (c *comparer) columns() (columns []column) {
	for _, r := range c.regimes {
		columns = append(columns, column{r.ID, len("opt-out~")})
	}
	return columns
}

var marks = []string{regime.Documented: "", regime.Presumed: "~", regime.Unknown: "?"}

const marksNote = "~ is presumed, by spelling or punctuation that no page of the regime speaks of; ? is unknown, as the regime's rule is: such messages are counted, and have a row of their own with -all only"

// examine finds d worth a row if it is known of a regime that it differs.
func (c *comparer) examine(cells []string, d *decided) ([]string, bool) {
	known := false
	for i, r := range c.regimes {
		v := r.Judge(d.Text)
		cells = append(cells, v.Class.String()+marks[v.Certainty])
		// A demand that names no word of a class has nothing to say about it.
		if v.Class == d.Class || v.Class == optout.ClassNone && r.Kind != regime.KindFilter && !hasClass(r, d.Class) {
			continue
		}
		known = known || v.Certainty != regime.Unknown
		for here, class := range []optout.Class{v.Class, d.Class} {
			if class != optout.ClassNone {
				c.counts[difference{class, here, i, v.Certainty, d.Action}]++
			}
		}
	}
	return cells, known
}

// hasClass reports whether a regime has a keyword of a class.
func hasClass(r regime.Regime, class optout.Class) bool {
	return slices.ContainsFunc(r.Keywords(), func(k optout.Keyword) bool { return k.Class == class })
}

// matrix returns how many messages each regime takes for an opt-out, opt-in or
// help and the relay does not, and the reverse.
func (c *comparer) matrix() [][]string {
	rows := [][]string{{"regime", "opt-out there", "opt-out here", "opt-in there", "opt-in here", "help there", "help here"}}
	for i, r := range c.regimes {
		var known, unknown [6]int
		for d, n := range c.counts {
			if column := int(d.class-optout.ClassOptOut)*2 + d.here; d.regime != i {
			} else if d.certainty == regime.Unknown {
				unknown[column] += n
			} else {
				known[column] += n
			}
		}
		row := []string{r.ID}
		for column, n := range known {
			row = append(row, strings.TrimSuffix(fmt.Sprintf("%d + %d?", n, unknown[column]), " + 0?"))
		}
		rows = append(rows, row)
	}
	return rows
}

// follows says what follows from the differences, and for how many messages.
func (c *comparer) follows() (rows [][]string) {
	order := func(a, b difference) int {
		return cmp.Or(cmp.Compare(a.class, b.class), a.here-b.here, cmp.Compare(b.certainty, a.certainty), cmp.Compare(a.action, b.action), a.regime-b.regime)
	}
	names := make(map[string][]string) // of the regimes of which the same is to be said
	for _, d := range slices.SortedFunc(maps.Keys(c.counts), order) {
		r := c.regimes[d.regime]
		row := []string{strconv.Itoa(c.counts[d]), d.follows(r.Kind != regime.KindFilter)}
		key := strings.Join(row, " ")
		if names[key] == nil {
			rows = append(rows, row)
		}
		if (r.Until != regime.Date{}) {
			r.ID += " until " + r.Until.String()
		}
		names[key] = append(names[key], r.ID)
	}
	for _, row := range rows {
		row[1] = strings.Replace(row[1], "REGIMES", strings.Join(names[strings.Join(row, " ")], ", "), 1)
	}
	return rows
}

// consequences are what filters and demands do with a keyword of a class that
// only they know, and what is left to do with one that only the relay knows.
var consequences = map[optout.Class]struct{ filter, demand, left string }{
	optout.ClassOptOut: {"sender %sblocked by REGIMES", "%san opt-out to REGIMES", "your app must record the opt-out and answer"},
	optout.ClassOptIn:  {"block of the sender %slifted by REGIMES", "%san opt-in to REGIMES", "whom they block stays blocked"},
	optout.ClassHelp:   {"%sanswered with help by REGIMES", "%sa request for help to REGIMES", "your app must answer"},
}

// follows says what follows from the difference for a message.
func (d difference) follows(demand bool) string {
	perhaps := map[regime.Certainty]string{regime.Presumed: "presumably ", regime.Unknown: "perhaps "}[d.certainty]
	done := []string{optout.Forward: "forwarded here", optout.Drop: "dropped here", optout.Intercept: "left to your own handling"}[d.action]
	then := consequences[d.class]
	switch {
	case d.here == 1 && demand:
		return fmt.Sprintf("%s as %v, by a word that is not named by REGIMES, where others can count as well", done, d.class)
	case d.here == 1:
		return fmt.Sprintf("%s as %v, and %snothing is done by REGIMES: %s", done, d.class, perhaps, then.left)
	case d.action != optout.Forward:
		return fmt.Sprintf(then.filter+", and %s as something else", perhaps, done)
	case demand:
		return fmt.Sprintf(then.demand+", and the other party reads it as chat: your app must act on it", perhaps)
	}
	return fmt.Sprintf(then.filter+", and the other party reads the word as chat", perhaps)
}

func (c *comparer) write(w io.Writer) {
	fmt.Fprintf(w, "\nMessages that a regime takes for an opt-out, opt-in or help and the relay does not (there), and the reverse (here):\n")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range c.matrix() {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	t.Flush()
	fmt.Fprintf(w, "\n%s.\n\n", marksNote)
	for _, row := range c.follows() {
		fmt.Fprintf(w, "%7s  %s\n", row[0], row[1])
	}
}
