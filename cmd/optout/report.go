package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"example.com/optout"
	"example.com/optout/internal/near"
	"example.com/optout/internal/report"
	"example.com/optout/regime"
)

// now is when a report says that it was made.
var now = time.Now

// A reporter writes the page of -report, about all messages.
type reporter struct {
	file  string
	texts bool
	args  []string // the command line
	o     *options

	files                          []string // that were read, or begun
	read                           map[string]int
	dates                          report.Dates
	stopped, differ, near, problem report.Table
}

// open checks that the page can be written where it should be, as that is
// better known before all is read.
func (r *reporter) open(o *options) error {
	if info, err := os.Stat(r.file); err == nil {
		if info.IsDir() {
			return fmt.Errorf("-report %q: that is a folder: name a file in it", r.file)
		}
		for _, file := range o.files {
			if input, err := os.Stat(file); err == nil && os.SameFile(info, input) {
				return fmt.Errorf("-report %q: that is a file to read: give the page another name", r.file)
			}
		}
	}
	r.o, r.read = o, make(map[string]int)
	text := o.log.Keep
	if r.texts {
		text = append(slices.Clip(text), "Message")
	}
	r.stopped.Head = append([]string{"Where", "Action", "Keyword"}, text...)
	r.differ.Head = append([]string{"Where", "The relay", "Regimes"}, text...)
	r.near.Head = append([]string{"Where", "Near to", "Reason"}, text...)
	r.problem.Head = []string{"Problem"}
	return nil
}

// take takes a message that is decided and examined.
func (r *reporter) take(d *decided) {
	if r.read[d.File]++; r.read[d.File] == 1 {
		r.files = append(r.files, d.File)
	}
	if r.o.log.Date != "" && d.Keyword != "" {
		r.dates.Add(d.Date)
	}
	add := func(t *report.Table, cells ...string) {
		cells = append([]string{fmt.Sprintf("%s:%d", d.File, d.Line)}, cells...)
		for _, kept := range d.Kept {
			cells = append(cells, report.Shown(kept))
		}
		if r.texts {
			cells = append(cells, report.Shown(d.Text))
		}
		t.Add(cells...)
	}
	if d.Action != optout.Forward {
		add(&r.stopped, d.Action.String(), report.Shown(d.Keyword))
	}
	cells := d.cells
	for _, e := range r.o.examiners {
		switch e := e.(type) {
		case *comparer:
			if said := e.differing(cells, d.Class); said != "" {
				add(&r.differ, d.Action.String()+", "+d.Class.String(), said)
			}
		case *nearer:
			if cells[0] != "" {
				add(&r.near, report.Shown(cells[0]), cells[1])
			}
		}
		cells = cells[len(e.columns()):]
	}
}

// differing names the regimes that take a message for something else than the
// relay, if it is known of one of them.
func (c *comparer) differing(cells []string, class optout.Class) string {
	var said []string
	known := false
	for i, r := range c.regimes {
		mark := cells[i][len(strings.TrimRight(cells[i], "~?")):]
		if cells[i] != class.String()+mark && cells[i] != "none?" {
			said = append(said, r.ID+" "+cells[i])
			known = known || mark != marks[regime.Unknown]
		}
	}
	if !known {
		return ""
	}
	return strings.Join(said, ", ")
}

// finish writes the page.
func (r *reporter) finish(t *tally) error {
	page := &report.Page{
		About: []string{
			"Command: optout " + strings.Join(r.args, " "),
			fmt.Sprintf("The table in use has %d keywords. Made on %s UTC.", len(r.o.policy.Keywords()), now().UTC().Format("2 January 2006, 15:04")),
		},
		Texts: r.texts,
	}
	for _, c := range t.counts() {
		page.Counts = append(page.Counts, [2]string{report.Number(c.n), c.what})
	}
	if t.problems > 0 {
		page.Warning = report.Number(t.problems) + " files or records could not be read."
	}
	if t.damaged > 0 {
		page.Warning += " " + report.Number(t.damaged) + " messages are damaged."
	}
	add := func(t *report.Table, title, caption, empty string) {
		t.Title, t.Caption = title, caption
		if len(t.Rows) == 0 && empty != "" {
			t.Text = append(t.Text, empty)
		}
		page.Tables = append(page.Tables, t)
	}

	keywords := &report.Table{Head: []string{"Keyword", "Class", "Action", "Messages"}, Across: true}
	for _, k := range r.o.policy.Keywords() {
		if n := t.keywords[k.Text]; n > 0 {
			action := r.o.policy.Decide(k.Text, r.o.flags).Action.String()
			keywords.Add(report.Shown(k.Text), k.Class.String(), action, report.Number(n))
			keywords.Kinds = append(keywords.Kinds, action)
		}
	}
	add(keywords, "Keywords", "Messages that are keywords.", "No message is a keyword.")
	if r.o.log.Date != "" {
		dates := r.dates.Table()
		add(dates, "When they came", dates.Caption, "")
	}
	add(&r.stopped, "Not passed on", "Messages that are dropped or intercepted.", "Every message is passed on.")
	for _, e := range r.o.examiners {
		switch e := e.(type) {
		case *comparer:
			rows := e.matrix()
			matrix := &report.Table{Head: rows[0], Text: []string{"Of marks, " + marksNote + "."}}
			for _, row := range rows[1:] {
				matrix.Add(row...)
			}
			add(matrix, "Where regimes differ", "Messages that a regime takes for a keyword of the class and the relay does not (there), and the reverse (here).", "")
			follows := &report.Table{Head: []string{"What follows", "Messages"}}
			for _, row := range e.follows() {
				follows.Add(row[1], row[0])
			}
			add(follows, "", "What follows, and for how many messages.", "They differ about no message.")
			add(&r.differ, "", "Messages about which regimes differ.", "")
		case *nearer:
			reasons := &report.Table{Head: []string{"Reason", "Messages"}, Text: []string{nearNote}, Across: true}
			for _, k := range near.Kinds() {
				reasons.Add(string(k), report.Number(e.counts[k]))
			}
			add(reasons, "Near misses", "Near misses by reason.", "")
			add(&r.near, "", "Messages near to an opt-out word.", "There are none.")
		}
	}
	files := &report.Table{Head: []string{"File", "Messages"}}
	for _, file := range r.files {
		files.Add(file, report.Number(r.read[file]))
	}
	add(files, "What was read", "Messages by file.", "There is no message.")
	add(&r.problem, "What could not be read", "Problems, in the order in which they came.", "Everything was read.")
	return replaceFile(r.file, page.Write)
}

// failed takes what could not be read. Without texts it leaves out what an
// error quotes, which may be from a message.
func (r *reporter) failed(err error) {
	if text := err.Error(); r.texts {
		r.problem.Add(text)
	} else {
		r.problem.Add(report.WithoutQuotes(text))
	}
}

// replaceFile writes a file, which is what it was before until all is written.
func replaceFile(name string, write func(io.Writer) error) error {
	part, flags := fmt.Sprintf("%s.%d.tmp", name, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_EXCL
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		part, flags = name, os.O_WRONLY // such as /dev/stdout
	}
	f, err := os.OpenFile(part, flags, 0o666)
	if err != nil {
		return err
	}
	err = errors.Join(write(f), f.Close())
	if part == name {
		return err
	}
	if err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		os.Remove(part)
	}
	return err
}
