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
func regimeTable() *table {
	t := &table{columns: columns("", "id", "kind", "since", "until", "as_of", "match", "scope", "name", "source")}
	for _, r := range regime.All() {
		t.rows = append(t.rows, []string{r.ID, string(r.Kind), r.Since.String(), r.Until.String(), r.AsOf.String(),
			rules(r), string(r.Scope), r.Name, r.Sources()[0].Page})
	}
	return t
}

// rules returns how a regime compares, such as "first word, beginning".
func rules(r regime.Regime) string {
	var all []string
	for _, row := range r.Rows() {
		if !slices.Contains(all, string(row.Match)) {
			all = append(all, string(row.Match))
		}
	}
	return strings.Join(all, ", ")
}

// keywordTable returns the table in use; the table of a regime with its sources.
func (o *options) keywordTable() *table {
	t := &table{columns: columns("", "text", "class", "action", "language", "match", "evidence", "date", "source")}
	if o.regime.ID == "" {
		t.columns = t.columns[:3]
		for _, k := range o.policy.Keywords() {
			t.rows = append(t.rows, []string{k.Text, k.Class.String(), k.Action.String()})
		}
	}
	for _, r := range o.regime.Rows() {
		if k, _ := o.policy.Match(r.Text); len(o.languages) == 0 || r.In(o.languages...) {
			t.rows = append(t.rows, []string{r.Text, r.Class.String(), k.Action.String(), r.Language,
				string(r.Match), string(r.Evidence), r.Source.Date.String(), r.Source.Page})
		}
	}
	return t
}

// tableInUse names the table that decides. The policy of a regime compares whole
// messages, even if the regime's own rule is another.
func (o *options) tableInUse() string {
	if o.regime.ID == "" {
		return "Table in use: " + quote.Printable(cmp.Or(o.table, "built in")) + "."
	}
	name := strings.Join(append([]string{o.regime.ID}, o.languages...), " ")
	return fmt.Sprintf("Table in use: regime %s. Whole messages are compared with its words; its own rule: %s.", name, rules(o.regime))
}
