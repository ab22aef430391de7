package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"example.com/optout"
)

// TestMain makes the test binary the command itself if runMain is set.
// chdir changes the working directory until the test ends.
func chdir(t *testing.T, dir string) {
	t.Helper()
	old, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chdir(dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chdir(old); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

const runMain = "OPTOUT_TEST_RUN_MAIN"

// process returns the command as a process of its own.
func process(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), runMain+"=1")
	return cmd
}

// files are what the commands of TestRun find in their directory.
var files = map[string]string{
	"a.txt":     "hello\nSTOP\n\nS\u200btop",
	"b.txt":     "Stop.\nHelp\n",
	"a.csv":     "Sid,Body\r\nSM1,\"STOP\r\n\"\r\nSM2,\"yes\"\r\n",
	"bad.csv":   "Sid,Body\nSM1,STOP\nSM2,\"oops\nSM3,quit\nSM4\nSM5,a \"quote\"\nSM6,info\n",
	"a.jsonl":   "{\"body\":\"\\u0041rr\u00eat\"}\n\n{\"body\":\"hi\"}\n",
	"bad.jsonl": "{\"body\":\"STOP\"}\n{\"body\":1}\n{\"text\":\"STOP\"}\n{\"body\":\n{\"body\":\"END\"}\n",
	"utf16.txt": "\xff\xfeS\x00T\x00O\x00P\x00",

	"zero16.csv":   "B\x00o\x00d\x00y\x00,\x00x\x00\n\x00S\x00T\x00O\x00P\x00,\x001\x00\n\x00",
	"cr.txt":       "hello\rSTOP\rquit\r",
	"export.csv":   "Sid,Direction,From,Body\nSM1,inbound,+1,STOP\nSM2,outbound-api,+2,STOP\nSid,Direction,From,Body\nSM3,Inbound,=1+1,\"a\nquit\"\nSM4,inbound,-3,QUIT\n",
	"semi.csv":     "sep=;\r\nbody\u00a0;Sid\r\nSTOP;1\r\n",
	"latin.csv":    "Sid,Body\n1,ARR\xcaT\n2,hi\xe9\n",
	"page.json":    "{\n \"messages\": [\n  {\"sid\": \"SM1\", \"body\": \"STOP\"},\n  {\"sid\": \"SM2\", \"body\": null},\n  {\"sid\": \"SM3\"}\n ], \"page\": 0\n}\n",
	"hook.jsonl":   "{\"message\":{\"body\":\"STOP\",\"from\":\"+1\"}}\n",
	"log.zip":      "PK\x03\x04xx",
	"log.zst":      "\x28\xb5\x2f\xfdxx",
	"array.json":   "\ufeff[\n{\"text\":\"BAJA\",\"class\":\"opt-out\",\"action\":\"drop\"},\n{\"text\":\"\u200bALTA \U0001f6d1\",\"class\":\"opt-in\",\"action\":\"intercept\"}\n]\n",
	"lines.jsonl":  "{\"text\":\"BAJA\",\"class\":\"opt-out\",\"action\":\"drop\"}\n{\"text\":\"AYUDA\",\"class\":\"help\",\"action\":\"forward\"}\n",
	"noaction":     "[\n{\"text\":\"BAJA\",\"class\":\"opt-out\",\"action\":\"drop\"},\n\n{\"text\":\"ALTA\",\"class\":\"opt-in\"}]",
	"-strange.txt": "STOP\n",
}

