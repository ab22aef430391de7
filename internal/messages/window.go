package messages

import (
	"bufio"
	"strings"
)

// A window is the part of a log that is being read. It is a string, so that
// parts of it stay valid.
type window struct {
	r    *bufio.Reader
	read strings.Builder // ends with text
	text string          // not used yet
	err  error           // of r
}

// more appends to text. It reports whether it did: otherwise err says why.
func (w *window) more() bool {
	_, w.err = w.r.Peek(1)
	chunk, _ := w.r.Peek(w.r.Buffered())
	if w.read.Len() >= 2*len(w.text) { // most of it is used
		w.read.Reset()
		w.read.Grow(len(w.text) + len(chunk))
		w.read.WriteString(w.text)
	}
	w.read.Write(chunk)
	all := w.read.String()
	w.text = all[len(all)-len(chunk)-len(w.text):]
	w.r.Discard(len(chunk))
	return len(chunk) > 0
}
