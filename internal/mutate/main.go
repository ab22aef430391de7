// Mutate changes the package in many places, one at a time, and reports for
// each whether a test fails. It is run by hand, from the root of the module:
//
//	go run ./internal/mutate
//
// A mutant that survives is either missed by the tests or behaves like the
// original; the list says so of those that do, and why. The tree stays as it
// is: the mutants go to the go command by way of its -overlay flag.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A mutant replaces text that occurs once in a file.
type mutant struct {
	file, old, new string
	equivalent     string // why no test can fail, if none can
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("mutate: ")
	only := flag.String("run", "", "only mutants whose old text contains `text`")
	from := flag.Int("from", 0, "start at mutant `number`")
	flag.Parse()

	all := append(tableMutants(), mutants...)
	sources := make(map[string]string)
	for i, m := range all {
		if sources[m.file] == "" {
			source, err := os.ReadFile(m.file)
			if err != nil {
				log.Fatalf("%v: run this from the root of the module", err)
			}
			sources[m.file] = string(source)
		}
		if n := strings.Count(sources[m.file], m.old); n != 1 {
			log.Fatalf("mutant %d: %s has %q %d times, want once: update the list", i, m.file, m.old, n)
		}
	}

	var killed, equivalent, survived int
	for i, m := range all {
		if i < *from || !strings.Contains(m.old, *only) {
			continue
		}
		start := time.Now()
		by := test(m, strings.Replace(sources[m.file], m.old, m.new, 1))
		verdict := "killed by " + by
		switch {
		case by == noBuild:
			survived++
			verdict = "DOES NOT BUILD: mend the list"
		case by != "" && m.equivalent == "":
			killed++
		case by == "" && m.equivalent != "":
			equivalent++
			verdict = "equivalent: " + m.equivalent
		case by != "":
			killed++
			verdict += ", although the list says: " + m.equivalent
		default:
			survived++
			verdict = "SURVIVED"
		}
		fmt.Printf("%3d %-13s %-60q %s (%.0fs)\n    %62s %q\n", i, m.file, m.old, verdict, time.Since(start).Seconds(), "->", m.new)
	}
	fmt.Printf("%d killed, %d equivalent, %d survived\n", killed, equivalent, survived)
	if survived > 0 {
		os.Exit(1)
	}
}

// tableMutants changes the text, the class and the action of each row of the
// built-in table.
func tableMutants() []mutant {
	const file = "keywords.go"
	source, err := os.ReadFile(file)
	if err != nil {
		log.Fatalf("%v: run this from the root of the module", err)
	}
	change := strings.NewReplacer(
		"ClassOptOut", "ClassOptIn", "ClassOptIn", "ClassHelp", "ClassHelp", "ClassOptOut",
		"Drop}", "Forward}", "Forward}", "Drop}",
	)
	var all []mutant
	for line := range strings.Lines(string(source)) {
		row := strings.TrimSpace(line)
		if !strings.HasPrefix(row, `{"`) {
			continue
		}
		text, rest, _ := strings.Cut(row, ",")
		class, action, _ := strings.Cut(rest, ",")
		all = append(all,
			mutant{file: file, old: row, new: strings.TrimSuffix(text, `"`) + `X",` + rest},
			mutant{file: file, old: row, new: text + "," + change.Replace(class) + "," + action},
			mutant{file: file, old: row, new: text + "," + class + "," + change.Replace(action)},
			mutant{file: file, old: row, new: ""},
		)
	}
	if len(all) != 4*17 {
		log.Fatalf("%s: found %d rows, want 17", file, len(all)/4)
	}
	return all
}

// noBuild is what test returns of a mutant that is no program.
const noBuild = "no build"

// test runs the tests on a mutant and returns the first one that fails: the
// short ones, and if these pass all of them.
func test(m mutant, source string) string {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	original, err := filepath.Abs(m.file)
	if err != nil {
		log.Fatal(err)
	}
	changed := filepath.Join(dir, m.file)
	overlay := filepath.Join(dir, "overlay.json")
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		log.Fatal(err)
	}
	for path, data := range map[string][]byte{changed: []byte(source), overlay: list} {
		if err := os.WriteFile(path, data, 0o666); err != nil {
			log.Fatal(err)
		}
	}
	for _, mode := range [][]string{{"-short", "-timeout=1m"}, {"-timeout=5m"}} {
		args := append([]string{"test", "-vet=off", "-failfast", "-overlay=" + overlay}, mode...)
		out, err := exec.Command("go", append(args, ".")...).CombinedOutput()
		if err == nil {
			continue
		}
		for line := range strings.Lines(string(out)) {
			switch {
			case strings.Contains(line, "[build failed]"):
				return noBuild
			case strings.HasPrefix(line, "--- FAIL: "):
				return strings.Fields(line)[2]
			case strings.HasPrefix(line, "panic: "):
				return strings.TrimSpace(line)
			}
		}
		return "a failure without a test: " + string(out)
	}
	return ""
}