// writeFiles makes a directory of files the current one.
func writeFiles(t *testing.T) {
	t.Helper()
	chdir(t, t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// summary returns what tally.write writes.
func summary(forwarded, dropped, intercepted, unreadable int, keywords ...string) string {
	s := fmt.Sprintf("\n%d  messages\n%d  forwarded\n%d  dropped\n%d  intercepted\n%d  unreadable records\n",
		forwarded+dropped+intercepted, forwarded, dropped, intercepted, unreadable)
	if !slices.Contains(keywords, "") { // else there are more counts before
		s += "\n"
	}
	for _, k := range keywords {
		s += k + "\n"
	}
	return s
}

const hint = "\noptout -h tells how to use it\n"

var runTests = []struct {
	name, args, stdin string
	status            int
	stdout, stderr    string
}{
	{
		name: "standard input", stdin: "hello\nStop\n",
		stdout: "stdin:2    drop       80901  opt-out  STOP         \"Stop\"\n",
		stderr: summary(1, 1, 0, 0, "1  STOP"),
	},
	{
		name: "what strconv takes for printable", stdin: "STOP\ufe0f\nS\u3164TOP\nSTO\U000e0100P\n",
		stdout: `stdin:1    drop       80901  opt-out  STOP         "STOP\ufe0f"
stdin:2    drop       80901  opt-out  STOP         "S\u3164TOP"
stdin:3    drop       80901  opt-out  STOP         "STO\U000e0100P"
`,
		stderr: summary(0, 3, 0, 0, "3  STOP"),
	},
	{
		name:   "nothing",
		stderr: summary(0, 0, 0, 0),
	},
	{
		name: "files and standard input, all messages", args: "-all a.txt - b.txt", stdin: "quit",
		stdout: `a.txt:1    forward    -      none     -            "hello"
a.txt:2    drop       80901  opt-out  STOP         "STOP"
a.txt:3    forward    -      none     -            ""
a.txt:4    drop       80901  opt-out  STOP         "S\u200btop"
stdin:1    drop       80901  opt-out  QUIT         "quit"
b.txt:1    forward    -      none     -            "Stop."
b.txt:2    forward    -      help     HELP         "Help"
`,
		stderr: summary(4, 3, 0, 0, "2  STOP", "1  QUIT", "1  HELP"),
	},
	{
		name: "CSV", args: "-csv Body a.csv",
		stdout: "a.csv:2    1       drop       80901  opt-out  STOP         \"STOP\\n\"\na.csv:4    2       forward    -      opt-in   YES          \"yes\"\n",
		stderr: summary(1, 1, 0, 0, "1  STOP", "1  YES"),
	},
	{
		name: "JSON lines", args: "-jsonl=body a.jsonl",
		stdout: "a.jsonl:1    1       drop       80901  opt-out  ARRET        \"Arr\u00eat\"\n",
		stderr: summary(1, 1, 0, 0, "1  ARRET"),
	},
	{
		name: "broken CSV", args: "-csv Body bad.csv", status: 1,
		stdout: `bad.csv:2    1       drop       80901  opt-out  STOP         "STOP"
bad.csv:7    3       forward    -      help     INFO         "info"
`,
		stderr: "optout: bad.csv:3: quote that is not closed, or text behind a closing one: lines 3 to 6 are not decided: put the field in quotes, and double those in its text\n" +
			summary(1, 1, 0, 1, "1  STOP", "1  INFO"),
	},
	{
		name: "broken JSON lines", args: "-jsonl body bad.jsonl", status: 1,
		stdout: "bad.jsonl:1    1       drop       80901  opt-out  STOP         \"STOP\"\nbad.jsonl:5    5       drop       80901  opt-out  END          \"END\"\n",
		stderr: "optout: bad.jsonl:4: JSON ends too early: perhaps the file was cut off, fetch it again\n" +
			summary(1, 2, 0, 1, "1  records without text", "", "1  STOP", "1  END"),
	},
	{
		name: "no such column", args: "-csv Text a.csv", status: 1,
		stderr: "optout: a.csv:1: header has no column \"Text\": take one of \"Sid\", \"Body\"\n" + summary(0, 0, 0, 0),
	},
	{
		name: "files that cannot be read", args: "nosuch.txt log.zip log.zst . b.txt", status: 1,
		stdout: "b.txt:2         forward    -      help     HELP         \"Help\"\n",
		stderr: `optout: open nosuch.txt: no such file or directory
optout: log.zip: this is a zip archive: unpack it, and name the file in it; of a workbook of Excel (xlsx), save it there as CSV UTF-8
optout: log.zst: this is compressed by zstd: decompress it first
optout: .:1: read .: is a directory
` + summary(2, 0, 0, 0, "1  HELP"),
	},
	{
		name: "ignore punctuation", args: "-ignore-punctuation b.txt",
		stdout: "b.txt:1    drop       80901  opt-out  STOP         \"Stop.\"\nb.txt:2    forward    -      help     HELP         \"Help\"\n",
		stderr: summary(1, 1, 0, 0, "1  STOP", "1  HELP"),
	},
	{
		name: "flag on, filtering off", args: "-respect-sms-stop-filter", stdin: "STOP\nyes\nhelp\n",
		stdout: `stdin:1    intercept  -      opt-out  STOP         "STOP"
stdin:2    intercept  -      opt-in   YES          "yes"
stdin:3    forward    -      help     HELP         "help"
`,
		stderr: summary(1, 0, 2, 0, "1  STOP", "1  YES", "1  HELP"),
	},
	{
		name: "flag on, filtering on", args: "-respect-sms-stop-filter -sms-stop-filter", stdin: "STOP\n",
		stdout: "stdin:1    drop       80901  opt-out  STOP         \"STOP\"\n",
		stderr: summary(0, 1, 0, 0, "1  STOP"),
	},
	{
		name: "to CSV", args: "-o csv -all -csv Body a.csv -",
		stdout: "\ufefffile,line,record,action,code,class,keyword,message\na.csv,2,1,drop,80901,opt-out,STOP,\"STOP\n\"\na.csv,4,2,forward,,opt-in,YES,yes\n",
		status: 1,
		stderr: "optout: stdin:1: no header: want a line with the names of the columns\n" + summary(1, 1, 0, 0, "1  STOP", "1  YES"),
	},
	{
		name: "to CSV, no messages", args: "-o csv",
		stdout: "\ufefffile,line,record,action,code,class,keyword,message\n",
		stderr: summary(0, 0, 0, 0),
	},
	{
		name: "to JSON lines", args: "-o jsonl -all", stdin: "STOP\n<\u00ea>\n",
		stdout: `{"file":"stdin","line":1,"record":1,"action":"drop","class":"opt-out","code":80901,"keyword":"STOP","message":"STOP"}
{"file":"stdin","line":2,"record":2,"action":"forward","class":"none","message":"<ê>"}
`,
		stderr: summary(1, 1, 0, 0, "1  STOP"),
	},
	{
		name: "table that is an array", args: "-table array.json", stdin: "STOP\nbaja\nalta \U0001f6d1\n",
		stdout: `stdin:2    drop       80901  opt-out  BAJA             "baja"
stdin:3    intercept  -      opt-in   "\u200bALTA 🛑"  "alta 🛑"
`,
		stderr: summary(1, 1, 1, 0, "1  BAJA", "1  \"\\u200bALTA \U0001f6d1\""),
	},
	{
		name: "table of lines", args: "-table lines.jsonl", stdin: "STOP\nbaja\n",
		stdout: "stdin:2    drop       80901  opt-out  BAJA     \"baja\"\n",
		stderr: summary(1, 1, 0, 0, "1  BAJA"),
	},
	{
		name: "UTF-16, with its mark or without, and carriage returns alone", args: "utf16.txt cr.txt",
		stdout: `utf16.txt:1    drop       80901  opt-out  STOP         "STOP"
cr.txt:2       drop       80901  opt-out  STOP         "STOP"
cr.txt:3       drop       80901  opt-out  QUIT         "quit"
`,
		stderr: summary(1, 3, 0, 0, "2  STOP", "1  QUIT"),
	},
	{
		name: "UTF-16 CSV", args: "-csv body zero16.csv",
		stdout: "zero16.csv:2    1       drop       80901  opt-out  STOP         \"STOP\"\n",
		stderr: summary(0, 1, 0, 0, "1  STOP"),
	},
	{
		name: "conditions, kept columns, a repeated header", args: "-csv Body -where direction=INBOUND -where Sid!=SM9 -keep From,Sid export.csv",
		stdout: `place           record  action     code   class    keyword      From          Sid           message
export.csv:2    1       drop       80901  opt-out  STOP         +1            SM1           "STOP"
export.csv:7    4       drop       80901  opt-out  QUIT         -3            SM4           "QUIT"
`,
		stderr: "optout: export.csv:4: the header once more, as in joined files: it is no message\n" +
			summary(1, 2, 0, 0, "1  records left out by -where", "1  repeated headers", "", "1  STOP", "1  QUIT"),
	},
	{
		name: "cells that a spreadsheet would run", args: "-csv Body -all -where Direction=inbound -keep From -o csv export.csv",
		stdout: "\ufefffile,line,record,action,code,class,keyword,From,message\nexport.csv,2,1,drop,80901,opt-out,STOP,'+1,STOP\n" +
			"export.csv,5,3,forward,,none,,'=1+1,\"a\nquit\"\nexport.csv,7,4,drop,80901,opt-out,QUIT,'-3,QUIT\n",
		stderr: "optout: export.csv:4: the header once more, as in joined files: it is no message\n" +
			summary(1, 2, 0, 0, "1  records left out by -where", "1  repeated headers", "", "1  STOP", "1  QUIT"),
	},
	{
		name: "kept fields in JSON lines", args: "-json message.body -keep message.from -o jsonl hook.jsonl",
		stdout: `{"file":"hook.jsonl","line":1,"record":1,"action":"drop","class":"opt-out","code":80901,"keyword":"STOP","kept":{"message.from":"+1"},"message":"STOP"}` + "\n",
		stderr: summary(0, 1, 0, 0, "1  STOP"),
	},
	{
		name: "a separator for spreadsheets, and a no-break space in the header", args: "-csv Body semi.csv",
		stdout: "semi.csv:3    1       drop       80901  opt-out  STOP         \"STOP\"\n",
		stderr: summary(0, 1, 0, 0, "1  STOP"),
	},
	{
		name: "damaged text", args: "-csv Body latin.csv", status: 1,
		stderr: "optout: latin.csv:2: this message and perhaps others are damaged, and decided as they are: name its encoding, as -encoding windows-1252 does\n" +
			summary(2, 0, 0, 0, "2  damaged messages, decided as they are", ""),
	},
	{
		name: "the advice for damaged text", args: "-csv Body -encoding windows-1252 latin.csv",
		stdout: "latin.csv:2    1       drop       80901  opt-out  ARRET        \"ARR\u00caT\"\n",
		stderr: summary(1, 1, 0, 0, "1  ARRET"),
	},
	{
		name: "an array in an object, messages without text", args: "-json messages.body -keep messages.sid page.json",
		stdout: "place          record  action     code   class    keyword      messages.sid  message\npage.json:3    1       drop       80901  opt-out  STOP         SM1           \"STOP\"\n",
		stderr: summary(0, 1, 0, 0, "2  records without text", "", "1  STOP"),
	},
	{
		name: "a field that no record has", args: "-json body page.json", status: 1,
		stderr: `optout: page.json: no record has field "body": take one of "messages.sid", "messages.body", "page"` + "\n" +
			summary(0, 0, 0, 0, "1  records without text", ""),
	},
	{
		name: "CSV that is not said to be", args: "a.csv", status: 1,
		stderr: `optout: a.csv: this is CSV, with the columns "Sid", "Body": add -csv Body, or -lines if each line is a message` + "\n" + summary(0, 0, 0, 0),
	},
	{
		name: "CSV that is said to be lines", args: "-lines a.csv",
		stderr: summary(4, 0, 0, 0),
	},
	{
		name: "JSON that is not said to be", args: "hook.jsonl", status: 1,
		stderr: `optout: hook.jsonl: this is JSON, with the fields "message.body", "message.from": add -json message.body, or -lines if each line is a message` + "\n" + summary(0, 0, 0, 0),
	},
	{
		name: "CSV that is said to be JSON", args: "-json Body a.csv", status: 1,
		stderr: `optout: a.csv: this is CSV, with the columns "Sid", "Body": use -csv Body` + "\n" + summary(0, 0, 0, 0),
	},

	{name: "keywords", args: "-keywords -table lines.jsonl", stdout: "text   class    action\nBAJA   opt-out  drop\nAYUDA  help     forward\n"},
	{name: "keywords to JSON lines", args: "-keywords -table lines.jsonl -o jsonl", stdout: files["lines.jsonl"]},
	{name: "keywords to CSV", args: "-keywords -table lines.jsonl -o csv", stdout: "\ufefftext,class,action\nBAJA,opt-out,drop\nAYUDA,help,forward\n"},
	{name: "help", args: "-h", stdout: usage()},
	{
		name: "a file named like a flag", args: "-- -strange.txt",
		stdout: "-strange.txt:1    drop       80901  opt-out  STOP         \"STOP\"\n",
		stderr: summary(0, 1, 0, 0, "1  STOP"),
	},

	// Wrong usage.
	{name: "unknown flag", args: "-quiet a.txt", status: 2, stderr: "optout: flag provided but not defined: -quiet" + hint},
	{name: "flag without a value", args: "-csv", status: 2, stderr: "optout: flag needs an argument: -csv" + hint},
	{name: "empty column", args: "-csv= a.csv", status: 2, stderr: `optout: invalid value "" for flag -csv: want the name of the messages' column or field` + hint},
	{name: "kept columns of lines", args: "-keep From a.txt", status: 2, stderr: "optout: -keep, -where and -date name columns or fields: add -csv or -json" + hint},
	{name: "lines that are CSV", args: "-lines -csv Body a.txt", status: 2, stderr: "optout: -lines excludes -csv and -json: all files have one format" + hint},
	{name: "separator of lines", args: "-comma ; a.txt", status: 2, stderr: "optout: -comma is for CSV: add -csv" + hint},
	{name: "separator of two characters", args: "-csv Body -comma ;; a.csv", status: 2, stderr: `optout: invalid value ";;" for flag -comma: want one character, or \t for a tab` + hint},
	{name: "no condition", args: "-csv Body -where Direction a.csv", status: 2, stderr: `optout: invalid value "Direction" for flag -where: want COLUMN=VALUE or COLUMN!=VALUE` + hint},
	{name: "nothing to keep", args: "-csv Body -keep From,,To a.csv", status: 2, stderr: `optout: invalid value "From,,To" for flag -keep: want names of columns or fields, with commas between` + hint},
	{name: "date without a page", args: "-csv Body -date Sid a.csv", status: 2, stderr: "optout: -texts and -date are for a page: add -report FILE.html" + hint},
	{name: "unknown encoding", args: "-encoding latin-99 a.txt", status: 2, stderr: `optout: invalid value "latin-99" for flag -encoding: no such encoding: encoding.spec.whatwg.org/#names-and-labels has the names, windows-1252 and shift_jis among them` + hint},
	{name: "two formats", args: "-csv Body -jsonl body a.csv", status: 2, stderr: `optout: invalid value "body" for flag -jsonl: -csv and -json exclude each other: all files have one format` + hint},
	{name: "flag behind a file", args: "a.csv -csv Body", status: 2, stderr: "optout: -csv comes after a file: put flags first, or write ./-csv if it is a file" + hint},
	{name: "unknown output", args: "-o xml a.txt", status: 2, stderr: `optout: -o "xml": want text, csv or jsonl` + hint},
	{name: "keywords of a file", args: "-keywords a.txt", status: 2, stderr: "optout: -keywords and -regimes read no messages: leave out -all, -csv, -json, -compare, -near, -report and files" + hint},
	{name: "no such table", args: "-table nosuch.json a.txt", status: 2, stderr: "optout: open nosuch.json: no such file or directory" + hint},
	{name: "row without an action", args: "-table noaction a.txt", status: 2, stderr: `optout: noaction:4: keyword 1 ("ALTA"): no action: want forward, drop or intercept` + hint},
}

func TestRun(t *testing.T) {
	writeFiles(t)
	for _, tt := range runTests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			status := run(strings.Fields(tt.args), strings.NewReader(tt.stdin), &stdout, &stderr)
			checkRun(t, tt.args, status, tt.status, stdout.String(), tt.stdout, stderr.String(), tt.stderr)
		})
	}
}

