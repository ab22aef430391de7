package main

import "strings"

// A sign is punctuation or a symbol, with its part of a key.
type sign struct {
	text string
	key  string // "" if it is the sign itself
}

func (c sign) in() string {
	if c.key == "" {
		return c.text
	}
	return c.key
}

// signs are of the categories P and S, and so are their decompositions.
var signs = []sign{
	{"\u00a1", ""}, {"\u00bf", ""}, {"\u00ab", ""}, {"\u00bb", ""}, {"\u00a7", ""}, {"\u00b6", ""}, {"\u00a2", ""}, {"\u00a3", ""},
	{"\u00a5", ""}, {"\u20ac", ""}, {"\u20b9", ""}, {"\u20bf", ""}, {"\u00a9", ""}, {"\u00ae", ""}, {"\u00b0", ""}, {"\u00b1", ""},
	{"\u00d7", ""}, {"\u00f7", ""}, {"\u00ac", ""}, {"\u00a6", ""}, {"\u00b7", ""}, {"\u2010", "-"}, {"\u2013", "-"}, {"\u2014", "-"},
	{"\u2015", "-"}, {"\u2018", "'"}, {"\u2019", "'"}, {"\u201a", "'"}, {"\u201c", "\""}, {"\u201d", "\""}, {"\u201e", "\""}, {"\u2020", ""},
	{"\u2022", ""}, {"\u2030", ""}, {"\u2039", ""}, {"\u203a", ""}, {"\u203d", ""}, {"\u203f", ""}, {"\u2042", ""}, {"\u2044", ""},
	{"\u2052", ""}, {"\u2190", ""}, {"\u2192", ""}, {"\u221e", ""}, {"\u2248", ""}, {"\u2318", ""}, {"\u2500", ""}, {"\u2588", ""},
	{"\u25a0", ""}, {"\u2605", ""}, {"\u2620", ""}, {"\u2713", ""}, {"\u27e8", ""}, {"\u2e3a", ""}, {"\u3001", ""}, {"\u3002", ""},
	{"\u300c", ""}, {"\u300d", ""}, {"\u3010", ""}, {"\u301c", ""}, {"\u3030", ""}, {"\u30fb", ""}, {"\u060c", ""}, {"\u061b", ""},
	{"\u061f", ""}, {"\u06d4", ""}, {"\u0964", ""}, {"\u0965", ""}, {"\u0589", ""}, {"\u05be", ""}, {"\u05f3", ""}, {"\u0e5a", ""},
	{"\u104a", ""}, {"\u1362", ""}, {"\u17d4", ""}, {"\u1801", ""}, {"\u10fb", ""}, {"\ufd3e", ""}, {"\U00010100", ""}, {"\U0001d100", ""},
	{"\u02c2", ""}, {"\u02d2", ""}, {"\u02ed", ""}, {"\ua700", ""}, {"\u2801", ""},

	{"\u2026", "..."}, {"\u2025", ".."}, {"\u2024", "."}, {"\u203c", "!!"}, {"\u2047", "??"}, {"\u2048", "?!"}, {"\u2049", "!?"},
	{"\uff01", "!"}, {"\uff1f", "?"}, {"\uff0e", "."}, {"\uff0c", ","}, {"\uff02", "\""}, {"\uff03", "#"}, {"\uff05", "%"}, {"\uff08", "("},
	{"\uff3c", "\\"}, {"\uff3e", "^"}, {"\uff3f", "_"}, {"\uff40", "`"}, {"\uff5e", "~"}, {"\uff61", "\u3002"}, {"\uff62", "\u300c"}, {"\uff65", "\u30fb"},
	{"\ufe57", "!"}, {"\ufe56", "?"}, {"\ufe52", "."}, {"\ufe15", "!"}, {"\ufe4d", "_"}, {"\ufe58", "-"}, {"\ufe69", "$"},
	{"\u2011", "-"}, {"\uff0d", "-"}, {"\uffe1", "\u00a3"}, {"\uffe5", "\u00a5"}, {"\uffe6", "\u20a9"}, {"\uffe2", "\u00ac"}, {"\uffe8", "\u2502"},
	{"\u037e", ";"}, {"\u0387", "\u00b7"}, {"\u1fef", "`"}, {"\u2329", "\u3008"}, {"\u222c", "\u222b\u222b"}, {"\u2a74", "::="}, {"\u2033", "\u2032\u2032"},
	{"\u207a", "+"}, {"\u207d", "("}, {"\u208c", "="},
}

