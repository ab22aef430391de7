package main

import "strings"

// cyrillicLooks and greekLooks are capitals that look like Latin ones.
var (
	cyrillicLooks = map[rune]rune{
		'A': 0x410, 'B': 0x412, 'C': 0x421, 'E': 0x415, 'H': 0x41d, 'I': 0x406, 'K': 0x41a, 'O': 0x41e, 'P': 0x420,
		'Q': 0x51a, 'S': 0x405, 'T': 0x422, 'V': 0x474, 'Y': 0x4ae,
	}
	greekLooks = map[rune]rune{
		'A': 0x391, 'B': 0x392, 'E': 0x395, 'H': 0x397, 'I': 0x399, 'K': 0x39a, 'N': 0x39d, 'O': 0x39f, 'P': 0x3a1,
		'T': 0x3a4, 'Y': 0x3a5,
	}
	cherokeeLooks = map[rune]rune{
		'A': 0x13aa, 'E': 0x13ac, 'P': 0x13e2, 'R': 0x13a1, 'S': 0x13da, 'T': 0x13a2, 'L': 0x13de, 'C': 0x13df,
	}
)

// swap replaces up to n letters of a word by their likes.
func swap(word string, likes map[rune]rune, n int) string {
	return strings.Map(func(r rune) rune {
		if l, ok := likes[r]; ok && n > 0 {
			n--
			return l
		}
		return r
	}, word)
}

// lookAlikes: a word with letters of another script is another word.
func lookAlikes() {
	s := in("look-alikes", "Q.look-alike", "F1.none").restsOn("look-alikes")
	for _, w := range words {
		one, every := swap(w.text, cyrillicLooks, 1), swap(w.text, cyrillicLooks, len(w.text))
		s.because("a Cyrillic letter among Latin ones").add(one, one, none)
		if every != one {
			s.because("Cyrillic letters wherever one looks like it").ignoring().add(every, every, none)
		}
		greek := swap(w.text, greekLooks, len(w.text))
		s.because("Greek letters wherever one looks like it").add(greek, greek, none)
	}
	for _, w := range []string{"STOP", "START", "CANCEL", "ARRET", "HELP", "YES"} {
		looks := swap(w, cherokeeLooks, len(w))
		s.because("Cherokee letters wherever one looks like it").restsOn("folding").add(looks, looks, none)
	}
	for _, m := range []struct{ message, key, reason string }{
		{"\u0441\u0442\u043e\u043f", "\u0421\u0422\u041e\u041f", "the Russian word for stop"},
		{"\u0441\u0442\u043er", "\u0421\u0422\u041eR", "small Cyrillic letters"},
		{"\u0455\u0442\u043e\u0440", "\u0405\u0422\u041e\u0420", "all Cyrillic, dze for S"},
		{"\u03c3\u03c4\u03bf\u03c0", "\u03a3\u03a4\u039f\u03a0", "the Greek word for stop"},
		{"ST\u0585P", "ST\u0555P", "an Armenian o"},
		{"ST\u0e50P", "ST\u0e50P", "a Thai zero"},
		{"ST\u0966P", "ST\u0966P", "a Devanagari zero"},
		{"ST0P", "ST0P", "a zero"},
		{"5TOP", "5TOP", "a five"},
		{"5T0P", "5T0P", "a five and a zero"},
		{"lNFO", "LNFO", "a small L"},
		{"1NFO", "1NFO", "a one"},
		{"|NFO", "|NFO", "a vertical line"},
		{"H3LP", "H3LP", "a three"},
		{"Y35", "Y35", "a three and a five"},
		{"qu1t", "QU1T", "a one"},
		{"$TOP", "$TOP", "a dollar sign"},
		{"C@NCEL", "C@NCEL", "a commercial at"},
		{"ST()P", "ST()P", "two parentheses"},
		{"STO\u03c1", "STO\u03a1", "a Greek rho"},
		{"\ua4e2\ua4d4\ua4f3\ua4d1", "\ua4e2\ua4d4\ua4f3\ua4d1", "Lisu letters"},
		{"s\u1d1b\u1d0f\u1d18", "S\u1d1b\u1d0f\u1d18", "small capitals, Latin letters of their own"},
		{"S\u27d9OP", "S\u27d9OP", "a mathematical down tack"},
		{"ST\u25cbP", "ST\u25cbP", "a white circle"},
		{"ST\u2b55P", "ST\u2b55P", "a heavy large circle"},
		{"ST\u3007P", "ST\u3007P", "an ideographic zero"},
		{"\u2119\u0410", "P\u0410", "a double-struck letter and a Cyrillic one"},
	} {
		s.because("%s", m.reason).both(m.message, m.key, none, none)
	}
	cyrillic := row{"\u0421\u0422\u041e\u0420", optOut, drop}
	s = in("look-alikes", "Q.look-alike").restsOn("look-alikes").with(cyrillic, row{"END", optOut, drop})
	hit := decide(drop, optOut, string(cyrillic.Text))
	s.because("a table may hold the look-alike").add("\u0421\u0422\u041e\u0420", "\u0421\u0422\u041e\u0420", hit)
	s.because("a table may hold the look-alike: any case").add("\u0441\u0442\u043e\u0440", "\u0421\u0422\u041e\u0420", hit)
	s.because("a table may hold the look-alike: white space").add(" \u0421\u0442\u043e\u0440\n", "\u0421\u0422\u041e\u0420", hit)
	s.because("a table may hold the look-alike: punctuation").both("\u0421\u0442\u043e\u0440!", "\u0421\u0422\u041e\u0420!", none, hit)
	s.because("the Latin word is not the look-alike").add("STOP", "STOP", none)
	s.because("one Latin letter is one too many").add("\u0421\u0422\u041eP", "\u0421\u0422\u041eP", none)
	s.because("the look-alike and the Latin word may stand in one table").
		with(cyrillic, row{"STOP", help, forward}).add("stop", "STOP", decide(forward, help, "STOP"))
	s.because("the look-alike and the Latin word may stand in one table").
		with(cyrillic, row{"STOP", help, forward}).add("\u0441\u0442\u043e\u0440", "\u0421\u0422\u041e\u0420", hit)
}

