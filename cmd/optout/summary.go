package main

import (
	"fmt"
	"io"

	"example.com/optout"
)

// A tally counts decisions.
type tally struct {
	forwarded, dropped, intercepted int
	unreadable                      int            // records
	keywords                        map[string]int // messages that are the keyword
}

func (t *tally) add(d optout.Decision) {
	switch d.Action {
	case optout.Drop:
		t.dropped++
	case optout.Intercept:
		t.intercepted++
	default:
		t.forwarded++
	}
	if d.Keyword != "" {
		t.keywords[d.Keyword]++
	}
}

func (t *tally) messages() int { return t.forwarded + t.dropped + t.intercepted }

// write writes the summary, with the keywords in the order of their table.
func (t *tally) write(w io.Writer, table []optout.Keyword) {
	width := max(len(fmt.Sprint(t.messages())), len(fmt.Sprint(t.unreadable)))
	line := func(n int, what string) { fmt.Fprintf(w, "%*d  %s\n", width, n, what) }

	fmt.Fprintln(w)
	line(t.messages(), "messages")
	line(t.forwarded, "forwarded")
	line(t.dropped, "dropped")
	line(t.intercepted, "intercepted")
	line(t.unreadable, "unreadable records")
	fmt.Fprintln(w)
	for _, k := range table {
		if n := t.keywords[k.Text]; n > 0 {
			line(n, printable(k.Text))
		}
	}
}
