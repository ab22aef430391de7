package messages

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// lines reads a log of lines. For speed it checks at once the lines that are there,
// which are messages as they are if the text is plain.
func (s *scan) lines(w *window) (err error) {
	s.format = "lines"
	for line := ""; err == nil; {
		before := len(w.text)
		line, err = w.next()
		plain := len(line)+len(w.text) > before && utf8.ValidString(w.text) && !strings.Contains(w.text, "\ufffd") && !strings.Contains(w.text, "\r")
		text := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if err == nil && strings.Contains(text, "\r") {
			err = errors.New("carriage return within the line: replace it by a line feed if it ends a line, or remove it")
		}
		s.values[0] = value{text, true}
		err = s.record(w, w.line, err)
		s.rec = Record{File: s.rec.File, Number: s.rec.Number}
		rest := w.text
		for end := strings.IndexByte(rest, '\n'); plain && end >= 0 && rest[0] != '{' && err == nil; end = strings.IndexByte(rest, '\n') {
			w.line++
			s.rec.Line, s.rec.Number, s.rec.Text = w.line, w.line, rest[:end]
			rest = rest[end+1:]
			err = s.each(&s.rec)
		}
		w.text = rest
	}
	return err
}

// How much of a log is read at once, and how much of its beginning is looked at.
const bufferSize, sampleSize = 512 << 10, 64 << 10

// A window is the part of a log that is being read. It is a string, so that
// parts of it stay valid.
type window struct {
	r      io.Reader
	buffer []byte
	text   string // not used yet
	err    error  // of r
	line   int    // that next has returned, from 1
}

// more appends to text. It reports whether it did: otherwise err says why. To a
// long text it appends much, as it copies all of it.
func (w *window) more() bool {
	least := min(max(1, len(w.text)-bufferSize), bufferSize)
	w.buffer = slices.Grow(append(w.buffer[:0], w.text...), bufferSize)
	n, err := io.ReadAtLeast(w.r, w.buffer[len(w.text):][:bufferSize], least)
	w.text, w.err = string(w.buffer[:len(w.text)+n]), err
	return n > 0
}

// next returns the next line, with its end. For a line that is too long the error is
// errTooLong, and of the line only its last part is returned. That part begins with
// a quote if the rest has an odd number of quotes.
func (w *window) next() (line string, err error) {
	end := strings.IndexByte(w.text, '\n') + 1
	for end == 0 && w.more() {
		if end = strings.IndexByte(w.text, '\n') + 1; end == 0 && len(w.text) > maxRecord {
			w.text, err = strings.Repeat(`"`, strings.Count(w.text, `"`)%2), errTooLong
		}
	}
	if end == 0 && w.err == io.EOF {
		end = len(w.text) // the last line has no end
	}
	if end > maxRecord {
		err = errTooLong
	}
	if end == 0 && err == nil {
		return "", w.err
	}
	w.line++
	line, w.text = w.text[:end], w.text[end:]
	return line, err
}

// rest returns a reader of the rest of the log.
func (w *window) rest() io.Reader { return io.MultiReader(strings.NewReader(w.text), w.r) }

// sample returns the beginning of the text: the first line that is not empty, and
// what else is there without waiting.
func (w *window) sample() string {
	for len(w.text) < sampleSize && strings.IndexByte(strings.TrimLeft(w.text, "\r\n"), '\n') < 0 && w.more() {
	}
	return w.text[:min(len(w.text), sampleSize)]
}
