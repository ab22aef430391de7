package main

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	debug.SetGCPercent(200) // little of the memory is in use: collecting less often saves a tenth of the time
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole command. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args)
	w, status := bufio.NewWriterSize(stdout, 64<<10), 0 // w keeps its errors
	switch {
	case err == flag.ErrHelp:
		_, err = w.WriteString(usage())
	case err != nil:
		status = 2
	case o.has("version"):
		fmt.Fprintln(w, version())
	case o.has("regimes"):
		regimeTable().print(o.format, w)
	case o.has("keywords"):
		o.keywordTable().print(o.format, w)
	case o.has("explain"):
		o.explanation(w)
	case o.log.Format == "":
		status, err = 2, o.formatError(stdin)
	default:
		if !o.has("by", "report") { // which keep more the longer the log is
			debug.SetMemoryLimit(40 << 20) // the collector works harder from there; the whole process takes 64 MB at most
		}
		status, err = audit(o, stdin, w, stderr)
	}
	if err = cmp.Or(w.Flush(), err); err != nil {
		fmt.Fprintf(stderr, "optout: %v\n", err)
		status = max(status, 1)
	}
	if status == 2 {
		fmt.Fprintln(stderr, "optout -h tells how to use it")
	}
	return status
}

// version returns the command's version and commit, as far as the build knows
// them.
func version() string {
	info, _ := debug.ReadBuildInfo()
	info = cmp.Or(info, new(debug.BuildInfo)) // a build without modules has none
	v := "optout " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v += ", commit " + s.Value
		}
	}
	return v + ", " + info.GoVersion
}
