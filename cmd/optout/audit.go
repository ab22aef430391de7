package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/internal/quote"
)

// An auditor decides the messages of files.
type auditor struct {
	*options
	stdin    io.Reader
	out      *bufio.Writer
	print    printer // to out
	printed  bool    // the heading
	stderr   io.Writer
	progress *progress // nil if stderr is not a terminal
	tally    tally
	message  decided
}

// audit decides the messages of all files, and returns the exit status. What
// cannot be read is reported, and ends no more than its file; what cannot be
// written ends the work.
func audit(o *options, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &auditor{options: o, stdin: stdin, out: bufio.NewWriterSize(stdout, 64<<10), stderr: stderr}
	if isTerminal(stderr) {
		a.progress = &progress{w: stderr, next: time.Now().Add(2 * time.Second)}
	}
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
	for _, missing := range o.log.Missing() {
		if err == nil {
			err = a.report(missing)
		}
	}
	if flushed := a.flush(); err == nil {
		err = flushed
	}
	if err == nil {
		a.progress.clear()
		a.tally.write(stderr, o.policy.Keywords())
		for _, e := range o.examiners {
			e.write(stderr)
		}
		if o.reporter != nil {
			err = o.reporter.finish(&a.tally)
		}
	}
	status := outputStatus(stderr, err)
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
	case messages.NoText, messages.Excluded:
		return nil
	}
	if r.Damaged {
		if a.tally.damaged++; a.tally.damaged == 1 {
			advice := "name its encoding, as -encoding windows-1252 does"
			if a.log.Encoding != nil {
				advice = "it is not in the encoding named, or was damaged before: export it again"
			}
			if err := a.say("%s:%d: this message and perhaps others are damaged, and decided as they are: %s", quote.Printable(r.File), r.Line, advice); err != nil {
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

// report reports what cannot be read, after the messages that were decided before
// it. It returns the error of writing them.
func (a *auditor) report(err error) error {
	a.tally.problems++
	if a.reporter != nil {
		a.reporter.failed(err)
	}
	return a.say("%v", err)
}

func (a *auditor) say(format string, args ...any) error {
	if err := a.flush(); err != nil {
		return err
	}
	a.progress.clear()
	fmt.Fprintf(a.stderr, "optout: "+format+"\n", args...)
	return nil
}

// A tally counts what was read and decided.
type tally struct {
	kinds    [messages.Header + 1]int  // records
	actions  [optout.Intercept + 1]int // messages
	keywords map[string]int            // messages that are the keyword
	damaged  int                       // messages
	files    []messages.ReadAs
	problems int // files and records that could not be read
}

// counts returns the numbers of the summary, with what they count.
func (t *tally) counts() (counts []count) {
	always := []count{
		{t.kinds[messages.Message], "messages"},
		{t.actions[optout.Forward], "forwarded"},
		{t.actions[optout.Drop], "dropped"},
		{t.actions[optout.Intercept], "intercepted"},
		{t.kinds[messages.Skipped], "skipped records"},
	}
	for _, c := range []count{
		{t.damaged, "damaged messages, decided as they are"},
		{t.kinds[messages.NoText], "records without text"},
		{t.kinds[messages.Excluded], "records excluded by -where"},
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
	for i, as := range t.files {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: read as %v\n", quote.Printable(as.File), as)
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

// flush writes the rows so far, in place of the progress.
func (a *auditor) flush() error {
	if a.out.Buffered() > 0 {
		a.progress.clear()
	}
	return a.out.Flush()
}

// A progress shows on a terminal how much was read, if that takes long. A nil
// progress shows nothing.
type progress struct {
	w     io.Writer
	bytes int
	next  time.Time // of a line
	shown bool
}

func (p *progress) add(bytes int) {
	if p == nil {
		return
	}
	p.bytes += bytes
	if now := time.Now(); now.After(p.next) {
		fmt.Fprintf(p.w, "\r%d MB read", p.bytes/1e6)
		p.shown, p.next = true, now.Add(time.Second/2)
	}
}

func (p *progress) clear() {
	if p != nil && p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}
