package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"unsafe"
)

// An auditor decides the messages of files.
type auditor struct {
	*options
	stdin    io.Reader
	out      *bufio.Writer
	printer  printer // to out
	stderr   io.Writer
	progress *progress
	tally    tally
	message  decided
	failed   bool // something could not be read
}

func newAuditor(o *options, stdin io.Reader, stdout, stderr io.Writer) *auditor {
	p := newProgress(o.files, stdin, stderr)
	if isTerminal(stdout) {
		stdout = clearing{stdout, p}
	}
	a := &auditor{
		options:  o,
		stdin:    stdin,
		out:      bufio.NewWriterSize(stdout, 64<<10),
		stderr:   clearing{stderr, p},
		progress: p,
		tally:    tally{keywords: make(map[string]int)},
	}
	a.printer = newPrinter(o, a.out)
	return a
}

// run decides the messages of all files. Its error is that of writing to a.out,
// which ends the work; what cannot be read is reported, and ends none.
func (a *auditor) run() error {
	for _, name := range a.files {
		if err := a.open(name); err != nil {
			return err
		}
	}
	if err := a.out.Flush(); err != nil {
		return err
	}
	a.tally.write(a.stderr, a.policy.Keywords())
	for _, e := range a.examiners {
		e.write(a.stderr)
	}
	if a.reporter != nil {
		return a.reporter.finish(&a.tally)
	}
	return nil
}

// open decides the messages of the file that is called name.
func (a *auditor) open(name string) error {
	r := a.stdin
	if name != stdinName {
		f, err := os.Open(name)
		if err != nil {
			return a.report(err)
		}
		defer f.Close()
		r = f
	}
	return a.file(displayName(name), r)
}

// file decides the messages in r.
func (a *auditor) file(name string, r io.Reader) error {
	messages := a.reader(input{r, a})
	for {
		line, message, err := messages.next()
		if err != nil {
			if err == io.EOF {
				return nil
			}
			reported := a.report(fmt.Errorf("%s:%d: %w", name, line, err))
			if _, broken := err.(brokenRecord); !broken || reported != nil {
				return reported
			}
			a.tally.unreadable++
			continue
		}
		// The message stands in a buffer: nobody below keeps it.
		d := &a.message
		d.file, d.line, d.text = name, line, unsafe.String(unsafe.SliceData(message), len(message))
		d.Decision = a.policy.Decide(d.text, a.flags)
		a.tally.add(d.Decision)
		show := a.examine(d)
		if a.reporter != nil {
			a.reporter.take(d)
		}
		if show {
			if err := a.printer.decision(d); err != nil {
				return err
			}
		}
	}
}

// report tells what cannot be read, behind what was decided before it. Its error
// is that of writing to a.out.
func (a *auditor) report(err error) error {
	a.failed = true
	if err := a.out.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "optout: %v\n", err)
	if a.reporter != nil {
		a.reporter.failed(err)
	}
	return nil
}

// A reader reads the messages of a file.
type reader interface {
	// next returns the next message, which is valid until the next call, and
	// the number of the line where it starts. The error is io.EOF at the end.
	// Behind a brokenRecord there is more to read, behind other errors not.
	next() (line int, message []byte, err error)
}

func (a *auditor) reader(r io.Reader) reader {
	src := newSource(r)
	switch a.input {
	case csvFormat:
		return &csvReader{src: src, name: a.field}
	case jsonlFormat:
		return &jsonReader{src: src, name: a.field}
	}
	return src
}

// An input is the file that an auditor reads.
type input struct {
	io.Reader
	a *auditor
}

// Read may have to wait, so it lets go of what is decided. If that fails, so
// does reading, and then report.
func (in input) Read(p []byte) (int, error) {
	if err := in.a.out.Flush(); err != nil {
		return 0, err
	}
	n, err := in.Reader.Read(p)
	in.a.progress.read(n, in.a.tally.messages())
	return n, err
}
