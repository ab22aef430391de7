package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/optout"
	"example.com/optout/internal/messages"
	"example.com/optout/internal/report"
	"example.com/optout/regime"
)

// now is when a report says that it was made.
var now = time.Now

// A reporter writes the page of -report, about all messages.
type reporter struct {
	*options
	args []string // the command line

	notForwarded, problems report.Table
}

// check checks that the page can be written, before messages are read.
func (r *reporter) check() error {
	folder := filepath.Dir(r.page)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("-report %q: there is no folder %q: make it first", r.page, folder)
	}
	page, err := os.Stat(r.page)
	if err != nil {
		return nil
	}
	if page.IsDir() {
		return fmt.Errorf("-report %q: that is a folder: name a file in it", r.page)
	}
	for _, file := range r.files {
		if input, err := os.Stat(file); err == nil && os.SameFile(page, input) {
			return fmt.Errorf("-report %q: that is a file to read: give the page another name", r.page)
		}
	}
	return nil
}

// take takes a message that is decided and examined.
func (r *reporter) take(d *decided) {
	if d.Action != optout.Forward {
		r.add(&r.notForwarded, d, d.Action.String(), d.Class.String(), d.Keyword)
	}
}

// add adds a message to a table of r.head. Messages with equal cells and texts
// have one row.
func (r *reporter) add(t *report.Table, d *decided, cells ...string) {
	if r == nil {
		return
	}
	key := strings.Join(append(slices.Clip(cells), d.Text), "\x00")
	where := fmt.Sprintf("%s:%d", d.File, d.Line)
	if r.log.Format == messages.JSON { // of which a line can have several records
		where += fmt.Sprintf(", record %d", d.Number)
	}
	cells = append(append([]string{where}, cells...), d.Kept...)
	if r.texts {
		cells = append(cells, d.Text)
	}
	t.Add(key, 1, cells...)
}

// head completes a table that add has filled.
func (r *reporter) head(t *report.Table, caption string, names ...string) *report.Table {
	t.Caption = caption
	t.Head = append(append([]string{"Where"}, names...), r.log.Keep...)
	if r.texts {
		t.Head = append(t.Head, "Message")
	}
	t.Head = append(t.Head, "Messages")
	return t
}

// table returns a table that is complete, for the page.
func (r *reporter) table(caption string, t *table) *report.Table {
	p := &report.Table{Caption: caption}
	columns, file := places(t.columns)
	for _, c := range columns {
		p.Head = append(p.Head, c.name)
	}
	for i, row := range t.rows {
		p.Add(strconv.Itoa(i), 1, placed(row, file)...)
	}
	return p
}

// problem takes an error of reading. Without texts it leaves out what the error
// quotes, which can be from a message.
func (r *reporter) problem(err error) {
	text := err.Error()
	if !r.texts {
		text = quotation.ReplaceAllString(text, "\u2026")
	}
	r.problems.Add(text, 1, text)
}

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// finish writes the page.
func (r *reporter) finish(a *auditor) error {
	page := &report.Page{
		Texts:  r.texts,
		Counts: a.counts(),
		Origin: []string{
			"Command: optout " + strings.Join(r.args, " "),
			fmt.Sprintf("Made on %s UTC by %s.", now().UTC().Format("2 January 2006, 15:04"), version()),
			r.tableInUse(),
		},
	}
	if r.log.Date != "" {
		page.Origin = append(page.Origin, "Dates of messages, UTC: "+stamp(r.dates.first)+" to "+stamp(r.dates.last)+".")
	}
	if r.senders != nil {
		page.Answer = r.senders.answer()
	}
	if n := a.problems + a.damaged; n > 0 {
		page.Warning = fmt.Sprintf("Problems: %d. Damaged messages: %d.", a.problems, a.damaged)
	}
	section := func(title string, tables ...*report.Table) {
		page.Sections = append(page.Sections, report.Section{Title: title, Tables: tables})
	}
	for _, e := range r.examiners {
		page.Sections = append(page.Sections, e.section(r))
	}
	keywords := &report.Table{Caption: "Messages that are keywords.", Head: []string{"Keyword", "Class", "Action", "Messages"}}
	for _, k := range r.policy.Keywords() {
		if n := a.keywords[k.Text]; n > 0 {
			keywords.Add(k.Text, n, k.Text, k.Class.String(), r.policy.Decide(k.Text, r.flags).Action.String())
		}
	}
	section("Keywords", keywords)
	section("Not forwarded", r.head(&r.notForwarded, "Messages that are dropped or intercepted.", "Action", "Class", "Keyword"))
	if r.regime.ID != "" {
		section("Regime in use", r.table("The regime, its rule and source.", regimeTable([]regime.Regime{r.regime})))
	}
	files := &table{columns: columns("", "name", "read as", "SHA-256")}
	for _, as := range a.logs {
		files.rows = append(files.rows, []string{as.File, as.String(), as.SHA256})
	}
	section("Files", r.table("How each file was read.", files))
	r.problems.Caption, r.problems.Head = "Problems, in the order of the files.", []string{"Problem", "Times"}
	section("Problems", &r.problems)
	var b bytes.Buffer
	if err := page.Write(&b); err != nil {
		return err
	}
	return os.WriteFile(r.page, b.Bytes(), 0o666)
}
