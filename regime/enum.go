package regime

import (
	"fmt"
	"slices"
	"strings"
)

// A Kind says what a regime does about its words.
type Kind string

const (
	KindFilter     Kind = "filter"     // acts by itself on what your user writes: blocks, replies
	KindDemand     Kind = "demand"     // says what you must act on, and acts on nothing
	KindCollection Kind = "collection" // collects words from many pages, and acts on nothing
)

// A Match is how a system compares a message with a keyword. Every Match
// ignores case.
type Match string

const (
	// MatchUnknown means that the pages list the keyword but not how messages
	// are compared with it.
	MatchUnknown Match = "unknown"

	// MatchWhole means that the message is the keyword and nothing else.
	MatchWhole Match = "whole message"

	// MatchBare is MatchWhole with one more documented fact: punctuation around
	// the keyword, or white space before it, makes the message chat.
	MatchBare Match = "bare word"

	// MatchBeforeSpace means that the message up to its first space is the
	// keyword.
	MatchBeforeSpace Match = "before the first space"

	// MatchFirstWord means that the first word of the message is the keyword,
	// but that other pages say "begins with" or "contains": more messages may
	// count.
	MatchFirstWord Match = "first word"

	// MatchPrefix means that the message begins with the keyword, and that no
	// page says where a keyword ends: "Quite" begins with QUIT.
	MatchPrefix Match = "beginning"

	// MatchWords means that people read the message, and the keyword is an
	// example of what counts. Other wording can count as well.
	MatchWords Match = "words"
)

// A Scope is what an opt-out covers, besides the one who wrote it.
type Scope string

const (
	ScopeUnknown Scope = "unknown" // no page says, or pages contradict each other
	ScopeNumber  Scope = "number"  // the number, short code or agent that was texted
	ScopeGroup   Scope = "group"   // the group of numbers that this one is in, such as a Messaging Service
	ScopeAccount Scope = "account" // all numbers of the account
	ScopeApp     Scope = "app"     // all that the app sends
)

// An Evidence is how well a row is known. It limits the [Certainty] of a
// [Verdict].
type Evidence string

const (
	EvidenceUnknown    Evidence = "unknown"    // the page contradicts itself about the row
	EvidenceSecondary  Evidence = "secondary"  // from somebody else's dated reading
	EvidenceDocumented Evidence = "documented" // from the system's own text
)

// limits are the greatest certainties that evidence allows.
var limits = map[Evidence]Certainty{
	EvidenceUnknown:    Unknown,
	EvidenceSecondary:  Presumed,
	EvidenceDocumented: Documented,
}

// A Certainty is how sure a [Verdict] is. Greater is surer.
type Certainty uint8

const (
	// Unknown means that the regime's rule for such a message is not known, or
	// that its pages contradict each other about it.
	Unknown Certainty = iota

	// Presumed means that the regime's pages do not speak of exactly this
	// message, but all agree with the verdict: the message is the keyword in
	// another spelling or with other white space or punctuation. It also means
	// that the row has [EvidenceSecondary].
	Presumed

	// Documented means that the regime's own stated rule decides.
	Documented
)

var certaintyNames = []string{"unknown", "presumed", "documented"}

// String returns "unknown", "presumed" or "documented", and "Certainty(7)" for
// an undefined value such as 7.
func (c Certainty) String() string {
	if int(c) < len(certaintyNames) {
		return certaintyNames[c]
	}
	return fmt.Sprintf("Certainty(%d)", uint8(c))
}

// MarshalText returns the text of [Certainty.String]. It never fails.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText accepts the names of the defined values. On any other text c
// keeps its value.
func (c *Certainty) UnmarshalText(text []byte) error {
	i := slices.Index(certaintyNames, string(text))
	if i < 0 {
		return fmt.Errorf("regime: unknown certainty %q: want one of %s", text, strings.Join(certaintyNames, ", "))
	}
	*c = Certainty(i)
	return nil
}
