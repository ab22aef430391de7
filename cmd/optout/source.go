package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// chunkSize is how much of a file is read at once. A chunk that stays in
	// a core's own cache is faster than a larger one.
	chunkSize = 256 << 10

	// maxRecord is the size of the largest record that is read, its line end
	// included, ten thousand times that of the longest SMS. It bounds the
	// memory that a file can ask for.
	maxRecord = 16 << 20
)

// A brokenRecord says why a record cannot be read, and what to do about it.
// Reading goes on behind such a record.
type brokenRecord string

func (b brokenRecord) Error() string { return string(b) }

var (
	errTooLong error = brokenRecord(fmt.Sprintf("record is longer than %d MiB: break it into several", maxRecord>>20))

	errUTF16 = errors.New("text is UTF-16: convert it to UTF-8, as iconv -f UTF-16 -t UTF-8 does")
)

// A source reads lines, in chunks, and is what all formats are read from. It is
// itself the reader of the format that has a message on each line.
type source struct {
	r     io.Reader
	limit int // maxRecord

	buf      []byte
	pos, end int   // buf[pos:end] is unread
	line     int   // the number of the line at pos, or 0 if nothing is read yet
	err      error // why no more can be read from r
}

func newSource(r io.Reader) *source {
	return &source{r: r, limit: maxRecord, buf: make([]byte, chunkSize)}
}

// next consumes a line, and returns its number and its text.
func (s *source) next() (int, []byte, error) {
	// What at does for nearly every line, without what it does for the others:
	// that saves a tenth of the time that messages on lines take.
	unread := s.unread()
	if i := bytes.IndexByte(unread, '\n'); 0 <= i && i < s.limit {
		s.advance(i+1, 1)
		return s.line - 1, trimCR(unread[:i]), nil
	}
	line, size, err := s.at(0)
	n := s.line
	switch err {
	case nil:
		s.advance(size, 1)
	case errTooLong:
		s.skip()
	}
	return n, line, err
}

// at returns the line at offset off behind the current position, without its
// line end, and the offset of the line behind it. Both are valid until the next
// call.
//
// Without such a line the error is io.EOF, or that of the io.Reader: what is
// left of a line when reading fails is not taken for one. It is errTooLong if
// the line ends more than s.limit bytes behind the position.
func (s *source) at(off int) (line []byte, next int, err error) {
	for searched := off; ; {
		unread := s.unread()
		if i := bytes.IndexByte(unread[searched:], '\n'); i >= 0 {
			next = searched + i + 1
			line = unread[off : next-1]
		} else if s.err == io.EOF && len(unread) > off {
			next = len(unread)
			line = unread[off:]
		}
		switch {
		case next > s.limit || next == 0 && len(unread) > s.limit:
			return nil, off, errTooLong
		case next > 0:
			return trimCR(line), next, nil
		case s.err != nil:
			return nil, off, s.err
		}
		searched = len(unread)
		s.fill()
	}
}

func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// unread returns what is read, and not consumed yet.
func (s *source) unread() []byte { return s.buf[s.pos:s.end] }

// advance consumes size bytes, which are the given number of lines.
func (s *source) advance(size, lines int) {
	s.pos += size
	s.line += lines
}

// skip consumes a line of any length.
func (s *source) skip() {
	s.line++
	for {
		i := bytes.IndexByte(s.unread(), '\n')
		if i >= 0 {
			s.pos += i + 1
			return
		}
		s.pos = s.end
		if s.err != nil {
			return
		}
		s.fill()
	}
}

// fill reads more. What is consumed already makes room for it if that is half
// of the buffer, so that moving the rest costs no more than reading it did;
// otherwise the buffer grows.
func (s *source) fill() {
	if s.end == len(s.buf) {
		buf := s.buf
		if s.pos < len(buf)/2 {
			buf = make([]byte, 2*len(buf))
		}
		s.end = copy(buf, s.unread())
		s.buf, s.pos = buf, 0
	}
	s.read()
	if s.line == 0 {
		s.line = 1
		s.begin()
	}
}

// read calls s.r.Read until that returns something.
func (s *source) read() {
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// begin consumes the byte order mark that spreadsheets put before UTF-8, and
// refuses UTF-16.
func (s *source) begin() {
	const (
		utf8BOM    = "\xef\xbb\xbf"
		utf16LEBOM = "\xff\xfe"
		utf16BEBOM = "\xfe\xff"
	)
	for _, bom := range []string{utf8BOM, utf16LEBOM, utf16BEBOM} {
		for s.err == nil && s.end < len(bom) && strings.HasPrefix(bom, string(s.buf[:s.end])) {
			s.read()
		}
		if !bytes.HasPrefix(s.buf[:s.end], []byte(bom)) {
			continue
		}
		if bom == utf8BOM {
			s.pos = len(bom)
		} else {
			s.end, s.err = 0, errUTF16
		}
	}
}
