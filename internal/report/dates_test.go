package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDate(t *testing.T) {
	const layout = "2006-01-02 15:04:05"
	tests := []struct {
		name, date string
		dayFirst   bool
		want       string // in UTC; "" if it is no date
	}{
		{"Twilio's console", "2026-03-04T05:06:07Z", false, "2026-03-04 05:06:07"},
		{"Twilio's API", "Wed, 04 Mar 2026 05:06:07 +0000", false, "2026-03-04 05:06:07"},
		{"Twilio's export", "2026-03-04 05:06:07 UTC", false, "2026-03-04 05:06:07"},
		{"zone", "2026-03-04T05:06:07+02:00", false, "2026-03-04 03:06:07"},
		{"zone without a colon", "2026-03-04T05:06:07-0500", false, "2026-03-04 10:06:07"},
		{"PostgreSQL", "2026-03-04 05:06:07.891+01", false, "2026-03-04 04:06:07"},
		{"fraction", "2026-03-04T05:06:07.891Z", false, "2026-03-04 05:06:07"},
		{"no zone", "2026-03-04 05:06", false, "2026-03-04 05:06:00"},
		{"day alone", "2026-03-04", false, "2026-03-04 00:00:00"},
		{"month first", "3/4/2026 5:06:07 PM", false, "2026-03-04 17:06:07"},
		{"day first", "3/4/2026 17:06", true, "2026-04-03 17:06:00"},
		{"no such month", "25/4/2026", false, ""},
		{"points", "4.3.2026 05:06", false, "2026-03-04 05:06:00"},
		{"seconds", "1772600767", false, "2026-03-04 05:06:07"},
		{"milliseconds", "1772600767891", false, "2026-03-04 05:06:07"},
		{"space around", " 2026-03-04 ", false, "2026-03-04 00:00:00"},
		{"name of a month", "Mar 4, 2026 5:06 PM", false, "2026-03-04 17:06:00"},
		{"zone by name", "2026-03-04 05:06:07 EST", false, ""},
		{"a phone number", "5550100001", false, ""},
		{"too old", "0026-03-04", false, ""},
		{"empty", "", false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if at, _, ok := parseDate(test.date, test.dayFirst); ok {
				got = at.UTC().Format(layout)
			}
			if got != test.want {
				t.Errorf("parseDate(%q, %v) = %q, want %q", test.date, test.dayFirst, got, test.want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	days := func(n int) (dates []string) {
		for i := range n {
			dates = append(dates, fmt.Sprintf("2026-%02d-%02d 10:00", 1+i/28, 1+i%28))
		}
		return dates
	}
	tests := []struct {
		name    string
		dates   []string
		first   []string // rows
		n       int      // of rows
		caption string   // a part of it
		text    []string
	}{
		{
			name:  "hours, with those in between",
			dates: []string{"2026-03-04 05:59", "2026-03-04 08:00", "2026-03-04 08:10"},
			first: []string{"2026-03-04 05:00 1", "2026-03-04 06:00 0", "2026-03-04 07:00 0", "2026-03-04 08:00 2"}, n: 4,
			caption: "by hour, in UTC",
		},
		{
			name:  "days, as there are no hours",
			dates: []string{"2026-03-04", "2026-03-06"},
			first: []string{"2026-03-04 1", "2026-03-05 0", "2026-03-06 1"}, n: 3,
			caption: "by day",
		},
		{name: "many days", dates: days(56), first: []string{"2026-01-01 1"}, n: 59, caption: "by day"},
		{name: "months", dates: days(84), first: []string{"2026-01 28", "2026-02 28", "2026-03 28"}, n: 3, caption: "by month"},
		{name: "years", dates: []string{"1999-12-31 23:00", "2026-01-01"}, first: []string{"1999 1", "2000 0"}, n: 28, caption: "by year"},
		{
			name:  "month first, as far as one sees",
			dates: []string{"3/4/2026"}, first: []string{"2026-03-04 1"}, n: 1, caption: "by day",
			text: []string{"Dates like 3/4/2026 are read as March 4."},
		},
		{
			name:  "day first, as one of them shows",
			dates: []string{"3/4/2026", "25/4/2026"}, first: []string{"2026-04-03 1"}, n: 23, caption: "by day",
			text: []string{"Dates like 3/4/2026 are read as 3 April."},
		},
		{
			name:  "without",
			dates: []string{"2026-03-04", "soon", ""}, first: []string{"2026-03-04 1"}, n: 1, caption: "by day",
			text: []string{"2 more have no date that could be read."},
		},
		{name: "none", dates: []string{"x"}, text: []string{"1 more have no date that could be read."}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var d Dates
			for _, date := range test.dates {
				d.Add(date)
			}
			table := d.Table()
			var rows []string
			for _, row := range table.Rows {
				rows = append(rows, strings.Join(row, " "))
			}
			if diff := cmp.Diff(test.first, slices.Clip(rows[:min(len(rows), len(test.first))])); diff != "" && len(test.first) > 0 {
				t.Errorf("the first rows (-want +got):\n%s", diff)
			}
			if len(rows) != test.n || !strings.Contains(table.Caption, test.caption) {
				t.Errorf("%d rows, %q, want %d, %q", len(rows), table.Caption, test.n, test.caption)
			}
			if diff := cmp.Diff(test.text, table.Text); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}
