package main

import "strings"

func accents() {
	s := in("accents", "Q.accent", "N4").restsOn("accents")
	for _, c := range []struct{ message, keyword string }{
		{"ARR\u00caT", "ARRET"}, {"arr\u00eat", "ARRET"}, {"Arr\u00eat", "ARRET"}, {"ARR\u00c9T", "ARRET"}, {"arr\u00e9t", "ARRET"},
		{"arr\u00e8t", "ARRET"}, {"ARR\u00cbT", "ARRET"}, {"\u00e0rret", "ARRET"}, {"ARRE\u0302T", "ARRET"}, {"arre\u0301t", "ARRET"},
		{"ARR\u00caTE", "ARRETE"}, {"ARR\u00caT\u00c9", "ARRETE"}, {"arr\u00eat\u00e9", "ARRETE"}, {"arr\u00eate", "ARRETE"},
		{"arret\u00e9", "ARRETE"}, {"arr\u00e8t\u00e9", "ARRETE"}, {"arre\u0302te\u0301", "ARRETE"}, {"arr\u00eat\u00e8", "ARRETE"},
		{"ARR\u00caTT", "ARRETT"}, {"arr\u00eatt", "ARRETT"}, {"arr\u00e9tt", "ARRETT"},
		{"D\u00c9BUT", "DEBUT"}, {"d\u00e9but", "DEBUT"}, {"D\u00e8but", "DEBUT"}, {"d\u00e9b\u00fbt", "DEBUT"}, {"de\u0301but", "DEBUT"},
		{"ST\u00d6P", "STOP"}, {"st\u00f3p", "STOP"}, {"ST\u00d2P", "STOP"}, {"st\u00f4p", "STOP"}, {"st\u00f5p", "STOP"},
		{"ST\u0150P", "STOP"}, {"\u0161\u0165op", "STOP"}, {"\u015eTOP", "STOP"}, {"\u0219top", "STOP"}, {"s\u0163op", "STOP"},
		{"s\u021bop", "STOP"}, {"\u015atop", "STOP"}, {"st\u014dp", "STOP"}, {"st\u1ed9p", "STOP"}, {"ST\u1ee2P", "STOP"}, {"st\u01a1p", "STOP"},
		{"sto\u1e57", "STOP"}, {"\u00e9nd", "END"}, {"e\u00f1d", "END"}, {"\u00c9ND", "END"}, {"e\u0148\u010f", "END"},
		{"\u00e7ancel", "CANCEL"}, {"\u010cANCEL", "CANCEL"}, {"c\u00e1ncel", "CANCEL"}, {"canc\u00e9l", "CANCEL"}, {"cance\u013a", "CANCEL"},
		{"qu\u00eft", "QUIT"}, {"q\u00fcit", "QUIT"}, {"QU\u00ceT", "QUIT"}, {"y\u00e9s", "YES"}, {"\u00ddES", "YES"}, {"\u00ffes", "YES"},
		{"h\u00e9lp", "HELP"}, {"H\u00c8LP", "HELP"}, {"\u0125elp", "HELP"}, {"inf\u00f3", "INFO"}, {"\u00ednfo", "INFO"}, {"INF\u00d6", "INFO"},
		{"\u0130nfo", "INFO"}, {"st\u00e1rt", "START"}, {"ST\u00c4RT", "START"}, {"st\u00e5rt", "START"}, {"ST\u212bRT", "START"},
		{"rev\u00f3ke", "REVOKE"}, {"R\u00c9VOKE", "REVOKE"}, {"revo\u0137e", "REVOKE"}, {"\u00f4ptout", "OPTOUT"}, {"opt\u00d6ut", "OPTOUT"},
		{"\u00fcnsubscribe", "UNSUBSCRIBE"}, {"unsubscrib\u00e9", "UNSUBSCRIBE"}, {"\u00fanst\u00f3p", "UNSTOP"}, {"\u016fnstop", "UNSTOP"},
		{"stop\u00e1ll", "STOPALL"}, {"st\u00f6p\u00e4ll", "STOPALL"}, {"ARR\u1ebeT", "ARRET"}, {"arr\u1ec3t", "ARRET"}, {"arr\u1ec7t\u1ec5", "ARRETE"},
	} {
		s.because("accents on Latin letters do not matter").add(c.message, c.keyword, is(c.keyword))
	}
	marks := []struct {
		mark, name string
	}{
		{"\u0301", "a combining acute accent"},
		{"\u0302", "a combining circumflex"},
		{"\u0308\u0304", "two combining marks"},
		{"\u0327", "a combining cedilla"},
		{"\u0338", "a combining slash"},
		{"\u0489", "an enclosing Cyrillic sign"},
		{"\u20dd", "an enclosing circle"},
	}
	for i, w := range words {
		lower := strings.ToLower(w.text)
		for j, m := range marks {
			switch (i + j) % 4 {
			case 0:
				s.because("%s behind each letter", m.name).add(behind(w.text, m.mark), w.text, is(w.text))
			case 1:
				s.because("%s behind the last letter", m.name).add(lower+m.mark, w.text, is(w.text))
			}
		}
		s.because("an accent behind the first letter, under the flags").underFor(w, 3).
			add(lower[:1]+"\u0300"+lower[1:], w.text, is4(w.text, 3))
		s.because("a mark before the word belongs to no letter").add("\u0301"+w.text, "\u0301"+w.text, none)
	}
	for _, m := range []struct{ message, key, reason string }{
		{"STO\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308P", "STOP", "eight marks on one letter"},
		{"S\u0334T\u0321O\u0316P\u0360", "STOP", "marks of four combining classes"},
		{"S\u0336T\u0336O\u0336P\u0336", "STOP", "struck through by combining marks"},
		{"STO\u200b\u0301P", "STOP", "a mark behind an invisible character is still the letter's"},
		{"\uff33\u0301\uff34\uff2f\uff30", "STOP", "a mark on a fullwidth letter"},
		{"\u24c8\u0301TOP", "STOP", "a mark on a circled letter"},
		{"S\u20e3T\u20e3O\u20e3P\u20e3", "STOP", "enclosing keycaps"},
		{"S\u20deT\u20deO\u20deP\u20de", "STOP", "enclosing squares"},
		{"ST\u030aOP", "STOP", "a ring above a letter that has no composed form"},
	} {
		s.because("%s", m.reason).add(m.message, m.key, is("STOP"))
	}
	for _, m := range []struct{ message, key, reason string }{
		{"STOP \u0301", "STOP \u0301", "a mark on a space is none on a letter"},
		{"\u00b4STOP", "\u0301STOP", "an acute accent of its own is a space with a mark"},
		{"STOP\u00b4", "STOP \u0301", "an acute accent of its own is a space with a mark"},
	} {
		s.because("%s", m.reason).restsOn("trim-key").both(m.message, m.key, none, is("STOP"))
	}
	for _, m := range []struct{ message, key, reason string }{
		{"ARRE^T", "ARRE^T", "a spacing circumflex is no mark"},
		{"arre\u02c6t", "ARRE\u02c6T", "a modifier letter circumflex is no mark"},
		{"ARRE\u00b4T", "ARRE \u0301T", "a spacing acute accent is a space with a mark"},
		{"ARRE'T", "ARRE'T", "an apostrophe is no accent"},
		{"\u00ea\u00e9\u00e8", "EEE", "accented letters, no keyword"},
		{"arr\u00eatez", "ARRETEZ", "accents dropped, still another word"},
		{"ar\u00eat", "ARET", "accents dropped, still another word"},
		{"No\u00ebl", "NOEL", "accents dropped, still another word"},
	} {
		s.because("%s", m.reason).both(m.message, m.key, none, none)
	}
	s.because("a table with its accents: the row's text is what the decision names").with(row{"Arr\u00eatez", optOut, drop}).
		add("ARRETEZ", "ARRETEZ", decide(drop, optOut, "Arr\u00eatez"))
	s.because("a table with its accents decomposed").with(row{"Ku\u0308ndigen", optOut, drop}).
		add("K\u00dcNDIGEN", "KUNDIGEN", decide(drop, optOut, "Ku\u0308ndigen"))
	s.because("e for umlaut is another spelling").with(row{"K\u00fcndigen", optOut, drop}).
		add("Kuendigen", "KUENDIGEN", none)
	s.because("Vietnamese: two marks on a letter").with(row{"HU\u1ef6", optOut, drop}).
		add("hu\u0309y", "HUY", decide(drop, optOut, "HU\u1ef6"))
	s.because("Vietnamese: D with stroke is a letter of its own").with(row{"D\u1eaeNG", optOut, drop}).
		add("\u0111\u1eafng", "\u0110ANG", none)
	s.because("an accent on a letter that stays: O with stroke").with(row{"ST\u00d8P", optOut, drop}).
		add("st\u01ffp", "ST\u00d8P", decide(drop, optOut, "ST\u00d8P"))
	s.because("O with stroke is not O").with(row{"ST\u00d8P", optOut, drop}).add("STOP", "STOP", none)
	s.because("an accent on AE").with(row{"\u00c6NDRE", optOut, drop}).
		add("\u01fdndre", "\u00c6NDRE", decide(drop, optOut, "\u00c6NDRE"))
}

