package messages

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// lines reads a log of lines. What can be known of many lines at once is found
// out so: that is what makes it fast.
func (s *scan) lines(r io.Reader) error {
	buf, n, line, tooLong := make([]byte, 8*bufferSize), 0, 0, false
	for {
		m, err := r.Read(buf[n:])
		n += m
		end := bytes.LastIndexByte(buf[:n], '\n') + 1
		if err == io.EOF {
			end = n
		}
		chunk := unsafe.String(unsafe.SliceData(buf), end) // records are valid during a call only
		plain := utf8.ValidString(chunk)
		for _, special := range []string{"\ufffd", "\r", "\x00"} {
			plain = plain && !strings.Contains(chunk, special)
		}
		for chunk != "" {
			text := chunk
			if i := strings.IndexByte(chunk, '\n'); i >= 0 {
				text, chunk = chunk[:i], chunk[i+1:]
			} else {
				chunk = ""
			}
			line++
			var err error
			switch {
			case tooLong:
				tooLong = false
				err = s.broken(line, errTooLong)
			case plain && !strings.HasPrefix(text, "{"):
				s.rec.Kind, s.rec.Line, s.rec.Number, s.rec.Text, s.rec.Damaged, s.rec.Err = Message, line, line, text, false, nil
				err = s.each(&s.rec)
			default:
				err = s.line(line, strings.TrimRight(text, "\r\x00"))
			}
			if err != nil {
				return err
			}
		}
		n = copy(buf, buf[end:n])
		switch {
		case err == io.EOF && tooLong:
			return s.broken(line+1, errTooLong)
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
// be what ends the lines of a part of the file.
func (s *scan) line(line int, text string) error {
	if i := strings.IndexAny(text, "\r\x00"); i >= 0 {
		return s.broken(line, fmt.Errorf("%q in the middle of the line: make it a line feed if it ends a line, or take it out", text[i]))
	}
	s.values[0] = value{text, true}
	return s.message(line)
}
