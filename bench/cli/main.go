// Cli compares the command line with GNU grep, on the same words and on files
// of 3 million short messages, as whole processes that take turns on one core:
//
//	go run ./cli
//
// It prints a Markdown table. It needs grep and taskset.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"example.com/optout"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("cli: ")
	n := flag.Int("messages", 3_000_000, "messages per file")
	rounds := flag.Int("rounds", 7, "rounds, of which the fastest counts")
	flag.Parse()
	if err := compare(*n, *rounds); err != nil {
		log.Fatal(err)
	}
}

func compare(n, rounds int) error {
	dir, err := os.MkdirTemp("", "optout")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "optout")
	build := exec.Command("go", "build", "-o", program, "example.com/optout/cmd/optout")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	text, csv, jsonl := filepath.Join(dir, "log.txt"), filepath.Join(dir, "log.csv"), filepath.Join(dir, "log.jsonl")
	if err := write(n, text, csv, jsonl); err != nil {
		return err
	}

	var words []string
	for _, k := range (optout.Policy{}).Keywords() {
		words = append(words, k.Text)
	}
	grep := func(file string) []string {
		return []string{"grep", "-c", "-i", "-x", "-E", strings.Join(words, "|"), file}
	}
	// Each of ours follows grep on the same file. For grep all formats are
	// lines: it finds no keyword in CSV and JSON lines.
	commands := []struct {
		name string
		args []string
	}{
		{"grep -c -i -x -E, lines", grep(text)},
		{"optout -lines", []string{program, "-lines", text}},
		{"grep -c -i -x -E, CSV", grep(csv)},
		{"optout -csv Body", []string{program, "-csv", "Body", csv}},
		{"grep -c -i -x -E, JSON lines", grep(jsonl)},
		{"optout -json body", []string{program, "-json", "body", jsonl}},
	}
	best := make([]time.Duration, len(commands))
	for range rounds {
		for i, c := range commands {
			cmd := exec.Command("taskset", append([]string{"-c", "0"}, c.args...)...)
			start := time.Now()
			_, err := cmd.Output()                                                       // to a pipe: for /dev/null grep stops at the first match
			if err != nil && (c.args[0] != "grep" || cmd.ProcessState.ExitCode() != 1) { // 1: no line matches
				return fmt.Errorf("%s: %w", c.name, err)
			}
			if d := time.Since(start); best[i] == 0 || d < best[i] {
				best[i] = d
			}
		}
	}
	fmt.Println("| command | seconds | times grep on the same file | million messages per second | MB per second |")
	fmt.Println("| --- | ---: | ---: | ---: | ---: |")
	for i, c := range commands {
		info, err := os.Stat(c.args[len(c.args)-1])
		if err != nil {
			return err
		}
		s := best[i].Seconds()
		fmt.Printf("| %s | %.2f | %.2f | %.1f | %.0f |\n", c.name, s, s/best[i&^1].Seconds(), float64(n)/s/1e6, float64(info.Size())/s/1e6)
	}
	return nil
}

// write writes the same messages in three formats: chat of 2 to 14 words, and
// one keyword in a hundred messages.
func write(n int, text, csv, jsonl string) error {
	words := strings.Fields(`i am here now where are you at the corner of main street two minutes ok thanks
		the red car blue door can wait please call me when your order is ready on my way see soon yes no
		stop by entrance help with bags end of road what time left right`)
	keywords := (optout.Policy{}).Keywords()
	random := rand.New(rand.NewPCG(1, 2))
	var out [3]*bufio.Writer
	for i, name := range []string{text, csv, jsonl} {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		defer f.Close()
		out[i] = bufio.NewWriter(f)
	}
	io.WriteString(out[1], "Sid,From,To,Body,DateSent\n")
	var message []string
	for i := range n {
		message = message[:0]
		if random.IntN(100) == 0 {
			message = append(message, strings.ToLower(keywords[random.IntN(len(keywords))].Text))
		} else {
			for range 2 + random.IntN(13) {
				message = append(message, words[random.IntN(len(words))])
			}
		}
		body := strings.Join(message, " ")
		fmt.Fprintf(out[0], "%s\n", body)
		fmt.Fprintf(out[1], "SM%032x,+15550100001,+15550100009,%s,2026-11-24T08:00:00Z\n", i, body)
		fmt.Fprintf(out[2], `{"sid":"SM%032x","from":"+15550100001","body":"%s"}`+"\n", i, body)
	}
	for _, w := range out {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}
