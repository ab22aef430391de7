package optout_test

import (
	"fmt"

	"example.com/optout"
)

var (
	own    = []optout.Keyword{{Text: "baja", Class: optout.ClassOptOut, Action: optout.Drop}}
	policy = optout.MustPolicy(optout.Merge(optout.Policy{}.Keywords(), own))
)

func init() { policy.IgnorePunctuation = true }

// Use [MustPolicy] for a policy in a package-level variable. This one adds a word to
// the built-in table and ignores punctuation.
func ExampleMustPolicy() {
	k, ok := policy.Match("Baja.")
	fmt.Println(k.Text, k.Class, ok)
	// Output: baja opt-out true
}
