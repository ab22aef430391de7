package messages

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"hash"
	"io"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"example.com/optout/internal/quote"
)

const (
	bufferSize = 512 << 10 // how much of a log is read at once
	sampleSize = 64 << 10  // how much of its beginning is looked at
)

// binaries are files that are not text, by their first bytes.
var binaries = []struct{ magic, advice string }{
	{"PK\x03\x04", "a zip archive: unpack it, and name the file in it; save a workbook of Excel (xlsx) as CSV UTF-8"},
	{"\xd0\xcf\x11\xe0", "a workbook of Excel: save it as CSV UTF-8"},
	{"%PDF-", "a PDF: it has to be converted first"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd: decompress it first"},
	{"\xfd7zXZ\x00", "compressed by xz: decompress it first"},
	{"BZh", "compressed by bzip2: decompress it first"},
	{"PAR1", "a Parquet file: export it as CSV or JSON"},
	{"SQLite format 3\x00", "a SQLite database: export its messages as CSV or JSON"},
	{"\xff\xfe\x00\x00", "UTF-32: save it as UTF-8"},
	{"\x00\x00\xfe\xff", "UTF-32: save it as UTF-8"},
}

// open returns the text of a log in UTF-8, which begins with a sample.
func (s *scan) open(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, bufferSize)
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, s.refuse(err)
		}
		b = bufio.NewReaderSize(&file{r: z}, bufferSize)
	}
	sample := peek(b)
	for _, f := range binaries {
		if bytes.HasPrefix(sample, []byte(f.magic)) {
			return nil, s.refuse(errors.New("this is " + f.advice))
		}
	}
	s.as.Encoding = "utf-8"
	decoder := transform.Transformer(transform.Nop)
	if s.Encoding != nil {
		decoder = s.Encoding.NewDecoder()
		s.as.Encoding, _ = htmlindex.Name(s.Encoding)
	}
	for mark, name := range map[string]string{"\ufeff": "utf-8", "\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be"} {
		if bytes.HasPrefix(sample, []byte(mark)) {
			s.as.Encoding, decoder = name, unicode.BOMOverride(decoder)
		}
	}
	if decoder != transform.Nop {
		b = bufio.NewReaderSize(transform.NewReader(b, decoder), bufferSize)
		sample = peek(b)
	}
	if i := bytes.IndexByte(sample, 0); i >= 0 {
		return nil, s.refuse(fmt.Errorf("NUL bytes, as in UTF-16 without a byte order mark: add -encoding utf-16%s", []string{"be", "le"}[i%2]))
	}
	if s.Format != JSON && bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(bytes.TrimRight(sample, "\r"), '\r') >= 0 {
		return nil, s.refuse(errors.New("lines end in carriage returns: replace them by line feeds first"))
	}
	return b, nil
}

// refuse returns an error about the whole log.
func (s *scan) refuse(err error) error {
	return fmt.Errorf("%s: %w", quote.Printable(s.rec.File), err)
}

// peek returns the sample: the first line that is not empty, and what else is
// there without waiting.
func peek(b *bufio.Reader) []byte {
	for n := 1; ; n = b.Buffered() + 1 {
		_, err := b.Peek(n)
		sample, _ := b.Peek(min(b.Buffered(), sampleSize))
		if err != nil || n > sampleSize || bytes.IndexByte(bytes.TrimLeft(sample, "\r\n"), '\n') >= 0 {
			return sample
		}
	}
}

// A file is read as it is. Its error stays, so that it cannot be missed.
type file struct {
	r    io.Reader
	hash hash.Hash // nil if it is not asked for
	err  error
}

func (f *file) Read(p []byte) (n int, err error) {
	if f.err == nil {
		n, f.err = f.r.Read(p)
	}
	if f.hash != nil {
		f.hash.Write(p[:n])
	}
	return n, f.err
}
