package regime

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"example.com/optout"
	"example.com/optout/internal/words"
)

//go:embed regimes.json
var regimesJSON []byte

// regimes returns all regimes, ordered by [Regime.ID].
var regimes = sync.OnceValue(func() []Regime { return must(decode(regimesJSON)) })

func must(all []Regime, err error) []Regime {
	if err != nil {
		panic(err)
	}
	return all
}

// An entry is one regime of regimes.json. Its rows are under the page that has
// them.
type entry struct {
	Regime
	Sources []struct {
		Source
		Groups []group `json:"rows"`
	} `json:"sources"`
	Silent     []optout.Class `json:"silent"`      // the pages say nothing about these classes
	NoKeywords []string       `json:"no_keywords"` // for the tests
}

// A group is the rows of one page that differ only in their words.
type group struct {
	Row
	Words   []string `json:"words"`
	BuiltIn bool     `json:"built_in"` // the words and classes of optout.Policy{}
}

// decode reads regimes.json.
func decode(data []byte) ([]Regime, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var entries []entry
	if err := d.Decode(&entries); err != nil {
		return nil, fmt.Errorf("regime: regimes.json: %w", err)
	}
	var all []Regime
	for _, e := range entries {
		if err := e.compile(); err != nil {
			return nil, fmt.Errorf("regime: regimes.json: %s: %w", e.ID, err)
		}
		all = append(all, e.Regime)
	}
	return all, nil
}

// compile checks e and sets its table.
func (e *entry) compile() error {
	t := &table{spellings: make(map[string][]Row), other: Presumed}
	e.table = t
	for _, s := range e.Sources {
		t.sources = append(t.sources, s.Source)
		for _, g := range s.Groups {
			t.rows = append(t.rows, g.rows(s.Source)...)
		}
	}
	slices.SortStableFunc(t.rows, func(a, b Row) int { return cmp.Compare(a.Class, b.Class) })
	errs := []error{
		oneOf("kind", e.Kind, KindFilter, KindDemand, KindCollection),
		oneOf("scope", e.Scope, ScopeUnknown, ScopeNumber, ScopeGroup, ScopeAccount, ScopeApp),
	}
	var keywords []optout.Keyword
	for _, row := range t.rows {
		errs = append(errs,
			oneOf("match", row.Match, MatchUnknown, MatchWhole, MatchBare, MatchBeforeSpace, MatchFirstWord, MatchPrefix, MatchWords),
			oneOf("evidence", row.Evidence, EvidenceUnknown, EvidenceSecondary, EvidenceDocumented))
		t.other = max(t.other, limits[row.Evidence])
		for _, text := range row.spellings() {
			key := optout.Normalize(text)
			if !slices.ContainsFunc(t.spellings[key], func(r Row) bool { return r.Class == row.Class }) {
				keywords = append(keywords, optout.Keyword{Text: key, Class: row.Class}) // NewPolicy refuses a key of two classes
			}
			t.spellings[key] = append(t.spellings[key], row)
			if c, ok := row.contained(key); ok {
				t.contained = append(t.contained, c)
			} else if e.isProxy() {
				t.contained = append(t.contained, contained{words.Spaced(key), key, false, Verdict{Certainty: Presumed}})
			}
		}
	}
	for _, k := range (optout.Policy{}).Keywords() {
		if slices.Contains(e.Silent, k.Class) {
			t.contained = append(t.contained, contained{words: words.Spaced(optout.Normalize(k.Text))})
		}
	}
	if slices.ContainsFunc(t.rows, func(row Row) bool { return row.Match == MatchWords }) {
		t.other = Unknown
	}
	policy, err := optout.NewPolicy(keywords)
	policy.IgnorePunctuation = !e.isProxy()
	t.policy = policy
	return errors.Join(append(errs, err)...)
}

// rows returns one row for each word of g.
func (g group) rows(source Source) (rows []Row) {
	row := g.Row
	row.Source = source
	for _, row.Text = range g.Words {
		rows = append(rows, row)
	}
	if g.BuiltIn {
		for _, k := range (optout.Policy{}).Keywords() {
			row.Text, row.Class = k.Text, k.Class
			rows = append(rows, row)
		}
	}
	return rows
}

func (r Regime) isProxy() bool { return r.ID == "proxy" }

// oneOf returns an error if a value is not one of the defined ones.
func oneOf[E ~string](name string, value E, defined ...E) error {
	if slices.Contains(defined, value) {
		return nil
	}
	return fmt.Errorf("unknown %s %q: want one of %q", name, value, defined)
}
