package messages

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// bufferSize is how much of a log is read at once, and looked at before.
const bufferSize = 64 << 10

// others are files that are no text, by what they begin with.
var others = []struct{ magic, advice string }{
	{"PK\x03\x04", "a zip archive: unpack it, and name the file in it; of a workbook of Excel (xlsx), save it there as CSV UTF-8"},
	{"\xd0\xcf\x11\xe0", "a workbook of Excel: save it there as CSV UTF-8"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd: decompress it first"},
	{"\xfd7zXZ\x00", "compressed by xz: decompress it first"},
	{"BZh", "compressed by bzip2: decompress it first"},
	{"PAR1", "a Parquet file: export it as CSV or JSON"},
	{"SQLite format 3\x00", "a SQLite database: export its messages as CSV or JSON"},
	{"\xff\xfe\x00\x00", "UTF-32: save it as UTF-8"},
	{"\x00\x00\xfe\xff", "UTF-32: save it as UTF-8"},
}

// open returns what r holds as text of UTF-8 with lines that end in "\n".
func (l *Log) open(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, bufferSize)
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, damagedGzip(err)
		}
		b = bufio.NewReaderSize(unzipped{z}, bufferSize)
	}
	sample := peek(b, func(sample []byte) bool { return len(sample)%2 == 0 || bytes.IndexByte(sample, 0) < 0 }) // whole units of UTF-16
	for _, o := range others {
		if bytes.HasPrefix(sample, []byte(o.magic)) {
			return nil, errors.New("this is " + o.advice)
		}
	}
	decoder := transform.Transformer(transform.Nop)
	if l.Encoding != nil {
		decoder = l.Encoding.NewDecoder()
	} else if e := utf16(sample); e != nil {
		decoder = e.NewDecoder()
	}
	if decoder != transform.Nop || len(sample) > 0 && sample[0] >= 0xef { // or perhaps a byte order mark
		b = bufio.NewReaderSize(transform.NewReader(b, unicode.BOMOverride(decoder)), bufferSize)
		sample = peek(b)
	}
	if bytes.IndexByte(sample, '\r') >= 0 && bytes.IndexByte(sample, '\n') < 0 {
		b = bufio.NewReaderSize(returns{b}, bufferSize)
	}
	return b, nil
}

// peek returns what of b can be looked at without waiting for more than is
// enough: a line that is not empty, if nothing else.
func peek(b *bufio.Reader, enough ...func(sample []byte) bool) []byte {
	for n := 1; ; n = b.Buffered() + 1 {
		_, err := b.Peek(n)
		sample, _ := b.Peek(b.Buffered())
		if err != nil || bytes.IndexByte(bytes.TrimLeft(sample, "\r\n"), '\n') >= 0 && (enough == nil || enough[0](sample)) {
			return sample
		}
	}
}

// utf16 returns the encoding of a sample that is UTF-16 without a byte order
// mark, and nil for others: more than a third of it is zero bytes, nearly all on
// the same side.
func utf16(sample []byte) encoding.Encoding {
	var zeros [2]int
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch most, least := max(zeros[0], zeros[1]), min(zeros[0], zeros[1]); {
	case most <= len(sample)/3 || least > most/8:
		return nil
	case most == zeros[0]:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
}

// An unzipped says what a broken gzip file means for its text.
type unzipped struct{ z *gzip.Reader }

func (u unzipped) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if err == io.ErrUnexpectedEOF || err == gzip.ErrChecksum || err == gzip.ErrHeader {
		err = damagedGzip(err)
	}
	return n, err
}

func damagedGzip(err error) error {
	return fmt.Errorf("compressed file is damaged from here on, fetch it again: %w", err)
}

// A returns ends lines with "\n" of which each ends in "\r" alone.
type returns struct{ r io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