func punctuation() {
	s := in("punctuation", "Q.punctuation", "I.off").restsOn("punctuation")
	n := 0
	for b := '!'; b <= '~'; b++ {
		c := string(b)
		if strings.ContainsAny(upper(c), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			continue
		}
		n++
		w := words[n%len(words)].text
		s.because("%q behind a keyword", c).both("STOP"+c, "STOP"+c, none, is("STOP"))
		s.because("%q before a keyword", c).ignoring().add(c+title(w), c+w, is(w))
	}
	for _, c := range signs {
		n++
		w := words[n%len(words)].text
		switch n % 3 {
		case 0:
			s.because("%+q behind a keyword", c.text).both(title(w)+c.text, w+c.in(), none, is(w))
		case 1:
			s.because("%+q before a keyword and behind it", c.text).ignoring().add(c.text+title(w)+c.text, c.in()+w+c.in(), is(w))
		case 2:
			s.because("%+q before a keyword and, with a space, behind it", c.text).ignoring().
				add(c.text+title(w)+" "+c.text, c.in()+w+" "+c.in(), is(w))
		}
	}
	for _, w := range words {
		lower, first := strings.ToLower(w.text), title(w.text)
		s.because("a full stop behind, as keyboards make it of two spaces").both(first+". ", w.text+".", none, is(w.text))
		s.because("exclamation marks behind").ignoring().add(lower+"!!!", w.text+"!!!", is(w.text))
		s.because("in quotation marks").both("\""+first+"\"", "\""+w.text+"\"", none, is(w.text))
		s.because("punctuation and white space, mixed").ignoring().add(" - ( "+w.text+" ) ; ", "- ( "+w.text+" ) ;", is(w.text))
		s.because("punctuation behind, under the flags").ignoring().underFor(w, 3).add(first+"!", w.text+"!", is4(w.text, 3))
		s.because("punctuation behind, under the flags").ignoring().underFor(w, 2).add(first+".", w.text+".", is4(w.text, 2))
	}
	for _, m := range []struct{ message, key, keyword string }{
		{"/stop", "/STOP", "STOP"}, {"/quit", "/QUIT", "QUIT"}, {"#quit", "#QUIT", "QUIT"}, {"#STOP#", "#STOP#", "STOP"}, {"*stop*", "*STOP*", "STOP"},
		{"_stop_", "_STOP_", "STOP"}, {"**STOP**", "**STOP**", "STOP"}, {"~~stop~~", "~~STOP~~", "STOP"}, {"\u00a1stop!", "\u00a1STOP!", "STOP"},
		{"\u00bfyes?", "\u00bfYES?", "YES"}, {"\u00abarret\u00bb", "\u00abARRET\u00bb", "ARRET"}, {"\u00ab\u00a0Arr\u00eat\u00a0\u00bb", "\u00ab ARRET \u00bb", "ARRET"},
		{"\u201eStop\u201c", "\"STOP\"", "STOP"}, {"\u2018cancel\u2019", "'CANCEL'", "CANCEL"}, {"(end)", "(END)", "END"}, {"[END]", "[END]", "END"},
		{"<help>", "<HELP>", "HELP"}, {"{info}", "{INFO}", "INFO"}, {"\\quit", "\\QUIT", "QUIT"}, {"...stop...", "...STOP...", "STOP"}, {"!stop!", "!STOP!", "STOP"},
		{"stop ?!", "STOP ?!", "STOP"}, {"yes.", "YES.", "YES"}, {"yes,", "YES,", "YES"}, {"Help?", "HELP?", "HELP"}, {"\u3010\uff33\uff34\uff2f\uff30\u3011", "\u3010STOP\u3011", "STOP"},
		{"-stop", "-STOP", "STOP"}, {"> stop", "> STOP", "STOP"}, {"stop;", "STOP;", "STOP"}, {"@stop", "@STOP", "STOP"}, {"$stop$", "$STOP$", "STOP"},
		{":) stop", ":) STOP", "STOP"}, {"stop :(", "STOP :(", "STOP"}, {"stop <3", "STOP <3", ""}, {"stop :D", "STOP :D", ""}, {"1. stop", "1. STOP", ""},
		{"stop (1)", "STOP (1)", ""}, {"(stop) please", "(STOP) PLEASE", ""}, {"\"stop\" \"end\"", "\"STOP\" \"END\"", ""}, {"st.op", "ST.OP", ""}, {"s-top", "S-TOP", ""},
		{"stop. end.", "STOP. END.", ""}, {"!", "!", ""}, {"...", "...", ""}, {"?!?!", "?!?!", ""}, {"- -", "- -", ""}, {"'s", "'S", ""}, {"stop's", "STOP'S", ""},
		{"\u2018stop\u2019s", "'STOP'S", ""}, {"stop/start", "STOP/START", ""}, {"$TOP!", "$TOP!", ""}, {"\u00a1no!", "\u00a1NO!", ""}, {"#5", "#5", ""},
	} {
		if m.keyword == "" {
			s.because("what is left between the punctuation is no keyword").both(m.message, m.key, none, none)
		} else {
			s.because("what is left between the punctuation is a keyword").both(m.message, m.key, none, is(m.keyword))
		}
	}
	s = s.rule("N2").restsOn("spelling")
	s.because("an invisible character behind the punctuation").both("STOP!\u200b", "STOP!", none, is("STOP"))
	s.because("an invisible character between the punctuation").both("STOP!\u200d!", "STOP!!", none, is("STOP"))
	s.because("an accent under the punctuation").restsOn("accents").both("Arr\u00eat!", "ARRET!", none, is("ARRET"))
	s.because("a mark on the last letter, then punctuation").restsOn("accents").both("stop\u0301!", "STOP!", none, is("STOP"))

	// Signs that are letters of their kind, or neither P nor S.
	s = in("punctuation", "Q.punctuation", "I.off").restsOn("punctuation", "trim-key")
	for _, c := range []struct{ text, key, reason string }{
		{"\u02d0", "", "the modifier letter triangular colon is a letter"},
		{"\u02b9", "", "the modifier letter prime is a letter"},
		{"\u02c8", "", "the modifier letter vertical line is a letter"},
		{"\u0374", "\u02b9", "the Greek numeral sign is the modifier letter prime"},
		{"\u30fc", "", "the prolonged sound mark is a letter"},
		{"\uff70", "\u30fc", "the halfwidth prolonged sound mark is a letter"},
		{"\u3005", "", "the iteration mark is a letter"},
		{"\u0640", "", "the tatweel is a letter"},
		{"\ua78c", "\ua78b", "the saltillo is a letter, with a capital"},
		{"\u01c3", "", "the click letter that looks like an exclamation mark is a letter"},
		{"\u00b9", "1", "a superscript digit is a digit"},
		{"\u2080", "0", "a subscript digit is a digit"},
		{"\u00bd", "1\u20442", "a fraction is digits and a fraction slash"},
		{"\u2488", "1.", "a digit with a full stop is a digit and a full stop"},
	} {
		key := c.key
		if key == "" {
			key = c.text
		}
		s.because("%s", c.reason).both("STOP"+c.text, "STOP"+key, none, none)
	}
	s.because("the modifier letter apostrophe is folded to the apostrophe, which is punctuation").both("STOP\u02bc", "STOP'", none, is("STOP"))
	s.because("the modifier letter colon is a symbol").both("STOP\ua789", "STOP\ua789", none, is("STOP"))
}

