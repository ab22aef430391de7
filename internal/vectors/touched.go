package main

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// touched returns the interpretations that say what becomes of some character
// of a message, whatever the message is written to show. It names rather one
// too many: a vector that an implementation leaves out cannot mislead it.
func touched(message string, keywords []string) []string {
	var names []string
	name := func(s string, holds bool) {
		if holds {
			names = append(names, s)
		}
	}
	plain := norm.NFKD.String(message)
	name("spelling", plain != message || strings.ContainsFunc(message, unseen))

	latin, accents := false, false
	for _, r := range plain {
		if !unicode.IsMark(r) {
			latin = unicode.Is(unicode.Latin, r)
		} else if latin && unicode.In(r, unicode.Mn, unicode.Me) {
			accents = true
		}
	}
	name("accents", accents)

	name("unseen", strings.ContainsAny(message, "\u2800\ufff9\ufffa\ufffb\ufffc"))
	name("typed-signs", strings.ContainsAny(plain, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2018\u2019\u201a\u201b\u02bc\u201c\u201d\u201e\u201f"))

	seen := strings.Map(func(r rune) rune {
		if unseen(r) {
			return -1
		}
		return r
	}, plain)
	name("white-space", strings.Join(strings.Fields(seen), " ") != seen)
	bare := strings.TrimFunc(seen, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsMark(r) })
	trimmed := strings.TrimLeftFunc(seen, func(r rune) bool { return unicode.IsSpace(r) || symbol(r) })
	carrier := strings.TrimRightFunc(strings.TrimRightFunc(seen, func(r rune) bool { return unicode.IsSpace(r) || symbol(r) }), unicode.IsMark)
	name("trim-marks", strings.IndexFunc(trimmed, unicode.IsMark) == 0 ||
		strings.TrimRightFunc(carrier, func(r rune) bool { return unicode.IsSpace(r) || symbol(r) }) != carrier)
	name("punctuation", strings.TrimFunc(bare, symbol) != bare)

	fields := strings.FieldsFunc(seen, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	name("whole-message", len(fields) > 1 && slices.ContainsFunc(fields, func(f string) bool {
		return slices.ContainsFunc(keywords, func(k string) bool { return strings.EqualFold(unmarked(f), unmarked(norm.NFKD.String(k))) })
	}))
	return names
}

// unseen is wider than step 2: it takes visible format characters, too.
func unseen(r rune) bool {
	return unicode.IsControl(r) && !unicode.IsSpace(r) ||
		unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func symbol(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }

func unmarked(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, s)
}
