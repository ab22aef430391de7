package main

import "strings"

func fullwidth() {
	s := in("fullwidth", "Q.spelling", "N3").restsOn("spelling")
	for _, w := range words {
		lower := strings.ToLower(w.text)
		full := respell(w.text, 0xff21, 0xff41, nil)
		s.because("fullwidth capitals").add(full, w.text, is(w.text))
		s.because("fullwidth small letters").add(respell(lower, 0xff21, 0xff41, nil), w.text, is(w.text))
		s.because("first letter fullwidth, the rest ASCII").add(respell(w.text[:1], 0xff21, 0xff41, nil)+lower[1:], w.text, is(w.text))
		s.because("fullwidth capitals, under the flags").underFor(w, 3).add(full, w.text, is4(w.text, 3))
		s.because("fullwidth and an ideographic space behind").rule("Q.space", "N6").restsOn("white-space").
			add(full+"\u3000", w.text, is(w.text))
		s.because("fullwidth with a fullwidth exclamation mark").rule("Q.punctuation", "I.off").restsOn("punctuation").
			both(full+"\uff01", w.text+"!", none, is(w.text))
	}
	s.because("a fullwidth digit is no letter").add("\uff33\uff34\uff10\uff30", "ST0P", none)
	s.because("fullwidth letters in a longer message").restsOn("whole-message").
		add("\uff33\uff34\uff2f\uff30 please", "STOP PLEASE", none)
	s.because("ideographic spaces between fullwidth letters").add("\uff33\u3000\uff34\u3000\uff2f\u3000\uff30", "S T O P", none)
	s.because("a fullwidth hyphen inside").add("\uff2f\uff30\uff34\uff0d\uff2f\uff35\uff34", "OPT-OUT", none)
}

// alphabets is the mathematical alphabets. Where a letter was encoded before,
// the exceptions have its place.
var alphabets = []struct {
	name           string
	capital, small rune
	exceptions     map[rune]rune
}{
	{"bold", 0x1d400, 0x1d41a, nil},
	{"italic", 0x1d434, 0x1d44e, map[rune]rune{'h': 0x210e}},
	{"bold italic", 0x1d468, 0x1d482, nil},
	{"script", 0x1d49c, 0x1d4b6, map[rune]rune{
		'B': 0x212c, 'E': 0x2130, 'F': 0x2131, 'H': 0x210b, 'I': 0x2110, 'L': 0x2112, 'M': 0x2133, 'R': 0x211b,
		'e': 0x212f, 'g': 0x210a, 'o': 0x2134}},
	{"bold script", 0x1d4d0, 0x1d4ea, nil},
	{"Fraktur", 0x1d504, 0x1d51e, map[rune]rune{'C': 0x212d, 'H': 0x210c, 'I': 0x2111, 'R': 0x211c, 'Z': 0x2128}},
	{"double-struck", 0x1d538, 0x1d552, map[rune]rune{
		'C': 0x2102, 'H': 0x210d, 'N': 0x2115, 'P': 0x2119, 'Q': 0x211a, 'R': 0x211d, 'Z': 0x2124}},
	{"bold Fraktur", 0x1d56c, 0x1d586, nil},
	{"sans-serif", 0x1d5a0, 0x1d5ba, nil},
	{"sans-serif bold", 0x1d5d4, 0x1d5ee, nil},
	{"sans-serif italic", 0x1d608, 0x1d622, nil},
	{"sans-serif bold italic", 0x1d63c, 0x1d656, nil},
	{"monospace", 0x1d670, 0x1d68a, nil},
}

func mathematical() {
	s := in("mathematical", "Q.spelling", "N3").restsOn("spelling")
	for i, a := range alphabets {
		for _, w := range []string{"STOP", "UNSUBSCRIBE", "CANCEL", "QUIT", "HELP", "INFO", "REVOKE"} {
			s.because("mathematical %s capitals", a.name).add(respell(w, a.capital, a.small, a.exceptions), w, is(w))
		}
		for _, w := range []string{"STOP", "UNSUBSCRIBE", "HELP"} {
			s.because("mathematical %s small letters", a.name).
				add(respell(strings.ToLower(w), a.capital, a.small, a.exceptions), w, is(w))
		}
		w := words[i%len(words)]
		s.because("mathematical %s, first letter a capital, under the flags", a.name).underFor(w, 3).
			add(respell(title(w.text), a.capital, a.small, a.exceptions), w.text, is4(w.text, 3))
	}
	s.because("letters of four alphabets").add("\U0001d412\U0001d61b\U0001d4de\u2119", "STOP", is("STOP"))
	s.because("mathematical dotless i").add("\U0001d6a4nfo", "INFO", is("INFO"))
	s.because("a mathematical digit is no letter").add("\U0001d412\U0001d413\U0001d7ce\U0001d40f", "ST0P", none)
	s.because("mathematical bold Greek is Greek").restsOn("look-alikes").
		add("S\U0001d6bb\U0001d6b6\U0001d6b8", "S\u03a4\u039f\u03a1", none)
	s.because("double-struck italic d, e and i").add("\u2147n\u2146", "END", is("END"))
	s.because("double-struck italic i").add("QU\u2148T", "QUIT", is("QUIT"))
}

