package messages

import (
	"io"
	"strings"
)

const (
	bufferSize = 512 << 10 // how much of a log is read at once
	sampleSize = 64 << 10  // how much of its beginning is looked at
)

// A window is the part of a log that is being read. It is a string, so that
// parts of it stay valid.
type window struct {
	r      io.Reader
	buffer []byte
	read   strings.Builder // ends with text
	text   string          // not used yet
	err    error           // of r; it stays
}

func newWindow(r io.Reader, size int) *window { return &window{r: r, buffer: make([]byte, size)} }

func sampleWindow(sample string) *window {
	return newWindow(strings.NewReader(sample), len(sample))
}

// more appends to text. It reports whether it did: otherwise err says why.
func (w *window) more() bool {
	n := 0
	for n == 0 && w.err == nil {
		n, w.err = w.r.Read(w.buffer)
	}
	if w.read.Len() >= 2*len(w.text) { // most of it is used
		w.read.Reset()
		w.read.Grow(len(w.text) + n)
		w.read.WriteString(w.text)
	}
	w.read.Write(w.buffer[:n])
	all := w.read.String()
	w.text = all[len(all)-n-len(w.text):]
	return n > 0
}

// Read reads the rest of the log.
func (w *window) Read(p []byte) (int, error) {
	if w.text == "" && !w.more() {
		return 0, w.err
	}
	n := copy(p, w.text)
	w.text = w.text[n:]
	return n, nil
}

// skipLine forgets the text up to the end of the line.
func (w *window) skipLine() (ended bool) {
	for ; w.text != "" || w.more(); w.text = "" {
		if i := strings.IndexByte(w.text, '\n'); i >= 0 {
			w.text = w.text[i+1:]
			return true
		}
	}
	return false
}

// sample returns the beginning of the text: the first line that is not empty, and
// what else is there without waiting.
func (w *window) sample() string {
	for len(w.text) < sampleSize && strings.IndexByte(strings.TrimLeft(w.text, "\r\n"), '\n') < 0 && w.more() {
	}
	return w.text[:min(len(w.text), sampleSize)]
}