// compatibility: signs that decompose into more than punctuation. What is
// trimmed is the ends of the key.
func compatibility() {
	s := in("compatibility", "Q.punctuation", "N3", "I.off").restsOn("punctuation", "spelling", "trim-key")
	for _, c := range []struct{ text, key, reason string }{
		{"\u00a8", "\u0308", "the diaeresis"}, {"\u00af", "\u0304", "the macron"}, {"\u00b8", "\u0327", "the cedilla"},
		{"\u02d8", "\u0306", "the breve"}, {"\u02d9", "\u0307", "the dot above"}, {"\u02da", "\u030a", "the ring above"}, {"\u02db", "\u0328", "the ogonek"},
		{"\u02dc", "\u0303", "the small tilde"}, {"\u02dd", "\u030b", "the double acute accent"}, {"\u0384", "\u0301", "the Greek tonos"},
		{"\u0385", "\u0308\u0301", "the Greek dialytika tonos"}, {"\u1fbd", "\u0313", "the Greek koronis"}, {"\u1fbf", "\u0313", "the Greek psili"},
		{"\u1fc0", "\u0342", "the Greek perispomeni"}, {"\u1fc1", "\u0308\u0342", "the Greek dialytika and perispomeni"}, {"\u1fcd", "\u0313\u0300", "the Greek psili and varia"},
		{"\u1fed", "\u0308\u0300", "the Greek dialytika and varia"}, {"\u1ffd", "\u0301", "the Greek oxia"}, {"\u1ffe", "\u0314", "the Greek dasia"},
		{"\u2017", "\u0333", "the double low line"}, {"\u203e", "\u0305", "the overline"}, {"\u309b", "\u3099", "the spacing voiced sound mark"},
		{"\u309c", "\u309a", "the spacing semi-voiced sound mark"}, {"\ufe49", "\u0305", "the dashed overline"}, {"\uffe3", "\u0304", "the fullwidth macron"},
		{"\ufc5e", "\u064c\u0651", "the Arabic ligature of shadda and dammatan"}, {"\ufe70", "\u064b", "the isolated Arabic fathatan"},
	} {
		s.because("%s is a space and a mark, which goes with it", c.reason).
			both("STOP"+c.text, "STOP "+c.key, none, is("STOP"))
		s.because("%s is a space, which is white space at the start, and a mark that stands on nothing then", c.reason).
			ignoring().add(c.text+"STOP!", c.key+"STOP!", is("STOP"))
	}
	s.because("the spacing ypogegrammeni is a space and a mark that folds to a letter").restsOn("folding").
		both("STOP\u037a", "STOP \u0399", none, none)
	s.because("the Greek prosgegrammeni is a letter").restsOn("folding").both("STOP\u1fbe", "STOP\u0399", none, none)
	for _, c := range []struct{ text, key, reason string }{
		{"\u2122", "TM", "the trade mark sign"}, {"\u2120", "SM", "the service mark sign"}, {"\u2105", "C/O", "the care of sign"}, {"\u2100", "A/C", "the account sign"},
		{"\u2116", "NO", "the numero sign"}, {"\u213b", "FAX", "the facsimile sign"}, {"\u2103", "\u00b0C", "the sign of degrees Celsius"},
		{"\u33a1", "M2", "the square metre sign"}, {"\u33c2", "A.M.", "the sign of the morning"}, {"\u3231", "(\u682a)", "the sign of a corporation"},
		{"\u32c0", "1\u6708", "the sign of January"}, {"\u2474", "(1)", "a parenthesized digit"}, {"\u00aa", "A", "the feminine ordinal indicator"}, {"\u00ba", "O", "the masculine ordinal indicator"},
		{"\u24c7", "R", "the circled R"}, {"\U0001f16a", "MC", "the raised MC sign"}, {"\U0001f16b", "MD", "the raised MD sign"},
	} {
		s.because("%s decomposes into letters or digits, which are not trimmed", c.reason).
			ignoring().add("END"+c.text, "END"+c.key, none)
		s.because("%s decomposes into letters or digits, which are not trimmed", c.reason).
			ignoring().add(c.text+" end", c.key+" END", none)
	}
	s.because("the trade mark sign is two letters of the key: a keyword of the table").with(row{"STOPTM", help, forward}).
		both("stop\u2122", "STOPTM", decide(forward, help, "STOPTM"), decide(forward, help, "STOPTM"))
	s.because("the ordinal indicator is a letter of the word").both("(st\u00bap)", "(STOP)", none, is("STOP"))
	s.because("an opening parenthesis that comes with a letter is trimmed as any other").
		with(row{"A", optOut, drop}).both("\u249c!", "(A)!", none, decide(drop, optOut, "A"))
	s.because("the copyright sign has no decomposition").both("STOP \u00a9", "STOP \u00a9", none, is("STOP"))
	s.because("the registered sign has no decomposition").both("STOP \u00ae", "STOP \u00ae", none, is("STOP"))
	s.because("a degree sign that stands alone").both("STOP \u00b0", "STOP \u00b0", none, is("STOP"))
	s.because("the voiced sound mark of halfwidth width is a mark on P").both("STOP\uff9e!", "STOP!", none, is("STOP"))
}

