package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"example.com/optout"
	"example.com/optout/regime"
)

// listRegimes prints all regimes, or for -o jsonl what is known of each.
func listRegimes(o *options, stdout io.Writer) error {
	rows := [][]string{{"id", "kind", "since", "until", "as of", "match", "scope", "name"}}
	var all []any
	for _, r := range regime.All() {
		all = append(all, struct {
			regime.Regime
			Sources []regime.Source `json:"sources"`
		}{r, r.Sources()})
		rows = append(rows, []string{r.ID, r.Kind.String(), r.Since.String(), r.Until.String(), r.AsOf.String(), r.Match.String(), r.Scope.String(), r.Name})
	}
	return printTable(o.format, stdout, rows, all)
}

// listRows prints the table of o.regime with its sources.
func listRows(o *options, stdout io.Writer) error {
	rows := [][]string{{"text", "class", "action", "language", "match", "evidence", "date", "source"}}
	var all []any
	for i, r := range o.regime.Rows() {
		action := o.policy.Keywords()[i].Action
		all = append(all, struct {
			regime.Row
			Action optout.Action `json:"action"`
		}{r, action})
		rows = append(rows, []string{printable(r.Text), r.Class.String(), action.String(), r.Language, r.Match.String(), r.Evidence.String(), r.Source.Date.String(), r.Source.Page})
	}
	return printTable(o.format, stdout, rows, all)
}

// printTable prints rows, the first of which is a heading, or for JSON lines
// the values.
func printTable(format string, w io.Writer, rows [][]string, values []any) error {
	switch format {
	case csvFormat:
		return csv.NewWriter(w).WriteAll(rows)
	case jsonlFormat:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		for _, v := range values {
			if err := e.Encode(v); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if cell == "" {
				row[i] = "-"
			}
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	return t.Flush()
}
