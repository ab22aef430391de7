package main

import "strings"

// damaged: each byte that is not UTF-8 is one U+FFFD, and a message that holds
// one is no keyword.
func damaged() {
	s := in("damaged", "Q.damaged", "N1").restsOn("damaged-text")
	for i, b := range []struct {
		bytes  string
		n      int
		reason string
	}{
		{"\x80", 1, "a continuation byte alone"},
		{"\xbf", 1, "the last continuation byte alone"},
		{"\x80\x80", 2, "two continuation bytes"},
		{"\xc0", 1, "a byte that UTF-8 never has"},
		{"\xc1", 1, "a byte that UTF-8 never has"},
		{"\xf5", 1, "a byte that UTF-8 never has"},
		{"\xfe", 1, "a byte that UTF-8 never has"},
		{"\xff", 1, "a byte that UTF-8 never has"},
		{"\xff\xfe", 2, "a byte order mark of UTF-16"},
		{"\xc3", 1, "one byte of two"},
		{"\xe2", 1, "one byte of three"},
		{"\xe2\x80", 2, "two bytes of three"},
		{"\xf0", 1, "one byte of four"},
		{"\xf0\x9f", 2, "two bytes of four"},
		{"\xf0\x9f\x9b", 3, "three bytes of four"},
		{"\xc0\x80", 2, "U+0000 in two bytes"},
		{"\xc0\xa0", 2, "a space in two bytes"},
		{"\xc1\x93", 2, "the letter S in two bytes"},
		{"\xe0\x80\xa0", 3, "a space in three bytes"},
		{"\xe0\x81\x93", 3, "the letter S in three bytes"},
		{"\xe0\x9f\xbf", 3, "U+07FF in three bytes"},
		{"\xf0\x80\x81\x93", 4, "the letter S in four bytes"},
		{"\xf0\x82\x82\xac", 4, "the euro sign in four bytes"},
		{"\xf0\x8f\xbf\xbf", 4, "U+FFFF in four bytes"},
		{"\xed\xa0\x80", 3, "the first surrogate"},
		{"\xed\xbf\xbf", 3, "the last surrogate"},
		{"\xed\xa0\xbd\xed\xbb\x91", 6, "a pair of surrogates"},
		{"\xf4\x90\x80\x80", 4, "U+110000"},
		{"\xf7\xbf\xbf\xbf", 4, "U+1FFFFF"},
		{"\xf8\x88\x80\x80\x80", 5, "five bytes"},
		{"\xfc\x84\x80\x80\x80\x80", 6, "six bytes"},
	} {
		marks := strings.Repeat("\ufffd", b.n)
		w := words[i%len(words)].text
		s := s.because("%s: no keyword", b.reason)
		s.add("STOP"+b.bytes, "STOP"+marks, none)
		s.add(b.bytes+w, marks+w, none)
		s.add(w[:2]+b.bytes+w[2:], w[:2]+marks+w[2:], none)
		s.because("%s: a symbol, but never left out", b.reason).ignoring().add("Stop"+b.bytes+"!", "STOP"+marks+"!", none)
		s.because("%s, alone", b.reason).ignoring().add(b.bytes, marks, none)
	}
	for _, m := range []struct{ message, key, reason string }{
		{"ARR\xcaT", "ARR\ufffdT", "Latin-1"},
		{"d\xe9but", "D\ufffdBUT", "Latin-1"},
		{"\x93STOP\x94", "\ufffdSTOP\ufffd", "quotation marks of Windows-1252"},
		{"STOP\x85", "STOP\ufffd", "an ellipsis of Windows-1252"},
		{"STOP\xa0", "STOP\ufffd", "a no-break space of Latin-1"},
		{"\xa0stop", "\ufffdSTOP", "a no-break space of Latin-1"},
		{"\xff\xfeS\x00T\x00O\x00P\x00", "\ufffd\ufffdSTOP", "UTF-16 with its byte order mark"},
		{"STOP \xff", "STOP \ufffd", "a damaged byte behind a space"},
		{"\xff STOP", "\ufffd STOP", "a damaged byte before a space"},
		{"STOP\xff\n", "STOP\ufffd", "a damaged byte before white space"},
		{"STO\xff\u0301P", "STO\ufffd\u0301P", "a mark on a damaged byte stays"},
		{"ARRE\xff\u0302T", "ARRE\ufffd\u0302T", "a damaged byte between a letter and its mark"},
		{"STOP\xe2\x80\x8b\xe2\x80", "STOP\ufffd\ufffd", "a zero width space, and a cut one"},
		{"STOP\xf0\x9f\x9b\x91\xf0\x9f\x9b", "STOP\U0001f6d1\ufffd\ufffd\ufffd", "an emoji, and a cut one"},
		{"Please call me \xf0\x9f\x93", "PLEASE CALL ME \ufffd\ufffd\ufffd", "chat, cut inside an emoji"},
		{"\xe5\x81\x9c\xe6\xad", "\u505c\ufffd\ufffd", "Chinese, cut inside a character"},
		{"\xef\xbf", "\ufffd\ufffd", "the first two bytes of U+FFFD"},
		{"STOP\xef\xbb", "STOP\ufffd\ufffd", "a cut byte order mark"},
	} {
		s.because("%s: no keyword", m.reason).both(m.message, m.key, none, none)
	}
	for i := range settings {
		s.under(i).because("damaged, whatever the flags").add("unstop\x80\xff", "UNSTOP\ufffd\ufffd", none)
	}
	s.because("U+FFFD itself").both("\ufffd", "\ufffd", none, none)
	for i, w := range words {
		s := s.because("U+FFFD itself: text that was damaged before")
		switch i % 3 {
		case 0:
			s.both(w.text+"\ufffd", w.text+"\ufffd", none, none)
		case 1:
			s.both("\ufffd"+w.text, "\ufffd"+w.text, none, none)
		case 2:
			s.both(w.text[:1]+"\ufffd"+w.text[2:], w.text[:1]+"\ufffd"+w.text[2:], none, none)
		}
	}
	s.because("U+FFFD behind punctuation").both("STOP!\ufffd", "STOP!\ufffd", none, none)
	s.because("U+FFFD before punctuation").both("STOP\ufffd!", "STOP\ufffd!", none, none)
	s.because("damaged text and a table of one's own").with(row{"\u505c\u6b62", optOut, drop}).
		both("\xe5\x81\x9c\xe6\xad\xa2\xe6", "\u505c\u6b62\ufffd", none, none)
	s.because("a question mark, as some decoders make it, is punctuation").both("STOP??", "STOP??", none, is("STOP"))

	// The same characters whole.
	s = in("damaged", "Q.damaged").restsOn("spelling")
	s.because("a zero width space, whole").add("END\xe2\x80\x8b", "END", is("END"))
	s.because("an accent in UTF-8").add("Arr\xc3\xaaTE", "ARRETE", is("ARRETE"))
	s.because("an emoji, whole").restsOn("punctuation").both("Unstop\xf0\x9f\x9b\x91", "UNSTOP\U0001f6d1", none, is("UNSTOP"))
	s.because("the highest code point, whole: no keyword").both("END\U0010ffff", "END\U0010ffff", none, none)
}

