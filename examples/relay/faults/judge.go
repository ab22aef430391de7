//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// judge counts what happened and compares it with the wanted values.
func (t *trial) judge() {
	t.mu.Lock()
	defer t.mu.Unlock()
	var uncalled, most, offered, taken int
	lanes := map[int][]*message{}
	for _, m := range t.messages {
		repeats := max(0, len(m.sends)-1)
		t.doubled += repeats
		most = max(most, repeats)
		if m.relay == 1 && m.posted.After(t.began.Add(5*time.Second)) {
			offered++
			if m.accepted {
				taken++
			}
		}
		if !m.accepted {
			t.refused++
			t.acceptsAfter = max(t.acceptsAfter, m.posted.Sub(t.ended))
			continue
		}
		t.accepted++
		if m.callbacks == 0 && !m.withhold {
			uncalled++
		}
		switch {
		case len(m.sends) > 0:
			lanes[m.lane] = append(lanes[m.lane], m)
			at := m.sends[0].at
			if at.Sub(m.answered) > time.Second {
				t.sendsAfter = max(t.sendsAfter, at.Sub(t.ended))
			}
			t.drained = max(t.drained, at.Sub(t.loaded))
			if m.withhold {
				t.miss("%q was sent after an opt-out", m.body)
			}
		case m.withhold:
		case m.failed:
			t.givenUp++
		default:
			t.lost++
		}
	}
	for _, lane := range lanes {
		t.disordered += disordered(lane)
	}
	t.most("lost messages", t.lost, 0)
	t.most("messages out of order", t.disordered, 0)
	t.most("repeats of one message", most, t.repeats)
	t.most("messages given up", t.givenUp, t.givesUp)
	t.most("other messages without a callback", uncalled-t.lost, 0)
	if t.noneRefused {
		t.most("messages refused", t.refused, 0)
	}
	if t.sentWithin > 0 && t.drained > t.sentWithin {
		t.miss("the last message is sent %v after the end of the load, want at most %v", t.drained, t.sentWithin)
	}
	if t.survivor {
		percent := 100 * float64(taken) / float64(max(1, offered))
		t.note("survivor accepts %.1f %%", percent)
		if percent < 95 {
			t.miss("from 5 s after the fault the survivor accepts %.1f %%, want 95 %%", percent)
		}
	}
	for i, r := range t.relays {
		t.most(fmt.Sprintf("seconds of a wrong /healthz, relay %d", i), t.wrongHealth(i, r), 5)
	}
	for _, p := range t.twilio.Problems() {
		t.miss("the stand-in found: %s", p)
	}
}

// most compares a number with the largest wanted one.
func (t *trial) most(what string, got, want int) {
	if got > want {
		t.miss("%s: %d, want at most %d", what, got, want)
	}
}

// disordered returns how many messages of a lane were sent before one that was
// accepted earlier.
func disordered(lane []*message) (n int) {
	for i, m := range lane {
		if slices.ContainsFunc(lane[:i], func(earlier *message) bool {
			return earlier.answered.Before(m.posted) && earlier.sends[0].n > m.sends[0].n
		}) {
			n++
		}
	}
	return n
}

// wrongHealth returns in how many seconds /healthz of a relay said ok and most
// webhooks were not accepted within 2 s, or the other way round.
func (t *trial) wrongHealth(i int, r *relay) (wrong int) {
	type second struct{ posted, accepted, ok, bad int }
	seconds := map[int]*second{}
	at := func(when time.Time) *second {
		n := int(when.Sub(t.began).Seconds())
		if seconds[n] == nil {
			seconds[n] = &second{}
		}
		return seconds[n]
	}
	for _, m := range t.messages {
		if m.relay == i {
			at(m.posted).posted++
			if m.accepted && m.answered.Sub(m.posted) < 2*time.Second {
				at(m.posted).accepted++
			}
		}
	}
	for _, s := range r.samples {
		if s.state == "ok" {
			at(s.at).ok++
		} else if !s.healthy() {
			at(s.at).bad++
		}
	}
	for _, s := range seconds {
		if s.posted >= 5 && (s.bad == 0 && s.ok > 0 && s.accepted*2 < s.posted || s.ok == 0 && s.bad > 0 && s.accepted == s.posted) {
			wrong++
		}
	}
	return wrong
}

// String returns the row of the table and, below it, each wanted value that was
// missed.
func (t *trial) String() string {
	var health []string // what each relay said, without repetitions
	for _, r := range t.relays {
		var states []string
		for _, s := range r.samples {
			states = append(states, s.state)
		}
		health = append(health, strings.Join(slices.Compact(states), " "))
	}
	row := fmt.Sprintf("%-15s %-8s %8d %7d %4d %8d %7d %8d %5.1f s %5.1f s  %s", t.name, t.database, t.accepted, t.refused, t.lost, t.givenUp,
		t.doubled, t.disordered, t.acceptsAfter.Seconds(), t.sendsAfter.Seconds(), strings.Join(append([]string{strings.Join(health, " | ")}, t.notes...), "; "))
	for _, m := range t.missed {
		row += "\n    missed: " + m
	}
	return row
}
