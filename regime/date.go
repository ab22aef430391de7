package regime

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// A Date is a day, or only a month or a year if the source says no more. The
// missing fields are zero, and the zero Date is undated. Dates are comparable
// with ==; [Date.Compare] orders them.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String returns the date in the form of ISO 8601, "2025-05-14", "2026-01" or
// "2026", and "undated" for the zero Date.
func (d Date) String() string {
	if d == (Date{}) {
		return "undated"
	}
	text := fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
	return strings.TrimSuffix(strings.TrimSuffix(text, "-00"), "-00")
}

// ParseDate is the inverse of [Date.String]. A day that the calendar does not
// have, such as 2025-02-30, is an error.
func ParseDate(text string) (Date, error) {
	const first = "0001-01-01" // gives a month or a year the rest of a day
	var d Date
	if t, err := time.Parse(time.DateOnly, text+first[min(len(text), len(first)):]); err == nil {
		d.Year = t.Year()
		if len(text) > len("0001") {
			d.Month = t.Month()
		}
		if len(text) > len("0001-01") {
			d.Day = t.Day()
		}
	}
	if d.String() != text {
		return Date{}, fmt.Errorf("regime: %q is not a date: write one such as 2025-05-14, 2025-05 or 2025, or undated", text)
	}
	return d, nil
}

// MarshalText returns the text of [Date.String]. It never fails.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText sets d to the result of [ParseDate]. On an error d keeps its
// value.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// Compare returns -1 if d is before e, 1 if it is after, and 0 if they are the
// same. A month or a year alone is before all of its days, and an undated Date
// before all others.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}
