package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// An event is what a reader returned: a message, or an error and what kind.
type event struct {
	line int
	text string // the message, or the error
	kind kind
}

type kind string

const (
	message kind = "message"
	broken  kind = "broken"
	fatal   kind = "fatal"
)

func (e event) String() string { return fmt.Sprintf("%d %s %+q", e.line, e.kind, e.text) }

// events returns all that r returns but io.EOF.
func events(r reader) (all []event) {
	for {
		line, text, err := r.next()
		switch err.(type) {
		case nil:
			all = append(all, event{line, string(text), message})
			continue
		case brokenRecord:
			all = append(all, event{line, err.Error(), broken})
			continue
		}
		if err != io.EOF {
			all = append(all, event{line, err.Error(), fatal})
		}
		return all
	}
}

// withoutReasons returns events whose errors have no text, for comparing them
// with those of an oracle.
func withoutReasons(all []event) []event {
	all = slices.Clone(all)
	for i := range all {
		if all[i].kind != message {
			all[i].text = ""
		}
	}
	return all
}

// newTestSource returns a source of text that has a small buffer at first.
func newTestSource(r io.Reader, size, limit int) *source {
	return &source{r: r, limit: limit, buf: make([]byte, size)}
}

// readInChunks returns the events of a text, and fails unless they are the same
// in chunks of any size.
func readInChunks(t *testing.T, text string, limit int, newReader func(*source) reader) []event {
	t.Helper()
	want := events(newReader(newTestSource(strings.NewReader(text), 4<<10, limit)))
	for _, size := range []int{4, 5, 7, 64} {
		readers := map[string]io.Reader{
			"all":          strings.NewReader(text),
			"a byte":       iotest.OneByteReader(strings.NewReader(text)),
			"EOF and data": iotest.DataErrReader(strings.NewReader(text)),
		}
		for name, r := range readers {
			got := events(newReader(newTestSource(r, size, limit)))
			if !slices.Equal(got, want) {
				t.Errorf("%+q in a buffer of %d bytes, read %s at a time:\n got %v\nwant %v", text, size, name, got, want)
			}
		}
	}
	return want
}

func textReader(s *source) reader { return s }

func TestText(t *testing.T) {
	const limit = 10
	tooLong := errTooLong.Error()
	tests := []struct {
		name, text string
		want       []event
	}{
		{"nothing", "", nil},
		{"a line", "STOP\n", []event{{1, "STOP", message}}},
		{"no line end", "STOP", []event{{1, "STOP", message}}},
		{"an empty line", "\n", []event{{1, "", message}}},
		{"empty lines", "a\n\n\nb", []event{{1, "a", message}, {2, "", message}, {3, "", message}, {4, "b", message}}},
		{"CRLF", "a\r\n\r\nb\r\n", []event{{1, "a", message}, {2, "", message}, {3, "b", message}}},
		{"CR at the end of the file", "a\r", []event{{1, "a", message}}},
		{"CR inside", "a\rb\r\r\n", []event{{1, "a\rb\r", message}}},
		{"not UTF-8", "a\xff\n\x00", []event{{1, "a\xff", message}, {2, "\x00", message}}},
		{"byte order mark", "\ufeffSTOP\n", []event{{1, "STOP", message}}},
		{"nothing but a byte order mark", "\ufeff", nil},
		{"byte order mark in a later line", "a\n\ufeffb", []event{{1, "a", message}, {2, "\ufeffb", message}}},
		{"two byte order marks", "\ufeff\ufeffa", []event{{1, "\ufeffa", message}}},
		{"a part of one", "\xef\xbb", []event{{1, "\xef\xbb", message}}},
		{"UTF-16, little endian", "\xff\xfeS\x00\n\x00", []event{{1, errUTF16.Error(), fatal}}},
		{"UTF-16, big endian", "\xfe\xff\x00S\x00\n", []event{{1, errUTF16.Error(), fatal}}},
		{"no UTF-16", "\xffS\n\xfeT", []event{{1, "\xffS", message}, {2, "\xfeT", message}}},
		{"as long as may be", "123456789\n1234567890", []event{{1, "123456789", message}, {2, "1234567890", message}}},
		{"too long", "1234567890\na", []event{{1, tooLong, broken}, {2, "a", message}}},
		{"too long for several chunks", strings.Repeat("1", 300) + "\na", []event{{1, tooLong, broken}, {2, "a", message}}},
		{"too long at the end", "a\n12345678901", []event{{1, "a", message}, {2, tooLong, broken}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := readInChunks(t, tt.text, limit, textReader)
			if !slices.Equal(got, tt.want) {
				t.Errorf("events of %+q\n got %v\nwant %v", tt.text, got, tt.want)
			}
		})
	}
}

