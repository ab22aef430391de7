package report

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBars is how many bars of a chart can still be told apart on a phone.
const maxBars = 62

// A unit is what a bar of a chart over time stands for.
type unit struct {
	name, layout string
	next         func(time.Time) time.Time
}

var units = []unit{
	{"hour", "2006-01-02 15:00", func(t time.Time) time.Time { return t.Add(time.Hour) }},
	{"day", time.DateOnly, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"month", "2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"year", "2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
}

// Dates counts messages by the hour, in UTC. A date without a zone is taken for
// one of UTC.
type Dates struct {
	readings [2]map[time.Time]int // with the month before the day, or behind it, in dates with slashes
	slashes  bool                 // there are such dates
	n        int
}

// Add counts a message.
func (d *Dates) Add(date string) {
	d.n++
	for i := range d.readings {
		if d.readings[i] == nil {
			d.readings[i] = make(map[time.Time]int)
		}
		if t, slashes, ok := parseDate(date, i == 1); ok {
			d.readings[i][t.UTC().Truncate(time.Hour)]++
			d.slashes = d.slashes || slashes
		}
	}
}

// Table returns the counts, by the smallest unit that a chart has room for. It
// reads dates with slashes in the way in which more of them are dates.
func (d *Dates) Table() *Table {
	read, best := 0, 0
	for i, hours := range d.readings {
		n := 0
		for _, k := range hours {
			n += k
		}
		if n > read {
			read, best = n, i
		}
	}
	table := &Table{Across: true}
	if undated := d.n - read; undated > 0 {
		table.Text = append(table.Text, fmt.Sprintf("%s more have no date that could be read.", Number(undated)))
	}
	if d.slashes {
		table.Text = append(table.Text, "Dates like 3/4/2026 are read as "+[]string{"March 4", "3 April"}[best]+".")
	}
	hours := d.readings[best]
	if read == 0 {
		return table
	}
	sorted := slices.SortedFunc(maps.Keys(hours), time.Time.Compare)
	first, last := sorted[0], sorted[len(sorted)-1]
	clock := slices.ContainsFunc(sorted, func(t time.Time) bool { return t.Hour() != 0 })
	for i, u := range units {
		if i == 0 && !clock {
			continue
		}
		counts := make(map[string]int)
		for t, n := range hours {
			counts[t.Format(u.layout)] += n
		}
		table.Head, table.Rows = []string{"When", "Messages"}, nil
		table.Caption = "Messages that are keywords, by " + u.name + ", in UTC; a date without a zone is taken for UTC."
		start, _ := time.Parse(u.layout, first.Format(u.layout))
		for t := start; !t.After(last) && len(table.Rows) <= maxBars; t = u.next(t) {
			at := t.Format(u.layout)
			table.Add(at, Number(counts[at]))
		}
		if len(table.Rows) <= maxBars {
			break
		}
	}
	return table
}

// layouts are the forms of dates that are read; fractions of a second may
// stand behind the seconds in each.
var layouts = []string{
	"1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006",
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04", "20060102T150405Z0700", "20060102",
	time.DateTime, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05-07", "2006-01-02 15:04", time.DateOnly,
	"2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006",
	"Mon, _2 Jan 2006 15:04:05 -0700", "_2 Jan 2006 15:04:05 -0700", "_2 Jan 2006 15:04:05", "_2 Jan 2006",
	"Jan _2, 2006 15:04:05", "Jan _2, 2006 3:04:05 PM", "Jan _2, 2006 3:04 PM", "Jan _2, 2006", time.ANSIC,
}

// parseDate reads a date in one of the layouts, or as seconds or milliseconds
// since 1970, and reports whether its month and day could stand the other way
// round. What is before 1990 or behind 2049 is no date of an SMS; the years
// between have room in a chart. A date with a zone by a name other than UTC and
// GMT is none either, as names are ambiguous.
func parseDate(s string, dayFirst bool) (t time.Time, slashes, ok bool) {
	s = strings.TrimSpace(s)
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err == nil && len(s) == len("1700000000"):
		t = time.Unix(n, 0)
	case err == nil && len(s) == len("1700000000000"):
		t = time.UnixMilli(n)
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, " UTC"), " GMT")
	for i := 0; i < len(layouts) && t.IsZero(); i++ {
		layout := layouts[i]
		slashes = strings.HasPrefix(layout, "1/2/2006")
		if slashes && dayFirst {
			layout = "2/1" + strings.TrimPrefix(layout, "1/2")
		}
		t, _ = time.Parse(layout, s)
	}
	return t, slashes, 1990 <= t.UTC().Year() && t.UTC().Year() < 2050
}
