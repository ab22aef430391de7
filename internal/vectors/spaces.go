package main

import (
	"fmt"
	"slices"
	"strings"
)

// spaces is White_Space, all 25.
var spaces = []rune{
	0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680,
	0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
	0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
}

func whiteSpace() {
	s := in("white-space", "Q.space", "N6").restsOn("white-space")
	for i, r := range spaces {
		c := string(r)
		w := words[i%len(words)]
		s.because("%U before a keyword", r).add(c+"STOP", "STOP", is("STOP"))
		s.because("%U behind a keyword", r).add("arret"+c, "ARRET", is("ARRET"))
		s.because("%U around a keyword, several", r).add(c+c+title(w.text)+c+c+c, w.text, is(w.text))
		s.because("%U inside is no keyword's", r).add("ST"+c+"OP", "ST OP", none)
	}
	for _, w := range words {
		s.because("a line break behind, as handsets append it").add(w.text+"\r\n", w.text, is(w.text))
		s.because("a space behind, as keyboards append it").add(title(w.text)+" ", w.text, is(w.text))
		s.because("spaces around, under the flags").underFor(w, 3).add("  "+strings.ToLower(w.text)+" ", w.text, is4(w.text, 3))
	}
	s.because("white space of every kind at once").add("\t\n\v\f\r \u0085\u00a0\u1680\u2003STOP\u2028\u2029\u202f\u205f\u3000", "STOP", is("STOP"))
	s.because("white space and invisible characters, mixed").rule("N2").restsOn("spelling").
		add("\ufeff \u200bstop\u200e \u2060\n", "STOP", is("STOP"))
	s.because("a no-break space and a narrow one, as before French punctuation").both("ARRET\u00a0!", "ARRET !", none, is("ARRET"))
	s.because("a narrow no-break space before French punctuation").both("arret\u202f!", "ARRET !", none, is("ARRET"))

	s = in("white-space", "Q.space", "N2").restsOn("spelling")
	for _, r := range []rune{0x1c, 0x1d, 0x1e, 0x1f} {
		s.because("%U is a control character that some languages trim: removed anywhere", r).add("ST"+string(r)+"OP", "STOP", is("STOP"))
		s.because("%U is a control character that some languages trim: removed anywhere", r).add("quit"+string(r), "QUIT", is("QUIT"))
	}
	for _, r := range []rune{0xfeff, 0x180e, 0x200b} {
		s.because("%U is no white space (any more) but invisible: removed anywhere", r).add("CAN"+string(r)+"CEL", "CANCEL", is("CANCEL"))
		s.because("%U is no white space (any more) but invisible: removed anywhere", r).add(string(r)+"end"+string(r), "END", is("END"))
	}
	s = in("white-space", "Q.space", "N6").restsOn("white-space")
	s.because("the Braille blank is white space behind").add("STOP\u2800", "STOP", is("STOP"))
	s.because("the Braille blank is white space around").add("\u2800\u2800Help\u2800 ", "HELP", is("HELP"))
	s.because("the Braille blank is white space inside").add("OPT\u2800OUT", "OPT OUT", none)
	s = in("white-space", "Q.space").restsOn("white-space")
	for _, c := range []struct {
		r      rune
		reason string
	}{
		{0x2423, "the open box is a symbol"},
		{0x2420, "the symbol for space is a symbol"},
	} {
		s.because("%U: %s, no white space", c.r, c.reason).both("STOP"+string(c.r), "STOP"+string(c.r), none, is("STOP"))
	}
}

// A span is a range of code points; its two ends and its middle stand for it.
type span struct {
	lo, hi rune
	name   string
}

// ignorable is Default_Ignorable_Code_Point, and U+FFF9 to U+FFFC.
var ignorable = []span{
	{0xad, 0xad, "the soft hyphen"},
	{0x34f, 0x34f, "the combining grapheme joiner"},
	{0x61c, 0x61c, "the Arabic letter mark"},
	{0x115f, 0x1160, "a Hangul filler"},
	{0x17b4, 0x17b5, "a Khmer inherent vowel"},
	{0x180b, 0x180f, "a Mongolian variation selector or vowel separator"},
	{0x200b, 0x200f, "a zero width character or direction mark"},
	{0x202a, 0x202e, "a direction control"},
	{0x2060, 0x206f, "an invisible operator or direction control"},
	{0x3164, 0x3164, "the Hangul filler"},
	{0xfe00, 0xfe0f, "a variation selector"},
	{0xfeff, 0xfeff, "the byte order mark"},
	{0xffa0, 0xffa0, "the halfwidth Hangul filler"},
	{0xfff0, 0xfff8, "unassigned, but ignorable"},
	{0x1bca0, 0x1bca3, "a shorthand control"},
	{0x1d173, 0x1d17a, "a musical control"},
	{0xe0000, 0xe0fff, "a tag or unassigned, but ignorable"},
	{0xfff9, 0xfffb, "an interlinear annotation character"},
	{0xfffc, 0xfffc, "the object replacement character, which dictation leaves"},
}

