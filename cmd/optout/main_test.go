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

// files are what the commands of TestAdvice find in their directory.
var files = map[string]string{
	"a.txt":      "hello\nSTOP\n\nS\u200btop",
	"a.csv":      "Sid,Body\r\nSM1,\"STOP\r\n\"\r\nSM2,\"yes\"\r\n",
	"latin.csv":  "Sid,Body\n1,ARR\xcaT\n2,hi\xe9\n",
	"page.json":  "{\n \"messages\": [\n  {\"sid\": \"SM1\", \"body\": \"STOP\"},\n  {\"sid\": \"SM2\", \"body\": null},\n  {\"sid\": \"SM3\"}\n ], \"page\": 0\n}\n",
	"hook.jsonl": "{\"message\":{\"body\":\"STOP\",\"from\":\"+1\"}}\n",
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
