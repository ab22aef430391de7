package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// makeReport runs the command with -report, and returns the page.
func makeReport(t *testing.T, log string, args ...string) (page, stderr string, status int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	var out, errs bytes.Buffer
	status = run(append(args, "-report", file), strings.NewReader(log), &out, &errs)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; standard error: %s", err, errs.String())
	}
	return string(data), errs.String(), status
}

func TestReport(t *testing.T) {
	const log = "STOP\nStop.\n<b>please opt me out</b>\nArr\u00eat\nhello\n"
	tests := []struct {
		name       string
		log        string
		args       []string
		status     int
		has, lacks []string
	}{
		{
			"no text of a message", log, []string{"-lines", "-near", "-compare", "all"}, 0,
			[]string{`data-label="line"><div class="cell short">4</div>`, "ARRET", "punctuation around it", "telnyx none", "no texts of messages"},
			[]string{"Arr\u00eat", "Stop.", "&lt;b&gt;", "hello"},
		},
		{
			"texts, escaped", log, []string{"-lines", "-near", "-texts"}, 0,
			[]string{"Arr\u00eat", "Stop.", "&lt;b&gt;please opt me out&lt;/b&gt;", "This page has texts"},
			[]string{"<b>", "hello", "Where regimes differ"},
		},
		{
			"no message", "", []string{"-lines"}, 0,
			[]string{"<strong>0</strong> messages", "add -by"},
			[]string{"Near misses", "<script"},
		},
		{
			"dates, kept columns, a damaged message", "From,Sent,Body\n+1,2026-06-16 09:00,STOP\n+2,2026-06-18,quit\n+3,,help\n+4,2026-06-19,\xff\n",
			[]string{"-csv", "Body", "-keep", "From", "-date", "sent"}, 1,
			[]string{"2026-06-16T09:00:00Z to 2026-06-19T00:00:00Z", "messages with a date that could not be read", "&#43;1", "Problems: 1. <a", "stdin:5: this message and perhaps others are damaged", "damaged messages, decided as they are"},
			[]string{"&#43;4"},
		},
		{
			"by sender", "From,Sent,Body\n+1,2026-06-16 09:00,STOP\n+2,2026-06-18,quit\n+1,2026-06-19,start\n",
			[]string{"-csv", "Body", "-by", "From", "-date", "Sent"}, 0,
			[]string{
				"Senders who opted out from 2026-06-16 to 2026-06-19 (UTC): 2. Still opted out: 1. Came back: 1.", "&#43;2", "2026-06-18T00:00:00Z",
				"Table in use: built in.", "2026-06-16T09:00:00Z to 2026-06-19T00:00:00Z", "optout (devel)",
				"CSV with separator &#34;,&#34;, column &#34;Body&#34;, utf-8, records: 3", "3e53059250014cc4d4d9b0c35cec76ec98b0a5fe4d09222f043d9177a6ab61d8",
			},
			[]string{"add -by"},
		},
		{
			"a keyword without a sender", "From,Body\n,STOP\n", []string{"-csv", "Body", "-by", "From"}, 1,
			[]string{"Problems: 1.", "because they have no sender: 1"},
			[]string{`href="#problems"`},
		},
		{
			"equal texts in one row", "From,Body\n+1,Stop!\n+2,Stop!\n+3,Stop!\n", []string{"-csv", "Body", "-near", "-texts", "-keep", "From"}, 0,
			[]string{`data-label="line"><div class="cell short">2<`, "&#43;1<", `data-label="messages">3</td>`, "The row shows where the first of them is"},
			[]string{`>3</div>`, "&#43;2"},
		},
		{
			"a regime with another rule", "STOP please\nquit\n", []string{"-lines", "-regime", "aws", "-compare", "fcc"}, 0,
			[]string{"Whole messages are compared with its words", "Regimes, their rules and sources", "AWS End User Messaging SMS", "https://docs.aws.amazon.com/", "https://www.ecfr.gov/"},
			[]string{"Every message"},
		},
		{
			"a broken record", "{\"body\":\"STOP\"}\n{\"body\":\"my secret\n", []string{"-jsonl", "body"}, 1,
			[]string{"stdin:2", "Not everything could be decided"},
			[]string{"my secret"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, stderr, status := makeReport(t, tt.log, tt.args...)
			if status != tt.status {
				t.Errorf("exit status %d, want %d; standard error: %s", status, tt.status, stderr)
			}
			for _, s := range tt.has {
				if !strings.Contains(page, s) {
					t.Errorf("the page lacks %q", s)
				}
			}
			for _, s := range tt.lacks {
				if strings.Contains(page, s) {
					t.Errorf("the page has %q", s)
				}
			}
		})
	}
}

