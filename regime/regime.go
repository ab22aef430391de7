// Package regime lists the opt-out, opt-in and help keywords of the systems
// around a relay: the filters of SMS providers and of the toll-free network, and
// the demands of the FCC, CTIA and the Canadian carriers. Each list differs from
// Proxy's, which package optout has built in. The regime "languages" collects
// words by language, for relays outside North America.
//
// A [Regime] is a dated, sourced table with a scope; each [Row] has a rule of
// matching. For most uses start with [Lookup] and [Regime.Keywords], which gives
// rows for a policy:
//
//	aws, _ := regime.Lookup("aws")
//	keywords := optout.Merge(aws.Keywords(), optout.Policy{}.Keywords())
//	policy, err := optout.NewPolicy(keywords)
//
// [Regime.Judge] says what a message is to a regime, and how sure that is:
//
//	v := aws.Judge("Stop at the corner please")
//	// v.Class == optout.ClassOptOut, v.Keyword == "STOP"
//	// v.Certainty == regime.Documented
//
// Nothing here changes a decision of package optout, and nothing here is legal
// advice.
//
// # Sources
//
// The tables were compiled from stored copies of the pages that
// [Regime.Sources] returns; nobody sent a test message. Each row has the page
// that names its word. [EvidenceSecondary] marks rows that are known only from
// another author's report of that page. A fact that no page states is unknown,
// and a [Date] that no page has is undated. All words are compared without
// regard to case, as all of these systems do.
//
// # Adding and correcting a regime
//
// Providers change their lists without notice. A correction needs the address
// of the page, the date on it (or the day on which it was read), and the edition
// that it is about. If a list changed on a known day, the new list is a regime
// of its own with the old one in [Regime.Replaces], as twilio-2025 has
// twilio-2016, and the old one gets a [Regime.Until]. Old message logs can then
// still be judged.
//
// A correction goes into two files: regime/regimes.json has the facts, and
// testdata/regime-vectors.jsonl has messages with their verdicts, at least one
// for each row and each word that is not a keyword. Write a verdict from the
// page, before you run the program. testdata/README.md describes both files.
// Give each class the rule that its page states for it, and [MatchUnknown] where
// the page states none. Never leave out a word that a page names: it would be
// judged as chat.
//
// [Regime.Recheck] says what to look at again. Set [Regime.Checked] after each
// reading, whether it changes anything or not.
package regime

import (
	"cmp"
	"maps"
	"slices"

	"example.com/optout"
)

// A Regime is the list of keywords of one system, in one edition. Regimes are
// values: copying one is cheap, and changing a field changes that copy alone.
type Regime struct {
	// ID is the regime's name in [Lookup], such as "twilio-2025".
	ID string `json:"id"`

	// Name is the system's name, for people.
	Name string `json:"name"`

	// Kind says whether the system acts by itself.
	Kind Kind `json:"kind"`

	// Since is the first day on which this edition is known to have been in
	// force. Until is the day on which another edition took its place. If
	// Until is undated, this edition is still in force.
	Since Date `json:"since"`
	Until Date `json:"until"`

	// Replaces is the ID of the edition before this one, "" if none is
	// known.
	Replaces string `json:"replaces,omitempty"`

	// AsOf is the date on the regime's main page or, where that carries
	// none, when its copy was made, as precisely as that is known.
	AsOf Date `json:"as_of"`

	// Checked is the day on which the copies of the sources were last read.
	Checked Date `json:"checked"`

	// Scope says which numbers an opt-out covers.
	Scope Scope `json:"scope"`

	// Effect says what follows from an opt-out, and more about its scope,
	// for people.
	Effect string `json:"effect"`

	// Recheck says what to look at again when the table is next read.
	Recheck string `json:"recheck"`

	table *table // nil for the zero Regime
}

// A Kind says what a regime does about its words. Only a filter acts on a
// message.
type Kind string

const (
	KindFilter     Kind = "filter"     // acts by itself: blocks, replies
	KindDemand     Kind = "demand"     // says what you must act on
	KindCollection Kind = "collection" // collects words from many pages
)