// carriers: whose mark it is. The letter of a mark is the nearest rune before
// it that is no mark.
func carriers() {
	s := in("mark-carriers", "N4").restsOn("accents", "mark-carrier")
	for _, m := range []struct{ mark, name string }{
		{"\u3099", "the voiced sound mark"}, {"\uff9e", "the halfwidth voiced sound mark"}, {"\uff9f", "the halfwidth semi-voiced sound mark"},
		{"\u064b", "the Arabic fathatan"}, {"\u0670", "the Arabic superscript alef"}, {"\u05b0", "the Hebrew sheva"}, {"\u0e38", "the Thai sara u"},
		{"\u0941", "the Devanagari vowel sign u"}, {"\u094d", "the Devanagari virama"}, {"\u093c", "the Devanagari nukta"},
		{"\u0345", "the ypogegrammeni, which case folding would make a letter"}, {"\u0483", "the Cyrillic titlo"}, {"\u0488", "the Cyrillic hundred thousands sign"},
		{"\ua670", "the Cyrillic ten millions sign"}, {"\u1abe", "the combining parentheses overlay"}, {"\U0001d167", "a musical tremolo"},
		{"\U000101fd", "the Phaistos disc stroke"}, {"\u20d0", "the harpoon above"},
	} {
		s.because("%s on a Latin letter", m.name).add("ST"+m.mark+"OP", "STOP", is("STOP"))
		s.because("%s on the last letter", m.name).add("quit"+m.mark, "QUIT", is("QUIT"))
	}
	s.because("the voiced sound mark before the word stays").add("\u3099STOP", "\u3099STOP", none)
	s.because("the halfwidth voiced sound mark before the word stays").add("\uff9eSTOP", "\u3099STOP", none)
	for _, m := range []struct{ message, key, reason string }{
		{"S\u0903TOP", "S\u0903TOP", "a spacing mark stays, on a Latin letter, too"},
		{"STOP\u0903", "STOP\u0903", "a spacing mark stays behind the word"},
		{"STOP\u093e", "STOP\u093e", "a spacing vowel sign stays"},
		{"S\u0903\u0301TOP", "S\u0903TOP", "a mark behind a spacing mark is the letter's"},
		{"S\u0301\u0903TOP", "S\u0903TOP", "a mark before a spacing mark is the letter's"},
		{"STOP\u302e", "STOP\u302e", "a tone mark beside the letter is a spacing mark"},
		{"STO1\u0301P", "STO1\u0301P", "a mark on a digit stays"},
		{"STOP 1\ufe0f\u20e3", "STOP 1\u20e3", "a keycap is a digit with an enclosing mark"},
		{"STO\u0430\u0301P", "STO\u0410\u0301P", "a mark on a Cyrillic letter among Latin ones stays"},
		{"\u0441\u0301TOP", "\u0421\u0301TOP", "a mark on a Cyrillic letter before Latin ones stays"},
		{"\u20dd", "\u20dd", "an enclosing mark alone"},
		{"STOP\u2180\u0301", "STOP\u2180\u0301", "a Latin number is no letter: its mark stays"},
	} {
		s.because("%s", m.reason).both(m.message, m.key, none, none)
	}
	for _, m := range []struct{ message, key, reason string }{
		{"STOP!\u0301", "STOP!\u0301", "a mark on punctuation is none on a letter"},
		{"#\ufe0f\u20e3STOP", "#\u20e3STOP", "a keycap of number sign is punctuation with an enclosing mark"},
		{"STOP \u20dd", "STOP \u20dd", "an enclosing circle around a space"},
		{"STOP\u2260", "STOP=\u0338", "the sign of inequality is an equals sign with a mark"},
		{"STOP-\u0308", "STOP-\u0308", "a diaeresis on a hyphen"},
	} {
		s.because("%s", m.reason).restsOn("trim-key").both(m.message, m.key, none, is("STOP"))
	}
	for _, m := range []struct{ keyword, message, key, reason string }{
		{"1\u20e3", "1\ufe0f\u20e3", "1\u20e3", "a keycap with and without its variation selector"},
		{"\u0438\u0301A", "\u0438\u0301a\u0301", "\u0418\u0301A", "Cyrillic keeps its mark, Latin does not"},
		{"'N", "\u0149", "'N", "the letter n with an apostrophe is an apostrophe and n"},
		{"NA\u02bc\u0301", "na\u0301\u02bc\u0301", "NA'\u0301", "the modifier apostrophe is no Latin letter: its mark stays"},
		{"A\u0903", "a\u0301\u0903\u0301", "A\u0903", "around a spacing mark, other marks are dropped"},
	} {
		s.because("%s", m.reason).with(row{text(m.keyword), optOut, drop}).add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
}

// markOrder: canonical order of marks, over any length and across invisible
// characters.
func markOrder() {
	s := in("mark-order", "Q.mark", "N3").restsOn("marks")
	for _, m := range []struct{ keyword, message, key, reason string }{
		{"\u0438\u0323\u0301", "\u0438\u0301\u0323", "\u0418\u0323\u0301", "a mark below comes before one above"},
		{"\u0438\u0301\u0323", "\u0438\u0323\u0301", "\u0418\u0323\u0301", "the same from the other side"},
		{"\u0438\u0323\u0301", "\u0438\u0301\u200d\u0323", "\u0418\u0323\u0301", "marks are ordered across an invisible character"},
		{"\u0438\u0323\u0301", "\u0438\u0301\u034f\u0323", "\u0418\u0323\u0301", "marks are ordered across a grapheme joiner, which is removed first"},
		{"\u0438\u0323\u0301", "\u0438\u0301\u0000\u0323", "\u0418\u0323\u0301", "marks are ordered across a control character"},
		{"\u0439\u0323", "\u0438\u0323\u0306", "\u0418\u0323\u0306", "a composed letter's own mark is ordered with the others"},
		{"\u0439\u0323", "\u0438\u0306\u0323", "\u0418\u0323\u0306", "a composed letter and its parts"},
		{"\u0438\u0334\u0323\u0301", "\u0438\u0301\u0323\u0334", "\u0418\u0334\u0323\u0301", "three classes from the highest to the lowest"},
		{"\u0438\u0334\u0323\u0301", "\u0438\u0323\u0301\u0334", "\u0418\u0334\u0323\u0301", "three classes, the lowest last"},
		{"\u0915\u093c\u094d", "\u0915\u094d\u093c", "\u0915\u093c\u094d", "nukta comes before virama"},
		{"\u05e9\u05c1\u05bc", "\u05e9\u05bc\u05c1", "\u05e9\u05bc\u05c1", "Hebrew points have classes of their own"},
		{"\u0645\u064e\u0651", "\u0645\u0651\u064e", "\u0645\u064e\u0651", "fatha comes before shadda"},
		{"\u304b\u3099\u0301", "\u304c\u0301", "\u304b\u3099\u0301", "the voiced sound mark comes before an accent"},
		{"\u304b\u3099\u0301", "\u304b\u0301\u3099", "\u304b\u3099\u0301", "the voiced sound mark comes before an accent"},
		{"\u0e01\u0e38\u0e49", "\u0e01\u0e49\u0e38", "\u0e01\u0e38\u0e49", "a Thai vowel below comes before a tone mark"},
	} {
		s.because("%s", m.reason).with(row{text(m.keyword), optOut, drop}).
			add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	s.because("the ypogegrammeni has the highest class").restsOn("folding").with(row{"\u03ac\u0345", optOut, drop}).
		add("\u1fb3\u0301", "\u0391\u0301\u0399", decide(drop, optOut, "\u03ac\u0345"))
	s.because("the ypogegrammeni has the highest class").restsOn("folding").with(row{"\u1fb4", optOut, drop}).
		add("\u03b1\u0345\u0301", "\u0391\u0301\u0399", decide(drop, optOut, "\u1fb4"))
	for _, m := range []struct{ keyword, message, key, reason string }{
		{"\u0438\u0301\u0306", "\u0438\u0301\u0323\u0306", "\u0418\u0323\u0301\u0306", "a mark more"},
		{"\u0438\u0301\u0306", "\u0438\u0306\u0301", "\u0418\u0306\u0301", "marks of one class keep their order"},
		{"\u0438\u0323\u0301", "\u0438\u0301a\u0323", "\u0418\u0301A", "marks are not ordered across a letter"},
		{"\u0438\u0323\u0301", "\u0438\u0301 \u0323", "\u0418\u0301 \u0323", "marks are not ordered across a space"},
		{"\u0438\u0323\u0301", "\u0438\u0301\u093e\u0323", "\u0418\u0301\u093e\u0323", "marks are not ordered across a vowel sign of class 0"},
		{"\u0438\u0323\u0301", "\u0438\u0301\u0301\u0323", "\u0418\u0323\u0301\u0301", "a mark twice is not once"},
	} {
		s.because("%s", m.reason).with(row{text(m.keyword), optOut, drop}).add(m.message, m.key, none)
	}
	many := strings.Repeat("\u0301", 39)
	long := row{text("\u0438\u0323" + many), optOut, drop}
	s = s.restsOn("long-text")
	s.because("forty marks in a row are ordered without a grapheme joiner").with(long).
		add("\u0438"+many+"\u0323", "\u0418\u0323"+many, decide(drop, optOut, string(long.Text)))
	s.because("thirty-eight marks are not thirty-nine").with(long).
		add("\u0438"+many[2:]+"\u0323", "\u0418\u0323"+many[2:], none)
	s.because("thirty-one marks, the last out of order").with(row{text("\u0915\u093c" + many[:60]), optOut, drop}).
		add("\u0915"+many[:60]+"\u093c", "\u0915\u093c"+many[:60], decide(drop, optOut, "\u0915\u093c"+many[:60]))
	s.because("forty marks on a Latin letter are dropped").restsOn("accents").rule("N4").
		add("STO"+many+"\u0323P", "STOP", is("STOP"))
	s.because("marks at the start of a text are ordered, and stay").add("\u0301\u0323STOP", "\u0323\u0301STOP", none)
	s.because("marks of the digit stay, in order").add("7\u0301\u0323", "7\u0323\u0301", none)
}

// marks: on scripts other than Latin they change the word.
func marks() {
	s := in("marks", "Q.mark", "N4").restsOn("marks")
	for _, m := range []struct{ keyword, same, other, key, otherKey, reason string }{
		{"\u0441\u0442\u043e\u0439", "\u0421\u0422\u041e\u0419", "\u0421\u0422\u041e\u0418", "\u0421\u0422\u041e\u0418\u0306", "\u0421\u0422\u041e\u0418", "Cyrillic short i"},
		{"\u0441\u0442\u043e\u0439", "\u0441\u0442\u043e\u0438\u0306", "\u0441\u0442\u043e\u0438\u0308", "\u0421\u0422\u041e\u0418\u0306", "\u0421\u0422\u041e\u0418\u0308", "Cyrillic short i, decomposed"},
		{"\u0451\u043b\u043a\u0430", "\u0415\u0308\u041b\u041a\u0410", "\u0435\u043b\u043a\u0430", "\u0415\u0308\u041b\u041a\u0410", "\u0415\u041b\u041a\u0410", "Cyrillic io"},
		{"\u0457\u0445\u0430\u0442\u0438", "\u0407\u0425\u0410\u0422\u0418", "\u0456\u0445\u0430\u0442\u0438", "\u0406\u0308\u0425\u0410\u0422\u0418", "\u0406\u0425\u0410\u0422\u0418", "Ukrainian yi"},
		{"\u092c\u0902\u0926", "\u092c\u200d\u0902\u0926", "\u092c\u0926", "\u092c\u0902\u0926", "\u092c\u0926", "Devanagari anusvara"},
		{"\u092c\u0928\u094d\u0926", "\u092c\u0928\u094d\u200d\u0926", "\u092c\u0928\u0926", "\u092c\u0928\u094d\u0926", "\u092c\u0928\u0926", "Devanagari virama"},
		{"\u092c\u093e\u095b", "\u092c\u093e\u091c\u093c", "\u092c\u093e\u091c", "\u092c\u093e\u091c\u093c", "\u092c\u093e\u091c", "Devanagari nukta"},
		{"\u0930\u094b\u0915\u0947\u0902", "\u0930\u094b\u0915\u0947\u0902\ufeff", "\u0930\u094b\u0915\u0947", "\u0930\u094b\u0915\u0947\u0902", "\u0930\u094b\u0915\u0947", "Devanagari vowel signs"},
		{"\u304c\u3044", "\u304b\u3099\u3044", "\u304b\u3044", "\u304b\u3099\u3044", "\u304b\u3044", "the voiced sound mark"},
		{"\u30d1\u30b9", "\u30cf\u309a\u30b9", "\u30d0\u30b9", "\u30cf\u309a\u30b9", "\u30cf\u3099\u30b9", "the semi-voiced sound mark"},
		{"\u30ac\u30a4", "\uff76\uff9e\uff72", "\uff76\uff72", "\u30ab\u3099\u30a4", "\u30ab\u30a4", "halfwidth katakana"},
		{"\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ae", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0389", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0397", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0397\u0301", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0397", "Greek tonos"},
		{"\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u1f75", "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ae", "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u1f74", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0397\u0301", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0397\u0300", "Greek oxia is tonos, varia is not"},
		{"\u0642\u0641\u0651", "\u200f\u0642\u0641\u0651", "\u0642\u0641", "\u0642\u0641\u0651", "\u0642\u0641", "Arabic shadda"},
		{"\u0623\u0648\u0642\u0641", "\u0627\u0654\u0648\u0642\u0641", "\u0627\u0648\u0642\u0641", "\u0627\u0654\u0648\u0642\u0641", "\u0627\u0648\u0642\u0641", "Arabic hamza above"},
		{"\u05d4\u05e1\u05e8", "\u200f\u05d4\u05e1\u05e8", "\u05d4\u05b8\u05e1\u05b5\u05e8", "\u05d4\u05e1\u05e8", "\u05d4\u05b8\u05e1\u05b5\u05e8", "Hebrew points"},
		{"\u05e9\u05c1", "\ufb2a", "\ufb2b", "\u05e9\u05c1", "\u05e9\u05c2", "Hebrew shin dot"},
		{"\u0e2b\u0e22\u0e38\u0e14", "\u0e2b\u0e22\u0e38\u0e14\u200b", "\u0e2b\u0e22\u0e14", "\u0e2b\u0e22\u0e38\u0e14", "\u0e2b\u0e22\u0e14", "Thai sara u"},
		{"\u0e04\u0e33", "\u0e04\u0e4d\u0e32", "\u0e04\u0e32", "\u0e04\u0e4d\u0e32", "\u0e04\u0e32", "Thai sara am"},
		{"\u09ac\u09a8\u09cd\u09a7", "\u09ac\u09a8\u09cd\u200c\u09a7", "\u09ac\u09a8\u09a7", "\u09ac\u09a8\u09cd\u09a7", "\u09ac\u09a8\u09a7", "Bengali virama"},
		{"\u09ac\u09dc", "\u09ac\u09a1\u09bc", "\u09ac\u09a1", "\u09ac\u09a1\u09bc", "\u09ac\u09a1", "Bengali nukta"},
		{"\u0b95\u0bca", "\u0b95\u0bc6\u0bbe", "\u0b95\u0bc6", "\u0b95\u0bc6\u0bbe", "\u0b95\u0bc6", "a Tamil vowel sign of two parts"},
		{"\u09b0\u09cb\u0995", "\u09b0\u09c7\u09be\u0995", "\u09b0\u09c7\u0995", "\u09b0\u09c7\u09be\u0995", "\u09b0\u09c7\u0995", "a Bengali vowel sign of two parts"},
		{"\u0f42\u0fb7", "\u0f43", "\u0f42", "\u0f42\u0fb7", "\u0f42", "Tibetan gha"},
		{"\u0561\u0301", "\u0531\u0301", "\u0561", "\u0531\u0301", "\u0531", "an accent on an Armenian letter"},
		{"7\u0308", "\uff17\u0308", "7", "7\u0308", "7", "a mark on a digit"},
	} {
		s := s.with(row{text(m.keyword), optOut, drop})
		s.because("%s: another spelling of the same", m.reason).add(m.same, m.key, decide(drop, optOut, m.keyword))
		s.because("%s: another word", m.reason).add(m.other, m.otherKey, none)
	}
}
