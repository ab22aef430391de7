package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the commands print into testdata/*.txt")

// A script is a file of testdata: commands, the files that they read, and what
// they print. It consists of sections, each under a line with its name:
//
//	-- a.csv --                     a file in the directory of the commands
//	-- test: CSV with a header --   a command line, with arguments as in a shell:
//	                                some may be in double quotes, as in Go
//	-- stdin --                     of the test before, like all that follow
//	-- stdout --
//	-- stderr --
//	-- status --                    the exit status; 0 if there is no section
//
// A section without text can be left out. If "(quoted)" follows its name, a
// section has strings as Go quotes them, one on each line. Text before the first
// section is a comment. go test -update writes stdout, stderr and status anew.
type script struct {
	comment string
	files   []section
	tests   []*scriptTest
}

type section struct{ name, text string }

type scriptTest struct{ name, command, stdin, stdout, stderr, status string }

var sectionLine = regexp.MustCompile(`(?m)^-- (.+?)( \(quoted\))? --\n`)

func readScript(t *testing.T, file string) *script {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	s, last := new(script), new(scriptTest)
	heads := sectionLine.FindAllStringSubmatchIndex(text, -1)
	s.comment = text[:append(heads, []int{len(text)})[0][0]]
	for i, h := range heads {
		name, body := text[h[2]:h[3]], text[h[1]:append(heads, []int{len(text)})[i+1][0]]
		if h[4] >= 0 {
			body = unquoteLines(t, body)
		}
		if title, ok := strings.CutPrefix(name, "test: "); ok {
			last = &scriptTest{name: title, command: strings.TrimSpace(body), status: "0"}
			s.tests = append(s.tests, last)
			continue
		}
		part := map[string]*string{"stdin": &last.stdin, "stdout": &last.stdout, "stderr": &last.stderr, "status": &last.status}[name]
		switch {
		case part == nil:
			s.files = append(s.files, section{name, body})
		case len(s.tests) == 0:
			t.Fatalf("%s: section %q comes before the first test", file, name)
		case name == "status":
			*part = strings.TrimSpace(body)
		default:
			*part = body
		}
	}
	return s
}

func unquoteLines(t *testing.T, body string) string {
	t.Helper()
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(body, "\n"), "\n") {
		text, err := strconv.Unquote(line)
		if err != nil {
			t.Fatalf("section with %s: %v", line, err)
		}
		b.WriteString(text)
	}
	return b.String()
}

func (s *script) String() string {
	var b strings.Builder
	write := func(name, text string) {
		plain := (text == "" || strings.HasSuffix(text, "\n")) && !sectionLine.MatchString(text) && utf8.ValidString(text) &&
			strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) || unicode.IsMark(r) }) < 0
		if plain {
			fmt.Fprintf(&b, "-- %s --\n%s", name, text)
			return
		}
		fmt.Fprintf(&b, "-- %s (quoted) --\n", name)
		for _, line := range strings.SplitAfter(text, "\n") {
			if line != "" {
				fmt.Fprintln(&b, strconv.QuoteToASCII(line))
			}
		}
	}
	b.WriteString(s.comment)
	for _, f := range s.files {
		write(f.name, f.text)
	}
	for _, test := range s.tests {
		write("test: "+test.name, test.command+"\n")
		for _, part := range []section{{"stdin", test.stdin}, {"stdout", test.stdout}, {"stderr", test.stderr}, {"status", strings.TrimSuffix(test.status+"\n", "0\n")}} {
			if part.text != "" && part.text != "\n" {
				write(part.name, part.text)
			}
		}
	}
	return b.String()
}

var argument = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\S+`)

// args returns the arguments of the test's command.
func (test *scriptTest) args(t *testing.T) []string {
	t.Helper()
	args := argument.FindAllString(test.command, -1)
	for i, arg := range args {
		if text, err := strconv.Unquote(arg); err == nil {
			args[i] = text
		}
	}
	if len(args) == 0 || args[0] != "optout" {
		t.Fatalf("command %q does not begin with optout", test.command)
	}
	return args[1:]
}

// forScripts calls do with each script, in a directory with its files. do runs
// the tests: it sets what they print.
func forScripts(t *testing.T, do func(t *testing.T, i int, test *scriptTest)) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata has no scripts: %v", err)
	}
	for _, file := range files {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			s := readScript(t, file)
			chdir(t, t.TempDir())
			for _, f := range s.files {
				if err := os.WriteFile(f.name, []byte(f.text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			for i, test := range s.tests {
				t.Run(test.name, func(t *testing.T) {
					want := (&script{tests: []*scriptTest{test}}).String()
					do(t, i, test)
					if diff := cmp.Diff(want, (&script{tests: []*scriptTest{test}}).String()); diff != "" && !*update {
						t.Errorf("%s (-want +got):\n%s", filepath.Base(file), diff)
					}
				})
			}
			if *update {
				if err := os.WriteFile(file, []byte(s.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func TestScripts(t *testing.T) {
	forScripts(t, func(t *testing.T, _ int, test *scriptTest) {
		var stdout, stderr strings.Builder
		status := run(test.args(t), strings.NewReader(test.stdin), &stdout, &stderr)
		test.stdout, test.stderr, test.status = stdout.String(), stderr.String(), strconv.Itoa(status)
	})
}

// TestProcess runs the same commands as processes; with -short a few of them,
// as the race detector's start slowly.
func TestProcess(t *testing.T) {
	forScripts(t, func(t *testing.T, i int, test *scriptTest) {
		if testing.Short() && i%8 != 0 {
			return
		}
		var stdout, stderr bytes.Buffer
		cmd := process(test.args(t)...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(test.stdin), &stdout, &stderr
		if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		test.stdout, test.stderr, test.status = stdout.String(), stderr.String(), strconv.Itoa(cmd.ProcessState.ExitCode())
	})
}