// TestProcess runs the same commands as processes, and a few of them with
// -short, as the race detector's start slowly.
func TestProcess(t *testing.T) {
	writeFiles(t)
	for i, tt := range runTests {
		if testing.Short() && i%8 != 0 {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			cmd := process(strings.Fields(tt.args)...)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(tt.stdin), &stdout, &stderr
			if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
				t.Fatal(err)
			}
			checkRun(t, tt.args, cmd.ProcessState.ExitCode(), tt.status, stdout.String(), tt.stdout, stderr.String(), tt.stderr)
		})
	}
}

func checkRun(t *testing.T, args string, status, wantStatus int, stdout, wantStdout, stderr, wantStderr string) {
	t.Helper()
	if status != wantStatus {
		t.Errorf("optout %s: exit status %d, want %d", args, status, wantStatus)
	}
	if stdout != wantStdout {
		t.Errorf("optout %s: standard output\n got %q\nwant %q", args, stdout, wantStdout)
	}
	if stderr != wantStderr {
		t.Errorf("optout %s: standard error\n got %q\nwant %q", args, stderr, wantStderr)
	}
}

// TestKeywordsAreATable holds that -table reads what -keywords prints.
func TestKeywordsAreATable(t *testing.T) {
	var stdout strings.Builder
	if status := run([]string{"-keywords", "-o", "jsonl"}, nil, &stdout, io.Discard); status != 0 {
		t.Fatalf("optout -keywords -o jsonl: exit status %d", status)
	}
	file := filepath.Join(t.TempDir(), "keywords.jsonl")
	if err := os.WriteFile(file, []byte(stdout.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	o, err := parse([]string{"-table", file})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(optout.Policy{}.Keywords(), o.policy.Keywords()); diff != "" {
		t.Errorf("-table of the printed keywords (-want +got):\n%s", diff)
	}
}

// TestSample runs the command that the README begins with.
func TestSample(t *testing.T) {
	var stdout, stderr strings.Builder
	if status := run([]string{"-csv", "Body", "../../testdata/messages.csv"}, nil, &stdout, &stderr); status != 0 {
		t.Errorf("exit status %d: %s", status, stderr.String())
	}
	for _, k := range (optout.Policy{}).Keywords() {
		if k.Text != "ARRETT" && !strings.Contains(stdout.String(), " "+k.Text+" ") {
			t.Errorf("%s is not shown in\n%s", k.Text, stdout.String())
		}
	}
}

// TestPlaceWidth holds that rows stay aligned behind a place that is wider than
// those before.
func TestPlaceWidth(t *testing.T) {
	var stdout strings.Builder
	run([]string{"-all"}, strings.NewReader(strings.Repeat("\n", 998)+"STOP\nSTOP\n"), &stdout, io.Discard)
	const want = `
stdin:999  drop       80901  opt-out  STOP         "STOP"
stdin:1000  drop       80901  opt-out  STOP         "STOP"
`
	if !strings.HasSuffix(stdout.String(), want) {
		t.Errorf("output ends with %q, want %q", stdout.String()[max(0, stdout.Len()-len(want)):], want)
	}
}

// A failingWriter fails after some bytes.
type failingWriter struct {
	left int
	err  error
}

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return w.left, w.err
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWriteError(t *testing.T) {
	input := strings.Repeat("STOP\n", 100_000)
	full := errors.New("no space left on device")
	const report = "optout: no space left on device\n"
	tests := []struct {
		name, args, stdin string
		err               error
		left              int
		stderr            string
	}{
		{"at once", "", "STOP\n", full, 0, report},
		{"midway", "", input, full, 100_000, report},
		{"midway, CSV", "-o csv", input, full, 100_000, report},
		{"midway, JSON lines", "-o jsonl", input, full, 100_000, report},
		{"before a report", "-jsonl body", `{"body":"STOP"}` + "\n{}\n", full, 0, report},
		{"before a report of a file", "- nosuch.txt", "STOP\n", full, 0, report},
		{"keywords", "-keywords", "", full, 0, report},
		{"many keywords", "-keywords -o csv -table many.jsonl", "", full, 0, report},
		{"many keywords, text", "-keywords -table many.jsonl", "", full, 0, report},
		{"help", "-h", "", full, 0, report},
		{"a pipe that nobody reads", "", input, fmt.Errorf("write: %w", errBrokenPipe), 0, ""},
	}
	chdir(t, t.TempDir())
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, `{"text":"word %d","class":"help","action":"forward"}`, i)
	}
	if err := os.WriteFile("many.jsonl", []byte(many.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stderr strings.Builder
			status := run(strings.Fields(tt.args), strings.NewReader(tt.stdin), &failingWriter{tt.left, tt.err}, &stderr)
			if status != 1 || stderr.String() != tt.stderr {
				t.Errorf("exit status %d and %q, want 1 and %q", status, stderr.String(), tt.stderr)
			}
		})
	}
}

