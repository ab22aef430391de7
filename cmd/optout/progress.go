package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

const (
	progressDelay    = 2 * time.Second // short work shows no progress
	progressInterval = time.Second / 2
)

// A progress is a line on a terminal that tells how far the work has come.
type progress struct {
	terminal io.Writer // nil if there is none
	now      func() time.Time
	due      time.Time // when to show the next line
	total    int64     // bytes to read, 0 if that is not known
	done     int64     // bytes read
	shown    int       // the length of the line that is on the terminal now
}

func newProgress(files []string, stdin io.Reader, stderr io.Writer) *progress {
	p := &progress{now: time.Now}
	if isTerminal(stderr) {
		p.terminal = stderr
		p.due = p.now().Add(progressDelay)
		p.total = totalSize(files, stdin)
	}
	return p
}

// read tells that n more bytes are read, and how many messages were decided
// before.
func (p *progress) read(n, messages int) {
	p.done += int64(n)
	if p.terminal == nil || p.now().Before(p.due) {
		return
	}
	p.due = p.now().Add(progressInterval)
	line := fmt.Sprintf("%d messages, %d MB", messages, p.done/1e6)
	if p.total > 0 {
		line += fmt.Sprintf(" of %d MB", p.total/1e6)
	}
	fmt.Fprintf(p.terminal, "\r%-*s", p.shown, line)
	p.shown = max(p.shown, len(line))
}

// A clearing is a writer to the terminal that shows a progress: it removes the
// progress before anything else is written.
type clearing struct {
	io.Writer
	p *progress
}

func (c clearing) Write(b []byte) (int, error) {
	if c.p.shown > 0 {
		fmt.Fprintf(c.p.terminal, "\r%s\r", strings.Repeat(" ", c.p.shown))
		c.p.shown = 0
	}
	return c.Writer.Write(b)
}

// totalSize returns the number of bytes that are in the files, or 0 if that is
// not known of each.
func totalSize(files []string, stdin io.Reader) int64 {
	total := int64(0)
	for _, name := range files {
		var info os.FileInfo
		var err error
		if f, ok := stdin.(*os.File); ok && name == stdinName {
			info, err = f.Stat()
		} else {
			info, err = os.Stat(name)
		}
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		total += info.Size()
	}
	return total
}

// isTerminal reports whether f, a reader or writer, may be a terminal.
func isTerminal(f any) bool {
	file, ok := f.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
