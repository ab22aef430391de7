package main

import (
	"strings"
	"testing"

	"example.com/optout"
	"example.com/optout/regime"
)

// TestRegimes checks that each regime can be listed, printed and decided with.
func TestRegimes(t *testing.T) {
	var list strings.Builder
	if status := run([]string{"-regimes"}, nil, &list, &list); status != 0 {
		t.Fatalf("optout -regimes: exit status %d, %s", status, list.String())
	}
	for _, r := range regime.All() {
		if !strings.Contains(list.String(), "\n"+r.ID+" ") {
			t.Errorf("optout -regimes has no %s", r.ID)
		}
		for _, format := range []string{"text", "csv", "jsonl"} {
			var table, stderr strings.Builder
			status := run([]string{"-regime", r.ID, "-keywords", "-o", format}, nil, &table, &stderr)
			if status != 0 || stderr.Len() > 0 {
				t.Errorf("optout -regime %s -keywords: exit status %d, %s", r.ID, status, stderr.String())
			}
			for _, row := range r.Rows() {
				if !strings.Contains(table.String(), row.Text) || !strings.Contains(table.String(), row.Source.Page) {
					t.Errorf("optout -regime %s -keywords -o %s lacks %q or its source", r.ID, format, row.Text)
				}
			}
		}
		for _, k := range r.Keywords() {
			var out, stderr strings.Builder
			run([]string{"-lines", "-regime", r.ID, "-o", "csv"}, strings.NewReader(k.Text), &out, &stderr)
			if want := k.Action.String() + ","; !strings.Contains(out.String(), ",1,"+want) || k.Class == optout.ClassNone {
				t.Errorf("optout -regime %s decides %q as %q, want %s", r.ID, k.Text, out.String(), want)
			}
		}
	}
}
