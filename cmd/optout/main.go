package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	debug.SetGCPercent(200) // little of the memory is in use: collecting less often saves a tenth of the time
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// memoryLimit is the memory from which on the collector works harder, in bytes.
// Without -by and -report, the command takes 64 MB at most, its code included.
const memoryLimit = 40 << 20

// run is the whole command. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args)
	if err == nil && o.log.Format == "" && !(o.version || o.regimes || o.keywords || o.explain != nil) {
		err = o.formatError(stdin)
	}
	switch {
	case err == flag.ErrHelp:
		_, err = io.WriteString(stdout, usage())
		return outputStatus(stderr, err)
	case err != nil:
		fmt.Fprintf(stderr, "optout: %v\noptout -h tells how to use it\n", err)
		return 2
	}
	w := bufio.NewWriter(stdout) // it keeps its errors
	switch {
	case o.version:
		fmt.Fprintln(w, version())
	case o.regimes:
		regimeTable().print(o.format, w)
	case o.keywords:
		o.keywordTable().print(o.format, w)
	case o.explain != nil:
		o.explanation(w)
	default:
		if o.senders == nil && o.reporter == nil { // which keep more the longer the log is
			debug.SetMemoryLimit(memoryLimit)
		}
		return audit(o, stdin, stdout, stderr)
	}
	return outputStatus(stderr, w.Flush())
}

// version returns the command's version and commit, as far as the build knows
// them.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "optout " + runtime.Version()
	}
	v := "optout " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v += ", commit " + s.Value
		}
	}
	return v + ", " + runtime.Version()
}

// outputStatus reports an error of writing the output, and returns the exit
// status.
func outputStatus(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "optout: %v\n", err)
	return 1
}
