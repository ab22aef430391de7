package messages

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// lines reads a log of lines. For speed it checks many lines at once.
func (s *scan) lines(w *window) (err error) {
	s.format = "lines"
	for plain := false; err == nil; {
		var text string
		left := len(w.text)
		if text, err = w.next(); len(text)+len(w.text) > left {
			all := text + w.text
			plain = utf8.ValidString(all) && !strings.Contains(all, "\ufffd") && !strings.Contains(all, "\r")
		}
		text = strings.TrimSuffix(text, "\n")
		if plain && err == nil {
			s.rec.Line, s.rec.Number, s.rec.Text = w.line, w.line, text
			err = s.each(&s.rec)
			continue
		}
		text = strings.TrimSuffix(text, "\r")
		if err == nil && strings.IndexByte(text, '\r') >= 0 {
			err = errors.New("carriage return within the line: replace it by a line feed if it ends a line, or remove it")
		}
		s.values[0] = value{text, true}
		err = s.record(w, w.line, err)
		s.rec = Record{File: s.rec.File, Number: s.rec.Number} // as of a plain line
	}
	return err
}
