package report_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/optout/internal/report"
)

// TestPageIsBounded fills tables with rows that are many, long, and grow when
// they are escaped.
func TestPageIsBounded(t *testing.T) {
	for _, text := range []string{"STOP", strings.Repeat("<\"&'>", 1000), strings.Repeat("\u20ac", 1000)} {
		p := &report.Page{Texts: true}
		for range 4 {
			table := &report.Table{Caption: "c", Head: []string{"Where", "Message"}}
			for i := range 10_000 {
				table.Add("log.csv:"+strconv.Itoa(i), text)
			}
			if len(table.Rows)+table.Left != 10_000 {
				t.Errorf("%d rows and %d left out, want 10000 in all", len(table.Rows), table.Left)
			}
			p.Tables = append(p.Tables, table)
		}
		var b strings.Builder
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 10_000_000 || !strings.Contains(b.String(), "more are left out here") {
			t.Errorf("page of %.10q has %d bytes, want at most 10 MB, and that rows are left out", text, b.Len())
		}
	}
}

func TestAddCutsLongTexts(t *testing.T) {
	table := &report.Table{Head: []string{"Message"}}
	table.Add(strings.Repeat("\u20ac", 1000))
	want := strings.Repeat("\u20ac", 333) + "\u2026 (667 more characters)"
	if got := table.Rows[0][0]; got != want {
		t.Errorf("cell is %.40q, %d bytes, want %.40q, %d bytes", got, len(got), want, len(want))
	}
}

func TestBars(t *testing.T) {
	table := &report.Table{Head: []string{"Keyword", "Messages"}, Kinds: []string{"drop", "forward", "drop"}}
	table.Add("STOP", "2,000")
	table.Add("YES", "500")
	table.Add("END", "0")
	want := []report.Bar{{100, "drop"}, {25, "forward"}, {0, "drop"}}
	if diff := cmp.Diff(want, table.Bars()); diff != "" {
		t.Errorf("bars (-want +got):\n%s", diff)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := report.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestWithoutQuotes(t *testing.T) {
	const got, want = `log:3: field "a \"b\" c" is "open`, "log:3: field \"\u2026\" is \"\u2026\""
	if s := report.WithoutQuotes(got); s != want {
		t.Errorf("WithoutQuotes(%q) = %q, want %q", got, s, want)
	}
}
