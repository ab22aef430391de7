package messages

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"example.com/optout/internal/quote"
)

// bufferSize is how much of a log is read at once. The first bufferSize bytes
// are the sample.
const bufferSize = 64 << 10

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
			return nil, s.refuse(damagedGzip(err))
		}
		s.as.Gzip = true
		b = bufio.NewReaderSize(unzipped{z}, bufferSize)
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

// refuse returns err as that of the whole log.
func (s *scan) refuse(err error) error {
	return fmt.Errorf("%s: %w", quote.Printable(s.rec.File), err)
}

// peek returns the beginning of b. It waits for one line that is not empty, and
// for more only if enough says so.
func peek(b *bufio.Reader, enough ...func(sample []byte) bool) []byte {
	for n := 1; ; n = b.Buffered() + 1 {
		_, err := b.Peek(n)
		sample, _ := b.Peek(b.Buffered())
		if err != nil || bytes.IndexByte(bytes.TrimLeft(sample, "\r\n"), '\n') >= 0 && (enough == nil || enough[0](sample)) {
			return sample
		}
	}
}

// A source reads a file. An error stays, so that it cannot be missed.
type source struct {
	r    io.Reader
	hash hash.Hash // nil if nobody asks for it
	err  error
}

func newSource(r io.Reader, hashed bool) *source {
	s := &source{r: r}
	if hashed {
		s.hash = sha256.New()
	}
	return s
}

func (s *source) Read(p []byte) (n int, err error) {
	if s.err == nil {
		n, s.err = s.r.Read(p)
	}
	if s.hash != nil {
		s.hash.Write(p[:n])
	}
	return n, s.err
}

// sum returns the hash of a file that was read to its end, or "".
func (s *source) sum() string {
	if s.hash == nil || s.err != io.EOF {
		return ""
	}
	return fmt.Sprintf("%x", s.hash.Sum(nil))
}

// An unzipped reads a gzip file, and says what damage of it means.
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
