package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/optout"
	"example.com/optout/internal/words"
	"example.com/optout/regime"
)

// A nearer is the examiner of -near. It finds near misses: messages that are not
// keywords, but that a stricter reader may take for an opt-out. A person has to
// look at them. Most sentences with "stop" are chat.
type nearer struct {
	policy, trimming optout.Policy // trimming is policy with IgnorePunctuation
	ways             []nearWay     // from the nearest to the farthest
	counts           map[string]int
}

// A nearWay is a way in which a message is close to an opt-out word.
type nearWay struct {
	kind  string
	words []string
	fits  func(text, word string) bool // both as words.Spaced returns them
}

// spacedWords returns the opt-out words of a table that have letters or digits,
// as words.Spaced returns them.
func spacedWords(table []optout.Keyword) (list []string) {
	for _, k := range table {
		word := words.Spaced(optout.Normalize(k.Text))
		if k.Class == optout.ClassOptOut && strings.TrimSpace(word) != "" {
			list = append(list, word)
		}
	}
	return list
}

func newNearer(policy optout.Policy) *nearer {
	trimming := policy
	trimming.IgnorePunctuation = true
	fcc, _ := regime.Lookup("fcc")
	ctia, _ := regime.Lookup("ctia")
	keywords, expressions := spacedWords(policy.Keywords()), spacedWords(append(fcc.Keywords(), ctia.Keywords()...))
	// Longer expressions say more.
	slices.SortStableFunc(expressions, func(a, b string) int { return len(b) - len(a) })
	return &nearer{policy, trimming, []nearWay{
		{kind: "punctuation around it"},
		{kind: "alone on a line"},
		{"spaces or signs in it", keywords, sameLetters}, // "S.T.O.P", "UN SUBSCRIBE"
		{"first word", keywords, strings.HasPrefix},
		{"last word", keywords, strings.HasSuffix},
		{"in a sentence", expressions, strings.Contains},
	}, make(map[string]int)}
}

func sameLetters(text, word string) bool {
	return strings.HasPrefix(text, word[:2]) && strings.ReplaceAll(text, " ", "") == strings.ReplaceAll(word, " ", "")
}

// find returns to which opt-out word a message is close, by its key, and how: the
// nearest kind. It takes time in proportion to the length of the message.
func (n *nearer) find(message string) (keyword, kind string) {
	if _, ok := n.policy.Match(message); ok {
		return "", ""
	}
	for i, text := range append([]string{message}, strings.Split(message, "\n")...) {
		if k, ok := n.trimming.Match(text); ok && k.Class == optout.ClassOptOut {
			return optout.Normalize(k.Text), n.ways[min(i, 1)].kind
		}
	}
	text := words.Spaced(optout.Normalize(message))
	for _, way := range n.ways {
		for _, word := range way.words {
			if way.fits(text, word) {
				return strings.TrimSpace(word), way.kind
			}
		}
	}
	return "", ""
}

func (n *nearer) columns() []column { return columns("examined", "near_keyword", "near") }

func (n *nearer) examine(d *decided, page *reporter) (found bool) {
	keyword, kind := n.find(d.Text)
	if kind != "" {
		n.counts[kind]++
		page.add("Near misses: "+kind, keyword, d)
	}
	d.cells = append(d.cells, keyword, kind)
	return kind != ""
}

func (n *nearer) write(w io.Writer, _ *reporter) {
	fmt.Fprintln(w, "\nNear misses: messages that are not keywords, but close to an opt-out word. A person has to look at them; most are chat.")
	for _, way := range n.ways {
		fmt.Fprintf(w, "%7d  %s\n", n.counts[way.kind], way.kind)
	}
}
