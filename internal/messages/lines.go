package messages

import (
	"errors"
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
		for end := strings.IndexByte(rest, '\n'); plain && end >= 0 && err == nil; end = strings.IndexByte(rest, '\n') {
			w.line++
			s.rec.Line, s.rec.Number, s.rec.Text = w.line, w.line, rest[:end]
			rest = rest[end+1:]
			err = s.each(&s.rec)
		}
		w.text = rest
	}
	return err
}