// longText: a message of any length is decided, by its key as a whole.
func longText() {
	s := in("long-text", "Q.long").restsOn("long-text")
	repeat := strings.Repeat
	stop := is("STOP")
	for _, m := range []struct {
		message, key string
		off, on      decision
		reason       string
	}{
		{"STOP" + repeat(" ", 600), "STOP", stop, stop, "600 spaces behind"},
		{repeat("\n", 600) + "STOP", "STOP", stop, stop, "600 line breaks before"},
		{repeat("\u3000", 200) + "stop" + repeat("\u2003", 200), "STOP", stop, stop, "400 wide spaces around"},
		{"STOP" + repeat("\u200b", 300), "STOP", stop, stop, "300 invisible characters behind"},
		{repeat("\u2060", 100) + "S" + repeat("\ufe0f", 100) + "TOP", "STOP", stop, stop, "200 invisible characters"},
		{"STOP" + repeat("\u0301", 300), "STOP", stop, stop, "300 marks on the last letter"},
		{"S" + repeat("\u0301\u0323", 150) + "TOP", "STOP", stop, stop, "300 marks, out of order, on the first letter"},
		{repeat("\u0000", 300) + "STOP", "STOP", stop, stop, "300 control characters before"},
		{"STOP" + repeat("!", 600), "STOP" + repeat("!", 600), none, stop, "600 exclamation marks behind"},
		{repeat("\U0001f6d1", 100) + "STOP" + repeat("\u2026", 100), repeat("\U0001f6d1", 100) + "STOP" + repeat("...", 100), none, stop, "100 emoji before, 100 ellipses behind"},
		{repeat("- ", 150) + "STOP" + repeat(" -", 150), repeat("- ", 150) + "STOP" + repeat(" -", 150), none, stop, "300 hyphens around, with spaces"},
		{repeat("STOP ", 100), repeat("STOP ", 99) + "STOP", none, none, "the word 100 times"},
		{repeat("STOP", 100), repeat("STOP", 100), none, none, "the word 100 times, without spaces"},
		{repeat("stop.", 100), repeat("STOP.", 100), none, none, "the word 100 times, with full stops"},
		{"STOP" + repeat(" ", 600) + "x", "STOP X", none, none, "600 spaces and a letter behind"},
		{"STOP" + repeat("!", 600) + "x", "STOP" + repeat("!", 600) + "X", none, none, "600 exclamation marks and a letter behind"},
		{"STOP" + repeat("\u200b", 300) + "x", "STOPX", none, none, "300 invisible characters and a letter behind"},
		{"STOP" + repeat("\u0301", 300) + "x", "STOPX", none, none, "300 marks and a letter behind"},
		{repeat("x", 160), repeat("X", 160), none, none, "160 letters, one segment"},
		{repeat("x", 161), repeat("X", 161), none, none, "161 letters, two segments"},
		{repeat("On my way. ", 145) + "STOP", repeat("ON MY WAY. ", 145) + "STOP", none, none, "1,600 bytes of chat that ends with the word"},
		{"STOP " + repeat("on my way. ", 145), "STOP " + repeat("ON MY WAY. ", 144) + "ON MY WAY.", none, none, "1,600 bytes of chat that begins with the word"},
		{repeat(" ", 600), "", none, none, "600 spaces"},
		{repeat("\u200b", 300), "", none, none, "300 invisible characters"},
		{repeat("?", 600), repeat("?", 600), none, none, "600 question marks"},
		{repeat("\u0301", 300), repeat("\u0301", 300), none, none, "300 marks"},
		{repeat("\u0301\u0323", 40), repeat("\u0323", 40) + repeat("\u0301", 40), none, none, "80 marks out of order"},
		{repeat("\ufdfa", 20), repeat("\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645", 20), none, none, "20 characters of 18 each"},
	} {
		s.because("%s", m.reason).both(m.message, m.key, m.off, m.on)
	}
	s = s.with(row{"OPT OUT", optOut, drop})
	s.because("600 spaces inside").add("OPT"+repeat(" ", 600)+"OUT", "OPT OUT", decide(drop, optOut, "OPT OUT"))
	s.because("white space of 300 kinds and lengths inside").add("opt"+repeat(" \u2003\n", 100)+"out", "OPT OUT", decide(drop, optOut, "OPT OUT"))
}

