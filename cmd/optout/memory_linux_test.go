package main

import (
	"io"
	"strings"
	"syscall"
	"testing"
)

// An endless reader repeats a text after another.
type endless struct{ head, text string }

func (e *endless) Read(p []byte) (int, error) {
	if e.head == "" {
		return copy(p, e.text), nil
	}
	n := copy(p, e.head)
	e.head = e.head[n:]
	return n, nil
}

// TestMemory checks that a log of 70 MB takes at most 64 MB of memory, whatever
// its content. So does a log of any size.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 70 MB for each format")
	}
	const record = `{"sid":"SM00000001","body":"The quick brown fox \u00ea jumps"}`
	tests := []struct{ name, args, head, text string }{
		{"lines", "-lines", "", "The quick brown fox jumps over the lazy dog, again & again\n"},
		{"one line", "-lines", "", "again and again "},
		{"CSV", "-csv Body", "Sid,Body\n", "SM00000001,\"The quick, brown fox jumps over \"\"the\"\" lazy dog\"\n"},
		{"CSV, open quote", "-csv Body", "Sid,Body\nSM0,\"oops\n", "SM00000001,The quick brown fox jumps over the lazy dog\n"},
		{"CSV, one field", "-csv Body", "Sid,Body\nSM0,", "again and again "},
		{"JSON lines", "-json body", "", record + "\n"},
		{"JSON array", "-json body", "[", record + ","},
		{"JSON array in an object", "-json m.body", `{"m":[`, record + ","},
		{"JSON array in an object, not asked for", "-json body", `{"m":[`, record + ","},
		{"JSON text", "-json body", `{"body":"`, "again and again "},
		{"JSON arrays", "-json body", "", "["},
		{"JSON white space", "-json body", "", "\n"},
		{"brackets in a line", "-lines", `{"a":`, "["},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := process(strings.Fields(tt.args)...)
			text := strings.Repeat(tt.text, 32<<10/len(tt.text))
			cmd.Stdin = io.LimitReader(&endless{tt.head, text}, 70e6)
			cmd.Stdout = io.Discard
			cmd.Run()
			usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
			if !ok {
				t.Fatal("no usage of the process")
			}
			if used := usage.Maxrss >> 10; used > 64 {
				t.Errorf("%d MB, want at most 64", used)
			}
		})
	}
}
