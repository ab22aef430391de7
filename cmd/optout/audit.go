package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/internal/quote"
)

// An auditor decides the messages of files. It reads a file as an [io.Reader].
type auditor struct {
	*options
	file   io.Reader     // the one that is read
	buffer *bufio.Writer // to standard output; it keeps its errors
	out    output        // to buffer
	stderr io.Writer

	message  decided
	kinds    [messages.Header + 1]int                        // records
	actions  [optout.Intercept + 1][optout.ClassHelp + 1]int // messages
	keywords map[string]int                                  // messages that are the keyword
	damaged  int                                             // messages
	logs     []messages.ReadAs
	problems int // files and records that could not be read, keywords without a sender, the first damaged message

	progress time.Time // when to report it next
}

// A decided is a message and its decision. It is valid until the next one.
type decided struct {
	*messages.Record
	optout.Decision
	time  time.Time // of -date, or zero
	cells []string  // of the examiners
}

// audit decides the messages of all files. It returns the exit status, and the
// error that ends the work: of writing, or of dates. An error of reading ends at
// most the file; audit reports it.
func audit(o *options, stdin io.Reader, w *bufio.Writer, stderr io.Writer) (status int, err error) {
	a := &auditor{options: o, buffer: w, stderr: stderr, progress: time.Now().Add(2 * time.Second)}
	a.out, a.keywords = newOutput(o.format, w, o.columns()), make(map[string]int)
	for _, name := range o.files {
		if err := readFile(name, stdin, a.decide); err != nil {
			a.report(err)
		}
	}
	for _, missing := range o.log.Missing() {
		a.report(missing)
	}
	if n := a.kinds[messages.Message]; n > 0 && a.dates.unread == n && o.log.Missing() == nil {
		a.dates.failed = fmt.Errorf("no date of %q can be read, such as %q: add -date-layout and %s", a.log.Date, a.dates.example, wantLayout)
	}
	if a.flush() == nil && a.senders != nil {
		a.problems += a.senders.lost
		a.senders.settle(a.out, a.reporter)
	}
	if err = a.flush(); err == nil {
		a.write(a.stderr)
		for _, e := range a.examiners {
			e.write(a.stderr, a.reporter)
		}
		if a.reporter != nil {
			err = a.reporter.finish(a)
		}
	}
	return min(a.problems, 1), err
}

// flush writes the rows. It returns the error that ends the work.
func (a *auditor) flush() error {
	a.out.Flush()
	return cmp.Or(a.buffer.Flush(), a.dates.failed)
}

// decide decides the messages of a file.
func (a *auditor) decide(name string, file io.Reader) error {
	a.file = file
	as, err := a.log.Read(name, a, a.record)
	if err == nil || as.Records > 0 {
		a.logs = append(a.logs, as)
	}
	return err
}

// Read reads from the file. It writes the rows first, as reading may have to wait.
// On a terminal it reports its progress: after two seconds, then every ten.
func (a *auditor) Read(p []byte) (int, error) {
	if err := a.flush(); err != nil {
		return 0, err
	}
	if t := time.Now(); t.After(a.progress) && isTerminal(a.stderr) {
		fmt.Fprintf(a.stderr, "optout: %d messages so far\n", a.kinds[messages.Message])
		a.progress = t.Add(10 * time.Second)
	}
	return a.file.Read(p)
}

