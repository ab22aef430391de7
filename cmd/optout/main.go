package main

import (
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

// run is the whole command. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args)
	switch {
	case err == flag.ErrHelp:
		_, err = io.WriteString(stdout, usage())
		return outputStatus(stderr, err)
	case err != nil:
		fmt.Fprintf(stderr, "optout: %v\noptout -h tells how to use it\n", err)
		return 2
	case o.version:
		return outputStatus(stderr, printVersion(stdout))
	case o.regimes:
		return outputStatus(stderr, listRegimes(o, stdout))
	case o.keywords && o.regime.ID != "":
		return outputStatus(stderr, listRows(o, stdout))
	case o.keywords:
		return outputStatus(stderr, listKeywords(o, stdout))
	case o.log.Format == "":
		fmt.Fprintf(stderr, "optout: %v\noptout -h tells how to use it\n", o.formatError(stdin))
		return 2
	}
	return audit(o, stdin, stdout, stderr)
}

// printVersion prints the module's version, as far as the build knows it.
func printVersion(w io.Writer) error {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	_, err := fmt.Fprintf(w, "optout %s %s\n", version, runtime.Version())
	return err
}

// listKeywords prints the table in use.
func listKeywords(o *options, stdout io.Writer) error {
	rows := [][]string{{"text", "class", "action"}}
	var all []any
	for _, k := range o.policy.Keywords() {
		rows, all = append(rows, []string{k.Text, k.Class.String(), k.Action.String()}), append(all, k)
	}
	return printTable(o.format, stdout, rows, all)
}

// outputStatus reports err, which is that of writing the output, and returns
// the exit status that it makes.
func outputStatus(stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "optout: %v\n", err)
	return 1
}
