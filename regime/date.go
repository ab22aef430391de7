package regime

import (
	"cmp"
	"fmt"
	"time"
)

// A Date is a day, or as much of one as a source has: a year and a month, or a
// year alone, with zeros for the rest. The zero Date is undated. Dates are
// comparable with ==.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// layouts are the texts of dates, by what they leave out.
var layouts = [...]string{time.DateOnly, "2006-01", "2006"}

// String returns the date in the form of ISO 8601, "2025-05-14", "2026-01" or
// "2026", and "undated" for the zero Date.
func (d Date) String() string {
	switch {
	case d == Date{}:
		return "undated"
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// ParseDate is the inverse of Date.String. A day has to be in the calendar.
func ParseDate(text string) (Date, error) {
	if text == "undated" {
		return Date{}, nil
	}
	for i, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			d := Date{t.Year(), t.Month(), t.Day()}
			if i > 0 {
				d.Day = 0
			}
			if i > 1 {
				d.Month = 0
			}
			return d, nil
		}
	}
	return Date{}, fmt.Errorf("regime: %q is no date: want one such as 2025-05-14, 2025-05 or 2025, or undated", text)
}

// MarshalText returns the text of String. It never fails.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText sets d to what ParseDate makes of text. On an error it leaves d
// as it is.
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
