package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// now is when a report says that it was made.
var now = time.Now

// A reporter writes the page of -report, about all messages. A nil reporter does
// not write it.
type reporter struct {
	*options
	args   []string              // the command line
	tables map[string]*pageTable // by title
}

// check checks that the page can be written, before messages are read.
func (r *reporter) check() error {
	f, err := os.OpenFile(r.page, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return fmt.Errorf("-report: %w", err)
	}
	defer f.Close()
	page, err := f.Stat()
	for _, file := range r.files {
		if input, failed := os.Stat(file); failed == nil && os.SameFile(page, input) {
			return fmt.Errorf("-report %q: that is a file to read: give the page another name", r.page)
		}
	}
	return err
}

// section returns the table with this title, which has these columns if it is new.
func (r *reporter) section(title, count string, names ...string) *pageTable {
	t := r.tables[title]
	if t == nil {
		t = &pageTable{Title: title, Count: count, Head: names, index: make(map[string]*pageRow)}
		r.tables[title] = t
	}
	return t
}

// add adds a message to the table with this title, and why it is there. Messages
// with equal texts, for equal reasons, have one row.
func (r *reporter) add(title, found string, d *decided) {
	if r == nil {
		return
	}
	names := append([]string{"file", "line", "record", "found"}, r.log.Keep...)
	cells := slices.Concat(d.row()[:3], []string{found}, d.Kept)
	if r.texts {
		names, cells = append(names, "message"), append(cells, d.Text)
	}
	r.section(title, "messages", names...).add(found+"\x00"+d.Text, cells)
}

// print puts a table on the page.
func (r *reporter) print(title string, t *table) {
	if r != nil {
		p := r.section(title, "", names(t.columns)...)
		for _, row := range t.rows {
			p.row(row...)
		}
	}
}

// problem takes an error of reading. Without texts it leaves out what the error
// quotes, which can be from a message.
func (r *reporter) problem(err error) {
	text := err.Error()
	if !r.texts {
		text = quotation.ReplaceAllString(text, "\u2026")
	}
	r.section("Problems", "times", "problem").row(text)
}

var quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"?`)

// finish writes the page.
func (r *reporter) finish(a *auditor) error {
	files := r.section("Files", "", "name", "read as", "SHA-256")
	for _, as := range a.logs {
		files.row(as.File, as.How, as.SHA256)
	}
	if r.regime.ID != "" || r.compare != nil {
		r.print("Regimes, their rules and sources", regimeTable())
	}
	data := map[string]any{
		"Problems": a.problems,
		"Damaged":  a.damaged,
		"Counts":   a.counts(),
		"Tables":   r.tables,
		"Command":  strings.Join(r.args, " "),
		"Made":     now().UTC().Format("2 January 2006, 15:04"),
		"Version":  version(),
		"InUse":    r.tableInUse(),
		"First":    stamp(r.dates.first),
		"Last":     stamp(r.dates.last),
		"Texts":    r.texts,
	}
	if r.senders != nil {
		data["Answer"] = r.senders.answer()
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		return err
	}
	return os.WriteFile(r.page, b.Bytes(), 0o666)
}
