package regime

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"example.com/optout"
)

// TestReadmeCalls checks that the function of README.md is the one of the example,
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
				t.Errorf("README.md calls table with %q, which is not a regime", id[1])
			}
			merged = optout.Merge(merged, r.Keywords())
		}
		if _, err := optout.NewPolicy(merged); err != nil {
			t.Errorf("README.md's %s: %v", call[0], err)
		}
	}
}