func empty() {
	cells := [4]string{"F1.none", "F1.none", "F2.none", "F3.none"}
	for i := range settings {
		in("empty", cells[i], "N6").under(i).because("the empty message").add("", "", none)
	}
	s := in("empty", "F1.none", "N6")
	s.because("the empty message").ignoring().add("", "", none)
	for _, m := range []struct{ message, key, reason string }{
		{" ", "", "a space"}, {"\n", "", "a line break"}, {"\u3000", "", "an ideographic space"}, {"\u0085", "", "a next line"},
		{" \t\r\n ", "", "white space"}, {"\u200b", "", "a zero width space"}, {"\ufeff", "", "a byte order mark"}, {"\u0000", "", "a zero byte"},
		{"\u00ad\u2060\u200e", "", "invisible characters"}, {" \u200b ", "", "white space and an invisible character"}, {"\u3164", "", "the Hangul filler"},
		{"\u0301", "\u0301", "a mark alone"}, {" \u0301 ", "\u0301", "a mark behind white space"}, {"\u00b4", "\u0301", "an acute accent: a space, trimmed, and a mark"},
		{".", ".", "a full stop"}, {"\u2026", "...", "an ellipsis"}, {"\U0001f44d", "\U0001f44d", "a thumb"}, {"\u2800", "", "a Braille blank"}, {"\ufffc", "", "an object replacement character"}, {"\u0903", "\u0903", "a spacing mark alone"},
		{". .", ". .", "punctuation and a space"}, {"\u200d\u2764\ufe0f", "\u2764", "a heart between invisible characters"},
	} {
		s.because("%s: nothing that could be a keyword", m.reason).both(m.message, m.key, none, none)
	}
	s = s.with(row{"\u0301", optOut, drop})
	s.because("a table may hold a mark alone").add("\u00b4", "\u0301", decide(drop, optOut, "\u0301"))
}
