package messages

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// lines reads a log of lines. For speed it checks many lines at once.
func (s *scan) lines(b *bufio.Reader) error {
	tooLong := false
	line := 1
	for w := (window{r: b}); ; {
		more := w.more()
		end := strings.LastIndexByte(w.text, '\n') + 1
		if w.err == io.EOF {
			end = len(w.text)
		}
		chunk := w.text[:end]
		w.text = w.text[end:]
		plain := utf8.ValidString(chunk) && !strings.Contains(chunk, "\ufffd") && strings.IndexByte(chunk, '\r') < 0 && strings.IndexByte(chunk, 0) < 0
		for ; chunk != ""; line++ {
			text, err := chunk, error(nil)
			if i := strings.IndexByte(chunk, '\n'); i >= 0 {
				text, chunk = chunk[:i], chunk[i+1:]
			} else {
				chunk = ""
			}
			switch {
			case tooLong:
				tooLong = false
				err = s.skip(line, errTooLong)
			case plain && !strings.HasPrefix(text, "{"):
				s.rec.Kind, s.rec.Line, s.rec.Number, s.rec.Text, s.rec.Damaged, s.rec.Err = Message, line, line, text, false, nil
				err = s.each(&s.rec)
			default:
				err = s.line(line, strings.TrimSuffix(text, "\r"))
			}
			if err != nil {
				return err
			}
		}
		switch {
		case w.err == io.EOF && tooLong:
			return s.skip(line, errTooLong)
		case w.err == io.EOF:
			return nil
		case !more:
			return s.at(line, w.err)
		case len(w.text) > maxRecord:
			w.text, tooLong = "", true
		}
	}
}

// line hands on a line that is not plain. A carriage return or NUL within it may
// be what ends the lines in a part of the file.
func (s *scan) line(line int, text string) error {
	if i := strings.IndexAny(text, "\r\x00"); i >= 0 {
		return s.skip(line, fmt.Errorf("%q within the line: replace it by a line feed if it ends a line, or remove it", text[i]))
	}
	s.values[0] = value{text, true}
	return s.message(line)
}
