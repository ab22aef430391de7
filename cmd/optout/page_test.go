package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newPageTable(title string, names ...string) *pageTable {
	r := &reporter{tables: make(map[string]*pageTable)}
	return r.section(title, "messages", names...)
}

// TestPageIsBounded fills tables with rows that are many, long, and grow when
// they are escaped.
func TestPageIsBounded(t *testing.T) {
	for _, text := range []string{"STOP", strings.Repeat("<\"&'>", 1000), strings.Repeat("\u20ac", 1000)} {
		tables := make(map[string]*pageTable)
		for range 10 {
			table := newPageTable("Messages", "place", "message")
			for i := range 20_000 {
				table.add(strconv.Itoa(i%10_000), []string{"log.csv:" + strconv.Itoa(i), text})
			}
			n := table.Omitted
			for _, row := range table.Rows {
				n += row.N
			}
			if n != 20_000 || table.N != n {
				t.Errorf("%d messages in the rows and omitted, %d in all, want 20000", n, table.N)
			}
			tables[strconv.Itoa(len(tables))] = table
		}
		var b strings.Builder
		if err := pageTemplate.Execute(&b, map[string]any{"Tables": tables}); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 10_000_000 || !strings.Contains(b.String(), " more have no row here") {
			t.Errorf("page of %.10q has %d bytes, want at most 10 MB, and that some have no row", text, b.Len())
		}
	}
}

func TestAddCutsLongTexts(t *testing.T) {
	table := newPageTable("Messages", "message")
	table.row(strings.Repeat("\u20ac", 1000))
	want := strings.Repeat("\u20ac", 333) + "\u2026"
	if got := table.Rows[0].Cells[0]; got != want {
		t.Errorf("cell is %.40q, %d bytes, want %.40q, %d bytes", got, len(got), want, len(want))
	}
}

// TestRows adds messages with the same key: they have one row.
func TestRows(t *testing.T) {
	table := newPageTable("Messages", "place", "From", "message")
	add := func(key string, cells ...string) { table.add(key, cells) }
	add("a", "log:1", "+1", "Stop, please")
	add("b", "log:2", "+1", "s\u200btop")
	for _, where := range []string{"log:3", "log:4", "log:5", "log:6"} {
		add("a", where, "+2", "Stop, please")
	}
	var rows []string
	for _, row := range table.Rows {
		rows = append(rows, strings.Join(row.Cells, " | ")+" | "+strconv.Itoa(row.N))
	}
	want := []string{"log:1 | +1 | Stop, please | 5", `log:2 | +1 | "s\u200btop" | 1`}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}