// TestReadError holds that what a failing file has before the failure is read,
// and that a record which it cuts is not.
func TestReadError(t *testing.T) {
	failure := errors.New("input/output error")
	tests := []struct {
		name, text string
		newReader  func(*source) reader
		want       []event
	}{
		{"text", "a\nb\nSTO", textReader, []event{{1, "a", message}, {2, "b", message}, {3, failure.Error(), fatal}}},
		{"text, at a line end", "a\n", textReader, []event{{1, "a", message}, {2, failure.Error(), fatal}}},
		{"text, at once", "", textReader, []event{{1, failure.Error(), fatal}}},
		{"CSV header", "Sid,Bo", csvColumn("Body"), []event{{1, failure.Error(), fatal}}},
		{"CSV", "Body\na\nSTO", csvColumn("Body"), []event{{2, "a", message}, {3, failure.Error(), fatal}}},
		{"CSV, in quotes", "Body\n\"a\nb\"\n\"c\nSTO", csvColumn("Body"), []event{{2, "a\nb", message}, {4, failure.Error(), fatal}}},
		{"JSON", "{\"body\":\"a\"}\n{\"body\":\"STOP\"}", jsonField("body"), []event{{1, "a", message}, {2, failure.Error(), fatal}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := io.MultiReader(strings.NewReader(tt.text), iotest.ErrReader(failure))
			if got := events(tt.newReader(newTestSource(r, 16, maxRecord))); !slices.Equal(got, tt.want) {
				t.Errorf("events of %q and an error\n got %v\nwant %v", tt.text, got, tt.want)
			}
		})
	}
	t.Run("no progress", func(t *testing.T) {
		want := []event{{1, io.ErrNoProgress.Error(), fatal}}
		if got := events(newSource(stuckReader{})); !slices.Equal(got, want) {
			t.Errorf("events of a reader that returns nothing = %v, want %v", got, want)
		}
	})
}

type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

// splitLines is the oracle for lines: it returns them with their line ends.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	return lines[:len(lines)-1+min(1, len(lines[len(lines)-1]))]
}

func trimLineEnd(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}

// oracleStart returns a text without its byte order mark, and true if it is
// UTF-16.
func oracleStart(text string) (string, bool) {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return "", true
	}
	return strings.TrimPrefix(text, "\ufeff"), false
}

// checkFuzz compares a reader with an oracle, which gets the text behind its
// byte order mark. It does so with two limits, of which the first is out of
// reach.
func checkFuzz(t *testing.T, text string, newReader func(*source) reader, oracle func(text string, limit int) []event) {
	for _, limit := range []int{maxRecord, 24} {
		got := readInChunks(t, text, limit, newReader)
		want := []event{{1, "", fatal}}
		if start, utf16 := oracleStart(text); !utf16 {
			want = oracle(start, limit)
		}
		if !slices.Equal(withoutReasons(got), want) {
			t.Errorf("events of %+q, with a limit of %d\n got %v\nwant %v", text, limit, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("STOP\nsee you\n")                 // two lines
	f.Add("STOP")                            // no line end
	f.Add("a\n\n\r\nb")                      // empty lines
	f.Add("a\r\nb\r\r\nc\rd\r")              // carriage returns that are line ends, and not
	f.Add("\ufeffSTOP\n\ufeff\n")            // a byte order mark, and another one that is none
	f.Add("\xff\xfeS\x00T\x00")              // UTF-16
	f.Add("\xef\xbbSTOP")                    // half a byte order mark
	f.Add("STOP\xff\n\x00\n")                // bytes that are no text
	f.Add(strings.Repeat("long ", 9) + "\n") // over the lower limit
	f.Fuzz(func(t *testing.T, text string) {
		checkFuzz(t, text, textReader, func(text string, limit int) (want []event) {
			for i, line := range splitLines(text) {
				if len(line) > limit {
					want = append(want, event{i + 1, "", broken})
				} else {
					want = append(want, event{i + 1, trimLineEnd(line), message})
				}
			}
			return want
		})
	})
}
