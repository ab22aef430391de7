package main

import (
	"strings"
	"testing"
	"time"

	"example.com/optout/internal/messages"
)

func TestDates(t *testing.T) {
	const layout = "2006-01-02 15:04:05.999999"
	tests := []struct {
		name, date string
		layout     string // of -date-layout
		want       string // in UTC; "" if it is not a date
	}{
		{"RFC 3339", "2026-03-04T05:06:07Z", "", "2026-03-04 05:06:07"},
		{"RFC 3339, lower case", "2026-03-04t05:06:07z", "", "2026-03-04 05:06:07"},
		{"RFC 3339 with an offset", "2026-03-04T05:06:07+02:00", "", "2026-03-04 03:06:07"},
		{"RFC 3339 with a fraction", "2026-03-04T05:06:07.891Z", "", "2026-03-04 05:06:07.891"},
		{"a comma for the fraction", "2026-03-04 05:06:07,891", "", "2026-03-04 05:06:07.891"},
		{"offset without a colon", "2026-03-04T05:06:07-0500", "", "2026-03-04 10:06:07"},
		{"offset after a space", "2026-03-04 05:06:07 -0500", "", "2026-03-04 10:06:07"},
		{"offset of hours", "2026-03-04 05:06:07.891+01", "", "2026-03-04 04:06:07.891"},
		{"UTC", "2026-03-04 05:06:07 UTC", "", "2026-03-04 05:06:07"},
		{"Go", "2026-03-04 05:06:07 +0000 UTC", "", "2026-03-04 05:06:07"},
		{"no seconds, no zone", "2026-03-04 05:06", "", "2026-03-04 05:06:00"},
		{"day", "2026-03-04", "", "2026-03-04 00:00:00"},
		{"ISO 8601, basic", "20260304T050607Z", "", "2026-03-04 05:06:07"},
		{"slashes, year first", "2026/3/4 05:06", "", "2026-03-04 05:06:00"},
		{"white space", "\u00a0 2026-03-04\t05:06:07\u202f\n", "", "2026-03-04 05:06:07"},
		{"RFC 1123", "Wed, 04 Mar 2026 05:06:07 GMT", "", "2026-03-04 05:06:07"},
		{"RFC 5322", "Wed, 4 Mar 2026 05:06:07 +0100", "", "2026-03-04 04:06:07"},
		{"RFC 5322 without a weekday, with a comment", "4 Mar 2026 05:06 +0000 (UTC)", "", "2026-03-04 05:06:00"},
		{"toLocaleString", "3/4/2026, 5:06:07 PM", "", "2026-03-04 17:06:07"},
		{"toLocaleString, narrow space", "3/4/2026, 5:06:07\u202fPM", "", "2026-03-04 17:06:07"},
		{"am in lower case", "3/4/2026 12:06 am", "", "2026-03-04 00:06:00"},
		{"toString", "Wed Mar 04 2026 05:06:07 GMT-0500 (Eastern Standard Time)", "", "2026-03-04 10:06:07"},
		{"name of a month first", "Mar 4, 2026 5:06 PM", "", "2026-03-04 17:06:00"},
		{"seconds", "1772600767", "", "2026-03-04 05:06:07"},
		{"seconds with a fraction", "1772600767.891", "", "2026-03-04 05:06:07.891"},
		{"milliseconds", "1772600767891", "", "2026-03-04 05:06:07.891"},
		{"microseconds", "1772600767891234", "", "2026-03-04 05:06:07.891234"},

		{"layout", "04.03.2026, 05:06", "02.01.2006, 15:04", "2026-03-04 05:06:00"},
		{"layout of the advice", "25/4/2026, 5:06:07 pm", "2/1/2006 3:04:05 PM", "2026-04-25 17:06:07"},
		{"another layout", "2026-03-04", "02.01.2006", ""},

		{"empty", "", "", ""},
		{"a word", "yesterday", "", ""},
		{"no such day", "2026-02-30", "", ""},
		{"too early", "1989-12-31", "", ""},
		{"too late", "2050-01-01", "", ""},
		{"a phone number", "15555550100", "", ""},
		{"a zone by an ambiguous name", "2026-03-04 05:06:07 IST", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &dateReader{layout: tt.layout}
			got := r.read(&messages.Record{Date: tt.date})
			if ok := r.unread == 0; r.failed != nil || ok != (tt.want != "") || ok && got.Format(layout) != tt.want {
				t.Errorf("read(%q) = %v, %v, %d dates unread, want %q", tt.date, got, r.failed, r.unread, tt.want)
			}
		})
	}
}

// TestDatesInOrder reads dates by one reader: a date that cannot be read takes
// the time of the one before.
func TestDatesInOrder(t *testing.T) {
	r := new(dateReader)
	for _, date := range []string{"2026-03-04", "3/5/2026", "", "2026-03-03 10:00", "?"} {
		before, unread := r.previous, r.unread
		at := r.read(&messages.Record{Date: date})
		if r.failed != nil || r.unread > unread && !at.Equal(before) {
			t.Fatalf("read(%q) = %v, %v", date, at, r.failed)
		}
	}
	day := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	if !r.first.Equal(day(3, 10)) || !r.last.Equal(day(5, 0)) || r.unread != 2 || r.example != "?" || !r.previous.Equal(day(3, 10)) {
		t.Errorf("reader is %+v", r)
	}
}

// TestDayFirst follows the advice of the error.
func TestDayFirst(t *testing.T) {
	for _, date := range []string{"25/4/2026", "25/04/2026 17:06", "25/4/2026, 5:06:07\u202fPM", "25/4/2026 17:06:07 +0100"} {
		r := new(dateReader)
		if r.read(&messages.Record{Date: date}); r.failed == nil {
			t.Fatalf("read(%q): no error", date)
		}
		_, layout, _ := strings.Cut(r.failed.Error(), "-date-layout ")
		r = &dateReader{layout: strings.Trim(layout, `"`)}
		if r.read(&messages.Record{Date: date}); r.unread > 0 || r.failed != nil {
			t.Errorf("read(%q) with -date-layout %s: %d dates unread, %v", date, layout, r.unread, r.failed)
		}
	}
}