// A Scope says for which of your numbers an opt-out of one person counts.
type Scope string

const (
	ScopeUnknown Scope = "unknown" // no page says, or the pages disagree
	ScopeNumber  Scope = "number"  // the number, short code or agent texted
	ScopeGroup   Scope = "group"   // its group, such as a campaign
	ScopeAccount Scope = "account" // all numbers of the account
	ScopeApp     Scope = "app"     // all that the app sends
)

// All returns every regime, ordered by [Regime.ID]. It includes editions that are
// no longer in force; [On] leaves those out.
func All() []Regime { return slices.Clone(regimes()) }

// Lookup returns the regime with the given [Regime.ID], and whether there is one.
func Lookup(id string) (Regime, bool) {
	for _, r := range regimes() {
		if r.ID == id {
			return r, true
		}
	}
	return Regime{}, false
}

// On returns the regimes that may have been in force on a day, ordered by
// [Regime.ID]. Of a system with several editions it returns the edition of that
// day. A regime without a date may have been in force on any day, so it is always
// included. If day has no month or no day, the beginning of that year or month
// counts.
func On(day Date) []Regime {
	return slices.DeleteFunc(All(), func(r Regime) bool {
		edition, _ := r.Edition(day)
		return edition.ID != r.ID
	})
}

// Edition returns the edition that was in force on a day, and whether one is
// known: r itself or, for a day before [Regime.Since], the edition that it
// replaced. Use it to judge an old message. As for [On], a regime without a date
// counts as always in force.
func (r Regime) Edition(day Date) (Regime, bool) {
	for day.Compare(r.Since) < 0 {
		r, _ = Lookup(r.Replaces) // the zero Regime, if there is none, ends the loop
	}
	if (r.Until != Date{}) && day.Compare(r.Until) >= 0 {
		r = Regime{}
	}
	return r, r.ID != ""
}

// Rows returns a copy of the regime's table: opt-out, opt-in, help.
func (r Regime) Rows() []Row { return slices.Clone(cmp.Or(r.table, noTable).rows) }

// Sources returns a copy of the list of pages that the regime rests on.
func (r Regime) Sources() []Source { return slices.Clone(cmp.Or(r.table, noTable).sources) }

// Keywords returns words of the regime for [optout.NewPolicy] and
// [optout.Merge]. Without languages it returns the words of all rows. With
// languages, which are BCP 47 tags in any case, it returns the words of the rows
// with these tags: "es" takes rows with es, es-ES or es-MX, and "es-MX" takes
// rows with es or es-MX, but not es-ES. No tag takes a row without a language,
// and an unknown tag takes no rows. If several rows have the same word, it is
// returned once.
//
// Only Proxy's pages say what a relay should do with its words, so the actions
// follow Proxy's principle (docs/proxy/opt-out-keywords, 2026-06-16): opt-out
// words are dropped, all others forwarded. The regime "proxy" returns
// the built-in table (see [optout.Policy.Keywords]), which drops UNSTOP.
//
// If several rows have the same key, [optout.Merge] takes the last one. Put the
// built-in table last to keep its actions, such as UNSTOP's:
//
//	optout.Merge(telnyx.Keywords(), optout.Policy{}.Keywords())
//
// A policy compares whole messages, even with the words of a regime that compares
// a part of the message, such as "aws".
func (r Regime) Keywords(languages ...string) []optout.Keyword {
	var list []optout.Keyword
	for _, row := range r.Rows() {
		if len(languages) > 0 && !row.In(languages...) {
			continue
		}
		k := optout.Keyword{Text: row.Text, Class: row.Class}
		if row.Class == optout.ClassOptOut {
			k.Action = optout.Drop
		}
		if r.isProxy() {
			k, _ = (optout.Policy{}).Match(row.Text)
		}
		list = append(list, k)
	}
	return optout.Merge(list)
}

// Languages returns the tags of the rows, sorted, each once.
func (r Regime) Languages() []string {
	tags := make(map[string]bool)
	for _, row := range r.Rows() {
		tags[row.Language] = true
	}
	delete(tags, "")
	return slices.Sorted(maps.Keys(tags))
}
