package messages

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// lines reads a log of lines. For speed it checks many lines at once.
func (s *scan) lines(r io.Reader) error {
	buf, n, line, tooLong := make([]byte, bufferSize), 0, 0, false
	for {
		m, err := r.Read(buf[n:])
		n += m
		end := bytes.LastIndexByte(buf[:n], '\n') + 1
		if err == io.EOF {
			end = n
		}
		chunk := string(buf[:end])
		plain := utf8.ValidString(chunk)
		for _, special := range []string{"\ufffd", "\r", "\x00"} {
			plain = plain && !strings.Contains(chunk, special)
		}
		for chunk != "" {
			var text string
			text, chunk, _ = strings.Cut(chunk, "\n")
			line++
			var err error
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
		n = copy(buf, buf[end:n])
		switch {
		case err == io.EOF && tooLong:
			return s.skip(line+1, errTooLong)
		case err == io.EOF:
			return nil
		case err != nil:
			return s.at(line+1, err)
		case n >= maxRecord:
			n, tooLong = 0, true
		case n == len(buf):
			buf = append(buf, make([]byte, n)...)
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