func enclosed() {
	s := in("enclosed", "Q.spelling", "N3").restsOn("spelling")
	for _, w := range words {
		lower := strings.ToLower(w.text)
		s.because("circled capitals").add(respell(w.text, 0x24b6, 0x24d0, nil), w.text, is(w.text))
		s.because("circled small letters").add(respell(lower, 0x24b6, 0x24d0, nil), w.text, is(w.text))
		s.because("squared capitals").add(respell(w.text, 0x1f130, 0, nil), w.text, is(w.text))
		s.because("circled capitals in an emoji presentation").rule("N2").
			add(behind(respell(w.text, 0x24b6, 0, nil), "\ufe0f"), w.text, is(w.text))
	}
	s.because("circled italic C and R").add("\U0001f12bance\u24db", "CANCEL", is("CANCEL"))
	s.because("circled italic C and R").add("A\U0001f12c\U0001f12cET", "ARRET", is("ARRET"))
	for _, w := range []string{"STOP", "END", "QUIT", "UNSTOP", "YES", "HELP"} {
		parens := "(" + between(w, ")(") + ")"
		s.because("parenthesized small letters are letters in parentheses").
			both(respell(strings.ToLower(w), 0, 0x249c, nil), parens, none, none)
		s.because("parenthesized capitals are letters in parentheses").
			both(respell(w, 0x1f110, 0, nil), parens, none, none)
		s.because("negative circled capitals have no decomposition").
			both(respell(w, 0x1f150, 0, nil), respell(w, 0x1f150, 0, nil), none, none)
		s.because("negative squared capitals have no decomposition").
			both(respell(w, 0x1f170, 0, nil), respell(w, 0x1f170, 0, nil), none, none)
		s.because("regional indicators have no decomposition").
			both(respell(w, 0x1f1e6, 0, nil), respell(w, 0x1f1e6, 0, nil), none, none)
	}
	s.because("tortoise shell brackets are part of the letter").
		both("\U0001f12aTOP", "\u3014S\u3015TOP", none, none)
	s.because("a parenthesized letter is that letter in parentheses").with(row{"J", optOut, drop}).
		both("\u24a5", "(J)", none, decide(drop, optOut, "J"))
	s.because("a squared pair of letters").with(row{"DJ", optOut, drop}).
		add("\U0001f190", "DJ", decide(drop, optOut, "DJ"))
	s.because("the squared word FREE has no decomposition").with(row{"FREE", optOut, drop}).
		both("\U0001f193", "\U0001f193", none, none)
	s.because("a circled number is that number").with(row{"1", optOut, drop}).
		add("\u2460", "1", decide(drop, optOut, "1"))
	s.because("a negative circled number is a number of its own").with(row{"1", optOut, drop}).
		both("\u2776", "\u2776", none, none)
}

// superscripts are the small letters above the line, but for q.
var superscripts = map[rune]rune{
	'a': 0x1d43, 'b': 0x1d47, 'c': 0x1d9c, 'd': 0x1d48, 'e': 0x1d49, 'f': 0x1da0, 'h': 0x2b0, 'i': 0x2071,
	'k': 0x1d4f, 'l': 0x2e1, 'n': 0x207f, 'o': 0x1d52, 'p': 0x1d56, 'r': 0x2b3, 's': 0x2e2, 't': 0x1d57,
	'u': 0x1d58, 'v': 0x1d5b, 'y': 0x2b8,
}

