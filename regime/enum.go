package regime

import (
	"encoding"
	"fmt"
	"strconv"
	"strings"
)

// A Kind says what a regime does about its words.
type Kind uint8

const (
	KindUnknown Kind = iota
	KindFilter       // acts by itself on what your user writes: blocks, replies
	KindDemand       // law or industry rules: says what you must act on, and acts on nothing
)

// A Match is how a system compares a message with a keyword. Each of them
// ignores case.
type Match uint8

const (
	// MatchUnknown is that no page says more than which words there are.
	MatchUnknown Match = iota

	// MatchWhole is that the message is the keyword and nothing else.
	MatchWhole

	// MatchBare is MatchWhole, and documented to fail if punctuation stands
	// around the keyword or white space before it.
	MatchBare

	// MatchFirstWord is that the first word of the message is the keyword.
	MatchFirstWord

	// MatchPrefix is that the message begins with the keyword, and no page
	// says where a keyword ends: "Quite" begins with QUIT.
	MatchPrefix

	// MatchWords is that people read the message, and the keyword is an
	// example of what counts. Other wording can count as well.
	MatchWords
)

// A Scope is what an opt-out covers, besides the one who wrote it.
type Scope uint8

const (
	ScopeUnknown Scope = iota // no page says, or pages contradict each other
	ScopeNumber               // the number that was texted
	ScopeGroup                // the group of numbers that this one is in, such as a Messaging Service
	ScopeAccount              // all numbers of the account
	ScopeApp                  // all that the app sends
)

// An Evidence is how well a row is known.
type Evidence uint8

const (
	EvidenceUnknown    Evidence = iota
	EvidenceSecondary           // from somebody else's dated reading
	EvidenceDocumented          // from the system's own text
)

// A Certainty is how sure a Verdict is. Greater is surer.
type Certainty uint8

const (
	// Unknown is that the regime's rule for such a message is not known.
	Unknown Certainty = iota

	// Presumed is that the message is the keyword to a reader, but by
	// spelling, accents, white space or punctuation that no page of the regime
	// speaks of, or that the row rests on EvidenceSecondary.
	Presumed

	// Documented is that the regime's own stated rule decides.
	Documented
)

var (
	kindNames      = []string{"unknown", "filter", "demand"}
	matchNames     = []string{"unknown", "whole message", "bare word", "first word", "beginning", "words"}
	scopeNames     = []string{"unknown", "number", "group", "account", "app"}
	evidenceNames  = []string{"unknown", "secondary", "documented"}
	certaintyNames = []string{"unknown", "presumed", "documented"}
)

var (
	_ encoding.TextMarshaler   = Kind(0)
	_ encoding.TextUnmarshaler = (*Kind)(nil)
	_ encoding.TextMarshaler   = Match(0)
	_ encoding.TextUnmarshaler = (*Match)(nil)
	_ encoding.TextMarshaler   = Scope(0)
	_ encoding.TextUnmarshaler = (*Scope)(nil)
	_ encoding.TextMarshaler   = Evidence(0)
	_ encoding.TextUnmarshaler = (*Evidence)(nil)
	_ encoding.TextMarshaler   = Certainty(0)
	_ encoding.TextUnmarshaler = (*Certainty)(nil)
)

// String returns "unknown", "filter" or "demand", and "Kind(7)" for an
// undefined value such as 7.
func (k Kind) String() string { return enumString("Kind", kindNames, k) }

// MarshalText returns the text of String. It never fails.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText is the inverse of MarshalText for every value. On any other
// text it leaves k as it is and returns an error.
func (k *Kind) UnmarshalText(text []byte) error { return parseEnum("Kind", kindNames, text, k) }

// String returns "unknown", "whole message", "bare word", "first word",
// "beginning" or "words", and "Match(7)" for an undefined value such as 7.
func (m Match) String() string { return enumString("Match", matchNames, m) }

// MarshalText returns the text of String. It never fails.
func (m Match) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText is the inverse of MarshalText for every value. On any other
// text it leaves m as it is and returns an error.
func (m *Match) UnmarshalText(text []byte) error { return parseEnum("Match", matchNames, text, m) }

// String returns "unknown", "number", "group", "account" or "app", and
// "Scope(7)" for an undefined value such as 7.
func (s Scope) String() string { return enumString("Scope", scopeNames, s) }

// MarshalText returns the text of String. It never fails.
func (s Scope) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is the inverse of MarshalText for every value. On any other
// text it leaves s as it is and returns an error.
func (s *Scope) UnmarshalText(text []byte) error { return parseEnum("Scope", scopeNames, text, s) }

// String returns "unknown", "secondary" or "documented", and "Evidence(7)" for
// an undefined value such as 7.
func (e Evidence) String() string { return enumString("Evidence", evidenceNames, e) }

// MarshalText returns the text of String. It never fails.
func (e Evidence) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText is the inverse of MarshalText for every value. On any other
// text it leaves e as it is and returns an error.
func (e *Evidence) UnmarshalText(text []byte) error {
	return parseEnum("Evidence", evidenceNames, text, e)
}

// String returns "unknown", "presumed" or "documented", and "Certainty(7)" for
// an undefined value such as 7.
func (c Certainty) String() string { return enumString("Certainty", certaintyNames, c) }

// MarshalText returns the text of String. It never fails.
func (c Certainty) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText is the inverse of MarshalText for every value. On any other
// text it leaves c as it is and returns an error.
func (c *Certainty) UnmarshalText(text []byte) error {
	return parseEnum("Certainty", certaintyNames, text, c)
}

func enumString[E ~uint8](typ string, names []string, v E) string {
	if int(v) < len(names) {
		return names[v]
	}
	return typ + "(" + strconv.Itoa(int(v)) + ")"
}

// parseEnum is the inverse of enumString. It compares with what enumString
// writes, so that each value has exactly one text.
func parseEnum[E ~uint8](typ string, names []string, text []byte, v *E) error {
	for i := range 1 << 8 {
		if enumString(typ, names, E(i)) == string(text) {
			*v = E(i)
			return nil
		}
	}
	return fmt.Errorf("regime: unknown %s %q: want one of %s", strings.ToLower(typ), text, strings.Join(names, ", "))
}
