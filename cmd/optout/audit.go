package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/internal/quote"
)

// An auditor decides the messages of files.
type auditor struct {
	*options
	stdin    io.Reader
	buffer   *bufio.Writer
	out      output // to buffer
	stderr   io.Writer
	progress *progress // nil if stderr is not a terminal
	tally    tally
	message  decided
}

// A decided is a message and its decision. It is valid until the next one.
type decided struct {
	*messages.Record
	optout.Decision
	time  time.Time // of -date
	dated bool      // the time is not from a record before
	cells []string  // of the examiners
}

// audit decides the messages of all files, and returns the exit status. An error
// of reading is reported and ends at most the file; an error of writing ends the
// work.
func audit(o *options, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &auditor{options: o, stdin: stdin, buffer: bufio.NewWriterSize(stdout, 64<<10), stderr: stderr}
	if isTerminal(stderr) {
		a.progress = &progress{w: stderr, start: time.Now(), pause: 2 * time.Second}
	}
	a.tally.keywords = make(map[string]int)
	a.out = newOutput(o.format, a.buffer, o.columns())
	var err error
	for _, name := range o.files {
		if err = a.open(name); err != nil {
			break
		}
	}
	for _, missing := range o.log.Missing() {
		if err == nil {
			err = a.report(missing)
		}
	}
	if err == nil {
		err = a.finish()
	}
	if flushed := a.flush(); err == nil {
		err = flushed
	}
	if status := outputStatus(stderr, err); status != 0 || a.tally.problems+a.tally.damaged == 0 {
		return status
	}
	return 1
}

// finish writes what is known when all files are read.
func (a *auditor) finish() error {
	n := a.tally.kinds[messages.Message]
	if a.log.Date != "" && n > 0 && a.dates.unread == n {
		return fmt.Errorf("no date of %q can be read, such as %q: add -date-layout and 2 January 2006, 15:04:05 in that form, such as \"02.01.2006 15:04\"", a.log.Date, a.dates.example)
	}
	if a.senders != nil {
		a.senders.settle()
		if n := a.senders.lost; n > 0 {
			err := a.report(fmt.Errorf("opt-out and opt-in keywords without a value of %s, and without a row: %d, the first at %s",
				strings.Join(a.by, " or "), n, quote.Printable(a.senders.first)))
			if err != nil {
				return err
			}
		}
		for _, row := range a.senders.table().rows {
			a.out.row(row)
		}
	}
	if err := a.flush(); err != nil {
		return err
	}
	a.write(a.stderr)
	for _, e := range a.examiners {
		e.write(a.stderr, a.reporter)
	}
	if a.reporter != nil {
		return a.reporter.finish(a)
	}
	return nil
}

// open decides the messages of a file. Its error ends the work.
func (a *auditor) open(name string) error {
	in := input{a, a.stdin}
	if name != stdinName {
		f, err := openFile(name)
		if err != nil {
			return a.report(err)
		}
		defer f.Close()
		in.r = f
	}
	var failed error // to write
	as, err := a.log.Read(displayName(name), in, func(r *messages.Record) error {
		failed = a.record(r)
		return failed
	})
	if err == nil || as.Records > 0 {
		a.tally.files = append(a.tally.files, as)
	}
	if err == nil || failed != nil {
		return failed
	}
	return a.report(err)
}

func openFile(name string) (*os.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", quote.Printable(name), errors.Unwrap(err))
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, fmt.Errorf("%s is a folder: name the files in it", quote.Printable(name))
	}
	return f, nil
}

// record decides a record, if it is a message.
func (a *auditor) record(r *messages.Record) error {
	a.tally.kinds[r.Kind]++
	switch r.Kind {
	case messages.Skipped:
		return a.report(fmt.Errorf("%s:%d: %w", quote.Printable(r.File), r.Line, r.Err))
	case messages.Header:
		return a.say("%s:%d: the header again, as in joined files; it is not a message", quote.Printable(r.File), r.Line)
	}
	d := &a.message
	if a.log.Date != "" {
		var err error
		if d.time, d.dated, err = a.dates.read(r.Date, r.Kind == messages.Message); err != nil {
			return fmt.Errorf("%s:%d: %w", quote.Printable(r.File), r.Line, err)
		}
	}
	if r.Kind != messages.Message {
		return nil
	}
	if r.Damaged {
		if a.tally.damaged++; a.tally.damaged == 1 {
			if err := a.say("%s:%d: this message and perhaps others are damaged, and decided as they are: "+
				"export it again, or name its encoding, as -encoding windows-1252 does", quote.Printable(r.File), r.Line); err != nil {
				return err
			}
		}
	}
	d.Record, d.Decision = r, a.policy.Decide(r.Text, a.flags)
	a.tally.actions[d.Action][d.Class]++
	if d.Keyword != "" {
		a.tally.keywords[d.Keyword]++
		a.reporter.add("Keywords: "+d.Action.String()+", "+d.Class.String(), d.Keyword, d)
	}
	show := a.all || len(a.examiners) == 0 && d.Keyword != ""
	d.cells = d.cells[:0]
	for _, e := range a.examiners {
		var found bool
		d.cells, found = e.examine(d.cells, d, a.reporter)
		show = show || found
	}
	if show {
		a.out.row(d.row())
	}
	return nil
}

