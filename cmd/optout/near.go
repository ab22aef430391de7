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
	words []spacedWord
	fits  func(text, words string) bool // of words.Spaced
}

type spacedWord struct {
	text  string
	words string // see words.Spaced
}

// spacedWords returns the opt-out words of a table that have letters or digits.
func spacedWords(table []optout.Keyword) (list []spacedWord) {
	for _, k := range table {
		text := words.Spaced(optout.Normalize(k.Text))
		if k.Class == optout.ClassOptOut && strings.TrimSpace(text) != "" {
			list = append(list, spacedWord{k.Text, text})
		}
	}
	return list
}

func newNearer(policy optout.Policy) *nearer {
	keywords, expressions := spacedWords(policy.Keywords()), []spacedWord(nil)
	for _, id := range []string{"fcc", "ctia"} {
		demand, _ := regime.Lookup(id)
		expressions = append(expressions, spacedWords(demand.Keywords())...)
	}
	// Longer expressions say more.
	slices.SortStableFunc(expressions, func(a, b spacedWord) int { return len(b.words) - len(a.words) })
	n := &nearer{policy: policy, trimming: policy, counts: make(map[string]int), ways: []nearWay{
		{kind: "punctuation around it"},
		{kind: "alone on a line"},
		{"spaces or signs in it", keywords, sameLetters}, // "S.T.O.P", "UN SUBSCRIBE"
		{"first word", keywords, strings.HasPrefix},
		{"last word", keywords, strings.HasSuffix},
		{"in a sentence", expressions, strings.Contains},
	}}
	n.trimming.IgnorePunctuation = true
	return n
}

func sameLetters(text, words string) bool {
	return strings.HasPrefix(text, words[:2]) && strings.ReplaceAll(text, " ", "") == strings.ReplaceAll(words, " ", "")
}

// find returns to which opt-out word a message is close, and how: the nearest
// kind. It takes time in proportion to the length of the message.
func (n *nearer) find(message string) (keyword, kind string) {
	if _, ok := n.policy.Match(message); ok {
		return "", ""
	}
	for i, text := range append([]string{message}, strings.Split(message, "\n")...) {
		if k, ok := n.trimming.Match(text); ok && k.Class == optout.ClassOptOut {
			return k.Text, n.ways[min(i, 1)].kind
		}
	}
	text := words.Spaced(optout.Normalize(message))
	for _, way := range n.ways {
		for _, w := range way.words {
			if way.fits(text, w.words) {
				return w.text, way.kind
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
