// Optout decides the messages of a log as a number-masking relay would, and
// prints those that are opt-out, opt-in or help keywords.
//
//	go run ./cmd/optout -csv Body testdata/messages.csv
//
// With -h it tells what else it can do.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the whole command. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args)
	switch {
	case err == flag.ErrHelp:
		_, err = io.WriteString(stdout, usage)
		return outputStatus(stderr, err)
	case err != nil:
		fmt.Fprintf(stderr, "optout: %v\noptout -h tells how to use it\n", err)
		return 2
	case o.regimes:
		return outputStatus(stderr, listRegimes(o, stdout))
	case o.keywords && o.regime.ID != "":
		return outputStatus(stderr, listRows(o, stdout))
	case o.keywords:
		return outputStatus(stderr, listKeywords(o, stdout))
	}
	a := newAuditor(o, stdin, stdout, stderr)
	status := outputStatus(a.stderr, a.run())
	if a.failed {
		status = 1
	}
	return status
}

// listKeywords prints the table in use.
func listKeywords(o *options, stdout io.Writer) error {
	out := bufio.NewWriter(stdout)
	p := newPrinter(o, out)
	for _, k := range o.policy.Keywords() {
		if err := p.keyword(k); err != nil {
			return err
		}
	}
	return out.Flush()
}

// outputStatus reports err, which is that of writing the output, and returns
// the exit status that it makes.
func outputStatus(stderr io.Writer, err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errBrokenPipe): // whoever reads it has seen enough
	default:
		fmt.Fprintf(stderr, "optout: %v\n", err)
	}
	return 1
}
