package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"example.com/optout"
)

// TestMain makes the test binary the command itself if runMain is set.
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

	"array.json":   "\ufeff[\n{\"text\":\"BAJA\",\"class\":\"opt-out\",\"action\":\"drop\"},\n{\"text\":\"\u200bALTA \U0001f6d1\",\"class\":\"opt-in\",\"action\":\"intercept\"}\n]\n",
	"lines.jsonl":  "{\"text\":\"BAJA\",\"class\":\"opt-out\",\"action\":\"drop\"}\n{\"text\":\"AYUDA\",\"class\":\"help\",\"action\":\"forward\"}\n",
	"noaction":     "[\n{\"text\":\"BAJA\",\"class\":\"opt-out\",\"action\":\"drop\"},\n\n{\"text\":\"ALTA\",\"class\":\"opt-in\"}]",
	"noclass":      `{"text":"BAJA","class":null,"action":"drop"}`,
	"notext":       `[{"class":"opt-out","action":"drop"}]`,
	"badaction":    `[{"text":"BAJA","class":"opt-out","action":"block"}]`,
	"unknown":      `[{"text":"BAJA","class":"opt-out","action":"drop","note":""}]`,
	"open":         `[{"text":"BAJA","class":"opt-out","action":"drop"}`,
	"behind":       `[{"text":"BAJA","class":"opt-out","action":"drop"}]]`,
	"stray":        `{"text":"BAJA","class":"opt-out","action":"drop"}]`,
	"same":         `[{"text":"BAJA","class":"opt-out","action":"drop"},{"text":"baja","class":"opt-out","action":"drop"}]`,
	"emptytable":   `[]`,
	"nojson":       `STOP`,
	"emptyfile":    ``,
	"-strange.txt": "STOP\n",
}

