package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/optout/internal/quote"
	"example.com/optout/regime"
)

// regimeTable returns the regimes, with their dates and rules.
func regimeTable(regimes []regime.Regime) *table {
	t := &table{columns: columns("", "id", "kind", "since", "until", "as_of", "match", "scope", "name", "source")}
	for _, r := range regimes {
		var rules []string
		for _, row := range r.Rows() {
			if !slices.Contains(rules, string(row.Match)) {
				rules = append(rules, string(row.Match))
			}
		}
		t.rows = append(t.rows, []string{r.ID, string(r.Kind), r.Since.String(), r.Until.String(), r.AsOf.String(),
			strings.Join(rules, ", "), string(r.Scope), r.Name, r.Sources()[0].Page})
	}
	return t
}

// keywordTable returns the table in use; the table of a regime with its sources.
func (o *options) keywordTable() *table {
	if o.regime.ID == "" {
		t := &table{columns: columns("", "text", "class", "action")}
		for _, k := range o.policy.Keywords() {
			t.rows = append(t.rows, []string{k.Text, k.Class.String(), k.Action.String()})
		}
		return t
	}
	t := &table{columns: columns("", "text", "class", "action", "language", "match", "evidence", "date", "source")}
	for _, r := range o.regime.Rows() {
		k, ok := o.policy.Match(r.Text)
		if !ok || len(o.languages) > 0 && !r.In(o.languages...) {
			continue
		}
		t.rows = append(t.rows, []string{r.Text, r.Class.String(), k.Action.String(), r.Language,
			string(r.Match), string(r.Evidence), r.Source.Date.String(), r.Source.Page})
	}
	return t
}

// tableInUse names the table that decides. It says if a regime compares otherwise
// than the policy does.
func (o *options) tableInUse() string {
	if o.regime.ID == "" {
		return "Table in use: " + quote.Printable(cmp.Or(o.table, "built in")) + "."
	}
	note := ""
	wholeMatches := []regime.Match{regime.MatchWhole, regime.MatchBare, regime.MatchUnknown}
	for _, row := range o.regime.Rows() {
		if _, ok := o.policy.Match(row.Text); ok && !slices.Contains(wholeMatches, row.Match) {
			note = fmt.Sprintf(" Whole messages are compared with its words; its own rule for %s is %q.", row.Text, row.Match)
			break
		}
	}
	return fmt.Sprintf("Table in use: regime %s.%s", strings.Join(append([]string{o.regime.ID}, o.languages...), " "), note)
}
