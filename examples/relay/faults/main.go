//go:build linux

// Command faults puts faults into running relays and prints what happened to
// the messages. It sees the relays from outside, as an operator does: it builds
// and starts them, posts webhooks, plays Twilio, and reads /healthz. Each trial
// has a database of its own. Everything is on 127.0.0.1 or on unix sockets.
//
//	go run ./faults                               every scenario, with short faults
//	go run ./faults -long                         as long as -h says; more than an hour
//	go run ./faults -database two -scenario paused,cut-off
//
// It needs Linux and PostgreSQL 15 or newer; disk-full needs root. The exit
// status is 1 if a row of the table misses a wanted value.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

var (
	long  = flag.Bool("long", false, "run the faults for their full length")
	names = flag.String("scenario", "", "comma-separated `names` of scenarios; all if empty")
	on    = flag.String("database", "sqlite,postgres,two", "comma-separated `databases`; two means two relays on one PostgreSQL")
	keep  = flag.String("keep", "", "existing `directory` in which to keep the relays' logs")
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: go run ./faults [flags]\n\nScenarios:")
		for _, s := range scenarios {
			fmt.Fprintf(flag.CommandLine.Output(), "  %-15s %s (%s)\n", s.name, s.about, s.on)
		}
		fmt.Fprintln(flag.CommandLine.Output(), "\nFlags:")
		flag.PrintDefaults()
	}
	flag.Parse()
	ok, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

// choose returns the trials that the flags ask for.
func choose(w *world) (trials []*trial, err error) {
	databases := strings.Split(*on, ",")
	for _, database := range databases {
		if !slices.Contains([]string{"sqlite", "postgres", "two"}, database) {
			return nil, fmt.Errorf("unknown database %q: write sqlite, postgres or two", database)
		}
	}
	for _, s := range scenarios {
		if *names != "" && !slices.Contains(strings.Split(*names, ","), s.name) {
			continue
		}
		for _, database := range databases {
			if slices.Contains(strings.Fields(s.on), database) {
				trials = append(trials, &trial{world: w, scenario: s, database: database, byBody: map[string]*message{},
					dir: filepath.Join(w.dir, fmt.Sprintf("trial%d", len(trials)))})
			}
		}
	}
	if trials == nil {
		return nil, fmt.Errorf("no scenario is called %q and is for database %q: -h lists them", *names, *on)
	}
	return trials, nil
}

// run runs the chosen trials and reports whether all of them were as wanted.
func run() (bool, error) {
	dir, err := os.MkdirTemp("", "relay-faults-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL may run as another user
		return false, err
	}
	w := &world{dir: dir, binary: filepath.Join(dir, "relay")}
	trials, err := choose(w)
	if err != nil {
		return false, err
	}
	if out, err := exec.Command("go", "build", "-o", w.binary, ".").CombinedOutput(); err != nil {
		return false, fmt.Errorf("run it in examples/relay: %w\n%s", err, out)
	}
	defer func() {
		if w.pg != nil {
			w.pg.stop(syscall.SIGQUIT)
		}
	}()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM)
	fmt.Printf("%-15s %-8s %8s %7s %4s %8s %7s %8s %7s %7s  %s\n", "scenario", "database",
		"accepted", "refused", "lost", "given up", "doubled", "disorder", "accepts", "sends", "/healthz; notes")
	ok := true
	for _, t := range trials {
		done := make(chan struct{})
		go func() { defer close(done); t.run() }()
		select {
		case <-done:
		case <-interrupted:
			t.close()
			return false, errors.New("interrupted")
		}
		fmt.Println(t)
		ok = ok && len(t.missed) == 0
	}
	return ok, nil
}
