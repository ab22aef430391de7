// Package regime knows what the systems around a relay take for an opt-out,
// opt-in or help keyword: the filters of SMS providers and of the toll-free
// network, and what the FCC, CTIA and the Canadian carriers demand. None of
// their lists is Proxy's, which package optout has built in.
//
// A Regime is a dated, sourced table with a rule of matching and a scope.
// Lookup and All return them, and Regime.Judge says what a regime takes a
// message for, and how sure that is:
//
//	aws, _ := regime.Lookup("aws")
//	v := aws.Judge("Stop at the corner please")
//	// v.Class == optout.ClassOptOut, v.Keyword == "STOP", v.Certainty == regime.Documented
//
// Regime.Keywords makes rows of a table that a policy can use:
//
//	policy, err := optout.NewPolicy(optout.Merge(aws.Keywords(), optout.Policy{}.Keywords()))
//
// Nothing here changes a decision of package optout, and nothing here is legal
// advice.
//
// # What stands behind the tables
//
// The tables were compiled from stored copies of the pages that Regime.Sources
// names; nobody sent a test message. Each row has the page that has it, and
// EvidenceSecondary marks the rows that are known from somebody else's reading
// of that page only. What no page says is unknown here, too: the zero value of
// every enumeration is "unknown", and that of a Date is "undated". All words
// are compared without regard to case, as all of these systems do.
//
// # Correcting a table
//
// Providers change their lists without a notice. A correction needs the
// address of the page, the date on it (or the day on which it was read), and
// which edition it is about: a list that changed on a known day gets a table
// of its own, and the old one an Until, as twilio-2016 has, so that old message
// logs can still be judged. It goes into three places, which a test compares:
// tables.go; testdata/regimes.json, by hand from the page and not from
// tables.go; and testdata/regime-vectors.jsonl, with at least one message for
// each row and for each word that is documented to be none. Regime.Checked says
// when a table was last read, Regime.Recheck what to look at again. Set Checked
// with each reading, whether it changes anything or not.
package regime

import (
	"slices"
	"strings"

	"example.com/optout"
)

// A Regime is what one system takes for a keyword, in one edition. Regimes are
// values: copying one is cheap, and changing a field changes that copy alone.
type Regime struct {
	// ID is the regime's name in Lookup, such as "twilio-2025".
	ID string `json:"id"`

	// Name is the system's name, for people.
	Name string `json:"name"`

	// Kind says whether the system acts by itself.
	Kind Kind `json:"kind"`

	// Since is the first day of this edition, or the first on which it is
	// known to have held. Until is the day on which another edition took its
	// place; undated, it still holds.
	Since Date `json:"since"`
	Until Date `json:"until"`

	// Replaces is the ID of the edition before this one, "" if none is known.
	Replaces string `json:"replaces,omitempty"`

	// AsOf is the date on the regime's main page or, where that carries none,
	// when its copy was made, as precisely as that is known.
	AsOf Date `json:"as_of"`

	// Checked is the day on which the copies of the sources were last read.
	Checked Date `json:"checked"`

	// Scope is what an opt-out covers.
	Scope Scope `json:"scope"`

	// Effect is what follows from an opt-out, and what its scope leaves
	// unsaid, for people.
	Effect string `json:"effect"`

	// Recheck is what to look at again when the table is next read.
	Recheck string `json:"recheck"`

	table *table // nil for the zero Regime
}

// A Row is one keyword of a regime, and the rule by which a message is compared
// with it. Most pages state a rule for one class of words only.
type Row struct {
	// Text is the keyword as its page spells it.
	Text string `json:"text"`

	// Class is what the keyword asks for.
	Class optout.Class `json:"class"`

	// Language is the BCP 47 tag of the language that the page gives for the
	// keyword, "" if it gives none.
	Language string `json:"language,omitempty"`

	// Match is how the system compares a message with this keyword.
	Match Match `json:"match"`

	// TrimsStart and TrimsEnd are the characters of white space before and
	// after the keyword that a page says do not matter. IgnoresPunctuation is
	// set if a page says that punctuation does not matter.
	TrimsStart         string `json:"trims_start,omitempty"`
	TrimsEnd           string `json:"trims_end,omitempty"`
	IgnoresPunctuation bool   `json:"ignores_punctuation,omitempty"`

	// Evidence says whether Source is the system's own text.
	Evidence Evidence `json:"evidence"`

	// Source is the page that has the keyword.
	Source Source `json:"source"`
}