// TestClosedPipe holds that the command ends with its output, as head -1 does
// with it.
func TestClosedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var stderr bytes.Buffer
	cmd := process()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("STOP\n"), w, &stderr
	if err := cmd.Run(); err == nil || stderr.Len() > 0 {
		t.Errorf("optout into a closed pipe: error %v, standard error %q, want an error and none", err, stderr.String())
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here:", err)
	}
	defer full.Close()
	var stderr strings.Builder
	cmd := process()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("STOP\n"), full, &stderr
	cmd.Run()
	const want = "optout: write /dev/stdout: no space left on device\n"
	if status := cmd.ProcessState.ExitCode(); status != 1 || stderr.String() != want {
		t.Errorf("optout >/dev/full: exit status %d and %q, want 1 and %q", status, stderr.String(), want)
	}
}

// TestLive holds that a decision is printed before the next message is there.
func TestLive(t *testing.T) {
	cmd := process()
	cmd.Stderr = io.Discard
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 3; i++ {
		fmt.Fprintln(stdin, "STOP")
		buf := make([]byte, 100)
		n, err := stdout.Read(buf)
		want := fmt.Sprintf("stdin:%d    drop       80901  opt-out  STOP         \"STOP\"\n", i)
		if err != nil || string(buf[:n]) != want {
			t.Fatalf("after message %d: %q, %v, want %q", i, buf[:n], err, want)
		}
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestAdvice runs what an error says to run, or does what it says to do.
func TestAdvice(t *testing.T) {
	tests := []struct {
		name, file, args, advice string // advice is the end of the error
		then                     string // what the advice means
	}{
		{"CSV", "a.csv", "", "add -csv Body, or -lines if each line is a message", "-csv Body"},
		{"CSV that is lines", "a.csv", "", "add -csv Body, or -lines if each line is a message", "-lines"},
		{"CSV without a usual name", "odd.csv", "", "add -csv and the name of the one with the messages, or -lines if each line is a message", "-csv Wort"},
		{"CSV in the place of JSON", "a.csv", "-json Body", "use -csv Body", "-csv Body"},
		{"JSON", "page.json", "", "add -json messages.body, or -lines if each line is a message", "-json messages.body"},
		{"JSON in the place of CSV", "hook.jsonl", "-csv body", "use -json message.body", "-json message.body"},
		{"lines in the place of JSON", "a.txt", "-json body", "leave out -json if each line is a message", ""},
		{"lines in quotes", "quoted.txt", "", "add a line with a name such as Body before them and -csv Body, or -lines if the quotes belong to the messages", "-lines"},
		{"a name with spaces", "space.csv", "", `add -csv "SMS Text", or -lines if each line is a message`, "-csv SMS\u00a0Text"},
		{"no such column", "a.csv", "-csv Text", `take one of "Sid", "Body"`, "-csv Body"},
		{"no such column to keep", "a.csv", "-csv Body -keep From", `take one of "Sid", "Body"`, "-csv Body -keep Sid"},
		{"no such field", "hook.jsonl", "-json body", `take one of "message.body", "message.from"`, "-json message.body"},
		{"a field of objects", "hook.jsonl", "-json message", "want the path of one, with points between the names", "-json message.body"},
		{"encoding", "latin.csv", "-csv Body", "name its encoding, as -encoding windows-1252 does", "-csv Body -encoding windows-1252"},
		{"two columns of a name", "twice.csv", "-csv Body", "rename the others; it has \"Body\", \"body\", \"BODY\"", "-csv body"},
	}
	writeFiles(t)
	for name, text := range map[string]string{
		"quoted.txt": "\"STOP\"\n\"hi\"\n",
		"odd.csv":    "Id;Wort\n1;STOP\n2;hi\n3;ja\n",
		"space.csv":  "Id\tSMS Text\n1\tSTOP\n",
		"twice.csv":  "Body,body,BODY\nSTOP,x,y\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// Of three columns, two still differ in nothing but case.
	const twice = `header has column "Body" 2 times`
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stderr strings.Builder
			status := run(append(strings.Fields(tt.args), tt.file), nil, io.Discard, &stderr)
			if tt.file == "twice.csv" {
				if status != 0 || strings.Contains(stderr.String(), twice) {
					t.Errorf("a spelling that one column has exactly is not found: %s", stderr.String())
				}
				return
			}
			if said, _, _ := strings.Cut(stderr.String(), "\n"); status != 1 || !strings.HasSuffix(said, ": "+tt.advice) {
				t.Errorf("optout %s %s: exit status %d, %q, want 1 and an end of %q", tt.args, tt.file, status, said, tt.advice)
			}
			stderr.Reset()
			var args []string
			for _, arg := range strings.Fields(strings.ReplaceAll(tt.then, "SMS\u00a0Text", "SMS_Text")) {
				args = append(args, strings.ReplaceAll(arg, "SMS_Text", "SMS Text"))
			}
			if status := run(append(args, tt.file), nil, io.Discard, &stderr); status != 0 {
				t.Errorf("optout %s %s: exit status %d, %q: the advice does not work", tt.then, tt.file, status, stderr.String())
			}
		})
	}
}

