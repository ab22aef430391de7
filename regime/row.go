package regime

import (
	"slices"
	"strings"
	"unicode"

	"example.com/optout"
	"example.com/optout/internal/words"
)

// A Row is one keyword of a regime, and the rule by which a message is compared
// with it. Most pages state a rule for one class of words only.
type Row struct {
	// Text is the keyword as its page spells it.
	Text string `json:"text"`

	// Class is the class of the keyword.
	Class optout.Class `json:"class"`

	// Language is the BCP 47 tag of the language that the page gives for
	// the keyword, "" if it gives none.
	Language string `json:"language,omitempty"`

	// Match is how the system compares a message with this keyword.
	Match Match `json:"match"`

	// TrimsStart and TrimsEnd are the characters of white space before and
	// after the keyword that a page says do not matter. IgnoresPunctuation
	// is set if a page says that punctuation does not matter.
	TrimsStart         string `json:"trims_start,omitempty"`
	TrimsEnd           string `json:"trims_end,omitempty"`
	IgnoresPunctuation bool   `json:"ignores_punctuation,omitempty"`

	// Evidence says whether [Row.Source] is the system's own text.
	Evidence Evidence `json:"evidence"`

	// Source is the page that has the keyword.
	Source Source `json:"source"`
}

// A Source is a page that a table rests on.
type Source struct {
	Page string `json:"page"` // its address, or its name if it has none
	Date Date   `json:"date"` // the date on it, or of its copy
}

// A Match is how a system compares a message with a keyword. Every Match
// ignores case.
type Match string

const (
	// MatchUnknown means that the pages list the keyword but not how
	// messages are compared with it.
	MatchUnknown Match = "unknown"

	// MatchWhole means that the message is the keyword and nothing else.
	MatchWhole Match = "whole message"

	// MatchBare is [MatchWhole] with one more documented fact: punctuation
	// around the keyword, or white space before it, makes the message chat.
	MatchBare Match = "bare word"

	// MatchBeforeSpace means that the message up to its first space is the
	// keyword.
	MatchBeforeSpace Match = "before the first space"

	// MatchFirstWord means that the first word of the message is the
	// keyword. Other pages of the system say "begins with" or "contains",
	// so whether more messages count is unknown.
	MatchFirstWord Match = "first word"

	// MatchPrefix means that the message begins with the keyword. Other
	// pages say "first word" or "contains". All agree only if the keyword
	// is the first word: "Quite" also begins with QUIT.
	MatchPrefix Match = "beginning"

	// MatchWords means that people read the message, and the keyword is an
	// example of what counts. Other wording can count as well.
	MatchWords Match = "words"
)

// An Evidence is how well a row is known. It limits the [Certainty] of a
// [Verdict].
type Evidence string

const (
	EvidenceUnknown    Evidence = "unknown"    // contradictory page
	EvidenceSecondary  Evidence = "secondary"  // another author's report
	EvidenceDocumented Evidence = "documented" // the system's own text
)

// limits are the greatest certainties that evidence allows.
var limits = map[Evidence]Certainty{
	EvidenceUnknown:    Unknown,
	EvidenceSecondary:  Presumed,
	EvidenceDocumented: Documented,
}

// In reports whether the row's language is one of these tags, a region of one, or
// the language of one: es-MX is a region of es. A row without a language is in
// none. [Regime.Keywords] selects rows in this way.
func (row Row) In(languages ...string) bool {
	have := strings.ToLower(row.Language) + "-"
	return row.Language != "" && slices.ContainsFunc(languages, func(tag string) bool {
		want := strings.ToLower(tag) + "-"
		return strings.HasPrefix(have, want) || strings.HasPrefix(want, have)
	})
}

// spellings returns the texts that are the row's keyword to a reader. People who
// read messages take "opt-out" and "optout" for "opt out".
func (row Row) spellings() []string {
	if row.Match != MatchWords || !strings.Contains(row.Text, " ") {
		return []string{row.Text}
	}
	return []string{row.Text, strings.ReplaceAll(row.Text, " ", "-"), strings.ReplaceAll(row.Text, " ", "")}
}

// certainty returns how sure it is that message is the row's keyword, if it is
// that to a reader.
func (row Row) certainty(message string) Certainty {
	message = strings.TrimLeft(message, row.TrimsStart)
	switch row.Match {
	case MatchBeforeSpace:
		message, _, _ = strings.Cut(message, " ")
	case MatchFirstWord:
		if end := strings.IndexFunc(message, unicode.IsSpace); end >= 0 {
			message = message[:end]
		}
	}
	message = strings.TrimRight(message, row.TrimsEnd)
	if row.IgnoresPunctuation {
		message = dropPunctuation(message)
	}
	if row.Evidence == EvidenceDocumented && !equalButForCase(message, row.Text) {
		return Presumed
	}
	return limits[row.Evidence]
}

func (row Row) readsFirstWord() bool {
	return row.Match == MatchBeforeSpace || row.Match == MatchFirstWord || row.Match == MatchPrefix
}

// isBare reports whether message, which is the row's keyword, has neither
// punctuation nor symbols around it, nor white space before it.
func (row Row) isBare(message string) bool {
	return strings.IndexFunc(message, unicode.IsSpace) != 0 && optout.Normalize(message) == optout.Normalize(row.Text)
}

// equalButForCase is stricter than [strings.EqualFold] alone, which takes the long
// s for an S and the Kelvin sign for a K. Like every rune that folds to a letter
// of the tables and is not its other case, they have more bytes.
func equalButForCase(s, t string) bool { return len(s) == len(t) && strings.EqualFold(s, t) }

// contained returns the verdict on a message that contains a spelling of row and
// more, and whether that message may be the keyword.
func (row Row) contained(key string) (contained, bool) {
	c := contained{words: words.Spaced(key), key: key, verdict: Verdict{row.Class, row.Text, Unknown}}
	if row.Match == MatchWords {
		c.key = "" // people read over the signs between the words
	}
	c.begins = row.Match == MatchFirstWord || row.Match == MatchPrefix
	return c, c.begins || row.Match == MatchWords || row.Match == MatchUnknown
}

// dropPunctuation keeps the bytes around punctuation apart: two bytes of damaged
// text must not become a character.
func dropPunctuation(s string) string {
	parts := strings.FieldsFunc(strings.ToValidUTF8(s, "\ufffd"), unicode.IsPunct)
	return strings.Join(parts, "")
}
