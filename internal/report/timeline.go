package report

import "time"

// maxBars is how many bars of a chart can be told apart on a phone.
const maxBars = 62

// layouts are the units that a bar can have, the smallest first.
var layouts = []string{"2006-01-02 15:00", time.DateOnly, "2006-01", "2006"}

// A Timeline counts messages by the hour, in UTC.
type Timeline struct {
	hours       map[time.Time]int
	first, last time.Time
}

// Add counts a message.
func (l *Timeline) Add(t time.Time) {
	t = t.UTC().Truncate(time.Hour)
	if l.hours == nil {
		l.hours, l.first, l.last = make(map[time.Time]int), t, t
	}
	l.hours[t]++
	if t.Before(l.first) {
		l.first = t
	}
	if t.After(l.last) {
		l.last = t
	}
}

// Table returns the counts, by the smallest unit for which a chart has room. It
// has a row for each unit, also for those without messages.
func (l *Timeline) Table() *Table {
	var table *Table
	for _, layout := range layouts {
		table = &Table{Caption: "Keywords over time, in UTC.", Head: []string{"When", "Messages"}, Bars: true}
		for t := l.first; !t.After(l.last) && len(table.Rows) <= maxBars && l.hours != nil; t = t.Add(time.Hour) {
			unit := t.Format(layout)
			table.Add(unit, l.hours[t], unit)
		}
		if len(table.Rows) <= maxBars {
			break
		}
	}
	return table
}
