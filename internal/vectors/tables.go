package main

import "strings"

func tables() {
	// Every class with every action, under every setting.
	matrix := []struct {
		row     row
		actions [4]string
	}{
		{row{"BYE", optOut, forward}, [4]string{forward, forward, forward, intercept}},
		{row{"BAJA", optOut, drop}, [4]string{drop, drop, drop, intercept}},
		{row{"SORTIR", optOut, intercept}, [4]string{intercept, intercept, intercept, intercept}},
		{row{"OUI", optIn, forward}, [4]string{forward, forward, forward, intercept}},
		{row{"ALTA", optIn, drop}, [4]string{drop, drop, drop, intercept}},
		{row{"JOIN", optIn, intercept}, [4]string{intercept, intercept, intercept, intercept}},
		{row{"AIDE", help, forward}, [4]string{forward, forward, forward, forward}},
		{row{"AYUDA", help, drop}, [4]string{drop, drop, drop, drop}},
		{row{"WHO", help, intercept}, [4]string{intercept, intercept, intercept, intercept}},
	}
	var table []row
	for _, m := range matrix {
		table = append(table, m.row)
	}
	cells := [4]string{"F1.", "F1.", "F2.", "F3."}
	for _, m := range matrix {
		for i, action := range m.actions {
			s := in("tables").underFor(word{column: m.row.Class}, i).with(table...).
				because("a row of class %s with action %s", m.row.Class, m.row.Action)
			w := string(m.row.Text)
			if m.row.Class == optOut {
				s = s.rule(cells[i] + optOut)
			}
			if action == drop {
				s = s.rule("P4")
			}
			if action == intercept && i == 3 && m.row.Class != help {
				s = s.rule("P7").because("a row of class %s is intercepted whatever its action", m.row.Class)
			}
			s.add(strings.ToLower(w), w, decide(action, m.row.Class, w))
			s.ignoring().add(title(w)+".", w+".", decide(action, m.row.Class, w))
		}
	}
	for i := range settings {
		in("tables", cells[i]+"none").under(i).with(table...).because("no word of this table").add("stop", "STOP", none)
	}

	// The same words in other classes.
	other := []row{{"STOP", help, forward}, {"START", optOut, drop}, {"HELP", optIn, drop}, {"YES", optOut, intercept}, {"UNSTOP", optIn, forward}}
	for i := range settings {
		s := in("tables").with(other...).because("the table's class and action, not the built-in ones")
		s.underFor(word{column: help}, i).add("stop", "STOP", decide(forward, help, "STOP"))
		s.under(i).add("start", "START", decide([4]string{drop, drop, drop, intercept}[i], optOut, "START"))
		s.underFor(word{column: optIn}, i).add("help", "HELP", decide([4]string{drop, drop, drop, intercept}[i], optIn, "HELP"))
		s.under(i).add("yes", "YES", decide(intercept, optOut, "YES"))
		s.underFor(word{column: optIn}, i).add("unstop", "UNSTOP", decide([4]string{forward, forward, forward, intercept}[i], optIn, "UNSTOP"))
	}
	for _, w := range words {
		in("tables").with(row{"BAJA", optOut, drop}).because("a table replaces the built-in one").add(w.text, w.text, none)
	}
	var extended []row
	for _, w := range words {
		extended = append(extended, row{text(w.text), w.class, w.actions[0]})
	}
	extended = append(extended, row{"baja", optOut, drop})
	s := in("tables").with(extended...)
	s.because("the built-in table with a row more").add("Baja", "BAJA", decide(drop, optOut, "baja"))
	s.because("the built-in table with a row more").add("Unstop", "UNSTOP", is("UNSTOP"))
	s.because("the built-in table with a row more").add("Start", "START", is("START"))
	s.because("the built-in table with a row more").add("vaja", "VAJA", none)

	// The decision names the keyword as the table spells it.
	for _, m := range []struct{ keyword, message, key string }{
		{"stop", "STOP", "STOP"}, {"Stop", "stop", "STOP"}, {" Stop ", "STOP", "STOP"}, {"\uff33\uff34\uff2f\uff30", "stop", "STOP"},
		{"S\u200bTOP", "STOP", "STOP"}, {"st\u00f3p", "STOP", "STOP"}, {"opt   out", "OPT OUT", "OPT OUT"}, {"stop\u2122", "StopTM", "STOPTM"},
		{"\u24c8\u24c9\u24c4\u24c5", "Stop", "STOP"}, {"quo\"te", "QUO\"TE", "QUO\"TE"}, {"back\\slash", "BACK\\SLASH", "BACK\\SLASH"},
		{"a\tb", "A B", "A B"}, {"a<b>&c", "A<B>&C", "A<B>&C"},
	} {
		in("tables", "Q.spelling").restsOn("spelling").with(row{text(m.keyword), optOut, drop}).
			because("the decision names the keyword as the table spells it").add(m.message, m.key, decide(drop, optOut, m.keyword))
	}

	// Keywords that begin with one another, and lengths around eight bytes.
	prefixes := []row{{"STOP", optOut, drop}, {"STOP ALL", optOut, intercept}, {"STOP ALL NOW", help, drop}, {"S", help, forward}}
	s = in("tables", "Q.whole").with(prefixes...)
	for _, r := range prefixes {
		s.because("a keyword that begins another, or begins with one").
			add(strings.ToLower(string(r.Text)), string(r.Text), decide(r.Action, r.Class, string(r.Text)))
	}
	for _, m := range []string{"ST", "STO", "STOP A", "STOP AL", "STOP ALL NO", "STOP ALL NOW PLEASE", "ALL NOW", "STOPALL"} {
		s.because("between two keywords").add(m, m, none)
	}
	var lengths []row
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, n := range []int{1, 7, 8, 9, 15, 16, 17, 24} {
		lengths = append(lengths, row{text(letters[:n]), optOut, drop})
	}
	s = in("tables", "Q.whole").with(lengths...)
	for n := 1; n <= len(letters); n++ {
		want := none
		for _, r := range lengths {
			if string(r.Text) == letters[:n] {
				want = decide(drop, optOut, letters[:n])
			}
		}
		s.because("%d letters; keywords have 1, 7, 8, 9, 15, 16, 17 and 24", n).add(strings.ToLower(letters[:n]), letters[:n], want)
	}
	for _, n := range []int{7, 8, 9, 16, 17} {
		k := letters[:n]
		s := s.because("%d letters, spelled otherwise", n).rule("Q.spelling").restsOn("spelling")
		s.add(respell(k, 0xff21, 0, nil), k, decide(drop, optOut, k))
		s.add(k[:n-1]+"\u200b"+k[n-1:]+"\ufe0f", k, decide(drop, optOut, k))
		s.because("%d letters, the last one wrong", n).add(k[:n-1]+"Z", k[:n-1]+"Z", none)
		s.because("%d letters and punctuation", n).both(k+"...", k+"...", none, decide(drop, optOut, k))
	}

	long := strings.Repeat("abcdefghij", 60)
	upperLong := strings.Repeat("ABCDEFGHIJ", 60)
	wide := strings.Repeat("\u505c", 200)
	s = in("tables", "Q.long").restsOn("long-text").with(row{text(long), optOut, drop}, row{text(wide), optIn, drop})
	hit := decide(drop, optOut, long)
	s.because("a keyword of 600 bytes").add(long, upperLong, hit)
	s.because("a keyword of 600 bytes in upper case").add(upperLong, upperLong, hit)
	s.because("a keyword of 600 bytes with white space around").add("  "+long+"\n", upperLong, hit)
	s.because("a keyword of 600 bytes, fullwidth").add(respell(long, 0, 0xff41, nil), upperLong, hit)
	s.because("a keyword of 600 bytes and a full stop").both(long+".", upperLong+".", none, hit)
	s.because("a keyword of 600 bytes, one letter short").add(long[:599], upperLong[:599], none)
	s.because("a keyword of 600 bytes and a letter").add(long+"k", upperLong+"K", none)
	s.because("a keyword of 600 bytes, the last letter wrong").add(long[:599]+"x", upperLong[:599]+"X", none)
	s.because("a keyword of 600 bytes, a letter in the middle wrong").add(long[:300]+"x"+long[301:], upperLong[:300]+"X"+upperLong[301:], none)
	s.because("a keyword of 600 bytes, twice").add(long+long, upperLong+upperLong, none)
	s.because("a keyword of 200 ideographs").add(wide, wide, decide(drop, optIn, wide))
	s.because("a keyword of 200 ideographs, one short").add(wide[3:], wide[3:], none)
}