func invisible() {
	s := in("invisible", "Q.spelling", "N2").restsOn("spelling")
	for i, c := range ignorable {
		w := words[i%len(words)]
		for _, r := range slices.Compact([]rune{c.lo, c.lo + (c.hi-c.lo)/2, c.hi}) {
			s := s.because("%U: %s", r, c.name)
			s.add("S"+string(r)+"TOP", "STOP", is("STOP"))
			s.add(string(r)+strings.ToLower(w.text), w.text, is(w.text))
			s.add(title(w.text)+string(r), w.text, is(w.text))
		}
	}
	for _, r := range []rune{0x200c, 0x200e, 0x202b, 0x202d, 0x2061, 0x2062, 0x2063, 0x2064, 0x2065, 0x2066, 0x2069, 0xfe01, 0xe0001, 0xe0020, 0xe007f, 0xe0100, 0xe01ef, 0xe01f0} {
		s.because("%U is invisible", r).add("ST"+string(r)+"OP", "STOP", is("STOP"))
	}
	for r := rune(0); r < 0xa0; r++ {
		if r >= ' ' && r < 0x7f || strings.ContainsRune("\t\n\v\f\r\u0085", r) || 0x1c <= r && r <= 0x1f {
			continue
		}
		s.because("%U is a control character", r).add("STO"+string(r)+"P", "STOP", is("STOP"))
	}
	for _, w := range words {
		lower := strings.ToLower(w.text)
		s.because("zero width spaces between the letters").add(between(w.text, "\u200b"), w.text, is(w.text))
		s.because("a byte order mark in front").add("\ufeff"+w.text, w.text, is(w.text))
		s.because("a right-to-left embedding around").add("\u202b"+lower+"\u202c", w.text, is(w.text))
		s.because("invisible characters of four kinds, under the flags").underFor(w, 3).
			add("\u200e"+between(lower, "\u2060")+"\ufe0f\u0000", w.text, is4(w.text, 3))
	}
	s.because("UTF-16 read as UTF-8: the zero bytes are control characters").add("S\x00T\x00O\x00P\x00", "STOP", is("STOP"))
	s.because("a hidden text in tags").add("STOP\U000e0068\U000e0069\U000e007f", "STOP", is("STOP"))
	s.because("an escape character goes, what follows it stays").add("\x1b[1mSTOP", "[1MSTOP", none)
	s.because("backspaces go, and erase nothing").add("STOPP\b", "STOPP", none)
	s.because("invisible characters do not join two words").add("STOP \u200d ALL", "STOP ALL", none)

	s = in("invisible", "Q.spelling", "N2").restsOn("spelling")
	for _, c := range []struct {
		r    rune
		name string
	}{
		{0x600, "the Arabic number sign"}, {0x605, "the Arabic number mark above"}, {0x6dd, "the Arabic end of ayah"},
		{0x70f, "the Syriac abbreviation mark"}, {0x8e2, "the Arabic disputed end of ayah"},
		{0x110bd, "the Kaithi number sign"}, {0x110cd, "the Kaithi number sign above"},
		{0x13430, "an Egyptian hieroglyph joiner"},
		{0xfffe, "a noncharacter"}, {0xffff, "a noncharacter"}, {0x10ffff, "a noncharacter"}, {0xfdd0, "a noncharacter"},
		{0xe000, "for private use"}, {0x10fffd, "for private use"},
	} {
		s.because("%U, %s, is not ignorable, no punctuation and no symbol", c.r, c.name).
			both("STOP"+string(c.r), "STOP"+string(c.r), none, none)
	}
	for _, r := range []rune{0x2060, 0xad, 0xfe0f} {
		s.because("%U in the text of a row is not in its key", r).with(row{text(fmt.Sprintf("BA%cJA", r)), optOut, drop}).
			add("baja", "BAJA", decide(drop, optOut, fmt.Sprintf("BA%cJA", r)))
	}
}
