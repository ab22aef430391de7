package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A dateReader reads the dates of messages, for -date.
type dateReader struct {
	layout string // of -date-layout, or ""

	recent      string    // the layout of the last date that was read
	previous    time.Time // the last date that was read
	first, last time.Time // of all messages
	unread      int       // messages whose dates could not be read
	example     string    // the last of these dates
}

// The parts of the layouts that dates have without -date-layout. Fractions of a
// second can follow the seconds. Days of the week, commas and the name of UTC
// are removed before.
var (
	dayLayouts   = []string{time.DateOnly, "1/2/2006", "2 Jan 2006", "Jan 2 2006", "2006/1/2", "20060102"}
	clockLayouts = []string{"", " 15:04:05", " 15:04", " 3:04:05 PM", " 3:04 PM", " 150405"}
	zoneLayouts  = []string{"", "Z07:00", "Z0700", "Z07"}
)

// plainDates are the spellings that plainDate removes or replaces. Each has one of
// the characters in sign.
var plainDates = []struct {
	sign     string
	spelling *regexp.Regexp
	plain    string
}{
	{"(", regexp.MustCompile(`\s*\(.*\)$`), ""}, // the name of the zone in JavaScript and RFC 5322
	{"aeoruAEORU", regexp.MustCompile(`^(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? `), ""},
	{"Tt", regexp.MustCompile(`(\d)[Tt](\d)`), "$1 $2"},
	{",", regexp.MustCompile(`,? `), " "},
	{"cCtTzZ", regexp.MustCompile(`(?i)( (utc|gmt)|z)$`), ""},
	{"+-", regexp.MustCompile(`(?i) (?:utc|gmt)?([+-]\d{2}:?\d{0,2})( utc)?$`), "$1"},
	{"mM", regexp.MustCompile(`(?i)\bam$`), "AM"},
	{"mM", regexp.MustCompile(`(?i)\bpm$`), "PM"},
}

// plainDate returns a date in the spelling of the layouts above.
func plainDate(s string) string {
	for _, p := range plainDates {
		if strings.ContainsAny(s, p.sign) {
			s = p.spelling.ReplaceAllString(s, p.plain)
		}
	}
	return s
}

var (
	unixTime = regexp.MustCompile(`^\d{9,17}(\.\d+)?$`)
	dayFirst = regexp.MustCompile(`^(1[3-9]|2\d|3[01])/\d`)
)

// read returns the time of a record with this date, and whether it could be
// read; otherwise it is the time of the record before. It counts the dates of
// messages. Its error says that the dates have the day first.
func (r *dateReader) read(date string, message bool) (t time.Time, ok bool, err error) {
	s := strings.Join(strings.Fields(date), " ")
	if t, ok = r.parse(s); ok {
		r.previous = t
		if message && (r.first.IsZero() || t.Before(r.first)) {
			r.first = t
		}
		if message && t.After(r.last) {
			r.last = t
		}
		return t, true, nil
	}
	if plain := plainDate(s); dayFirst.MatchString(plain) {
		if layout, _, ok := parseDate(plain, "2/1/2006"); ok {
			return t, false, fmt.Errorf("date %q has the day first: add -date-layout %q", date, layout)
		}
	}
	if message {
		r.unread, r.example = r.unread+1, strings.Clone(date)
	}
	return r.previous, false, nil
}

// parse returns the time that s is. No SMS is from before 1990 or after 2049.
func (r *dateReader) parse(s string) (t time.Time, ok bool) {
	var err error
	switch plain := plainDate(s); {
	case r.layout != "":
		if t, err = time.Parse(r.layout, s); err != nil {
			t, _ = time.Parse(r.layout, plain)
		}
	case unixTime.MatchString(s):
		n, _ := strconv.ParseFloat(s, 64)
		for n >= 1e11 { // milliseconds, microseconds
			n /= 1000
		}
		t = time.UnixMicro(int64(n * 1e6))
	default:
		if t, err = time.Parse(r.recent, plain); err != nil {
			r.recent, t, _ = parseDate(plain, dayLayouts...)
		}
	}
	t = t.UTC()
	return t, 1990 <= t.Year() && t.Year() < 2050
}

// parseDate returns the layout that a plain date has, and its time.
func parseDate(date string, days ...string) (layout string, t time.Time, ok bool) {
	for _, day := range days {
		for _, clock := range clockLayouts {
			for _, zone := range zoneLayouts {
				if t, err := time.Parse(day+clock+zone, date); err == nil {
					return day + clock + zone, t, true
				}
			}
		}
	}
	return "", t, false
}