// report reports what cannot be read, after the rows before it. It returns an
// error of writing them.
func (a *auditor) report(err error) error {
	a.tally.problems++
	if a.reporter != nil {
		a.reporter.problem(err)
	}
	return a.say("%v", err)
}

// flush writes the rows so far.
func (a *auditor) flush() error {
	a.out.Flush()
	return a.buffer.Flush()
}

func (a *auditor) say(format string, args ...any) error {
	if err := a.flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "optout: "+format+"\n", args...)
	return nil
}

// columns returns the columns of the output: of senders or decisions.
func (o *options) columns() []column {
	if o.senders != nil {
		return o.senders.table().columns
	}
	all := columns("", "file", "line", "record", "action", "code", "class", "keyword")
	for _, e := range o.examiners {
		all = append(all, e.columns()...)
	}
	all = append(all, columns("kept", o.log.Keep...)...)
	return append(all, column{name: "message"})
}

// row returns the cells of a message.
func (d *decided) row() []string {
	cells := append([]string{d.File, strconv.Itoa(d.Line), strconv.Itoa(d.Number)}, d.decision()...)
	return append(slices.Concat(cells, d.cells, d.Kept), d.Text)
}

// decision returns the cells of the decision.
func (d *decided) decision() []string {
	code := ""
	if d.Code != 0 {
		code = strconv.Itoa(d.Code)
	}
	return []string{d.Action.String(), code, d.Class.String(), d.Keyword}
}

// A tally counts what was read and decided.
type tally struct {
	kinds    [messages.Header + 1]int                        // records
	actions  [optout.Intercept + 1][optout.ClassHelp + 1]int // messages
	keywords map[string]int                                  // messages that are the keyword
	damaged  int                                             // messages
	files    []messages.ReadAs
	problems int // files and records that could not be read
}

// A count is a number of things, on the page and in the summary.
type count struct {
	N    int
	What string
}

// counts returns the numbers of the summary. The first five are always there.
func (a *auditor) counts() []count {
	t := &a.tally
	counts := []count{{N: t.kinds[messages.Message], What: "messages"}}
	for action, what := range []string{"forwarded", "dropped", "intercepted"} {
		n, classes := 0, []string(nil)
		for class, k := range t.actions[action] {
			if n += k; k > 0 {
				classes = append(classes, fmt.Sprintf("%d %v", k, optout.Class(class)))
			}
		}
		if action > 0 && n > t.actions[action][optout.ClassOptOut] {
			what += ": " + strings.Join(classes, ", ")
		}
		counts = append(counts, count{N: n, What: what})
	}
	counts = append(counts, []count{
		{N: t.kinds[messages.Skipped], What: "skipped records"},
		{N: t.damaged, What: "damaged messages, decided as they are"},
		{N: t.kinds[messages.NoText], What: "records without text"},
		{N: t.kinds[messages.Excluded], What: "records excluded by -where"},
		{N: t.kinds[messages.Header], What: "repeated headers"},
		{N: a.dates.unread, What: "messages with a date that could not be read, such as " + quote.Quote(a.dates.example)},
	}...)
	return slices.Concat(counts[:5], slices.DeleteFunc(counts[5:], func(c count) bool { return c.N == 0 }))
}

// write writes the summary, with the keywords in the order of their table.
func (a *auditor) write(w io.Writer) {
	fmt.Fprintln(w)
	for _, as := range a.tally.files {
		fmt.Fprintf(w, "%s: read as %v\n", quote.Printable(as.File), as)
	}
	fmt.Fprintln(w)
	for _, c := range a.counts() {
		fmt.Fprintf(w, "%7d  %s\n", c.N, c.What)
	}
	fmt.Fprintln(w)
	for _, k := range a.policy.Keywords() {
		if n := a.tally.keywords[k.Text]; n > 0 {
			fmt.Fprintf(w, "%7d  %s\n", n, quote.Printable(k.Text))
		}
	}
	if a.regime.ID != "" {
		fmt.Fprintf(w, "\n%s\n", a.tableInUse())
	}
}

// An input is the file that an auditor reads.
type input struct {
	a *auditor
	r io.Reader
}

// Read writes the decided messages first, as reading may have to wait.
func (in input) Read(p []byte) (int, error) {
	if err := in.a.flush(); err != nil {
		return 0, err
	}
	n, err := in.r.Read(p)
	in.a.progress.add(n)
	return n, err
}

// A progress says on a terminal how much was read: after two seconds, four, eight
// and so on. A nil progress does not say it.
type progress struct {
	w     io.Writer
	start time.Time
	pause time.Duration // from the start to the next line
	bytes int
}

func (p *progress) add(bytes int) {
	if p == nil {
		return
	}
	p.bytes += bytes
	if time.Since(p.start) > p.pause {
		fmt.Fprintf(p.w, "optout: %d MB read\n", p.bytes/1e6)
		p.pause *= 2
	}
}