// writeFiles makes a directory of files the current one.
func writeFiles(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// summary returns what tally.write writes.
func summary(forwarded, dropped, intercepted, unreadable int, keywords ...string) string {
	s := fmt.Sprintf("\n%d  messages\n%d  forwarded\n%d  dropped\n%d  intercepted\n%d  unreadable records\n\n",
		forwarded+dropped+intercepted, forwarded, dropped, intercepted, unreadable)
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
		stdout: "a.csv:2    drop       80901  opt-out  STOP         \"STOP\\n\"\na.csv:4    forward    -      opt-in   YES          \"yes\"\n",
		stderr: summary(1, 1, 0, 0, "1  STOP", "1  YES"),
	},
	{
		name: "JSON lines", args: "-jsonl=body a.jsonl",
		stdout: "a.jsonl:1    drop       80901  opt-out  ARRET        \"Arr\u00eat\"\n",
		stderr: summary(1, 1, 0, 0, "1  ARRET"),
	},
	{
		name: "broken CSV", args: "-csv Body bad.csv", status: 1,
		stdout: `bad.csv:2    drop       80901  opt-out  STOP         "STOP"
bad.csv:4    drop       80901  opt-out  QUIT         "quit"
bad.csv:7    forward    -      help     INFO         "info"
`,
		stderr: `optout: bad.csv:3: text behind a closing quote: double the quotes that belong to the text
optout: bad.csv:5: no column "Body": it is number 2, and here are 1: add the ones before it
optout: bad.csv:6: quote in a field that does not begin with one: put the field in quotes, and double those in its text
` + summary(1, 2, 0, 3, "1  STOP", "1  QUIT", "1  INFO"),
	},
	{
		name: "broken JSON lines", args: "-jsonl body bad.jsonl", status: 1,
		stdout: "bad.jsonl:1    drop       80901  opt-out  STOP         \"STOP\"\nbad.jsonl:5    drop       80901  opt-out  END          \"END\"\n",
		stderr: `optout: bad.jsonl:2: field "body" is no string: put it in quotes
optout: bad.jsonl:3: no field "body": add it, or name another one
optout: bad.jsonl:4: JSON ends too early: want a whole object on each line, as jq -c . writes it
` + summary(0, 2, 0, 3, "1  STOP", "1  END"),
	},
	{
		name: "no such column", args: "-csv Text a.csv", status: 1,
		stderr: "optout: a.csv:1: header has no column \"Text\": take one of \"Sid\", \"Body\"\n" + summary(0, 0, 0, 0),
	},
	{
		name: "files that cannot be read", args: "nosuch.txt utf16.txt . b.txt", status: 1,
		stdout: "b.txt:2         forward    -      help     HELP         \"Help\"\n",
		stderr: `optout: open nosuch.txt: no such file or directory
optout: utf16.txt:1: text is UTF-16: convert it to UTF-8, as iconv -f UTF-16 -t UTF-8 does
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
		stdout: "file,line,action,code,class,keyword,message\na.csv,2,drop,80901,opt-out,STOP,\"STOP\n\"\na.csv,4,forward,,opt-in,YES,yes\n",
		status: 1,
		stderr: "optout: stdin:1: no header: want a line with the names of the columns, \"Body\" among them\n" + summary(1, 1, 0, 0, "1  STOP", "1  YES"),
	},
	{
		name: "to CSV, no messages", args: "-o csv",
		stdout: "file,line,action,code,class,keyword,message\n",
		stderr: summary(0, 0, 0, 0),
	},
	{
		name: "to JSON lines", args: "-o jsonl -all", stdin: "STOP\n<\u00ea>\n",
		stdout: `{"file":"stdin","line":1,"action":"drop","class":"opt-out","code":80901,"keyword":"STOP","message":"STOP"}
{"file":"stdin","line":2,"action":"forward","class":"none","message":"<ê>"}
`,
		stderr: summary(1, 1, 0, 0, "1  STOP"),
	},
	{
		name: "table that is an array", args: "-table array.json", stdin: "STOP\nbaja\nalta \U0001f6d1\n",
		stdout: `stdin:2    drop       80901  opt-out  BAJA            "baja"
stdin:3    intercept  -      opt-in   "\u200bALTA 🛑"  "alta 🛑"
`,
		stderr: summary(1, 1, 1, 0, "1  BAJA", "1  \"\\u200bALTA \U0001f6d1\""),
	},
	{
		name: "table of lines", args: "-table lines.jsonl", stdin: "STOP\nbaja\n",
		stdout: "stdin:2    drop       80901  opt-out  BAJA   \"baja\"\n",
		stderr: summary(1, 1, 0, 0, "1  BAJA"),
	},
	{name: "keywords", args: "-keywords -table lines.jsonl", stdout: "BAJA   opt-out  drop\nAYUDA  help     forward\n"},
	{name: "keywords to JSON lines", args: "-keywords -table lines.jsonl -o jsonl", stdout: files["lines.jsonl"]},
	{name: "keywords to CSV", args: "-keywords -table lines.jsonl -o csv", stdout: "text,class,action\nBAJA,opt-out,drop\nAYUDA,help,forward\n"},
	{name: "help", args: "-h", stdout: usage},
	{
		name: "a file named like a flag", args: "-- -strange.txt",
		stdout: "-strange.txt:1    drop       80901  opt-out  STOP         \"STOP\"\n",
		stderr: summary(0, 1, 0, 0, "1  STOP"),
	},

	// Wrong usage.
	{name: "unknown flag", args: "-quiet a.txt", status: 2, stderr: "optout: flag provided but not defined: -quiet" + hint},
	{name: "flag without a value", args: "-csv", status: 2, stderr: "optout: flag needs an argument: -csv" + hint},
	{name: "empty column", args: "-csv= a.csv", status: 2, stderr: `optout: invalid value "" for flag -csv: want the name of the messages' column or field` + hint},
	{name: "empty table name", args: "-table= a.csv", status: 2, stderr: `optout: invalid value "" for flag -table: want the name of a file` + hint},
	{name: "two formats", args: "-csv Body -jsonl body a.csv", status: 2, stderr: `optout: invalid value "body" for flag -jsonl: -csv and -jsonl exclude each other: all files have one format` + hint},
	{name: "flag behind a file", args: "a.csv -csv Body", status: 2, stderr: "optout: -csv comes after a file: put flags first, or write ./-csv if it is a file" + hint},
	{name: "unknown output", args: "-o xml a.txt", status: 2, stderr: `optout: -o "xml": want text, csv or jsonl` + hint},
	{name: "keywords of a file", args: "-keywords a.txt", status: 2, stderr: "optout: -keywords and -regimes read no messages: leave out -all, -csv, -jsonl, -compare, -near, -report and files" + hint},
	{name: "no such table", args: "-table nosuch.json a.txt", status: 2, stderr: "optout: open nosuch.json: no such file or directory" + hint},
	{name: "row without an action", args: "-table noaction a.txt", status: 2, stderr: `optout: noaction:4: keyword 1: no "action": add forward, drop or intercept` + hint},
	{name: "row without a class", args: "-table noclass a.txt", status: 2, stderr: `optout: noclass:1: keyword 0: no "class": add opt-out, opt-in or help` + hint},
	{name: "row without a text", args: "-table notext a.txt", status: 2, stderr: `optout: notext:1: keyword 0: no "text": add what the message says` + hint},
	{name: "row with an unknown action", args: "-table badaction a.txt", status: 2, stderr: `optout: badaction:1: keyword 0: unknown action "block": want one of forward, drop, intercept` + hint},
	{name: "text behind the array", args: "-table behind a.txt", status: 2, stderr: `optout: behind:1: keyword 1: text behind the table: remove it` + hint},
	{name: "text behind the lines", args: "-table stray a.txt", status: 2, stderr: `optout: stray:1: keyword 1: text behind the table: remove it` + hint},
	{name: "the same keyword twice", args: "-table same a.txt", status: 2, stderr: `optout: same: keyword 1 ("baja"): same keyword as row 0 ("BAJA")` + hint},
	{name: "empty table", args: "-table emptytable a.txt", status: 2, stderr: "optout: emptytable: no keywords: a policy needs at least one" + hint},
	{name: "empty table file", args: "-table emptyfile a.txt", status: 2, stderr: "optout: emptyfile: no keywords: a policy needs at least one" + hint},
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

// TestTableErrors is for errors of which encoding/json writes the second half.
func TestTableErrors(t *testing.T) {
	writeFiles(t)
	for file, want := range map[string]string{
		"unknown": "optout: unknown:1: keyword 0: json: unknown field \"note\"",
		"nojson":  "optout: nojson:1: keyword 0: ",
		"open":    "optout: open:1: keyword 1: ",
	} {
		var stderr strings.Builder
		status := run([]string{"-table", file}, nil, io.Discard, &stderr)
		if status != 2 || !strings.HasPrefix(stderr.String(), want) {
			t.Errorf("optout -table %s: exit status %d and %q, want 2 and %q", file, status, stderr.String(), want)
		}
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
	p, err := readTable(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(p.Keywords()), fmt.Sprint(optout.Policy{}.Keywords()); got != want {
		t.Errorf("readTable of the printed keywords\n got %s\nwant %s", got, want)
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
		{"a pipe that nobody reads", "", input, fmt.Errorf("write: %w", syscall.EPIPE), 0, ""},
	}
	t.Chdir(t.TempDir())
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

// A repeat is a file that consists of one text, many times.
type repeat struct {
	head, text string
	times      int
	rest       string
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.head != "" {
		r.rest, r.head = r.head, ""
	}
	if r.rest == "" {
		if r.times == 0 {
			return 0, io.EOF
		}
		r.times--
		r.rest = r.text
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// TestConstantMemory holds that a file of 200 MB takes no more memory than its
// longest record does.
func TestConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200 MB for each format")
	}
	const block = 1000
	tests := []struct {
		name, args, head, line string
		times                  int // blocks of lines
		unreadable             int
		limit                  uint64 // bytes allocated, all in all
	}{
		{"text", "", "", "The quick brown fox jumps over the lazy dog, again & again\n", 3500, 0, 2 << 20},
		{"CSV", "-csv Body", "Sid,Body\n", "SM00000001,\"The quick, brown fox jumps over \"\"the\"\" lazy dog\"\n", 3500, 0, 2 << 20},
		{"JSON lines", "-jsonl body", "", `{"sid":"SM00000001","body":"The quick brown fox \u00ea jumps"}` + "\n", 3500, 0, 2 << 20},
		{"CSV, open quote", "-csv Body", "Sid,Body\nSM0,\"oops\n", "SM00000001,The quick brown fox jumps over the lazy dog today\n", 1000, 1, 16 * maxRecord},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			input := &repeat{head: tt.head, text: strings.Repeat(tt.line, block), times: tt.times}
			var stderr strings.Builder
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			run(strings.Fields(tt.args), input, io.Discard, &stderr)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > tt.limit {
				t.Errorf("%d bytes allocated, want %d or less", used, tt.limit)
			}
			want := summary(block*tt.times, 0, 0, tt.unreadable)
			want = strings.ReplaceAll(want, "\n0 ", "\n      0 ")
			want = strings.ReplaceAll(want, "\n1 ", "\n      1 ")
			if got := stderr.String(); !strings.HasSuffix(got, want) {
				t.Errorf("%q, want an end of %q", got, want)
			}
		})
	}
}
