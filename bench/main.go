// Bench compares this package with what people write or pick instead, on the
// same inputs and in one run, and prints a Markdown table:
//
//	go run .
//
// Each cell has nanoseconds a message and, in brackets, how many times as long
// as this package that is. The peers take turns, and the fastest of several
// rounds counts: what else the machine does can only add to it.
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/optout"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	vectors := flag.String("vectors", "../testdata/vectors.jsonl", "golden vectors, in `file`, to count wrong answers on")
	rounds := flag.Int("rounds", 7, "rounds a cell, of which the fastest counts")
	round := flag.Duration("round", 2*time.Millisecond, "how long a round takes at least")
	flag.Parse()

	wrong, err := wrongAnswers(*vectors)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %s, %s/%s\n\n", processor(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	row := func(cells ...string) { fmt.Printf("| %s |\n", strings.Join(cells, " | ")) }
	heading, line := []string{"ns a message"}, []string{"---"}
	for _, p := range peers {
		heading, line = append(heading, p.name), append(line, "---:")
	}
	row(heading...)
	row(line...)

	allocs := make([]float64, len(peers))
	for _, in := range inputs() {
		ns := measure(peers, in.text, *rounds, *round)
		cells := []string{in.name}
		for i := range peers {
			cell := nanoseconds(ns[i])
			if i != ours {
				cell += fmt.Sprintf(" (%s)", twoDigits(ns[i]/ns[ours]))
			}
			cells = append(cells, cell)
			allocs[i] = max(allocs[i], testing.AllocsPerRun(1, func() { peers[i].drop(in.text) }))
		}
		row(cells...)
	}

	summary := func(name string, value func(i int) string) {
		cells := []string{name}
		for i := range peers {
			cells = append(cells, value(i))
		}
		row(cells...)
	}
	summary("most allocations", func(i int) string { return fmt.Sprint(allocs[i]) })
	summary(fmt.Sprintf("wrong drops, of %d", wrong.forwarded), func(i int) string { return wrong.of(i, wrong.drops) })
	summary(fmt.Sprintf("missed drops, of %d", wrong.dropped), func(i int) string { return wrong.of(i, wrong.misses) })

	fmt.Println()
	if err := largeTable(*rounds, *round); err != nil {
		log.Fatal(err)
	}
}

// largeTable prints how long NewPolicy takes for 100,000 rows, and what such a
// table costs an ordinary line.
func largeTable(rounds int, round time.Duration) error {
	heads := []string{"stop", "stop promo ", "unsubscribe from list ", "\u0441\u0442\u043e\u043f", "\u505c\u6b62", "\u092c\u0902\u0926 ", "abmelden-"}
	rows := make([]optout.Keyword, 100_000)
	for i := range rows {
		rows[i] = optout.Keyword{
			Text:  fmt.Sprintf("%s%d", heads[i%len(heads)], i),
			Class: optout.ClassOptOut, Action: optout.Drop,
		}
	}
	var large optout.Policy
	build := time.Duration(math.MaxInt64)
	for range rounds {
		start := time.Now()
		p, err := optout.NewPolicy(rows)
		if err != nil {
			return err
		}
		large, build = p, min(build, time.Since(start))
	}
	both := []peer{
		{"the built-in table", func(s string) bool { return optout.Policy{}.Decide(s, optout.Flags{}) != optout.Decision{} }},
		{"100,000 rows", func(s string) bool { return large.Decide(s, optout.Flags{}) != optout.Decision{} }},
	}
	ns := measure(both, "hey, are you here yet?", rounds, round)
	fmt.Printf("A table of 100,000 rows builds in %d ms, and decides an ordinary line in %s ns: %.2f times %s.\n",
		build.Milliseconds(), nanoseconds(ns[1]), ns[1]/ns[0], both[0].name)
	return nil
}

// measure returns the nanoseconds that each peer takes for a message.
func measure(peers []peer, message string, rounds int, round time.Duration) []float64 {
	best := make([]float64, len(peers))
	times := make([]int, len(peers))
	for i, p := range peers {
		best[i] = math.Inf(1)
		for n := 1; ; n *= 2 { // as many as make a round
			if d := run(p, message, n); d >= round/2 || n >= 1<<24 {
				times[i] = int(float64(n)*float64(round)/float64(max(d, 1))) + 1
				break
			}
		}
	}
	for range rounds {
		for i, p := range peers {
			best[i] = min(best[i], float64(run(p, message, times[i]))/float64(times[i]))
		}
	}
	return best
}

func run(p peer, message string, n int) time.Duration {
	start := time.Now()
	for range n {
		p.drop(message)
	}
	return time.Since(start)
}

func nanoseconds(ns float64) string {
	if ns < 10 {
		return fmt.Sprintf("%.1f", ns)
	}
	return fmt.Sprintf("%.0f", ns)
}

// twoDigits returns x to two significant digits, without an exponent.
func twoDigits(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 2, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// processor returns the name of the processor, as far as it is known.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}
