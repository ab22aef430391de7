package regime

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"example.com/optout"
	"example.com/optout/internal/words"
)

//go:embed regimes.json
var regimesJSON []byte

// regimes returns all regimes, ordered by ID.
var regimes = sync.OnceValue(func() []Regime { return must(decode(regimesJSON)) })

func must(all []Regime, err error) []Regime {
	if err != nil {
		panic(err)
	}
	return all
}

// An entry is one regime of regimes.json. Rows are under the page that has
// them, and those that differ only in their words are written once.
type entry struct {
	Regime
	Sources []struct {
		Source
		Rows []struct {
			Row
			Words []string `json:"words"`
		} `json:"rows"`
	} `json:"sources"`
	Silent     []optout.Class `json:"silent"`      // the pages say nothing about these classes
	NoKeywords []string       `json:"no_keywords"` // for the tests
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

// A table is what [Regime.Judge] looks a message up in.
type table struct {
	sources  []Source
	rows     []Row
	keywords []optout.Keyword // of the rows

	policy    optout.Policy    // every spelling of every row
	spellings map[string][]Row // by the key of the spelling
	contained []contained
	other     Certainty // that a message without any of the words is not a keyword
}

// A contained is the verdict on a message that contains a word and more.
type contained struct {
	words   string // of words.Spaced
	key     string // must be in the message's key as well
	begins  bool   // a message that begins with the key's letters has the same verdict
	verdict Verdict
}

// compile checks e and sets its table.
func (e *entry) compile() error {
	if len(e.Sources) == 0 {
		return errors.New("no sources")
	}
	t := &table{spellings: make(map[string][]Row), other: Presumed}
	for _, s := range e.Sources {
		t.sources = append(t.sources, s.Source)
		for _, group := range s.Rows {
			row := group.Row
			row.Source = s.Source
			for _, row.Text = range group.Words {
				t.rows = append(t.rows, row)
			}
		}
	}
	slices.SortStableFunc(t.rows, func(a, b Row) int { return cmp.Compare(a.Class, b.Class) })
	for _, row := range t.rows {
		action := optout.Forward
		if row.Class == optout.ClassOptOut {
			action = optout.Drop
		}
		t.keywords = append(t.keywords, optout.Keyword{Text: row.Text, Class: row.Class, Action: action})
	}
	isProxy := e.ID == "proxy"
	if isProxy {
		t.keywords = optout.Policy{}.Keywords()
		for _, k := range t.keywords {
			t.rows = append(t.rows, Row{Text: k.Text, Class: k.Class, Match: MatchWhole, Evidence: EvidenceDocumented, Source: t.sources[0]})
		}
	}

	errs := []error{
		oneOf("kind", e.Kind, KindFilter, KindDemand, KindCollection),
		oneOf("scope", e.Scope, ScopeUnknown, ScopeNumber, ScopeGroup, ScopeAccount, ScopeApp),
	}
	var spellings []optout.Keyword
	for _, row := range t.rows {
		errs = append(errs,
			oneOf("match", row.Match, MatchUnknown, MatchWhole, MatchBare, MatchBeforeSpace, MatchFirstWord, MatchPrefix, MatchWords),
			oneOf("evidence", row.Evidence, EvidenceUnknown, EvidenceSecondary, EvidenceDocumented))
		for _, text := range row.spellings() {
			key := optout.Normalize(text)
			if same := t.spellings[key]; same == nil {
				spellings = append(spellings, optout.Keyword{Text: text, Class: row.Class})
			} else if same[0].Class != row.Class {
				errs = append(errs, fmt.Errorf("%q is an %v keyword and an %v keyword", text, same[0].Class, row.Class))
			}
			t.spellings[key] = append(t.spellings[key], row)
			t.contain(key, row, isProxy)
		}
		if row.Evidence == EvidenceDocumented {
			t.other = Documented
		}
	}
	for _, k := range (optout.Policy{}).Keywords() {
		if slices.Contains(e.Silent, k.Class) {
			key := optout.Normalize(k.Text)
			t.contained = append(t.contained, contained{words: words.Spaced(key), key: key})
		}
	}
	if slices.ContainsFunc(t.rows, func(row Row) bool { return row.Match == MatchWords }) {
		t.other = Unknown
	}
	policy, err := optout.NewPolicy(spellings)
	t.policy, t.policy.IgnorePunctuation = policy, !isProxy
	e.table = t
	return errors.Join(append(errs, err)...)
}

// spellings returns the texts that are the row's keyword to a reader. People who
// read messages take "opt-out" and "optout" for "opt out".
func (row Row) spellings() []string {
	if row.Match != MatchWords || !strings.Contains(row.Text, " ") {
		return []string{row.Text}
	}
	return []string{row.Text, strings.ReplaceAll(row.Text, " ", "-"), strings.ReplaceAll(row.Text, " ", "")}
}

// contain adds the verdict on a message that contains a spelling of row and
// more, if that message may be the keyword.
func (t *table) contain(key string, row Row, isProxy bool) {
	c := contained{words: words.Spaced(key), key: key, verdict: Verdict{row.Class, row.Text, Unknown}}
	switch row.Match {
	case MatchUnknown:
	case MatchWords:
		c.key = "" // people do not care for the signs between the words
	case MatchFirstWord, MatchPrefix:
		c.begins = true
	default:
		if !isProxy {
			return
		}
		c.verdict = Verdict{Certainty: Presumed}
	}
	t.contained = append(t.contained, c)
}

// oneOf returns an error if a value is not one of the defined ones.
func oneOf[E ~string](name string, value E, defined ...E) error {
	if slices.Contains(defined, value) {
		return nil
	}
	return fmt.Errorf("unknown %s %q: want one of %q", name, value, defined)
}
