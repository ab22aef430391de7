package messages

import (
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"example.com/optout/internal/quote"
)

// binaries are files that are not text, by their first bytes.
var binaries = map[string]string{
	"PK\x03\x04":          "a zip archive, as a workbook of Excel: unpack it, or save it as CSV UTF-8",
	"\xd0\xcf\x11\xe0":    "a workbook of Excel: save it as CSV UTF-8",
	"%PDF-":               "a PDF: it has to be converted first",
	"\x28\xb5\x2f\xfd":    "compressed by zstd: decompress it first",
	"\xfd7zXZ\x00":        "compressed by xz: decompress it first",
	"BZh":                 "compressed by bzip2: decompress it first",
	"PAR1":                "a Parquet file: export it as CSV or JSON",
	"SQLite format 3\x00": "a SQLite database: export its messages as CSV or JSON",
}

// open returns the text of a log in UTF-8. w is the file as it is.
func (s *scan) open(w *window) (*window, error) {
	if strings.HasPrefix(w.sample(), "\x1f\x8b") {
		z, err := gzip.NewReader(w.rest())
		if err != nil {
			return nil, s.refuse(err)
		}
		w = &window{r: z}
	}
	for beginning, what := range binaries {
		if strings.HasPrefix(w.sample(), beginning) {
			return nil, s.refuse(errors.New("this is " + what))
		}
	}
	text := cmp.Or(s.Encoding, unicode.UTF8)
	for mark, name := range map[string]string{"\ufeff": "utf-8", "\xff\xfe": "utf-16le", "\xfe\xff": "utf-16be"} {
		if strings.HasPrefix(w.sample(), mark) {
			text, _ = htmlindex.Get(name)
		}
	}
	s.encoding, _ = htmlindex.Name(text)
	if text != unicode.UTF8 {
		w = &window{r: text.NewDecoder().Reader(w.rest())}
		w.sample()
	}
	w.text = strings.TrimPrefix(w.text, "\ufeff")
	if i := strings.IndexByte(w.sample(), 0); i >= 0 {
		return nil, s.refuse(fmt.Errorf("NUL bytes: convert the file first; if it is UTF-16 without a byte order mark, add -encoding utf-16%s", []string{"be", "le"}[i%2]))
	}
	if s.Format != JSON && pick(fieldNames(w.sample())) != "" {
		return nil, s.refuse(s.looks(w.sample()))
	}
	return w, nil
}

// refuse returns an error about the whole log.
func (s *scan) refuse(err error) error {
	return fmt.Errorf("%s: %w", quote.Printable(s.rec.File), err)
}
