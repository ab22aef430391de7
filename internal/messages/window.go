package messages

import "io"

// A window is the part of a log that is being read. It is a string, so that
// parts of it stay valid.
type window struct {
	r    io.Reader
	buf  []byte
	text string // read and not used yet
	err  error  // of r
}

func newWindow(r io.Reader) window { return window{r: r, buf: make([]byte, bufferSize)} }

// more appends to text. It reports whether it did: otherwise err says why.
func (w *window) more() bool {
	n := 0
	for n == 0 && w.err == nil {
		n, w.err = w.r.Read(w.buf)
		w.text += string(w.buf[:n])
	}
	return n > 0
}
