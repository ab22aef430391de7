package report

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTimeline(t *testing.T) {
	days := func(n int) (times []string) {
		for i := range n {
			times = append(times, fmt.Sprintf("2026-%02d-%02d 10:00", 1+i/28, 1+i%28))
		}
		return times
	}
	tests := []struct {
		name  string
		times []string
		first []string // rows
		n     int      // of rows
	}{
		{
			name:  "hours, with those in between",
			times: []string{"2026-03-04 08:00", "2026-03-04 05:59", "2026-03-04 08:10"},
			first: []string{"2026-03-04 05:00 1", "2026-03-04 06:00 0", "2026-03-04 07:00 0", "2026-03-04 08:00 2"}, n: 4,
		},
		{
			name:  "days",
			times: []string{"2026-03-04 00:00", "2026-03-07 00:00"},
			first: []string{"2026-03-04 1", "2026-03-05 0", "2026-03-06 0", "2026-03-07 1"}, n: 4,
		},
		{name: "many days", times: days(56), first: []string{"2026-01-01 1"}, n: 59},
		{name: "months", times: days(84), first: []string{"2026-01 28", "2026-02 28", "2026-03 28"}, n: 3},
		{name: "years", times: []string{"1999-12-31 23:00", "2026-01-01 00:00"}, first: []string{"1999 1", "2000 0"}, n: 28},
		{name: "none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var l Timeline
			for _, text := range tt.times {
				at, err := time.Parse("2006-01-02 15:04", text)
				if err != nil {
					t.Fatal(err)
				}
				l.Add(at)
			}
			table := l.Table()
			var rows []string
			for _, row := range table.Rows {
				rows = append(rows, fmt.Sprint(row.Cells[0], " ", row.N))
			}
			if diff := cmp.Diff(tt.first, rows[:min(len(rows), len(tt.first))]); diff != "" && len(tt.first) > 0 {
				t.Errorf("the first rows (-want +got):\n%s", diff)
			}
			if len(rows) != tt.n {
				t.Errorf("%d rows, want %d", len(rows), tt.n)
			}
		})
	}
}
