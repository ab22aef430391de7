package messages

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// lines reads a log of lines. For speed it checks many lines at once.
func (s *scan) lines(w *window) (err error) {
	line := 1
	for more := true; more && err == nil; {
		more = strings.Contains(w.text, "\n") || w.more()
		end := strings.LastIndexByte(w.text, '\n') + 1
		if w.err == io.EOF {
			end = len(w.text)
		}
		chunk := w.text[:end]
		w.text = w.text[end:]
		plain := utf8.ValidString(chunk) && !strings.Contains(chunk, "\ufffd") && strings.IndexByte(chunk, '\r') < 0
		for ; chunk != "" && err == nil; line++ {
			var text string
			if i := strings.IndexByte(chunk, '\n'); i >= 0 {
				text, chunk = chunk[:i], chunk[i+1:]
			} else {
				text, chunk = chunk, ""
			}
			if plain && !strings.HasPrefix(text, "{") {
				s.rec.Line, s.rec.Number, s.rec.Text = line, line, text
				err = s.each(&s.rec)
			} else {
				err = s.line(line, strings.TrimSuffix(text, "\r"))
				s.rec.Kind, s.rec.Damaged, s.rec.Err = Message, false, nil
			}
		}
		if err == nil && len(w.text) > maxRecord {
			err = s.skip(line, errTooLong)
			s.rec.Kind, s.rec.Err = Message, nil
			w.skipLine()
			line++
		}
	}
	if err == nil && w.err != io.EOF {
		err = s.at(line, w.err)
	}
	return err
}

// line hands on a line that is not plain. A carriage return within it may end the
// lines in a part of the file.
func (s *scan) line(line int, text string) error {
	if strings.IndexByte(text, '\r') >= 0 {
		return s.skip(line, errors.New("carriage return within the line: replace it by a line feed if it ends a line, or remove it"))
	}
	s.values[0] = value{text, true}
	return s.message(line)
}
