package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"example.com/optout"
	"example.com/optout/regime"
)

// listRegimes prints all regimes, or for -o jsonl what is known of each.
func listRegimes(o *options, stdout io.Writer) error {
	rows := [][]string{{"id", "kind", "since", "until", "as of", "scope", "name"}}
	var all []any
	for _, r := range regime.All() {
		all = append(all, struct {
			regime.Regime
			Sources []regime.Source `json:"sources"`
		}{r, r.Sources()})
		rows = append(rows, []string{r.ID, string(r.Kind), r.Since.String(), r.Until.String(), r.AsOf.String(), string(r.Scope), r.Name})
	}
	return printTable(o.format, stdout, rows, all)
}

// listRows prints the table of o.regime with its sources.
func listRows(o *options, stdout io.Writer) error {
	rows := [][]string{{"text", "class", "action", "language", "match", "evidence", "date", "source"}}
	var all []any
	for _, r := range o.regime.Rows() {
		k, _ := o.policy.Match(r.Text)
		action := k.Action
		all = append(all, struct {
			regime.Row
			Action optout.Action `json:"action"`
		}{r, action})
		rows = append(rows, []string{printable(r.Text), r.Class.String(), action.String(), r.Language, string(r.Match), string(r.Evidence), r.Source.Date.String(), r.Source.Page})
	}
	return printTable(o.format, stdout, rows, all)
}

// printTable prints rows, the first of which is a heading, or for JSON lines
// the values.
func printTable(format string, stdout io.Writer, rows [][]string, values []any) error {
	w := bufio.NewWriter(stdout)
	if format == textFormat {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, row := range rows {
			for i, cell := range row {
				row[i] = cmp.Or(printable(cell), "-")
			}
			fmt.Fprintln(t, strings.Join(row, "\t"))
		}
		t.Flush()
		return w.Flush()
	}
	print := newPrinter(format, w)
	print(rows[0], nil)
	for i, row := range rows[1:] {
		if err := print(row, values[i]); err != nil {
			return err
		}
	}
	return w.Flush()
}
