package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"example.com/optout"
	"example.com/optout/internal/messages"
)

// An auditor decides the messages of files.
type auditor struct {
	*options
	stdin       io.Reader
	out         *bufio.Writer
	print       printer // to out
	printed     bool    // the heading
	stderr      io.Writer
	interrupted context.Context
	tally       tally
	message     decided
}

var errInterrupted = errors.New("interrupted: what is behind is not decided")

// audit decides the messages of all files, and returns the exit status. What
// cannot be read is reported, and ends no more than its file; what cannot be
// written ends the work.
func audit(o *options, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	a := &auditor{options: o, stdin: stdin, out: bufio.NewWriterSize(stdout, 64<<10), stderr: stderr, interrupted: ctx}
	a.tally.keywords = make(map[string]int)
	a.print = newPrinter(o.format, a.out, o.widths()...)
	if o.format != textFormat {
		a.head()
	}
	var err error
	for _, name := range o.files {
		if err = a.open(name); err != nil {
			break
		}
	}
	status := 0
	if errors.Is(err, errInterrupted) {
		status, err = 130, nil
	}
	if flushed := a.out.Flush(); err == nil {
		err = flushed
	}
	if err == nil {
		a.tally.write(stderr, o.policy.Keywords())
		for _, e := range o.examiners {
			e.write(stderr)
		}
		if o.reporter != nil {
			err = o.reporter.finish(&a.tally)
		}
	}
	if written := outputStatus(stderr, err); status == 0 {
		status = written
	}
	if status == 0 && (a.tally.problems > 0 || a.tally.damaged > 0) {
		status = 1
	}
	return status
}

// head prints the heading once.
func (a *auditor) head() {
	if !a.printed {
		a.printed = true
		a.print(a.heading(), nil)
	}
}

// open decides the messages of the file that is called name. Its error ends the
// work.
func (a *auditor) open(name string) error {
	in := input{a.stdin, a, false}
	if name != stdinName {
		f, err := os.Open(name)
		if err != nil {
			return a.report(err)
		}
		defer f.Close()
		info, err := f.Stat()
		in.Reader, in.direct = f, err == nil && info.Mode().IsRegular()
	}
	var failed error // to write
	err := a.log.Read(displayName(name), in, func(r *messages.Record) error {
		failed = a.record(r)
		return failed
	})
	if err == nil || failed != nil {
		return failed
	}
	if err := a.report(err); err != nil {
		return err
	}
	if errors.Is(err, errInterrupted) {
		return err
	}
	return nil
}

// record decides a record, if it is a message.
func (a *auditor) record(r *messages.Record) error {
	a.tally.kinds[r.Kind]++
	switch r.Kind {
	case messages.Broken:
		return a.report(fmt.Errorf("%s:%d: %w", r.File, r.Line, r.Err))
	case messages.Header:
		return a.say("%s:%d: the header once more, as in joined files: it is no message", r.File, r.Line)
	case messages.NoText, messages.LeftOut:
		return nil
	}
	if r.Damaged {
		if a.tally.damaged++; a.tally.damaged == 1 {
			advice := "name its encoding, as -encoding windows-1252 does"
			if a.log.Encoding != nil {
				advice = "it is not in the encoding named, or was damaged before: export it once more"
			}
			if err := a.say("%s:%d: this message and perhaps others are damaged, and decided as they are: %s", r.File, r.Line, advice); err != nil {
				return err
			}
		}
	}
	d := &a.message
	d.Record, d.Decision = r, a.policy.Decide(r.Text, a.flags)
	a.tally.actions[d.Action]++
	if d.Keyword != "" {
		a.tally.keywords[d.Keyword]++
	}
	show := a.all || len(a.examiners) == 0 && d.Keyword != ""
	d.cells = d.cells[:0]
	for _, e := range a.examiners {
		var found bool
		d.cells, found = e.examine(d.cells, d)
		show = show || found
	}
	if a.reporter != nil {
		a.reporter.take(d)
	}
	if !show {
		return nil
	}
	if len(a.examiners) > 0 || len(a.log.Keep) > 0 {
		a.head()
	}
	if a.format == jsonlFormat {
		return a.print(nil, a.object(d))
	}
	return a.print(a.row(d), nil)
}

// report tells what cannot be read, behind what was decided before it. Its error
// is that of writing to a.out.
func (a *auditor) report(err error) error {
	a.tally.problems++
	if a.reporter != nil {
		a.reporter.failed(err)
	}
	return a.say("%v", err)
}

func (a *auditor) say(format string, args ...any) error {
	if err := a.out.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "optout: "+format+"\n", args...)
	return nil
}

// A tally counts what was read and decided.
type tally struct {
	kinds    [messages.Header + 1]int  // records
	actions  [optout.Intercept + 1]int // messages
	keywords map[string]int            // messages that are the keyword
	damaged  int                       // messages
	problems int                       // files and records that could not be read
}

// counts returns the numbers of the summary, with what they count.
func (t *tally) counts() (counts []count) {
	always := []count{
		{t.kinds[messages.Message], "messages"},
		{t.actions[optout.Forward], "forwarded"},
		{t.actions[optout.Drop], "dropped"},
		{t.actions[optout.Intercept], "intercepted"},
		{t.kinds[messages.Broken], "unreadable records"},
	}
	for _, c := range []count{
		{t.damaged, "damaged messages, decided as they are"},
		{t.kinds[messages.NoText], "records without text"},
		{t.kinds[messages.LeftOut], "records left out by -where"},
		{t.kinds[messages.Header], "repeated headers"},
	} {
		if c.n > 0 {
			always = append(always, c)
		}
	}
	return always
}

type count struct {
	n    int
	what string
}

// write writes the summary, with the keywords in the order of their table.
func (t *tally) write(w io.Writer, table []optout.Keyword) {
	width := len(fmt.Sprint(t.kinds[messages.Message]))
	for _, c := range t.counts() {
		width = max(width, len(fmt.Sprint(c.n)))
	}
	fmt.Fprintln(w)
	for _, c := range t.counts() {
		fmt.Fprintf(w, "%*d  %s\n", width, c.n, c.what)
	}
	fmt.Fprintln(w)
	for _, k := range table {
		if n := t.keywords[k.Text]; n > 0 {
			fmt.Fprintf(w, "%*d  %s\n", width, n, printable(k.Text))
		}
	}
}

// An input is the file that an auditor reads.
type input struct {
	io.Reader
	a      *auditor
	direct bool // reading never waits
}

// Read lets go of what is decided, as it may have to wait. Ctrl-C ends the wait.
func (in input) Read(p []byte) (int, error) {
	if err := in.a.out.Flush(); err != nil {
		return 0, err
	}
	if in.a.interrupted.Err() != nil {
		return 0, errInterrupted
	}
	if in.direct {
		return in.Reader.Read(p)
	}
	buf := make([]byte, min(len(p), 64<<10)) // not p, in which a Read that is left behind would write
	var n int
	var err error
	done := make(chan struct{})
	go func() {
		n, err = in.Reader.Read(buf)
		close(done)
	}()
	select {
	case <-in.a.interrupted.Done():
		return 0, errInterrupted
	case <-done:
		return copy(p, buf[:n]), err
	}
}
