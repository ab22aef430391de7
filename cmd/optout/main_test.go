package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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

// TestKeywordsAreATable checks that -table reads what -keywords prints.
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
	for _, word := range []string{"STOP", "ARRET", "UNSTOP", "HELP"} {
		if !strings.Contains(stdout.String(), " "+word+" ") {
			t.Errorf("%s is not shown in\n%s", word, stdout.String())
		}
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
		{"at once", "-lines", "STOP\n", full, 0, report},
		{"midway", "-lines", input, full, 100_000, report},
		{"midway, CSV", "-lines -o csv", input, full, 100_000, report},
		{"midway, JSON lines", "-lines -o jsonl", input, full, 100_000, report},
		{"before a report", "-jsonl body", `{"body":"STOP"}` + "\n{}\n", full, 0, report},
		{"before a report of a file", "-lines - nosuch.txt", "STOP\n", full, 0, report},
		{"keywords", "-keywords", "", full, 0, report},
		{"many keywords", "-keywords -o csv -table many.jsonl", "", full, 0, report},
		{"many keywords, text", "-keywords -table many.jsonl", "", full, 0, report},
		{"help", "-h", "", full, 0, report},
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

// TestClosedPipe checks that the command ends with its output, as head -1 does
// with it.
func TestClosedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	var stderr bytes.Buffer
	cmd := process("-lines")
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
	cmd := process("-lines")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader("STOP\n"), full, &stderr
	cmd.Run()
	const want = "optout: write /dev/stdout: no space left on device\n"
	if status := cmd.ProcessState.ExitCode(); status != 1 || stderr.String() != want {
		t.Errorf("optout >/dev/full: exit status %d and %q, want 1 and %q", status, stderr.String(), want)
	}
}

