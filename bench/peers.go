package main

import (
	"regexp"
	"strings"
	"unicode"

	goaway "github.com/TwiN/go-away"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"example.com/optout"
)

// A peer is one way to tell whether a message is a keyword that Proxy drops.
type peer struct {
	name string
	drop func(message string) bool
}

// peers are this package, twice, and the alternatives that people write or pick.
var peers = []peer{
	{"optout", func(s string) bool {
		return optout.Policy{}.Decide(s, optout.Flags{}).Action == optout.Drop
	}},
	{"IgnorePunctuation", func(s string) bool {
		return optout.Policy{IgnorePunctuation: true}.Decide(s, optout.Flags{}).Action == optout.Drop
	}},
	{"EqualFold", func(s string) bool {
		s = strings.TrimSpace(s)
		for i := range words {
			if strings.EqualFold(s, words[i].Text) {
				return words[i].Action == optout.Drop
			}
		}
		return false
	}},
	{"map", func(s string) bool {
		return actions[strings.ToUpper(strings.TrimSpace(s))] == optout.Drop
	}},
	{"regexp", func(s string) bool { return pattern.MatchString(s) }},
	// A chain is not safe for concurrent use, so handlers that run side by side
	// make one for each message.
	{"x/text", func(s string) bool { return dropTransformed(newChain(), s) }},
	{"x/text, one chain", func(s string) bool { return dropTransformed(chain, s) }},
	{"go-away", func(s string) bool { return detector.IsProfane(s) }},
}

const ours = 0 // the index of this package in peers

var (
	words    = optout.Policy{}.Keywords()
	actions  = make(map[string]optout.Action)
	pattern  *regexp.Regexp
	chain    = newChain()
	detector *goaway.ProfanityDetector
)

func newChain() transform.Transformer {
	return transform.Chain(
		norm.NFKD,
		runes.Remove(runes.In(unicode.Mn)),
		runes.Remove(runes.In(unicode.Cf)),
		runes.Map(unicode.ToUpper),
	)
}

func dropTransformed(t transform.Transformer, s string) bool {
	plain, _, err := transform.String(t, s)
	return err == nil && actions[strings.TrimSpace(plain)] == optout.Drop
}

func init() {
	var dropped []string
	for _, k := range words {
		actions[k.Text] = k.Action
		if k.Action == optout.Drop {
			dropped = append(dropped, k.Text)
		}
	}
	list := strings.Join(dropped, "|")
	pattern = regexp.MustCompile(`(?i)^\s*(?:` + list + `)\s*$`)
	detector = goaway.NewProfanityDetector().
		WithCustomDictionary(strings.Split(strings.ToLower(list), "|"), nil, nil)
}
