package main

import (
	"fmt"
	"io"

	"example.com/optout"
	"example.com/optout/internal/near"
	"example.com/optout/regime"
)

// A nearer is the examiner of -near: it finds messages that are no keyword, but
// that a stricter reader might take for an opt-out.
type nearer struct {
	finder *near.Finder
	counts map[near.Kind]int
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
	return &nearer{finder: near.New(policy, expressions), counts: make(map[near.Kind]int)}
}

func (n *nearer) columns() []column {
	width := 0
	for _, k := range near.Kinds() {
		width = max(width, len(k))
	}
	return []column{{"near_keyword", 0}, {"near", width}}
}

func (n *nearer) examine(cells []string, d *decided) ([]string, bool) {
	reason := n.finder.Find(d.Text)
	if reason.Kind != "" {
		n.counts[reason.Kind]++
	}
	return append(cells, reason.Keyword, string(reason.Kind)), reason.Kind != ""
}

const nearNote = "No keyword, but near to an opt-out word: evidence for a person to look at, not a decision. Most of it is chat."

func (n *nearer) write(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n", nearNote)
	for _, k := range near.Kinds() {
		fmt.Fprintf(w, "%7d  %s\n", n.counts[k], k)
	}
}
