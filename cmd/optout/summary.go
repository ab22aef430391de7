package main

import (
	"fmt"
	"io"

	"example.com/optout"
)

// A tally counts decisions.
type tally struct {
	actions    [optout.Intercept + 1]int // messages
	keywords   map[string]int            // messages that are the keyword
	unreadable int                       // records
}

func (t *tally) add(d optout.Decision) {
	t.actions[d.Action]++
	if d.Keyword != "" {
		t.keywords[d.Keyword]++
	}
}

func (t *tally) messages() (sum int) {
	for _, n := range t.actions {
		sum += n
	}
	return sum
}

// write writes the summary, with the keywords in the order of their table.
func (t *tally) write(w io.Writer, table []optout.Keyword) {
	width := max(len(fmt.Sprint(t.messages())), len(fmt.Sprint(t.unreadable)))
	line := func(n int, what string) { fmt.Fprintf(w, "%*d  %s\n", width, n, what) }

	fmt.Fprintln(w)
	line(t.messages(), "messages")
	line(t.actions[optout.Forward], "forwarded")
	line(t.actions[optout.Drop], "dropped")
	line(t.actions[optout.Intercept], "intercepted")
	line(t.unreadable, "unreadable records")
	fmt.Fprintln(w)
	for _, k := range table {
		if n := t.keywords[k.Text]; n > 0 {
			line(n, printable(k.Text))
		}
	}
}