// TestLive checks that a decision is printed before the next message is there.
func TestLive(t *testing.T) {
	cmd := process("-lines")
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
		buf := make([]byte, 200)
		n, err := stdout.Read(buf)
		want := fmt.Sprintf("stdin     %-10d%-10[1]ddrop      80901     opt-out   STOP      \"STOP\"\n", i)
		if i == 1 {
			want = "file      line      record    action    code      class     keyword   message\n" + want
		}
		if err != nil || string(buf[:n]) != want {
			t.Fatalf("after message %d: %q, %v, want %q", i, buf[:n], err, want)
		}
	}
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestAdvice does what an error says to do, and checks that it works.
func TestAdvice(t *testing.T) {
	files := map[string]string{
		"a.txt":       "hello\nSTOP\n",
		"a.csv":       "Sid,Body\nSM1,STOP\n",
		"odd.csv":     "Id;Wort\n1;STOP\n2;hi\n3;ja\n",
		"space.csv":   "Id\tSMS Text\n1\tSTOP\n",
		"twice.csv":   "Body,body,BODY\nx,STOP,y\n",
		"plain.csv":   "+15550100,inbound,STOP\n+15550101,inbound,hi\n",
		"quoted.txt":  "\"STOP\"\n\"hi\"\n",
		"inches.tsv":  "Sid\tBody\n1\tthe 5\" one\n2\tSTOP\n",
		"latin.csv":   "Sid,Body\n1,ARR\xcaT\n",
		"zero.txt":    "S\x00T\x00O\x00P\x00\n\x00",
		"page.json":   "{\"messages\": [{\"body\": \"STOP\"}], \"page\": 0}",
		"hook.jsonl":  "{\"message\":{\"body\":\"STOP\"}}\n",
		"map.json":    `{"messages":{"-N1":{"text":"STOP"},"-N2":{"text":"hi"},"-N3":{"text":"ok"}}}`,
		"rooms.json":  `{"rooms":{"a":{"m":{"x":{"text":"hi"}}},"b":{"m":{"y":{"text":"STOP"},"z":{"text":"ok"}}}}}`,
		"parts.json":  `{"events":[{"segment":[{"text":"the bus does not "},{"text":"stop"}]},{"segment":[{"text":"STOP"}]}]}`,
		"parent.json": `{"messages":[{"body":"STOP"}],"account":"AC1"}`,
	}
	tests := []struct {
		name, file, args, advice string // advice is the end of the error
		then                     string // the arguments that the advice means; in them _ is a space
	}{
		{"lines", "a.txt", "", "use -lines if each line is one message and nothing else", "-lines"},
		{"CSV", "a.csv", "", "use -csv Body", "-csv Body"},
		{"CSV without a usual name", "odd.csv", "", "use -csv and the name of the one with the messages", "-csv Wort"},
		{"CSV without a header", "plain.csv", "", "add -header with a name for each of its 3 columns, and -csv with the name of the one with the messages", "-header From,Direction,Body -csv Body"},
		{"CSV without a header, STOP for its column", "plain.csv", "-csv STOP", "add -header with a name for each of its 3 columns, and -csv with the name of the one with the messages", "-header From,Direction,Body -csv Body"},
		{"CSV in the place of JSON", "a.csv", "-json Body", "use -csv Body", "-csv Body"},
		{"JSON", "page.json", "", "use -json messages.body", "-json messages.body"},
		{"JSON in the place of CSV", "hook.jsonl", "-csv body", "use -json message.body", "-json message.body"},
		{"JSON with identifiers for keys", "map.json", "", `use -json "messages.*.text"`, "-json messages.*.text"},
		{"JSON with identifiers in identifiers", "rooms.json", "", `use -json "rooms.*.m.*.text"`, "-json rooms.*.m.*.text"},
		{"JSON with parts of messages", "parts.json", "", `use -json "events[].segment.text" or -json "events.segment[].text"`, "-json events[].segment.text"},
		{"JSON with two arrays", "parts.json", "-json events.segment.text", `write [] after the one with the records: ["events[].segment.text" "events.segment[].text"]`, "-json events[].segment.text"},
		{"a field after the records", "parent.json", "-json messages.body -keep account", "reading ends here", "-json messages.body"},
		{"lines in the place of JSON", "a.txt", "-json body", "use -lines if each line is one message and nothing else", "-lines"},
		{"lines in quotes", "quoted.txt", "", "use -header Body -csv Body", "-header Body -csv Body"},
		{"quotes that are text", "inches.tsv", "-csv Body", "add -noquote", "-csv Body -noquote"},
		{"a name with spaces", "space.csv", "", `use -csv "SMS Text"`, "-csv SMS_Text"},
		{"no such column", "a.csv", "-csv Text", `take one of ["Sid" "Body"]`, "-csv Body"},
		{"no such column to keep", "a.csv", "-csv Body -keep From", `take one of ["Sid" "Body"]`, "-csv Body -keep Sid"},
		{"a value that no record has", "a.csv", "-csv Body -where Sid=SM2", "with these values and counts: [Sid=SM1:1]", "-csv Body -where Sid=SM1"},
		{"no such field", "hook.jsonl", "-json body", `take one of ["message.body"]`, "-json message.body"},
		{"a field of objects", "hook.jsonl", "-json message", "with points between the names", "-json message.body"},
		{"encoding", "latin.csv", "-csv Body", "name its encoding, as -encoding windows-1252 does", "-csv Body -encoding windows-1252"},
		{"NUL bytes", "zero.txt", "-lines", "add -encoding utf-16le", "-lines -encoding utf-16le"},
		{"two columns of a name", "twice.csv", "-csv bOdY", `want exactly one column "bOdY" in the header: rename one, or take one of ["Body" "body" "BODY"]`, "-csv body"},
	}
	chdir(t, t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			status := run(append(strings.Fields(tt.args), tt.file), nil, io.Discard, &stderr)
			if said, _, _ := strings.Cut(stderr.String(), "\n"); status == 0 || !strings.HasSuffix(said, tt.advice) {
				t.Errorf("optout %s %s: exit status %d, %q, want an error with the end %q", tt.args, tt.file, status, said, tt.advice)
			}
			stderr.Reset()
			args := strings.Fields(tt.then)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "_", " ")
			}
			if status := run(append(args, tt.file), nil, &stdout, &stderr); status != 0 || strings.Count(stdout.String(), " drop ") != 1 {
				t.Errorf("optout %s %s: exit status %d, %q, %q, want one message dropped", tt.then, tt.file, status, stdout.String(), stderr.String())
			}
		})
	}
}

func TestVersion(t *testing.T) {
	var stdout strings.Builder
	if status := run([]string{"-version"}, nil, &stdout, io.Discard); status != 0 || !regexp.MustCompile(`^optout \S+ go1\.\S+\n$`).MatchString(stdout.String()) {
		t.Errorf("optout -version: exit status %d, %q", status, stdout.String())
	}
}

// TestUsage checks that -h, and with it go doc, names every flag.
func TestUsage(t *testing.T) {
	new(options).flagSet().VisitAll(func(f *flag.Flag) {
		if !strings.Contains(usage(), "\n-"+f.Name+" ") && f.Name != "jsonl" {
			t.Errorf("optout -h does not name -%s", f.Name)
		}
	})
	for _, line := range strings.Split(usage(), "\n") {
		if utf8.RuneCountInString(line) > 80 || strings.Contains(line, "//") && !strings.Contains(line, "://") {
			t.Errorf("line of optout -h: %q", line)
		}
	}
}
