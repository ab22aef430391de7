// Bench compares this package with the alternatives that people write or pick,
// on the same inputs and in one run. It prints Markdown tables with the
// project's own bounds:
//
//	go run . > figures.md
//
// The peers take turns, and the fastest of many short rounds counts: other work
// on the machine can only add to it.
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"slices"
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
	rounds := flag.Int("rounds", 25, "rounds per cell, of which the fastest counts")
	round := flag.Duration("round", 2*time.Millisecond, "shortest duration of a round")
	flag.Parse()

	wrong, err := wrongAnswers(*vectors)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %s, %s/%s.\n", processor(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	row := func(cells ...string) { fmt.Printf("| %s |\n", strings.Join(cells, " | ")) }
	heading, line := []string{"nanoseconds"}, []string{"---"}
	for _, p := range peers {
		heading, line = append(heading, p.name), append(line, "---:")
	}
	heading, line = append(heading, "with a word of its script", "bound"), append(line, "---:", "---:")

	allocs := make([]float64, len(peers))
	group := ""
	for _, in := range inputs() {
		if in.group != group {
			group = in.group
			fmt.Printf("\n%s:\n\n", map[string]string{
				"line": "Lines that are not a keyword, nanoseconds per message", "keyword": "Keywords, nanoseconds per message", "worst": "The worst texts, nanoseconds per byte",
			}[group])
			row(shown(group, heading)...)
			row(shown(group, line)...)
		}
		all := peers
		if in.word != "" {
			p := table(in.word)
			all = append(slices.Clip(peers), peer{"", func(s string) bool { return p.Decide(s, optout.Flags{}).Action == optout.Drop }})
		}
		per := 1.0
		if group == "worst" {
			all, per = all[:2], float64(len(in.texts[0]))
		}
		ns := measure(all, in.texts, *rounds, *round)
		cells := []string{in.name}
		for i := range len(peers) + 1 {
			switch {
			case i >= len(ns):
				cells = append(cells, "")
			case i == ours || group == "worst" || i == len(peers):
				cells = append(cells, nanoseconds(ns[i]/per))
			default:
				cells = append(cells, fmt.Sprintf("%s (%s)", nanoseconds(ns[i]), twoDigits(ns[i]/ns[ours])))
			}
			if i < len(peers) && i < len(ns) {
				allocs[i] = max(allocs[i], testing.AllocsPerRun(1, func() { peers[i].drop(in.texts[0]) }))
			}
		}
		bound := ""
		if in.bound > 0 {
			bound = fmt.Sprint(in.bound)
		}
		row(shown(group, append(cells, bound))...)
	}
	fmt.Print("\nIn all of these:\n\n")
	row(heading[:len(heading)-2]...)
	row(line[:len(line)-2]...)

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

// shown returns the cells that a group has. Group worst has only the columns of
// this package, and only group lines has the table with a word of the script.
func shown(group string, cells []string) []string {
	bound := cells[len(cells)-1]
	switch group {
	case "worst":
		return append(slices.Clip(cells[:3]), bound)
	case "keyword":
		return append(slices.Clip(cells[:len(peers)+1]), bound)
	}
	return cells
}

// largeTable prints how long NewPolicy takes for 100,000 rows, and how long a
// policy with them takes for an ordinary line.
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
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range rounds {
		start := time.Now()
		p, err := optout.NewPolicy(rows)
		if err != nil {
			return err
		}
		large, build = p, min(build, time.Since(start))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	heap := float64(after.HeapAlloc-before.HeapAlloc) / 1e6 // without the texts of the rows, which belong to the caller
	both := []peer{
		{"the built-in table", func(s string) bool { return optout.Policy{}.Decide(s, optout.Flags{}) != optout.Decision{} }},
		{"100,000 rows", func(s string) bool { return large.Decide(s, optout.Flags{}) != optout.Decision{} }},
	}
	// The second line begins as many rows do.
	ns := measure(both, []string{"hey, are you here yet?"}, rounds, round)
	long := measure(both, []string{"stop by the store"}, rounds, round)
	fmt.Printf("A table of 100,000 rows builds in %d ms (bound 150) and takes %.1f MB. It decides \"hey, are you here yet?\" in %s ns and \"stop by the store\" in %s (bound 100); %s takes %s and %s.\n",
		build.Milliseconds(), heap, nanoseconds(ns[1]), nanoseconds(long[1]), both[0].name, nanoseconds(ns[0]), nanoseconds(long[0]))
	return nil
}

// measure returns the nanoseconds that each peer takes for a message.
func measure(peers []peer, messages []string, rounds int, round time.Duration) []float64 {
	best := make([]float64, len(peers))
	times := make([]int, len(peers))
	for i, p := range peers {
		best[i] = math.Inf(1)
		for n := 1; ; n *= 2 { // until they make a round
			if d := run(p, messages, n); d >= round/2 || n >= 1<<24 {
				times[i] = int(float64(n)*float64(round)/float64(max(d, 1))) + 1
				break
			}
		}
	}
	for range rounds {
		for i, p := range peers {
			best[i] = min(best[i], float64(run(p, messages, times[i]))/float64(times[i]*len(messages)))
		}
	}
	return best
}

func run(p peer, messages []string, n int) time.Duration {
	start := time.Now()
	for range n {
		for _, m := range messages {
			p.drop(m)
		}
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
