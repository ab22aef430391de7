package messages

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"example.com/optout/internal/quote"
)

// open returns the text of a log in UTF-8. w is the file as it is.
func (s *scan) open(w *window) (*window, error) {
	if strings.HasPrefix(w.sample(), "\x1f\x8b") {
		z, err := gzip.NewReader(w.rest())
		if err != nil {
			return nil, s.refuse(err)
		}
		w = &window{r: z}
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
		return nil, s.refuse(fmt.Errorf("NUL bytes, as in zip, Excel, PDF, Parquet and SQLite: convert it first; if it is UTF-16 without a byte order mark, add -encoding utf-16%s", []string{"be", "le"}[i%2]))
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