// folding: case beyond ASCII, rune by rune.
func folding() {
	s := in("folding", "Q.case", "N5").restsOn("folding")
	for _, m := range []struct{ keyword, message, key, reason string }{
		{"\u0421\u0422\u041e\u041f", "\u0441\u0442\u043e\u043f", "\u0421\u0422\u041e\u041f", "Cyrillic"},
		{"\u0421\u0422\u041e\u041f", "\u0421\u0442\u043e\u043f", "\u0421\u0422\u041e\u041f", "Cyrillic, first letter a capital"},
		{"\u0421\u0422\u041e\u041f", "\u1c83\u0442\u1c82\u043f", "\u0421\u0422\u041e\u041f", "Cyrillic wide es and narrow o are es and o"},
		{"\u0412\u042b\u0425\u041e\u0414", "\u1c80\u044b\u0445\u043e\u1c81", "\u0412\u042b\u0425\u041e\u0414", "Cyrillic rounded ve and long-legged de"},
		{"\u03a4\u0395\u039b\u039f\u03a3", "\u03c4\u03b5\u03bb\u03bf\u03c2", "\u03a4\u0395\u039b\u039f\u03a3", "final sigma"},
		{"\u03a4\u0395\u039b\u039f\u03a3", "\u03c4\u03b5\u03bb\u03bf\u03c3", "\u03a4\u0395\u039b\u039f\u03a3", "sigma"},
		{"\u03c4\u03b5\u03bb\u03bf\u03c2", "\u03a4\u0395\u039b\u039f\u03a3", "\u03a4\u0395\u039b\u039f\u03a3", "final sigma in the table"},
		{"\u03c4\u03b5\u03bb\u03bf\u03c2", "\u03c4\u03b5\u03bb\u03bf\u03f2", "\u03a4\u0395\u039b\u039f\u03a3", "lunate sigma is a final sigma"},
		{"\u03c4\u03b5\u03bb\u03bf\u03c2", "\u03a4\u0395\u039b\u039f\u03f9", "\u03a4\u0395\u039b\u039f\u03a3", "capital lunate sigma is a sigma"},
		{"\u03c4\u03b5\u03bb\u03bf\u03c2", "\U0001d6d5\u03b5\u03bb\u03bf\U0001d6d3", "\u03a4\u0395\u039b\u039f\u03a3", "mathematical tau and final sigma"},
		{"\u0391\u0399", "\u03b1\u0345", "\u0391\u0399", "the ypogegrammeni becomes an iota"},
		{"\u0391\u0399", "\u1fb3", "\u0391\u0399", "alpha with ypogegrammeni becomes two letters"},
		{"\u0391\u0399", "\u1fbc", "\u0391\u0399", "alpha with prosgegrammeni becomes two letters"},
		{"\u0391\u0399", "\u03b1\u1fbe", "\u0391\u0399", "the prosgegrammeni is an iota"},
		{"\u1fb3", "\u03b1\u03b9", "\u0391\u0399", "an iota for the table's ypogegrammeni"},
		{"\u03a9", "\u2126", "\u03a9", "the ohm sign is an omega"},
		{"\u03a9", "\u03c9", "\u03a9", "omega"},
		{"\u039c", "\u00b5", "\u039c", "the micro sign is a mu"},
		{"\u0392", "\u03d0", "\u0392", "the beta symbol is a beta"},
		{"\u0398", "\u03d1", "\u0398", "the theta symbol is a theta"},
		{"\u0398", "\u03f4", "\u0398", "the capital theta symbol is a theta"},
		{"\u0395", "\u03f5", "\u0395", "the lunate epsilon is an epsilon"},
		{"\u03a0", "\u03d6", "\u03a0", "the pi symbol is a pi"},
		{"K", "\u212a", "K", "the Kelvin sign is a K"},
		{"k", "\u212a", "K", "the Kelvin sign is a k, too"},
		{"\u00c5", "\u212b", "A", "the Angstrom sign is an A with a ring"},
		{"s", "\u017f", "S", "long s is an s"},
		{"\u017f", "s", "S", "s for the table's long s"},
		{"stra\u00dfe", "STRA\u00dfE", "STRA\u00dfE", "sharp s among capitals"},
		{"stra\u00dfe", "STRA\u1e9eE", "STRA\u00dfE", "capital sharp s is a sharp s"},
		{"STRA\u1e9eE", "stra\u00dfe", "STRA\u00dfE", "sharp s for the table's capital"},
		{"IPTAL", "iptal", "IPTAL", "i and I, not by the Turkish rule"},
		{"IPTAL", "\u0131ptal", "IPTAL", "dotless i is an I"},
		{"\u0131ptal", "iptal", "IPTAL", "an i for the table's dotless i"},
		{"\u13a0\u13a1", "\uab70\uab71", "\u13a0\u13a1", "Cherokee folds to capitals"},
		{"\uab70\uab71", "\u13a0\u13a1", "\u13a0\u13a1", "Cherokee small letters in the table"},
		{"\u13f0", "\u13f8", "\u13f0", "Cherokee ye"},
		{"\u10e1\u10e2\u10dd\u10de", "\u1ca1\u1ca2\u1c9d\u1c9e", "\u1ca1\u1ca2\u1c9d\u1c9e", "Georgian Mtavruli"},
		{"\u1ca1\u1ca2\u1c9d\u1c9e", "\u10e1\u10e2\u10dd\u10de", "\u1ca1\u1ca2\u1c9d\u1c9e", "Georgian Mkhedruli for Mtavruli"},
		{"\u10a0\u10a1", "\u2d00\u2d01", "\u10a0\u10a1", "Georgian Nuskhuri folds to Asomtavruli"},
		{"\u054d\u054f\u0548\u054a", "\u057d\u057f\u0578\u057a", "\u054d\u054f\u0548\u054a", "Armenian"},
		{"\u0535\u0552", "\u0587", "\u0535\u0552", "the Armenian ligature is two letters"},
		{"\U00010400", "\U00010428", "\U00010400", "Deseret"},
		{"\U000104b0", "\U000104d8", "\U000104b0", "Osage"},
		{"\U00010570", "\U00010597", "\U00010570", "Vithkuqi"},
		{"\U00010c80", "\U00010cc0", "\U00010c80", "Old Hungarian"},
		{"\U000118a0", "\U000118c0", "\U000118a0", "Warang Citi"},
		{"\U00016e40", "\U00016e60", "\U00016e40", "Medefaidrin"},
		{"\U0001e900", "\U0001e922", "\U0001e900", "Adlam"},
		{"\u2c80", "\u2c81", "\u2c80", "Coptic"},
		{"\u2c00", "\u2c30", "\u2c00", "Glagolitic"},
		{"\u00d8", "\u00f8", "\u00d8", "O with stroke"},
		{"\u0152", "\u0153", "\u0152", "OE"},
		{"\u01c4", "\u01c5", "DZ", "a digraph in title case"},
		{"\u01c4", "\u01c6", "DZ", "a small digraph"},
		{"\u0178", "\u00ff", "Y", "y with diaeresis"},
		{"\u1e9e", "\u00df", "\u00df", "sharp s alone"},
		{"\u2183", "\u2184", "\u2183", "reversed C"},
		{"\u018e", "\u01dd", "\u018e", "turned e"},
		{"\u018f", "\u0259", "\u018f", "schwa"},
		{"\u014a", "\u014b", "\u014a", "eng"},
		{"\u0406", "\u0456", "\u0406", "Ukrainian i"},
		{"\u04c0", "\u04cf", "\u04c0", "palochka"},
	} {
		s.because("%s", m.reason).with(row{text(m.keyword), optOut, drop}).
			add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	for _, m := range []struct{ keyword, message, key, reason string }{
		{"strasse", "stra\u00dfe", "STRA\u00dfE", "sharp s is not ss"},
		{"stra\u00dfe", "STRASSE", "STRASSE", "SS is not sharp s"},
		{"stra\u00dfe", "strase", "STRASE", "sharp s is not s"},
		{"\u10e1", "\u10a0", "\u10a0", "two Georgian letters"},
		{"\u10d0", "\u10a0", "\u10a0", "Asomtavruli and Mkhedruli are not cases of one letter"},
		{"\u03b1", "\u03ac", "\u0391\u0301", "Greek keeps its tonos"},
		{"\u0438", "\u0439", "\u0418\u0306", "short i is another letter"},
		{"\u0424", "\u0444\u0443", "\u0424\u0423", "one letter more"},
		{"\u3042", "\u30a2", "\u30a2", "hiragana and katakana are not cases"},
		{"\u3064", "\u3063", "\u3063", "small kana are not cases"},
		{"\u01dd", "\u0259", "\u018f", "turned e and schwa look alike and are two letters"},
		{"\u03a3", "\u2211", "\u2211", "the summation sign is no sigma"},
		{"\u04c0", "I", "I", "palochka is no I"},
	} {
		s.because("%s", m.reason).with(row{text(m.keyword), optOut, drop}).add(m.message, m.key, none)
	}
}

func hangul() {
	const refuse = "\uc218\uc2e0\uac70\ubd80"                                                      // no more messages
	const refuseKey = "\u1109\u116e\u1109\u1175\u11ab\u1100\u1165\u1107\u116e"                     // its letters
	const stop, stopKey = "\uc911\uc9c0", "\u110c\u116e\u11bc\u110c\u1175"                         // stop
	const reject, rejectKey = "\uac70\ubd80", "\u1100\u1165\u1107\u116e"                           // refusal
	const last, lastKey = "\ud7a3\uac00\uac01", "\u1112\u1175\u11c2\u1100\u1161\u1100\u1161\u11a8" // the ends of the block
	table := []row{{refuse, optOut, drop}, {stop, optOut, drop}, {reject, optOut, drop}, {last, help, forward}}
	s := in("hangul", "Q.spelling", "N3").restsOn("spelling").with(table...)
	for _, m := range []struct{ message, key, keyword, reason string }{
		{refuse, refuseKey, refuse, "syllables"},
		{refuseKey, refuseKey, refuse, "conjoining letters"},
		{"\uc218\uc2dc\u11ab\uac70\ubd80", refuseKey, refuse, "a syllable without its last letter, and the letter"},
		{"\uc218\u1109\u1175\u11ab\uac70\u1107\u116e", refuseKey, refuse, "syllables and letters"},
		{" " + refuse + "\n", refuseKey, refuse, "white space around"},
		{"\uc218\u200b\uc2e0\ufeff\uac70\ubd80", refuseKey, refuse, "invisible characters between"},
		{"\u1109\u200d\u116e\uc2e0\uac70\ubd80", refuseKey, refuse, "an invisible character inside a syllable"},
		{stop, stopKey, stop, "syllables"},
		{stopKey, stopKey, stop, "conjoining letters"},
		{"\uc8fc\u11bc\uc9c0", stopKey, stop, "a syllable without its last letter, and the letter"},
		{reject, rejectKey, reject, "syllables"},
		{"\u3131\u3153\u3142\u315c", rejectKey, reject, "compatibility letters, none at the end of a syllable"},
		{"\uffa1\uffc6\uffb2\uffd3", rejectKey, reject, "halfwidth letters, none at the end of a syllable"},
		{"\u3131\u3164\u3153\ubd80", rejectKey, reject, "a Hangul filler is invisible"},
		{"\u3260\u1165\ubd80", rejectKey, reject, "a circled letter"},
		{"\u115f\u1100\u1165\u1160\ubd80", rejectKey, reject, "conjoining fillers are invisible"},
	} {
		s.because("%s", m.reason).add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	s.because("the first and the last syllable of the block").add(last, lastKey, decide(forward, help, last))
	s.because("the first and the last syllable of the block, in letters").add(lastKey, lastKey, decide(forward, help, last))
	for _, m := range []struct{ message, key, reason string }{
		{"\u3148\u315c\u3147\u3148\u3163", "\u110c\u116e\u110b\u110c\u1175", "a compatibility letter at the end of a syllable stands for the first letter of one"},
		{"\uc8fc\uc9c0", "\u110c\u116e\u110c\u1175", "a letter is missing"},
		{"\uc911\uc9c0\ud574", "\u110c\u116e\u11bc\u110c\u1175\u1112\u1162", "a syllable more"},
		{"\uc911 \uc9c0", "\u110c\u116e\u11bc \u110c\u1175", "a space between"},
		{"\u110c\u116e\u11bc", "\u110c\u116e\u11bc", "the first syllable only"},
		{"\u3260\u3153\u3142\u3137", "\u1100\u1165\u1107\u1103", "another last letter"},
		{"\u3200\u1165\ubd80", "(\u1100)\u1165\u1107\u116e", "a parenthesized letter is in parentheses"},
		{"\ud7a4", "\ud7a4", "behind the last syllable"},
		{"\uac00\u11a7", "\u1100\u1161\u11a7", "the letter before the first final one is no part of a syllable"},
	} {
		s.because("%s", m.reason).add(m.message, m.key, none)
	}
	s.because("a syllable in a circle is that syllable").with(row{"\uac00", optOut, drop}).
		add("\u326e", "\u1100\u1161", decide(drop, optOut, "\uac00"))
	s.because("punctuation around syllables").rule("Q.punctuation").restsOn("punctuation").
		both(stop+"!", stopKey+"!", none, decide(drop, optOut, stop))
}

// scripts: tables in other scripts.
func scripts() {
	table := []row{
		{"\u0421\u0422\u041e\u041f", optOut, drop}, {"\u041e\u0422\u041f\u0418\u0421\u041a\u0410", optOut, drop},
		{"\u0421\u0422\u0410\u0420\u0422", optIn, forward}, {"\u041f\u041e\u041c\u041e\u0429\u042c", help, forward},
	}
	s := in("scripts", "Q.case").with(table...)
	for i := range settings {
		action := [4]string{drop, drop, drop, intercept}[i]
		optInAction := [4]string{forward, forward, forward, intercept}[i]
		s := s.under(i)
		s.because("Cyrillic opt-out word").add("\u0441\u0442\u043e\u043f", "\u0421\u0422\u041e\u041f", decide(action, optOut, "\u0421\u0422\u041e\u041f"))
		s.because("Cyrillic opt-out word").add("\u041e\u0442\u043f\u0438\u0441\u043a\u0430", "\u041e\u0422\u041f\u0418\u0421\u041a\u0410", decide(action, optOut, "\u041e\u0422\u041f\u0418\u0421\u041a\u0410"))
		s.because("Cyrillic opt-in word").underFor(word{column: optIn}, i).
			add("\u0441\u0442\u0430\u0440\u0442", "\u0421\u0422\u0410\u0420\u0422", decide(optInAction, optIn, "\u0421\u0422\u0410\u0420\u0422"))
		s.because("Cyrillic help word").underFor(word{column: help}, i).
			add("\u043f\u043e\u043c\u043e\u0449\u044c", "\u041f\u041e\u041c\u041e\u0429\u042c", decide(forward, help, "\u041f\u041e\u041c\u041e\u0429\u042c"))
	}
	s.because("Cyrillic, no word of the table").add("\u0445\u043e\u0440\u043e\u0448\u043e", "\u0425\u041e\u0420\u041e\u0428\u041e", none)
	s.because("Cyrillic, a word of the table in a sentence").restsOn("whole-message").
		add("\u0441\u0442\u043e\u043f, \u043d\u0435 \u043d\u0430\u0434\u043e", "\u0421\u0422\u041e\u041f, \u041d\u0415 \u041d\u0410\u0414\u041e", none)
	s.because("Cyrillic in quotation marks").rule("Q.punctuation").restsOn("punctuation").
		both("\u00ab\u0421\u0442\u043e\u043f\u00bb", "\u00ab\u0421\u0422\u041e\u041f\u00bb", none, decide(drop, optOut, "\u0421\u0422\u041e\u041f"))

	chinese := []row{{"\u9000\u8ba2", optOut, drop}, {"\u505c\u6b62", optOut, drop}, {"\u53d6\u6d88", optOut, drop}, {"\u5e2e\u52a9", help, forward}, {"TD", optOut, drop}}
	s = in("scripts", "Q.spelling").with(chinese...)
	for _, m := range []struct{ message, key, keyword, reason string }{
		{"\u9000\u8ba2", "\u9000\u8ba2", "\u9000\u8ba2", "Chinese opt-out word"},
		{"\u53d6\u6d88 ", "\u53d6\u6d88", "\u53d6\u6d88", "Chinese opt-out word"},
		{"td", "TD", "TD", "Latin letters in a Chinese table"},
		{"\uff34\uff24", "TD", "TD", "fullwidth letters in a Chinese table"},
		{"\u3000\u505c\u6b62\u3000", "\u505c\u6b62", "\u505c\u6b62", "ideographic spaces around"},
		{"\u505c\u2f4c", "\u505c\u6b62", "\u505c\u6b62", "the Kangxi radical is the ideograph"},
		{"\u505c\u200b\u6b62", "\u505c\u6b62", "\u505c\u6b62", "an invisible character between"},
		{"\u505c\u6b62\U000e0100", "\u505c\u6b62", "\u505c\u6b62", "an ideographic variation selector"},
	} {
		s.because("%s", m.reason).restsOn("spelling").add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	s.because("traditional characters are other ones").add("\u9000\u8a02", "\u9000\u8a02", none)
	s.because("the built-in words are not in this table").add("STOP", "STOP", none)
	s.because("one character of two").add("\u505c", "\u505c", none)
	s.because("a space between").add("\u9000 \u8ba2", "\u9000 \u8ba2", none)
	s.because("the word twice").restsOn("whole-message").add("\u9000\u8ba2\u9000\u8ba2", "\u9000\u8ba2\u9000\u8ba2", none)
	s.because("an ideographic full stop behind").rule("Q.punctuation").restsOn("punctuation").
		both("\u9000\u8ba2\u3002", "\u9000\u8ba2\u3002", none, decide(drop, optOut, "\u9000\u8ba2"))
	s.because("a fullwidth exclamation mark behind").rule("Q.punctuation").restsOn("punctuation").
		both("\u9000\u8ba2\uff01", "\u9000\u8ba2!", none, decide(drop, optOut, "\u9000\u8ba2"))
	s.because("corner brackets around").rule("Q.punctuation").restsOn("punctuation").
		both("\u3010\u9000\u8ba2\u3011", "\u3010\u9000\u8ba2\u3011", none, decide(drop, optOut, "\u9000\u8ba2"))
	s.because("a compatibility ideograph is the unified one").restsOn("spelling").with(row{"\u66f4\u65b0", help, forward}).
		add("\uf901\u65b0", "\u66f4\u65b0", decide(forward, help, "\u66f4\u65b0"))
	s.because("a squared word of four kana").restsOn("spelling").with(row{"\u30a2\u30d1\u30fc\u30c8", help, forward}).
		add("\u3300", "\u30a2\u30cf\u309a\u30fc\u30c8", decide(forward, help, "\u30a2\u30d1\u30fc\u30c8"))
	s.because("halfwidth kana").restsOn("spelling").with(row{"\u30b9\u30c8\u30c3\u30d7", optOut, drop}).
		add("\uff7d\uff84\uff6f\uff8c\uff9f", "\u30b9\u30c8\u30c3\u30d5\u309a", decide(drop, optOut, "\u30b9\u30c8\u30c3\u30d7"))
	s.because("the halfwidth prolonged sound mark").restsOn("spelling").with(row{"\u30ad\u30fc", optOut, drop}).
		add("\uff77\uff70", "\u30ad\u30fc", decide(drop, optOut, "\u30ad\u30fc"))
	s.because("circled kana").restsOn("spelling").with(row{"\u30a2", optOut, drop}).add("\u32d0", "\u30a2", decide(drop, optOut, "\u30a2"))

	hindi := []row{{"\u092c\u0902\u0926", optOut, drop}, {"\u092c\u0902\u0926 \u0915\u0930\u0947\u0902", optOut, drop}, {"\u0936\u0941\u0930\u0942", optIn, forward}, {"\u092e\u0926\u0926", help, forward}}
	s = in("scripts", "Q.mark").with(hindi...).restsOn("marks")
	s.because("Hindi opt-out word").add("\u092c\u0902\u0926", "\u092c\u0902\u0926", decide(drop, optOut, "\u092c\u0902\u0926"))
	s.because("Hindi opt-out words with a space").add("\u092c\u0902\u0926  \u0915\u0930\u0947\u0902", "\u092c\u0902\u0926 \u0915\u0930\u0947\u0902", decide(drop, optOut, "\u092c\u0902\u0926 \u0915\u0930\u0947\u0902"))
	s.because("Hindi opt-in word").add("\u0936\u0941\u0930\u0942", "\u0936\u0941\u0930\u0942", decide(forward, optIn, "\u0936\u0941\u0930\u0942"))
	s.because("Hindi help word").add("\u092e\u0926\u0926 ", "\u092e\u0926\u0926", decide(forward, help, "\u092e\u0926\u0926"))
	s.because("Hindi word without its anusvara").add("\u092c\u0926", "\u092c\u0926", none)
	s.because("the conjunct is another spelling that the table does not hold").add("\u092c\u0928\u094d\u0926", "\u092c\u0928\u094d\u0926", none)
	s.because("a candrabindu is no anusvara").add("\u092c\u0901\u0926", "\u092c\u0901\u0926", none)
	s.because("a danda behind").rule("Q.punctuation").restsOn("punctuation").
		both("\u092c\u0902\u0926\u0964", "\u092c\u0902\u0926\u0964", none, decide(drop, optOut, "\u092c\u0902\u0926"))
	s.because("a vowel sign at the end is no punctuation").rule("Q.punctuation").
		both("\u0936\u0941\u0930\u0942!", "\u0936\u0941\u0930\u0942!", none, decide(forward, optIn, "\u0936\u0941\u0930\u0942"))
	s.because("a virama at the end is no punctuation").rule("Q.punctuation").
		both("\u092c\u0902\u0926\u094d", "\u092c\u0902\u0926\u094d", none, none)

	s = in("scripts", "Q.spelling").restsOn("spelling").with(row{"\u062a\u0648\u0642\u0641", optOut, drop}, row{"\u05d4\u05e1\u05e8", optOut, drop})
	arabic, hebrew := decide(drop, optOut, "\u062a\u0648\u0642\u0641"), decide(drop, optOut, "\u05d4\u05e1\u05e8")
	s.because("Arabic opt-out word").add("\u062a\u0648\u0642\u0641", "\u062a\u0648\u0642\u0641", arabic)
	s.because("Arabic presentation forms").add("\ufe97\ufeee\ufed7\ufed2", "\u062a\u0648\u0642\u0641", arabic)
	s.because("direction marks around").add("\u200f\u062a\u0648\u0642\u0641\u200f", "\u062a\u0648\u0642\u0641", arabic)
	s.because("a direction isolate around").add("\u2067\u062a\u0648\u0642\u0641\u2069", "\u062a\u0648\u0642\u0641", arabic)
	s.because("an Arabic letter mark behind").add("\u062a\u0648\u0642\u0641\u061c", "\u062a\u0648\u0642\u0641", arabic)
	s.because("the tatweel is visible and stays").add("\u062a\u0648\u0642\u0640\u0641", "\u062a\u0648\u0642\u0640\u0641", none)
	s.because("vowel points stay").restsOn("marks").add("\u062a\u064e\u0648\u0642\u0641", "\u062a\u064e\u0648\u0642\u0641", none)
	s.because("Hebrew opt-out word").add("\u05d4\u05e1\u05e8", "\u05d4\u05e1\u05e8", hebrew)
	s.because("a Hebrew letter in a wide form").add("\ufb23\u05e1\u05e8", "\u05d4\u05e1\u05e8", hebrew)
	s.because("a Hebrew maqaf behind").rule("Q.punctuation").restsOn("punctuation").both("\u05d4\u05e1\u05e8\u05be", "\u05d4\u05e1\u05e8\u05be", none, hebrew)
	s.because("an Arabic question mark behind").rule("Q.punctuation").restsOn("punctuation").both("\u062a\u0648\u0642\u0641\u061f", "\u062a\u0648\u0642\u0641\u061f", none, arabic)
	s.because("an Arabic-Indic digit is no European one").with(row{"1", optOut, drop}).add("\u0661", "\u0661", none)
	s.because("a fullwidth digit is a digit").with(row{"STOP1", optOut, drop}).add("stop\uff11", "STOP1", decide(drop, optOut, "STOP1"))
	s.because("a superscript digit is a digit").with(row{"STOP1", optOut, drop}).add("stop\u00b9", "STOP1", decide(drop, optOut, "STOP1"))
	s.because("a mathematical digit is a digit").with(row{"STOP1", optOut, drop}).add("stop\U0001d7cf", "STOP1", decide(drop, optOut, "STOP1"))
	s.because("one half is three characters").with(row{"1\u20442", optOut, drop}).add("\u00bd", "1\u20442", decide(drop, optOut, "1\u20442"))
	s.because("a fraction slash is no slash").with(row{"1/2", optOut, drop}).add("\u00bd", "1\u20442", none)

	german := []row{{"Stopp", optOut, drop}, {"Abmelden", optOut, drop}, {"K\u00fcndigen", optOut, drop}, {"Schlu\u00df", optOut, drop}, {"Hilfe", help, forward}, {"Ja", optIn, forward}}
	s = in("scripts", "Q.accent").with(german...)
	for _, m := range []struct{ message, key, keyword string }{
		{"STOPP", "STOPP", "Stopp"}, {"abmelden", "ABMELDEN", "Abmelden"}, {"K\u00dcNDIGEN", "KUNDIGEN", "K\u00fcndigen"},
		{"kundigen", "KUNDIGEN", "K\u00fcndigen"}, {"schlu\u00df", "SCHLU\u00df", "Schlu\u00df"}, {"SCHLU\u1e9e", "SCHLU\u00df", "Schlu\u00df"},
	} {
		s.because("German opt-out words").restsOn("accents", "folding").add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	s.because("German help word").add("hilfe", "HILFE", decide(forward, help, "Hilfe"))
	s.because("German opt-in word").add("ja", "JA", decide(forward, optIn, "Ja"))
	s.because("ss is no sharp s").restsOn("folding").add("schluss", "SCHLUSS", none)
	s.because("the English word is not in this table").add("stop", "STOP", none)
	s.because("low and high quotation marks around").rule("Q.punctuation").restsOn("punctuation").
		both("\u201eStopp\u201c", "\"STOPP\"", none, decide(drop, optOut, "Stopp"))
}
