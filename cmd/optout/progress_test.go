package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	var screen strings.Builder
	now := time.Date(2026, time.June, 16, 12, 0, 0, 0, time.UTC)
	p := &progress{terminal: &screen, now: func() time.Time { return now }, due: now.Add(progressDelay), total: 9_000_000}
	w := clearing{&screen, p}
	want := func(text string) {
		t.Helper()
		if screen.String() != text {
			t.Errorf("on the terminal: %q, want %q", screen.String(), text)
		}
		screen.Reset()
	}

	p.read(1_000_000, 10)
	w.Write([]byte("x\n"))
	want("x\n") // too early

	now = now.Add(progressDelay)
	p.read(1_000_000, 100)
	want("\r100 messages, 2 MB of 9 MB")
	p.read(1_000_000, 150)
	want("") // too early again

	now = now.Add(progressInterval)
	p.total = 0
	p.read(1_000_000, 200)
	want("\r200 messages, 4 MB        ") // covers the longer line
	w.Write([]byte("y\n"))
	want("\r" + strings.Repeat(" ", 26) + "\ry\n")
	w.Write([]byte("z\n"))
	want("z\n")

	p.terminal = nil
	now = now.Add(time.Hour)
	p.read(1, 300)
	want("")
}

func TestNewProgress(t *testing.T) {
	writeFiles(t)
	text, err := os.Open("a.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	size := int64(len(files["a.txt"]))

	// The null device passes for a terminal: what is written there is lost.
	if p := newProgress([]string{"a.txt", stdinName}, text, null); p.terminal == nil || p.total != 2*size {
		t.Errorf("newProgress on a device: terminal %v and total %d, want one and %d", p.terminal, p.total, 2*size)
	}
	for _, name := range []string{stdinName, "nosuch.txt", "."} {
		if p := newProgress([]string{"a.txt", name}, null, null); p.total != 0 {
			t.Errorf("newProgress of a.txt and %s: total %d, want 0", name, p.total)
		}
	}
	if p := newProgress([]string{"a.txt"}, nil, text); p.terminal != nil {
		t.Error("newProgress on a file: takes it for a terminal")
	}
	if status := run([]string{"a.txt"}, text, null, null); status != 0 {
		t.Errorf("run on a device: exit status %d", status)
	}
	text.Close()
	if isTerminal(text) {
		t.Error("isTerminal of a closed file = true")
	}
}