// lookUp: the key as it is comes first, then, if punctuation is ignored, what
// is left between punctuation, symbols and white space.
func lookUp() {
	type m struct {
		message, key string
		off, on      decision
		reason       string
	}
	try := func(table []row, ms ...m) {
		for _, m := range ms {
			in("look-up", "L", "Q.punctuation", "I.off").restsOn("punctuation").with(table...).because("%s", m.reason).
				both(m.message, m.key, m.off, m.on)
		}
	}
	stop := decide(drop, optOut, "STOP")
	behind, before := decide(forward, help, "STOP!"), decide(forward, optIn, "!stop")
	try([]row{{"STOP", optOut, drop}, {"STOP!", help, forward}, {"!stop", optIn, forward}},
		m{"STOP", "STOP", stop, stop, "no punctuation"},
		m{"Stop!", "STOP!", behind, behind, "a keyword with its punctuation is found first"},
		m{" stop!\n", "STOP!", behind, behind, "a keyword with its punctuation, and white space"},
		m{"\uff33\uff34\uff2f\uff30\uff01", "STOP!", behind, behind, "a keyword with its punctuation, fullwidth"},
		m{"stop\u200b!", "STOP!", behind, behind, "a keyword with its punctuation, and an invisible character"},
		m{"!stop", "!STOP", before, before, "a keyword with its punctuation in front"},
		m{"STOP!!", "STOP!!", none, stop, "all punctuation is left out, not some of it"},
		m{"\u203cstop", "!!STOP", none, stop, "all punctuation is left out, not some of it"},
		m{"!stop!", "!STOP!", none, stop, "all punctuation is left out, not some of it"},
		m{"(stop!)", "(STOP!)", none, stop, "all punctuation is left out, not some of it"},
		m{"stop !", "STOP !", none, stop, "a space inside the key: not the keyword with its punctuation"},
		m{"stop?", "STOP?", none, stop, "other punctuation"},
		m{"stop\u00a1", "STOP\u00a1", none, stop, "other punctuation"},
		m{"stop!now", "STOP!NOW", none, none, "punctuation inside"},
		m{"!", "!", none, none, "nothing is left"},
	)
	only := decide(drop, optOut, "STOP!")
	try([]row{{"STOP!", optOut, drop}},
		m{"stop!", "STOP!", only, only, "a keyword with its punctuation"},
		m{"stop", "STOP", none, none, "a keyword's own punctuation is significant"},
		m{"stop!!", "STOP!!", none, none, "what is left, STOP, is no keyword"},
		m{"\"stop!\"", "\"STOP!\"", none, none, "what is left, STOP, is no keyword"},
		m{"stop.", "STOP.", none, none, "what is left, STOP, is no keyword"},
	)
	dots := decide(drop, optOut, "...")
	try([]row{{"...", optOut, drop}, {"?", help, forward}},
		m{"...", "...", dots, dots, "a keyword of punctuation alone"},
		m{"\u2026", "...", dots, dots, "a keyword of punctuation alone, in one character"},
		m{" \u2025. ", "...", dots, dots, "a keyword of punctuation alone, in two characters"},
		m{"....", "....", none, none, "nothing is left"},
		m{"?", "?", decide(forward, help, "?"), decide(forward, help, "?"), "a keyword of punctuation alone"},
		m{"\uff1f", "?", decide(forward, help, "?"), decide(forward, help, "?"), "a keyword of punctuation alone, fullwidth"},
		m{"??", "??", none, none, "nothing is left"},
		m{"\u00bf?", "\u00bf?", none, none, "nothing is left"},
	)
	c, cpp := decide(drop, optOut, "C"), decide(forward, help, "C++")
	try([]row{{"C", optOut, drop}, {"C++", help, forward}},
		m{"c", "C", c, c, "the shorter keyword"},
		m{"c++", "C++", cpp, cpp, "the longer keyword"},
		m{"c+", "C+", none, c, "what is left is the shorter keyword"},
		m{"c+++", "C+++", none, c, "what is left is the shorter keyword"},
		m{"(c++)", "(C++)", none, c, "what is left is the shorter keyword, not the one with punctuation"},
		m{"c + +", "C + +", none, c, "what is left is the shorter keyword"},
		m{"C\u207a\u207a", "C++", cpp, cpp, "superscript plus signs are plus signs"},
	)
	slash := decide(drop, optOut, "/stop")
	try([]row{{"/stop", optOut, drop}},
		m{"/STOP", "/STOP", slash, slash, "a command"},
		m{"STOP", "STOP", none, none, "without its slash it is no keyword"},
		m{"//stop", "//STOP", none, none, "what is left is no keyword"},
		m{"/stop.", "/STOP.", none, none, "what is left is no keyword"},
		m{"\uff0fstop", "/STOP", slash, slash, "a fullwidth slash"},
		m{"\u2044stop", "\u2044STOP", none, none, "a fraction slash is another one"},
	)
	td := decide(drop, optOut, "T.D.")
	try([]row{{"T.D.", optOut, drop}},
		m{"t.d.", "T.D.", td, td, "punctuation inside and behind"},
		m{"t.d", "T.D", none, none, "the last full stop is significant"},
		m{"t.d..", "T.D..", none, none, "what is left has lost the keyword's own full stop"},
		m{"t\u2024d\u2024", "T.D.", td, td, "one dot leaders are full stops"},
	)
	all := decide(drop, optOut, "STOP ALL")
	try([]row{{"STOP ALL", optOut, drop}},
		m{"\"Stop all\"", "\"STOP ALL\"", none, all, "a space inside, punctuation around"},
		m{"stop  all !!", "STOP ALL !!", none, all, "a space inside, punctuation around"},
		m{"- stop\nall -", "- STOP ALL -", none, all, "a space inside, punctuation around"},
		m{"stop, all", "STOP, ALL", none, none, "punctuation inside"},
		m{"stop - all", "STOP - ALL", none, none, "punctuation inside"},
		m{"stop. all.", "STOP. ALL.", none, none, "punctuation inside"},
	)
	name := decide(drop, optOut, "don't")
	try([]row{{"don't", optOut, drop}},
		m{"DON'T", "DON'T", name, name, "an apostrophe inside"},
		m{"don't!", "DON'T!", none, name, "an apostrophe inside, punctuation behind"},
		m{"don\u2019t", "DON'T", name, name, "a typographic apostrophe is the same"},
		m{"don\uff07t", "DON'T", name, name, "a fullwidth apostrophe is the same"},
		m{"dont", "DONT", none, none, "without its apostrophe"},
	)
	dash := decide(drop, optOut, "-")
	try([]row{{"-", optOut, drop}},
		m{"-", "-", dash, dash, "a hyphen alone"},
		m{"\uff0d", "-", dash, dash, "a fullwidth hyphen"},
		m{"--", "--", none, none, "nothing is left"},
		m{"\u2010", "-", dash, dash, "the hyphen of typography is the same"},
		m{"\u2212", "-", dash, dash, "a minus sign is the same"},
	)
}