func emoji() {
	s := in("emoji", "Q.punctuation", "I.off").restsOn("punctuation")
	for _, m := range []struct{ text, key, reason string }{
		{"\U0001f6d1", "", "the stop sign"}, {"\U0001f600", "", "a face"}, {"\u2764", "", "a heart, as text"}, {"\u2764\ufe0f", "\u2764", "a heart with a variation selector"},
		{"\u263a\ufe0f", "\u263a", "a face with a variation selector"}, {"\U0001f44d\U0001f3fd", "", "a thumb with a skin tone"}, {"\u270b\U0001f3ff", "", "a hand with a skin tone"},
		{"\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\U0001f469\U0001f467", "a family, joined"},
		{"\U0001f926\U0001f3fb\u200d\u2642\ufe0f", "\U0001f926\U0001f3fb\u2642", "a face palm with skin tone, joiner and sign"},
		{"\U0001f1eb\U0001f1f7", "", "a flag of two regional indicators"},
		{"\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "\U0001f3f4", "a flag with tags"},
		{"\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\U0001f308", "a flag, joined"}, {"\u26d4", "", "the no entry sign"}, {"\U0001f64f\U0001f64f\U0001f64f", "", "three hands"},
		{"\U0001fae1", "", "a saluting face"}, {"\U0001f51a", "", "the word END over an arrow"}, {"\u274c", "", "a cross mark"}, {"\u2705", "", "a check mark"}, {"\u203c\ufe0f", "!!", "two exclamation marks, emoji"},
		{"\u00a9\ufe0f", "\u00a9", "the copyright sign, emoji"}, {"\u3030\ufe0f", "\u3030", "a wavy dash, emoji"},
	} {
		key := m.key
		if key == "" {
			key = m.text
		}
		s := s.because("%s is symbols", m.reason)
		s.both("STOP"+m.text, "STOP"+key, none, is("STOP"))
		s.ignoring().add(m.text+" Cancel "+m.text, key+" CANCEL "+key, is("CANCEL"))
		s.ignoring().add(m.text, key, none)
	}
	s = s.restsOn("trim-key", "mark-carrier")
	for _, c := range []string{"0", "9"} {
		s.because("the keycap of a digit is a digit with an enclosing mark, and stays").
			both("STOP "+c+"\ufe0f\u20e3", "STOP "+c+"\u20e3", none, none)
	}
	s.because("the keycap of the number sign is a sign with an enclosing mark").both("STOP #\ufe0f\u20e3", "STOP #\u20e3", none, is("STOP"))
	s.because("the keycap of the asterisk is a sign with an enclosing mark").both("STOP*\ufe0f\u20e3", "STOP*\u20e3", none, is("STOP"))
	s.because("the trade mark sign, emoji, is two letters").both("STOP\u2122\ufe0f", "STOPTM", none, none)
	s.because("the circled M, emoji, is a letter").both("STOP\u24c2\ufe0f", "STOPM", none, none)
	s.because("the information sign, emoji, is the letter i").both("STOP\u2139\ufe0f", "STOPI", none, none)
	s.because("the information sign, emoji, is the letter i").rule("Q.spelling").both("\u2139\ufe0fnfo", "INFO", is("INFO"), is("INFO"))
	s.because("the Japanese sign for secret, emoji, is an ideograph").both("STOP\u3299\ufe0f", "STOP\u79d8", none, none)
	s.because("words between emoji").both("\U0001f6d1stop\U0001f6d1now\U0001f6d1", "\U0001f6d1STOP\U0001f6d1NOW\U0001f6d1", none, none)
	s.because("an emoji in place of a letter").both("ST\U0001f6d1P", "ST\U0001f6d1P", none, none)

	table := []row{{"\U0001f6d1", optOut, drop}, {"\u2764\ufe0f", optIn, forward}, {"\U0001f44d", help, forward}, {"\U0001f44d\U0001f3fd", optIn, intercept}}
	s = in("emoji", "Q.punctuation", "L").restsOn("punctuation").with(table...)
	stop, heart := decide(drop, optOut, "\U0001f6d1"), decide(forward, optIn, "\u2764\ufe0f")
	s.because("a table may hold an emoji").both("\U0001f6d1", "\U0001f6d1", stop, stop)
	s.because("white space around an emoji").add(" \U0001f6d1\n", "\U0001f6d1", stop)
	s.because("with punctuation behind it nothing is left").both("\U0001f6d1!", "\U0001f6d1!", none, none)
	s.because("twice is not once, and trimmed nothing is left").both("\U0001f6d1\U0001f6d1", "\U0001f6d1\U0001f6d1", none, none)
	s.because("with or without a variation selector").restsOn("spelling").add("\u2764", "\u2764", heart)
	s.because("with or without a variation selector").restsOn("spelling").add("\u2764\ufe0f", "\u2764", heart)
	s.because("a skin tone is visible").add("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd", decide(intercept, optIn, "\U0001f44d\U0001f3fd"))
	s.because("without a skin tone it is another row").add("\U0001f44d", "\U0001f44d", decide(forward, help, "\U0001f44d"))
	s.because("another skin tone is no row").add("\U0001f44d\U0001f3ff", "\U0001f44d\U0001f3ff", none)
	s.because("a joiner is invisible").restsOn("spelling").with(row{"\U0001f468\u200d\U0001f469", optOut, drop}).
		add("\U0001f468\U0001f469", "\U0001f468\U0001f469", decide(drop, optOut, "\U0001f468\u200d\U0001f469"))
	s.because("an emoji with a word").with(row{"\U0001f6d1 STOP", optOut, drop}).
		both("\U0001f6d1 stop", "\U0001f6d1 STOP", decide(drop, optOut, "\U0001f6d1 STOP"), decide(drop, optOut, "\U0001f6d1 STOP"))
	s.because("trimming does not find a row that has the symbol").with(row{"\U0001f6d1 STOP", optOut, drop}).
		both("\U0001f6d1 stop!", "\U0001f6d1 STOP!", none, none)
}

// typedSigns: what phones put in for what was typed, and the signs beside them
// that are not folded.
func typedSigns() {
	s := in("typed-signs", "N5", "Q.inside")
	optOutDash, dontText, quoted := decide(drop, optOut, "OPT-OUT"), decide(drop, optOut, "Don't text"), decide(drop, optOut, "\"stop\"")
	dash, apostrophe, quote := s.with(row{"OPT-OUT", optOut, drop}), s.with(row{"Don't text", optOut, drop}), s.with(row{"\"stop\"", optOut, drop})
	for _, c := range []string{"\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2015", "\u2212", "\ufe31", "\ufe32"} {
		dash.because("%+q is a hyphen-minus", c).add("Opt"+c+"out", "OPT-OUT", optOutDash)
	}
	for _, c := range []string{"\u2018", "\u2019", "\u201a", "\u201b", "\u02bc"} {
		apostrophe.because("%+q is an apostrophe", c).add("don"+c+"t text", "DON'T TEXT", dontText)
	}
	for _, c := range []string{"\u201c", "\u201d", "\u201e", "\u201f"} {
		quote.because("%+q is a quotation mark", c).add(c+"Stop\"", "\"STOP\"", quoted)
	}
	for _, c := range []string{"\u2016", "\u2043", "\u2e3a", "\u00ac", "\u00af"} {
		key := c
		if c == "\u00af" {
			key = " \u0304"
		}
		dash.because("%+q is no dash of the list", c).add("OPT"+c+"OUT", "OPT"+key+"OUT", none)
	}
	for _, c := range []string{"\u2032", "\u2035", "\u02b9", "\u02bb", "\u02bd", "\ua78b", "`"} {
		apostrophe.because("%+q stays: it is no quotation mark of the list", c).add("DON"+c+"T TEXT", "DON"+c+"T TEXT", none)
	}
	for _, c := range []string{"\u00ab", "\u00bb", "\u2039", "\u300c", "\u2e42"} {
		quote.because("%+q stays: it is no quotation mark of the list", c).add(c+"STOP\"", c+"STOP\"", none)
	}
	dash.because("a row with a dash is found by what was typed").with(row{"opt\u2013out", optOut, drop}).
		add("opt-out", "OPT-OUT", decide(drop, optOut, "opt\u2013out"))
	apostrophe.because("a mark on a quotation mark stays on the apostrophe").add("don\u2019\u0301t text", "DON'\u0301T TEXT", none)
}

// trimMarks: which marks go with the punctuation, and which don't.
func trimMarks() {
	s := in("trim-marks", "Q.punctuation", "I.off").restsOn("punctuation", "trim-key")
	for _, m := range []struct{ message, key, reason string }{
		{"\u00a8Stop\u00a8", "\u0308STOP \u0308", "an accent of its own at both ends"},
		{"\u20e3\u0301 STOP", "\u20e3\u0301 STOP", "marks at the start, then a space"},
		{"\u0903STOP", "\u0903STOP", "a spacing mark at the start"},
		{"!\u0301!\u0301\u0323STOP", "!\u0301!\u0323\u0301STOP", "marks on each sign in front"},
		{"STOP!\u0301\u20dd \u0903", "STOP!\u0301\u20dd \u0903", "nonspacing, enclosing and spacing marks on signs behind"},
		{"STOP.\u093e!", "STOP.\u093e!", "a vowel sign on a full stop, and more behind it"},
	} {
		s.because("%s", m.reason).both(m.message, m.key, none, is("STOP"))
	}
	s.because("a spacing mark on the last letter is part of the word").both("STOP\u0903!", "STOP\u0903!", none, none)
	s.because("a mark on a digit stays").both("STOP 1\u0301!", "STOP 1\u0301!", none, none)
	s.because("a mark on U+FFFD stays, as U+FFFD does").restsOn("damaged-text").both("STOP\ufffd\u0301", "STOP\ufffd\u0301", none, none)
	hindi := decide(drop, optOut, "\u092c\u0902\u0926\u094d")
	s = s.with(row{"\u092c\u0902\u0926\u094d", optOut, drop}).restsOn("marks")
	s.because("a mark on the last letter of another script stays").both("\u092c\u0902\u0926\u094d", "\u092c\u0902\u0926\u094d", hindi, hindi)
	s.because("the sign behind goes, the mark on the last letter stays").both("\u092c\u0902\u0926\u094d!\u0301", "\u092c\u0902\u0926\u094d!\u0301", none, hindi)
	s.because("without its last mark it is another word").both("\u092c\u0902\u0926!\u094d", "\u092c\u0902\u0926!\u094d", none, none)
	own := decide(drop, optOut, "!\u0301")
	s.because("a row of a sign and its mark is found first, exactly").with(row{"!\u0301", optOut, drop}).both("!\u0301", "!\u0301", own, own)
}
