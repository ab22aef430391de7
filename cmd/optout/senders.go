package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/optout"
)

// A senderList is the examiner of -by: who wrote opt-out and opt-in keywords, and
// the resulting states.
type senderList struct {
	*options
	list   []*sender // in the order of their first keywords
	index  map[string]*sender
	lost   int            // opt-out and opt-in keywords without a value of -by
	optOut map[string]int // senders who opted out, by their states now; see settle
}

// A sender is a row of -by: a person or, with two fields, a pair of numbers.
type sender struct {
	values []string // of -by
	events []event
}

// An event is an opt-out or opt-in keyword.
type event struct {
	class optout.Class
	time  time.Time // zero without -date
	cells []string  // time, keyword, file, line and record
}

// States of a sender.
const (
	optedOut     = "opted out"
	optedIn      = "opted in"
	maybeOptedIn = "opted in?" // by a word that people also use in chat
)

// chatWords are opt-in keywords of package regime, and usual words of tables,
// that people also use in chat: nobody may be texted because of them alone.
var chatWords = strings.Fields("YES GO CONTINUE BEGIN RESUME REVERT JOIN ON " +
	"INICIO VOLVER RECIBIR VOLTAR RECEBER COMECAR OK OUI SI SIM JA")

// columns returns the columns of the rows of -by. They are not beside decisions.
func (l *senderList) columns() []column {
	return append(columns("kept", l.log.Keep...), columns("", "state", "since", "keyword", "file", "line", "record", "opt_outs", "opt_ins")...)
}

func (l *senderList) examine(d *decided, _ *reporter) (found bool) {
	switch {
	case d.Class != optout.ClassOptOut && d.Class != optout.ClassOptIn:
	case slices.Contains(d.Kept, ""):
		l.lost++
	default:
		key := fmt.Sprintf("%q", d.Kept)
		s := l.index[key]
		if s == nil {
			s = new(sender)
			for _, v := range d.Kept {
				s.values = append(s.values, strings.Clone(v))
			}
			l.list, l.index[key] = append(l.list, s), s
		}
		s.events = append(s.events, event{d.Class, d.time, append([]string{stamp(d.time), d.Keyword}, d.row()[:3]...)})
	}
	return false
}

// settle prints the state of each sender, by the events in the order of their times.
func (l *senderList) settle(out output, page *reporter) {
	t := &table{columns: l.columns()}
	for _, s := range l.list {
		slices.SortStableFunc(s.events, func(a, b event) int { return a.time.Compare(b.time) })
		var count [optout.ClassHelp + 1]int
		var last string    // state
		var since []string // cells of the event that made it so
		for _, e := range s.events {
			count[e.class]++
			state := optedIn
			if e.class == optout.ClassOptOut {
				state = optedOut
			} else if slices.Contains(chatWords, optout.Normalize(e.cells[1])) && last != optedIn {
				state = maybeOptedIn
			}
			if state != last {
				last, since = state, e.cells
			}
		}
		if count[optout.ClassOptOut] > 0 {
			l.optOut[last]++
		}
		counts := []string{fmt.Sprint(count[optout.ClassOptOut]), fmt.Sprint(count[optout.ClassOptIn])}
		row := slices.Concat(s.values, []string{last}, since, counts)
		t.rows = append(t.rows, row)
		out.row(row)
	}
	page.print("By sender", t)
}

// stamp returns a time of -date, or "" for the zero time.
func stamp(t time.Time) string {
	return strings.TrimPrefix(t.Format(time.RFC3339), "0001-01-01T00:00:00Z")
}

// Answer says who opted out, in which period, and who came back.
func (l *senderList) Answer() []string {
	period, order := "", "the order of the files, because there is no -date"
	if l.log.Date != "" {
		period = fmt.Sprintf(" from %s to %s (UTC)", l.dates.first.Format(time.DateOnly), l.dates.last.Format(time.DateOnly))
		order = "-date " + l.log.Date
	}
	still, back, perhaps := l.optOut[optedOut], l.optOut[optedIn], l.optOut[maybeOptedIn]
	return []string{
		fmt.Sprintf("Senders who opted out%s: %d. Still opted out: %d. Came back: %d. Perhaps came back, by a word that people also use in chat: %d.",
			period, still+back+perhaps, still, back, perhaps),
		fmt.Sprintf("A sender is a value of %s. The state follows %s. Keywords without a row, because they have no sender: %d.", strings.Join(l.log.Keep, " and "), order, l.lost),
	}
}

func (l *senderList) write(w io.Writer, _ *reporter) {
	fmt.Fprintf(w, "\n%s\n", strings.Join(l.Answer(), "\n"))
	seen, similar, example := make(map[string]string), 0, ""
	for _, s := range l.list {
		name := strings.Join(s.values, ", ")
		key := spelling.ReplaceAllString(strings.Join(s.values, "\n"), "")
		if other, ok := seen[key]; ok {
			similar, example = similar+1, fmt.Sprintf("%q and %q", other, name)
		}
		seen[key] = name
	}
	if similar > 0 {
		fmt.Fprintf(w, "optout: rows that differ from one above only in signs or prefix: %d, such as %s: perhaps they are the same person\n", similar, example)
	}
}

// spelling finds the signs in the lines of a sender and their prefixes, such as
// whatsapp: or 00.
var spelling = regexp.MustCompile(`(?m)^[^:\n]*:(00)?|^00|[^\pL\pN\n]`)
