package messages

import (
	"compress/gzip"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"example.com/optout/internal/quote"
)

// binaries are files that are not text, by their first bytes.
var binaries = [][2]string{
	{"PK\x03\x04", "a zip archive: unpack it, and name the file in it; save a workbook of Excel (xlsx) as CSV UTF-8"},
	{"\xd0\xcf\x11\xe0", "a workbook of Excel: save it as CSV UTF-8"},
	{"%PDF-", "a PDF: it has to be converted first"},
	{"\x28\xb5\x2f\xfd", "compressed by zstd: decompress it first"},
	{"\xfd7zXZ\x00", "compressed by xz: decompress it first"},
	{"BZh", "compressed by bzip2: decompress it first"},
	{"PAR1", "a Parquet file: export it as CSV or JSON"},
	{"SQLite format 3\x00", "a SQLite database: export its messages as CSV or JSON"},
}

// open returns the text of a log in UTF-8. w is the file as it is.
func (s *scan) open(w *window) (*window, error) {
	if strings.HasPrefix(w.sample(), "\x1f\x8b") {
		z, err := gzip.NewReader(w)
		if err != nil {
			return nil, s.refuse(err)
		}
		w = &window{r: z}
	}
	sample := w.sample()
	for _, binary := range binaries {
		if strings.HasPrefix(sample, binary[0]) {
			return nil, s.refuse(errors.New("this is " + binary[1]))
		}
	}
	s.as.Encoding = "utf-8"
	decoder := transform.Transformer(transform.Nop)
	if s.Encoding != nil {
		decoder = s.Encoding.NewDecoder()
		s.as.Encoding, _ = htmlindex.Name(s.Encoding)
	}
	for mark, name := range map[string]string{"\ufeff": "utf-8", "\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be"} {
		if strings.HasPrefix(sample, mark) {
			s.as.Encoding, decoder = name, unicode.BOMOverride(decoder)
		}
	}
	if decoder != transform.Nop {
		w = &window{r: transform.NewReader(w, decoder)}
		sample = w.sample()
	}
	if i := strings.IndexByte(sample, 0); i >= 0 {
		return nil, s.refuse(fmt.Errorf("NUL bytes, as in UTF-16 without a byte order mark: add -encoding utf-16%s", []string{"be", "le"}[i%2]))
	}
	if s.Format != JSON && strings.IndexByte(sample, '\n') < 0 && strings.IndexByte(strings.TrimRight(sample, "\r"), '\r') >= 0 {
		return nil, s.refuse(errors.New("lines end in carriage returns: replace them by line feeds first"))
	}
	return w, nil
}

// refuse returns an error about the whole log.
func (s *scan) refuse(err error) error {
	return fmt.Errorf("%s: %w", quote.Printable(s.rec.File), err)
}