// letters: letters that are compatible with one or two of a keyword.
func letters() {
	s := in("letters", "Q.spelling", "N3").restsOn("spelling")
	for _, w := range words {
		if w.text == "QUIT" {
			continue
		}
		s.because("superscript letters").add(respell(strings.ToLower(w.text), 0, 0, superscripts), w.text, is(w.text))
	}
	for _, c := range []struct{ message, keyword, reason string }{
		{"\u209b\u209c\u2092\u209a", "STOP", "subscript letters"},
		{"\u2095\u2091\u2097\u209a", "HELP", "subscript letters"},
		{"\ufb06op", "STOP", "the ligature st"},
		{"\ufb05op", "STOP", "the ligature of long s and t"},
		{"\ufb06art", "START", "the ligature st"},
		{"UN\ufb06OP", "UNSTOP", "the ligature st among capitals"},
		{"\ufb06opall", "STOPALL", "the ligature st"},
		{"\u216dANCEL", "CANCEL", "Roman numeral one hundred"},
		{"\u217dance\u217c", "CANCEL", "small Roman numerals one hundred and fifty"},
		{"EN\u216e", "END", "Roman numeral five hundred"},
		{"QU\u2160T", "QUIT", "Roman numeral one"},
		{"\u2170nfo", "INFO", "small Roman numeral one"},
		{"re\u2174oke", "REVOKE", "small Roman numeral five"},
		{"HE\u216cP", "HELP", "Roman numeral fifty"},
		{"\u216eEBUT", "DEBUT", "Roman numeral five hundred"},
		{"he\u2113p", "HELP", "script small l"},
		{"st\u00bap", "STOP", "the masculine ordinal indicator"},
		{"c\u00aancel", "CANCEL", "the feminine ordinal indicator"},
		{"\u00aarret", "ARRET", "the feminine ordinal indicator"},
		{"st\u2134p", "STOP", "script small o"},
		{"y\u212fs", "YES", "script small e"},
		{"\u33ccfo", "INFO", "the square symbol for inch"},
		{"CANC\u1d31L", "CANCEL", "modifier letter capital E"},
		{"STO\u1d3e", "STOP", "modifier letter capital P"},
		{"S\u1d40OP", "STOP", "modifier letter capital T"},
		{"\u2130nd", "END", "script capital E"},
		{"rev\u1d52\u1d4fe", "REVOKE", "two superscript letters"},
		{"in\u1da0o", "INFO", "a superscript letter"},
	} {
		s.because("%s", c.reason).add(c.message, c.keyword, is(c.keyword))
	}
	for _, c := range []struct{ message, key, reason string }{
		{"STOP\u2122", "STOPTM", "the trade mark sign is two letters"},
		{"STOP\u2120", "STOPSM", "the service mark sign is two letters"},
		{"\u2121", "TEL", "the telephone sign is three letters"},
		{"\u2116", "NO", "the numero sign is two letters"},
		{"STOP\u00b2", "STOP2", "a superscript digit is a digit"},
		{"STOP\u2460", "STOP1", "a circled digit is a digit"},
		{"\u01c6", "DZ", "a digraph is two letters, the accent of one dropped"},
		{"STOP\u24c7", "STOPR", "the circled R is a letter"},
		{"EN\u0110", "EN\u0110", "D with stroke has no decomposition"},
		{"ST\u00d8P", "ST\u00d8P", "O with stroke has no decomposition"},
		{"HE\u0141P", "HE\u0141P", "L with stroke has no decomposition"},
		{"S\u0166OP", "S\u0166OP", "T with stroke has no decomposition"},
		{"\u0126ELP", "\u0126ELP", "H with stroke has no decomposition"},
		{"H\u0152LP", "H\u0152LP", "OE has no decomposition"},
		{"\u00c6RRET", "\u00c6RRET", "AE has no decomposition"},
		{"YE\u00df", "YE\u00df", "sharp s has no decomposition"},
		{"\u01a7TOP", "\u01a7TOP", "the letter tone two has no decomposition"},
		{"\u018fND", "\u018fND", "schwa has no decomposition"},
		{"STO\u01a4", "STO\u01a4", "P with hook has no decomposition"},
		{"\u0187ANCEL", "\u0187ANCEL", "C with hook has no decomposition"},
	} {
		s.because("%s", c.reason).both(c.message, c.key, none, none)
	}
	s.because("the trade mark sign in a table").with(row{"ACME\u2122 OFF", optOut, drop}).
		add("acmetm off", "ACMETM OFF", decide(drop, optOut, "ACME\u2122 OFF"))
	s.because("a ligature of three letters in a table").with(row{"OFFICE", help, forward}).
		add("o\ufb03ce", "OFFICE", decide(forward, help, "OFFICE"))
	s.because("a digraph in a table").with(row{"VRIJ", optOut, drop}).
		add("vr\u0133", "VRIJ", decide(drop, optOut, "VRIJ"))
	s.because("a word in Arabic letters of one code point, with spaces").
		with(row{"\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645", help, forward}).
		add("\ufdfa", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645",
			decide(forward, help, "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645"))
}
