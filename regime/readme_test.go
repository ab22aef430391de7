package regime

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/optout"
)

var update = flag.Bool("update", false, "write the tables of README.md")

// TestReadme holds that the tables of README.md are those of the data.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	old := string(data)
	readme := replace(t, old, "differences", differences())
	readme = replace(t, readme, "tables", tables())
	readme = replace(t, readme, "recheck", recheck())
	if *update {
		if err := os.WriteFile("README.md", []byte(readme), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(readme, old); diff != "" {
		t.Errorf("README.md differs from the data; write it with go test ./regime -run TestReadme -update (-want +got):\n%s", diff)
	}
}

// TestReadmeCalls holds that the function of README.md is that of the example,
// and that its calls name regimes.
func TestReadmeCalls(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```go\n")
	function, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(string(examples), function) {
		t.Errorf("README.md's function is not in example_test.go:\n%s", function)
	}
	calls := regexp.MustCompile("`table\\((.*?)\\)`").FindAllStringSubmatch(string(readme), -1)
	if len(calls) < 10 {
		t.Errorf("README.md has %d calls of table, want one for each row", len(calls))
	}
	for _, call := range calls {
		var merged []optout.Keyword
		for _, id := range regexp.MustCompile(`"(.*?)"`).FindAllStringSubmatch(call[1], -1) {
			r, ok := Lookup(id[1])
			if !ok {
				t.Errorf("README.md calls table with %q, which is no regime", id[1])
			}
			merged = optout.Merge(merged, r.Keywords())
		}
		if _, err := optout.NewPolicy(merged); err != nil {
			t.Errorf("README.md's %s: %v", call[0], err)
		}
	}
}

// replace puts a text between the marks of a part of README.md.
func replace(t *testing.T, readme, part, text string) string {
	t.Helper()
	re := regexp.MustCompile(`(?s)(<!-- ` + part + `: [^\n]* -->\n).*?(<!-- end -->)`)
	if !re.MatchString(readme) {
		t.Fatalf("README.md has no marks for %s", part)
	}
	return re.ReplaceAllString(readme, "${1}"+strings.ReplaceAll(text, "$", "$$")+"${2}")
}

func differences() string {
	b := new(strings.Builder)
	b.WriteString("| regime | an opt-out there, chat here: the other party reads it, and a filter blocks the writer " +
		"| dropped here, nothing there: the app must record and answer | takes an opt-out back, besides START and UNSTOP |\n|---|---|---|---|\n")
	for _, r := range All() {
		if r.ID == "proxy" {
			continue
		}
		var there, here, back []string
		for _, row := range r.Rows() {
			if key := optout.Normalize(row.Text); row.Class == optout.ClassOptIn && key != "START" && key != "UNSTOP" {
				back = append(back, row.Text)
			}
			if row.Class != optout.ClassOptOut {
				continue
			}
			if k, _ := (optout.Policy{}).Match(row.Text); k.Class != optout.ClassOptOut {
				there = append(there, row.Text)
			}
			if row.Match == MatchFirstWord {
				there = append(there, "what has "+row.Text+" as its first word")
			}
		}
		for _, k := range (optout.Policy{}).Keywords() {
			v := r.Judge(k.Text)
			switch {
			case k.Class != optout.ClassOptOut || v.Class == optout.ClassOptOut && v.Certainty != Unknown:
			case v.Certainty == Unknown:
				here = append(here, k.Text+"?")
			default:
				here = append(here, k.Text)
			}
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", r.ID, list(there), list(here), list(back))
	}
	return b.String()
}

func list(words []string) string {
	if len(words) == 0 {
		return "\u2013"
	}
	return strings.Join(words, ", ")
}

func tables() string {
	b := new(strings.Builder)
	b.WriteString("| id | what | kind | match | an opt-out covers | since | until | dated | last read |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range All() {
		until := r.Until.String()
		if r.Until == (Date{}) {
			until = "\u2013"
		}
		fmt.Fprintf(b, "| %s | %s | %v | %v | %v | %v | %v | %v | %v |\n", r.ID, r.Name, r.Kind, r.Match, r.Scope, r.Since, until, r.AsOf, r.Checked)
	}
	return b.String()
}

func recheck() string {
	b := new(strings.Builder)
	for _, r := range All() {
		fmt.Fprintf(b, "- **%s**: %s\n", r.ID, r.Recheck)
	}
	return b.String()
}