// A Source is a page that a table rests on.
type Source struct {
	Page string `json:"page"` // its address, or what to look for if it has none
	Date Date   `json:"date"` // the date on it, or of its copy
}

// All returns every regime, ordered by ID. Among them are editions that hold no
// longer: see On.
func All() []Regime { return slices.Clone(regimes()) }

// Lookup returns the regime with the given ID, and whether there is one.
func Lookup(id string) (Regime, bool) {
	for _, r := range regimes() {
		if r.ID == id {
			return r, true
		}
	}
	return Regime{}, false
}

// On returns the regimes that may have held on a day, ordered by ID: of those
// with several editions the one of that day. A regime without a date is not
// known to have held, and not known to have not, so it is among them.
//
// A day that is a month or a year only counts as its beginning.
func On(day Date) []Regime {
	return slices.DeleteFunc(All(), func(r Regime) bool {
		edition, _ := r.Edition(day)
		return edition.ID != r.ID
	})
}

// Edition returns the edition of the regime by which to judge a message of a
// day, and whether one is known: r or, on a day before r.Since, the edition that
// it replaced. As for [On], a regime without a date has always held.
func (r Regime) Edition(day Date) (Regime, bool) {
	for day.Compare(r.Since) < 0 {
		r, _ = Lookup(r.Replaces)
		if r.ID == "" {
			return Regime{}, false
		}
	}
	if (r.Until != Date{}) && day.Compare(r.Until) >= 0 {
		return Regime{}, false
	}
	return r, true
}

// Rows returns a copy of the regime's table: opt-out, opt-in, help.
func (r Regime) Rows() []Row {
	if r.table == nil {
		return nil
	}
	return slices.Clone(r.table.rows)
}

// Sources returns a copy of the list of pages that the regime rests on.
func (r Regime) Sources() []Source {
	if r.table == nil {
		return nil
	}
	return slices.Clone(r.table.sources)
}

// Keywords returns words of the regime for [optout.NewPolicy] and
// [optout.Merge]. Without languages these are the words of all rows; with BCP 47
// tags, in any case, those of the rows with one of them. "es" also takes the
// rows with es-MX, and "es-MX" also those with es, but not those with es-ES. A
// row without a language belongs to no tag. A word that several rows share
// comes once.
//
// No system but Proxy says what a relay should do with its words, so the actions
// follow Proxy's principle (docs/proxy/opt-out-keywords, 2026-06-16): opt-out
// words are dropped, all others forwarded. The regime "proxy" returns
// optout.Policy{}.Keywords(), which drops UNSTOP.
//
// Of rows with the same key Merge takes the last. Put the built-in table last
// to keep its actions, UNSTOP's among them:
//
//	optout.Merge(telnyx.Keywords(), optout.Policy{}.Keywords())
//
// These are the words alone: a policy compares whole messages, also with the
// words of a regime that asks for less, such as "aws".
func (r Regime) Keywords(languages ...string) []optout.Keyword {
	if r.table == nil {
		return nil
	}
	var list []optout.Keyword
	seen := make(map[string]bool)
	for i, k := range r.table.keywords {
		key := optout.Normalize(k.Text)
		if wanted := len(languages) == 0 || r.table.rows[i].isIn(languages); wanted && !seen[key] {
			seen[key] = true
			list = append(list, k)
		}
	}
	return list
}

// isIn reports whether the row's language is one of some languages, or a part
// of one, or has one as a part.
func (row Row) isIn(languages []string) bool {
	have := strings.ToLower(row.Language) + "-"
	return row.Language != "" && slices.ContainsFunc(languages, func(tag string) bool {
		want := strings.ToLower(tag) + "-"
		return strings.HasPrefix(have, want) || strings.HasPrefix(want, have)
	})
}

// Languages returns the tags of the rows, sorted, each once.
func (r Regime) Languages() []string {
	var tags []string
	for _, row := range r.Rows() {
		if row.Language != "" {
			tags = append(tags, row.Language)
		}
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}
