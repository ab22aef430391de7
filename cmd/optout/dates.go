package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/optout/internal/messages"
)

// A dateReader reads the dates of messages, for -date.
type dateReader struct {
	layout string // of -date-layout, or ""

	recent      string    // the layout of the last plain date that was read
	previous    time.Time // the last date that was read
	first, last time.Time // of all messages
	unread      int       // messages whose dates could not be read
	example     string    // the last of these dates
	failed      error     // why the dates are of no use
}

// wantLayout says what -date-layout wants.
const wantLayout = `the date 2 January 2006, 15:04:05 in the form of your dates, such as "02.01.2006 15:04"`

// dayFirst is the form of a day that is refused. Only a day after the twelfth of
// its month has that form and no other.
const dayFirst = "2/1/2006"

// layouts are the forms of dates without -date-layout, after plainDate. Fractions
// of a second can follow the seconds.
var layouts = func() (all []string) {
	for _, day := range []string{time.DateOnly, "1/2/2006", dayFirst, "2 Jan 2006", "Jan 2 2006", "2006/1/2", "20060102"} {
		for _, clock := range []string{"", " 15:04:05", " 15:04", " 3:04:05 PM", " 3:04 PM", " 150405"} {
			for _, zone := range []string{"", "Z07:00", "Z0700", "Z07"} {
				all = append(all, day+clock+zone)
			}
		}
	}
	return all
}()

// noise finds the parts of a date that layouts do not have: the name of a zone in
// JavaScript and RFC 5322, the day of the week, commas, the name of UTC, and the T
// between day and clock.
var noise = regexp.MustCompile(`\(.*\)$|^(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*,? |, | (?:UTC|GMT)|(\d)T(\d)`)

// plainDate returns a date as layouts have it.
func plainDate(s string) string {
	s = noise.ReplaceAllString(strings.ToUpper(s), "$1 $2")
	return strings.NewReplacer(" +", "+", " -", "-").Replace(strings.Join(strings.Fields(s), " "))
}

var unixTime = regexp.MustCompile(`^\d{9,17}(\.\d+)?$`)

// read returns the time of a record; if its date cannot be read, the time of the
// record before. It counts the dates of messages, and fails if the day comes first.
func (r *dateReader) read(record *messages.Record) time.Time {
	t, err := r.parse(strings.Join(strings.Fields(record.Date), " "))
	message := record.Kind == messages.Message
	switch {
	case err == nil && strings.HasPrefix(r.recent, dayFirst):
		r.failed = at(record, fmt.Errorf("date %q has the day first: add -date-layout %q", record.Date, r.recent))
	case err == nil && 1990 <= t.Year() && t.Year() < 2050: // no SMS is from another year
		r.previous = t
		if message {
			r.first = slices.MinFunc([]time.Time{cmp.Or(r.first, t), t}, time.Time.Compare)
			r.last = slices.MaxFunc([]time.Time{r.last, t}, time.Time.Compare)
		}
	case message:
		r.unread, r.example = r.unread+1, strings.Clone(record.Date)
	}
	return r.previous
}

// parse returns the time that s is, in UTC.
func (r *dateReader) parse(s string) (t time.Time, err error) {
	if r.layout == "" && unixTime.MatchString(s) {
		n, _ := strconv.ParseFloat(s, 64)
		for n >= 1e11 { // milliseconds, microseconds
			n /= 1000
		}
		return time.UnixMicro(int64(n * 1e6)).UTC(), nil
	}
	layout := cmp.Or(r.layout, r.recent, time.RFC3339)
	if t, err = time.Parse(layout, s); err != nil {
		s = plainDate(s)
		t, err = time.Parse(layout, s)
	}
	for i := 0; err != nil && s != "" && r.layout == "" && i < len(layouts); i++ {
		if t, err = time.Parse(layouts[i], s); err == nil {
			r.recent = layouts[i]
		}
	}
	return t.UTC(), err
}
