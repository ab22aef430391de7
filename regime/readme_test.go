package regime

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"example.com/optout"
)

var update = flag.Bool("update", false, "write the words by language of README.md")

// TestReadme checks that README.md has the words of the regime "languages".
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const mark = "<!-- languages: written by go test ./regime -run TestReadme -update -->\n"
	before, rest, ok := strings.Cut(string(data), mark)
	_, after, end := strings.Cut(rest, "<!-- end -->")
	if !ok || !end {
		t.Fatal("README.md has no marks around the words by language")
	}
	readme := before + mark + wordsByLanguage() + "<!-- end -->" + after
	if *update {
		if err := os.WriteFile("README.md", []byte(readme), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if diff := gocmp.Diff(readme, string(data)); diff != "" {
		t.Errorf("README.md differs from the data; write it with go test ./regime -run TestReadme -update (-want +got):\n%s", diff)
	}
}

func wordsByLanguage() string {
	var b strings.Builder
	b.WriteString("| language | opt-out | opt-in | help |\n|---|---|---|---|\n")
	r, _ := Lookup("languages")
	for _, tag := range r.Languages() {
		fmt.Fprintf(&b, "| %s |", tag)
		for _, class := range []optout.Class{optout.ClassOptOut, optout.ClassOptIn, optout.ClassHelp} {
			var words []string
			for _, row := range r.Rows() {
				text := row.Text
				if row.Evidence == EvidenceSecondary {
					text += "*"
				}
				if row.Language == tag && row.Class == class && !slices.Contains(words, row.Text) && !slices.Contains(words, text) {
					words = append(words, text)
				}
			}
			fmt.Fprintf(&b, " %s |", cmp.Or(strings.Join(words, ", "), "\u2013"))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestReadmeCode checks that the Go code of README.md is in the examples, and
// that its calls of table name regimes.
func TestReadmeCode(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	examples := strings.ReplaceAll(string(data), "\t", "")
	code := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(code) == 0 {
		t.Error("README.md has no Go code")
	}
	for _, c := range code {
		if !strings.Contains(examples, strings.ReplaceAll(c[1], "\t", "")) {
			t.Errorf("README.md's code is not in example_test.go:\n%s", c[1])
		}
	}
	calls := regexp.MustCompile("`table\\((.*?)\\)`").FindAllStringSubmatch(string(readme), -1)
	if len(calls) == 0 {
		t.Error("README.md has no calls of table")
	}
	for _, call := range calls {
		var merged []optout.Keyword
		for _, id := range regexp.MustCompile(`"(.*?)"`).FindAllStringSubmatch(call[1], -1) {
			r, ok := Lookup(id[1])
			if !ok {
				t.Errorf("README.md calls table with %q, which is not a regime", id[1])
			}
			merged = optout.Merge(merged, r.Keywords())
		}
		if _, err := optout.NewPolicy(merged); err != nil {
			t.Errorf("README.md's %s: %v", call[0], err)
		}
	}
}