// TestReportListsRegimes checks that the page lists the regimes with -compare and
// -regime, each once, and not without these flags.
func TestReportListsRegimes(t *testing.T) {
	for _, args := range [][]string{{"-compare", "twilio-2025"}, {"-compare", "all"}, {"-regime", "twilio-2025"}} {
		page, _, _ := makeReport(t, "Sent,Body\n2025-01-01,STOP\n", append(args, "-csv", "Body")...)
		_, regimes, _ := strings.Cut(page, "<caption><span>Regimes, their rules and sources")
		regimes, _, _ = strings.Cut(regimes, "</table>")
		for _, id := range []string{"twilio-2016", "twilio-2025"} {
			if n := strings.Count(regimes, ">"+id+"</div></th>"); n != 1 {
				t.Errorf("%q: %d rows for %s, want 1", args, n, id)
			}
		}
	}
	if page, _, _ := makeReport(t, "Sent,Body\n2025-01-01,STOP\n", "-csv", "Body"); strings.Contains(page, "twilio-2025") {
		t.Error("without -compare and -regime the page lists regimes")
	}
}

func TestReportSaysWhen(t *testing.T) {
	now = func() time.Time { return time.Date(2026, 6, 16, 9, 5, 0, 0, time.FixedZone("", 3600)) }
	defer func() { now = time.Now }()
	if page, _, _ := makeReport(t, "", "-lines"); !strings.Contains(page, "16 June 2026, 08:05 UTC") {
		t.Error("the page does not say that it was made on 16 June 2026, 08:05 UTC")
	}
}

func TestReportCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log.txt")
	if err := os.WriteFile(log, []byte("STOP\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"a folder", []string{"-lines", "-report", dir, log}, 2, "is a directory"},
		{"the log", []string{"-lines", "-report", log, log}, 2, "that is a file to read"},
		{"no such folder", []string{"-lines", "-report", filepath.Join(dir, "none", "r.html"), log}, 2, "no such file or directory"},
		{"no format", []string{"-report", filepath.Join(dir, "r.html"), log}, 2, "add -lines"},
		{"texts without a page", []string{"-lines", "-texts", log}, 2, "add -report FILE.html"},
		{"no messages", []string{"-keywords", "-report", "r.html"}, 2, "read no messages"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if status := run(tt.args, strings.NewReader(""), &out, &errs); status != tt.status || !strings.Contains(errs.String(), tt.want) {
				t.Errorf("run(%q) = %d, standard error %q; want %d and %q", tt.args, status, errs.String(), tt.status, tt.want)
			}
		})
	}
	if data, err := os.ReadFile(log); err != nil || string(data) != "STOP\n" {
		t.Errorf("the log is %q (%v) afterwards", data, err)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("files remain: %v (%v)", files, err)
	}
}

func TestProblemsWithoutTexts(t *testing.T) {
	r := &reporter{options: new(options), tables: make(map[string]*pageTable)}
	r.problem(errors.New(`log:3: field "a \"b\" c" is "open`))
	if got, want := r.tables["Problems"].Rows[0].Cells[0], "log:3: field \u2026 is \u2026"; got != want {
		t.Errorf("problem is %q, want %q", got, want)
	}
}