// record decides a record, if it is a message. It returns the error that ends the
// work.
func (a *auditor) record(r *messages.Record) error {
	a.kinds[r.Kind]++
	if r.Kind == messages.Skipped {
		a.report(at(r, r.Err))
	}
	d := &a.message
	if a.log.Date != "" {
		d.time = a.dates.read(r)
	}
	if r.Kind != messages.Message || a.dates.failed != nil {
		return a.dates.failed
	}
	if r.Damaged {
		if a.damaged++; a.damaged == 1 {
			a.report(at(r, errors.New("this message and perhaps others are damaged, and decided as they are: "+
				"export it again, or name its encoding, as -encoding windows-1252 does")))
		}
	}
	d.Record, d.Decision = r, a.policy.Decide(r.Text, a.flags)
	a.actions[d.Action][d.Class]++
	if d.Keyword != "" {
		a.keywords[d.Keyword]++
		a.reporter.add("Keywords: "+d.Action.String()+", "+d.Class.String(), d.Keyword, d)
	}
	show := a.all || len(a.examiners) == 0 && d.Keyword != ""
	d.cells = d.cells[:0]
	for _, e := range a.examiners {
		show = e.examine(d, a.reporter) || show
	}
	if show {
		a.out.row(d.row())
	}
	return nil
}

// at returns an error with the place of a record.
func at(r *messages.Record, err error) error {
	return fmt.Errorf("%s:%d: %w", quote.Printable(r.File), r.Line, err)
}

// report reports what cannot be read, after the rows before it, unless they cannot
// be written.
func (a *auditor) report(err error) {
	a.problems++
	if a.reporter != nil {
		a.reporter.problem(err)
	}
	if a.flush() == nil {
		fmt.Fprintf(a.stderr, "optout: %v\n", err)
	}
}

// columns returns the columns of the output: of senders or decisions.
func (o *options) columns() []column {
	if o.senders != nil {
		return o.senders.columns()
	}
	all := columns("", "file", "line", "record", "action", "code", "class", "keyword")
	for _, e := range o.examiners {
		all = append(all, e.columns()...)
	}
	return slices.Concat(all, columns("kept", o.log.Keep...), columns("", "message"))
}

// row returns the cells of a message.
func (d *decided) row() []string {
	place := []string{d.File, strconv.Itoa(d.Line), strconv.Itoa(d.Number)}
	return slices.Concat(place, d.decision(), d.cells, d.Kept, []string{d.Text})
}

// decision returns the cells of the decision.
func (d *decided) decision() []string {
	code := strings.TrimPrefix(strconv.Itoa(d.Code), "0")
	return []string{d.Action.String(), code, d.Class.String(), d.Keyword}
}

// A count is a number of things, on the page and in the summary.
type count struct {
	N    int
	What string
}

// counts returns the numbers of the summary. The first five are always there.
func (a *auditor) counts() []count {
	counts := []count{{N: a.kinds[messages.Message], What: "messages"}}
	for action, what := range []string{"forwarded", "dropped", "intercepted"} {
		c := count{What: what}
		for class, n := range a.actions[action] {
			if c.N += n; n > 0 {
				c.What += fmt.Sprintf(", %d %v", n, optout.Class(class))
			}
		}
		counts = append(counts, c)
	}
	counts = append(counts, count{N: a.kinds[messages.Skipped], What: "skipped records"})
	return append(counts, slices.DeleteFunc([]count{
		{N: a.damaged, What: "damaged messages, decided as they are"},
		{N: a.kinds[messages.NoText], What: "records without text"},
		{N: a.kinds[messages.Excluded], What: "records excluded by -where"},
		{N: a.kinds[messages.Header], What: "repeated headers"},
		{N: a.dates.unread, What: "messages with a date that could not be read, such as " + quote.Quote(a.dates.example)},
	}, func(c count) bool { return c.N == 0 })...)
}

// write writes the summary, with the keywords in the order of their table.
func (a *auditor) write(w io.Writer) {
	fmt.Fprintln(w)
	for _, as := range a.logs {
		fmt.Fprintf(w, "%s: read as %s\n", quote.Printable(as.File), as.How)
	}
	fmt.Fprintf(w, "%s\n\n", a.tableInUse())
	for _, c := range a.counts() {
		fmt.Fprintf(w, "%7d  %s\n", c.N, c.What)
	}
	fmt.Fprintln(w)
	for _, k := range a.policy.Keywords() {
		if n := a.keywords[k.Text]; n > 0 {
			fmt.Fprintf(w, "%7d  %s\n", n, quote.Printable(k.Text))
		}
	}
}
