package keywordfile_test

import (
	"fmt"
	"log"
	"strings"

	"example.com/optout"
	"example.com/optout/keywordfile"
)

// Use [Read] if people edit your keywords in a file. Here the file extends the
// built-in table and overrides END.
func ExampleRead() {
	own, err := keywordfile.Read(strings.NewReader(`[
		{"text": "opt out", "class": "opt-out", "action": "drop"},
		{"text": "END", "class": "opt-out", "action": "forward"}
	]`))
	if err != nil {
		log.Fatal(err)
	}
	policy, err := optout.NewPolicy(optout.Merge(optout.Policy{}.Keywords(), own))
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range []string{"Opt out", "end", "stop"} {
		fmt.Println(message, "->", policy.Decide(message, optout.Flags{}).Action)
	}
	// Output:
	// Opt out -> drop
	// end -> forward
	// stop -> drop
}

// Show the error of [Read] to whoever edits the file. It reports every mistake with
// its line.
func ExampleRead_errors() {
	_, err := keywordfile.Read(strings.NewReader(`[
		{"text": "Stop", "class": "opt-out"},
		{"text": "STOP", "class": "opt-out", "action": "dorp"},
		{"text": "Start", "class": "opt-in", "action": "forward", "note": "since May"}
	]`))
	fmt.Println(err)
	// Output:
	// keywordfile: line 2: keyword 0 ("Stop"): no action: want forward, drop or intercept
	// keywordfile: line 3: keyword 1 ("STOP"): unknown action "dorp": want forward, drop or intercept
	// keywordfile: line 3: keyword 1 ("STOP"): same keyword as row 0 ("Stop")
	// keywordfile: line 4: keyword 2 ("Start"): unknown field "note": want text, class and action
}
