package main

import (
	"bytes"
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
			[]string{"stdin:1", "stdin:4", "ARRET", "punctuation around it", "telnyx none", "Texts of messages are left out"},
			[]string{"Arr\u00eat", "Stop.", "&lt;b&gt;", "hello"},
		},
		{
			"texts, escaped", log, []string{"-lines", "-near", "-texts"}, 0,
			[]string{"Arr\u00eat", "Stop.", "&lt;b&gt;please opt me out&lt;/b&gt;", "This page holds texts"},
			[]string{"<b>", "hello", "Where regimes differ"},
		},
		{
			"no message", "", []string{"-lines"}, 0,
			[]string{"No message is a keyword.", "Every message is passed on.", "There is no message.", "Everything was read."},
			[]string{"Near misses", "<script"},
		},
		{
			"dates, kept columns, what is damaged", "From,Sent,Body\n+1,2026-06-16 09:00,STOP\n+2,2026-06-18,quit\n+3,,help\n+4,2026-06-19,\xff\n",
			[]string{"-csv", "Body", "-keep", "From", "-date", "sent"}, 1,
			[]string{"When they came", "by hour, in UTC", "2026-06-17 12:00", "1 more have no date", "&#43;1", "1 messages are damaged", "damaged messages, decided as they are"},
			[]string{"2026-06-19", "&#43;4"},
		},
		{
			"a broken record", "{\"body\":\"STOP\"}\n{\"body\":\"my secret\n", []string{"-jsonl", "body"}, 1,
			[]string{"stdin:2", "Not everything is decided"},
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
		{"a folder", []string{"-lines", "-report", dir, log}, 2, "that is a folder"},
		{"the log", []string{"-lines", "-report", log, log}, 2, "that is a file to read"},
		{"no such folder", []string{"-lines", "-report", filepath.Join(dir, "none", "r.html"), log}, 1, "no such file or directory"},
		{"texts without a page", []string{"-texts", log}, 2, "add -report FILE.html"},
		{"no messages", []string{"-keywords", "-report", "r.html"}, 2, "-keywords and -regimes read no messages"},
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
		t.Errorf("files are left behind: %v (%v)", files, err)
	}
}