// TestInterrupt holds that Ctrl-C prints what is decided, while the command
// waits for more and while it reads a file without an end.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("processes cannot be sent Ctrl-C")
	}
	cmd := process()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(stdin, "hello\nSTOP")
	if _, err := stdout.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	want := "optout: stdin:3: interrupted: what is behind is not decided\n" + summary(1, 1, 0, 0, "1  STOP")
	if status := cmd.ProcessState.ExitCode(); status != 130 || stderr.String() != want {
		t.Errorf("exit status %d, standard error %q, want 130 and %q", status, stderr.String(), want)
	}
}

func TestVersion(t *testing.T) {
	var stdout strings.Builder
	if status := run([]string{"-version"}, nil, &stdout, io.Discard); status != 0 || !regexp.MustCompile(`^optout \S+ go1\.\S+\n$`).MatchString(stdout.String()) {
		t.Errorf("optout -version: exit status %d, %q", status, stdout.String())
	}
}

// TestUsage holds that -h, and with it go doc, names every flag.
func TestUsage(t *testing.T) {
	source, err := os.ReadFile("options.go")
	if err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`fs\.[A-Z]\w*\((?:&[\w.]+, )?"([^"]+)"`).FindAllSubmatch(source, -1)
	if len(flags) < 20 {
		t.Fatalf("options.go: found %d flags", len(flags))
	}
	for _, f := range flags {
		if !strings.Contains(usage(), "\n-"+string(f[1])+" ") {
			t.Errorf("optout -h does not name -%s", f[1])
		}
	}
	for _, line := range strings.Split(usage(), "\n") {
		if utf8.RuneCountInString(line) > 80 || strings.Contains(line, "//") && !strings.Contains(line, "://") {
			t.Errorf("line of optout -h: %q", line)
		}
	}
}
