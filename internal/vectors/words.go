package main

import "strings"

// chat is messages that have nothing to do with a keyword.
var chat = []string{
	"On my way",
	"I'm at the corner",
	"ok",
	"No",
	"Thanks!",
	"See you at 5:30",
	"Where are you?",
	"The blue door, second floor",
	"1",
	"5",
	"Call me on +15550100001",
	"https://example.com/a?b=c",
	"lol",
	"k",
}

// truthTable: every built-in word, and chat, under every setting.
func truthTable() {
	reasons := map[string][4]string{
		optOut: {
			"not forwarded, and notified with 80901",
			"not forwarded; SMS STOP Filtering is not consulted",
			"both flags are on: not forwarded",
			"filtering is off: left to the account's own handling",
		},
		optIn: {
			"opt-in words but UNSTOP are forwarded",
			"opt-in words but UNSTOP are forwarded; SMS STOP Filtering is not consulted",
			"both flags are on: opt-in words but UNSTOP are still forwarded",
			"filtering is off: a handler has to see opt-in words, too",
		},
		help: {
			"help and info words are forwarded",
			"help and info words are forwarded; SMS STOP Filtering is not consulted",
			"help and info words are forwarded with both flags on",
			"help and info words ask for no change: not intercepted",
		},
	}
	cells := [4]string{"F1.", "F1.", "F2.", "F3."}
	for _, w := range words {
		for i, action := range w.actions {
			s := in("truth-table", cells[i]+w.column).underFor(w, i).because("%s", reasons[w.column][i])
			switch {
			case action == drop && w.class == optOut:
				s = s.rule("P1", "P4")
			case action == drop:
				s = s.rule("P3", "P4").because("UNSTOP is the one opt-in word that is dropped")
			case action == forward:
				s = s.rule("P3")
			case action == intercept:
				s = s.rule("P7")
			}
			s.add(w.text, w.text, decide(action, w.class, w.text))
		}
		in("truth-table", cells[0]+w.column, "I.on").ignoring().
			because("ignoring punctuation changes nothing for the word itself").add(w.text, w.text, is(w.text))
	}
	for _, c := range chat {
		for i := range settings {
			in("truth-table", cells[i]+"none", "P3").under(i).
				because("no keyword: forwarded whatever the flags").add(c, upper(c), none)
		}
		in("truth-table", cells[0]+"none", "P3").ignoring().
			because("no keyword in it: forwarded").add(c, upper(c), none)
	}
}

// letterCase: case does not matter, whatever the flags.
func letterCase() {
	s := in("case", "Q.case", "N5")
	for _, w := range words {
		lower := strings.ToLower(w.text)
		n := len(lower) - 1
		alternating := strings.Map(func() func(rune) rune {
			up := true
			return func(r rune) rune {
				if up = !up; up {
					return r - 'a' + 'A'
				}
				return r
			}
		}(), lower)
		for _, c := range []struct{ message, reason string }{
			{lower, "lower case"},
			{title(w.text), "first letter in upper case"},
			{alternating, "alternating case"},
			{lower[:n] + w.text[n:], "last letter in upper case"},
			{lower[:1] + w.text[1:], "first letter in lower case"},
		} {
			s.because("%s", c.reason).add(c.message, w.text, is(w.text))
		}
		for i := 1; i < 4; i++ {
			s.underFor(w, i).because("lower case, and the flags as for upper case").add(lower, w.text, is4(w.text, i))
			s.underFor(w, i).because("first letter in upper case, and the flags as for upper case").
				add(title(w.text), w.text, is4(w.text, i))
		}
		s.ignoring().because("lower case, and nothing to ignore").add(lower, w.text, is(w.text))
	}

	// Case is folded letter by letter, and only case.
	s = s.rule("Q.case").restsOn("folding")
	s.because("folding does not make SS of sharp s").with(row{"STRASSE", optOut, drop}).
		add("stra\u00dfe", "STRA\u00dfE", none)
	s.because("a digit is no lower case of a letter").add("st0p", "ST0P", none)
	s.because("dotless i is an i: QUIT").add("qu\u0131t", "QUIT", is("QUIT"))
	s.because("dotless i is an i: INFO").add("\u0131nfo", "INFO", is("INFO"))
	s.because("dotless i is an i: UNSUBSCRIBE").add("unsubscr\u0131be", "UNSUBSCRIBE", is("UNSUBSCRIBE"))
	s.because("long s is an s: STOP").add("\u017ftop", "STOP", is("STOP"))
	s.because("long s is an s: YES").add("ye\u017f", "YES", is("YES"))
	s.because("long s is an s: UNSUBSCRIBE").add("un\u017fub\u017fcribe", "UNSUBSCRIBE", is("UNSUBSCRIBE"))
	s.because("the Kelvin sign is a K: REVOKE").add("REVO\u212aE", "REVOKE", is("REVOKE"))
	s.because("the Kelvin sign is a K, in lower case, too: REVOKE").add("revo\u212ae", "REVOKE", is("REVOKE"))
	s = s.restsOn("accents")
	s.because("I with dot above is an I: INFO").add("\u0130NFO", "INFO", is("INFO"))
	s.because("I with dot above is an I: QUIT").add("QU\u0130T", "QUIT", is("QUIT"))
	s.because("i and a combining dot above, as a Turkish lower case makes it: INFO").add("i\u0307nfo", "INFO", is("INFO"))
	s.because("I with dot above in UNSUBSCRIBE").add("UNSUBSCR\u0130BE", "UNSUBSCRIBE", is("UNSUBSCRIBE"))
	s.because("long s with dot above is an s: STOP").add("\u1e9btop", "STOP", is("STOP"))
}

// history: what the changelog says of each word, in half upper case, which was
// not matched between 2020-07-09 and 2020-09-15.
func history() {
	for _, h := range []struct{ message, keyword, reason string }{
		{"stOP", "STOP", "any case since 2020-09-15"},
		{"unsubSCRIBE", "UNSUBSCRIBE", "any case since 2020-09-15"},
		{"ENd", "END", "any case since 2020-09-15"},
		{"canCEL", "CANCEL", "any case since 2020-09-15"},
		{"quIT", "QUIT", "any case since 2020-09-15"},
		{"stopALL", "STOPALL", "any case since 2020-09-15"},
		{"arrETT", "ARRETT", "any case since 2020-09-15"},
		{"arrET", "ARRET", "any case since 2020-09-15"},
		{"arrETE", "ARRETE", "any case since 2020-09-15"},
		{"unsTOP", "UNSTOP", "any case since 2020-09-15; dropped as the only opt-in word"},
		{"stART", "START", "forwarded in any case since 2020-09-15"},
		{"YEs", "YES", "forwarded in any case since 2020-09-15"},
		{"deBUT", "DEBUT", "forwarded in any case since 2020-09-15"},
		{"revOKE", "REVOKE", "a word of the page of 2026-06-16, without a changelog entry"},
		{"optOUT", "OPTOUT", "a word of the page of 2026-06-16, without a changelog entry"},
		{"heLP", "HELP", "a help word of support article 223134027"},
		{"inFO", "INFO", "a help word of support article 223134027"},
	} {
		for _, w := range words {
			if w.text != h.keyword {
				continue
			}
			for i := range settings {
				in("history", "H", "Q.case").underFor(w, i).because("%s", h.reason).
					add(h.message, h.keyword, is4(h.keyword, i))
			}
		}
	}
	s := in("history", "H")
	s.because("a word of the list that the page of 2026-06-16 added, in lower case and with white space").
		restsOn("white-space").add(" revoke\n", "REVOKE", is("REVOKE"))
	s.because("a word of the list that the page of 2026-06-16 added, in lower case and with white space").
		restsOn("white-space").add("optout ", "OPTOUT", is("OPTOUT"))
	s.because("the table before 2026-06-16 lacked REVOKE: with that one it is chat").
		with(row{"STOP", optOut, drop}, row{"UNSUBSCRIBE", optOut, drop}).add("REVOKE", "REVOKE", none)
	s.because("the table before 2026-06-16 lacked OPTOUT: with that one it is chat").
		with(row{"STOP", optOut, drop}, row{"UNSUBSCRIBE", optOut, drop}).add("OPTOUT", "OPTOUT", none)
}

// nearMisses: words that no source lists.
func nearMisses() {
	for _, m := range []string{
		"STO", "TOP", "STPO", "SOTP", "STOOP", "STOPP", "SSTOP", "S", "P", "ST", "STOP1", "1STOP", "STOPX", "2STOP",
		"REVOK", "REVOKED", "REVOKES", "EVOKE", "OPTOU", "PTOUT", "OPTIN", "OPTOUTS", "OPT", "OUT",
		"UNSUBSCRIB", "UNSUSCRIBE", "UNSUBSCRIBED", "UNSUBSCRIBER", "SUBSCRIBE", "UNSUB", "UNSUBSCR", "UNSUBSCRIBEE",
		"EN", "ND", "ENDE", "ENDS", "SEND", "FIN", "CANCE", "CANCLE", "CANCELS", "CANCELLED", "QUI", "QUITE", "QUITS", "QIUT",
		"STOPAL", "STOPALLL", "TOPALL", "STOPAALL", "ALLSTOP",
		"ARRE", "ARET", "ARETT", "ARRETTE", "ARRETTT", "ARRETER", "ARRETEZ", "ARRETES", "ARREST", "ARRT",
		"UNSTO", "UNSTOPP", "NSTOP", "UNSTART", "STAR", "STARTS", "STARTT", "TART", "RESTART", "YE", "YESS", "YEP", "YEAH", "Y", "ES",
		"DEBU", "DEBUTS", "DEBUTT", "EBUT", "HEL", "HELPS", "ELP", "HELLO", "INF", "INFOS", "NFO", "INFORMATION",
		"NO", "GO", "BYE", "PARE", "ALTO", "BAJA", "STOPSTOP", "STOPSTART", "STOPUNSTOP", "YESNO", "OPTOUTALL",
	} {
		s := in("near-misses", "F1.none", "P3").because("on none of Twilio's lists")
		if len(m) > 4 {
			m = strings.ToLower(m)
		}
		s.add(m, strings.ToUpper(m), none)
	}
}

// wholeMessage: a keyword in a longer message is conversation.
func wholeMessage() {
	s := in("whole-message", "Q.whole", "P3", "F1.none").restsOn("whole-message")
	for _, m := range []string{
		"Stop by the store", "Please stop", "don't stop", "Can you stop at the corner?", "stop it", "STOP NOW",
		"Stop calling me", "STOP STOP", "stop stop stop", "stop, please", "bus stop", "Stop sign ahead", "STOP 2 END",
		"Text STOP to 12345", "Reply STOP to opt out", "STOP OR END", "nonstop", "unstoppable", "one-stop shop",
		"I need to cancel", "cancel my order please", "Cancel or extend?", "cancel that", "Cancellation",
		"When does it end", "The end", "END OF STORY", "weekend", "At the end of the road",
		"quit it", "I quit my job", "Quite right", "Don't quit", "yes sure", "Yes, I am here", "Yes I can", "oh yes",
		"Help me find the place", "no help needed", "help!!! where are you", "For your info", "More info", "info on it",
		"Start the car", "We start at 9", "Let's start", "unsubscribe me", "Please unsubscribe me from this list",
		"How do I opt out", "optout if you can", "I revoke my consent", "Unstop my number", "STOPALL messages",
		"Arret de bus", "Je m'arrete la", "Un arret", "Le debut du film", "debut et fin", "arrete ca",
		"Start. Stop.", "yes/no", "stop=end", "END.END", "cancel,quit",
	} {
		s.because("a keyword is in it; it is none as a whole").both(m, upper(m), none, none)
	}
	for _, w := range words {
		lower := strings.ToLower(w.text)
		s.because("first word of a longer message").both(lower+" please", w.text+" PLEASE", none, none)
		s.because("last word of a longer message").ignoring().add("I said \""+lower+"\"", "I SAID \""+w.text+"\"", none)
		s.because("twice is not once").add(lower+" "+lower, w.text+" "+w.text, none)
		s.because("part of a longer word").add("x"+lower, "X"+w.text, none)
		s.because("part of a longer word").add(lower+"9", w.text+"9", none)
	}
	for _, m := range []struct{ message, key string }{
		{"STOP\nI mean it", "STOP I MEAN IT"},
		{"STOP\r\nSent from my phone", "STOP SENT FROM MY PHONE"},
		{"Stop\n\n--\nJo", "STOP -- JO"},
		{"Hi\nSTOP", "HI STOP"},
		{"stop\u2028end", "STOP END"},
		{"STOP\t STOP", "STOP STOP"},
		{"Please  stop ", "PLEASE STOP"},
	} {
		s.because("a line of it is a keyword; the message is not").rule("N6").both(m.message, m.key, none, none)
	}
	s.because("the whole message is the word, over white space").rule("N6").restsOn("white-space").
		add("\n\nstop\n\n", "STOP", is("STOP"))
	s.because("a table may hold a sentence; then that is the whole message").
		with(row{"please stop", optOut, drop}).add("Please STOP", "PLEASE STOP", decide(drop, optOut, "please stop"))
	s.because("a table that holds a sentence does not hold its words").
		with(row{"please stop", optOut, drop}).add("stop", "STOP", none)
	s.because("a table that holds a sentence does not hold a longer one").
		with(row{"please stop", optOut, drop}).add("please stop now", "PLEASE STOP NOW", none)
}

// inside: words that are cut are not the listed words.
func inside() {
	s := in("inside", "Q.inside", "F1.none")
	for _, m := range []struct{ message, key string }{
		{"OPT OUT", "OPT OUT"}, {"opt out", "OPT OUT"}, {"OPT-OUT", "OPT-OUT"}, {"Opt-Out", "OPT-OUT"}, {"OPT_OUT", "OPT_OUT"},
		{"opt.out", "OPT.OUT"}, {"OPT/OUT", "OPT/OUT"}, {"OPT  OUT", "OPT OUT"}, {"OPT\nOUT", "OPT OUT"}, {"OPT\u00a0OUT", "OPT OUT"},
		{"OPT\u2003OUT", "OPT OUT"}, {"OPT\u2010OUT", "OPT-OUT"}, {"OPT\u2011OUT", "OPT-OUT"}, {"OPT\u2013OUT", "OPT-OUT"},
		{"OPT\u2212OUT", "OPT-OUT"}, {"OPT\uff0dOUT", "OPT-OUT"}, {"OPT'OUT", "OPT'OUT"}, {"OPT\u00b7OUT", "OPT\u00b7OUT"},
		{"STOP ALL", "STOP ALL"}, {"stop all", "STOP ALL"}, {"STOP-ALL", "STOP-ALL"}, {"STOP\u3000ALL", "STOP ALL"},
		{"UN SUBSCRIBE", "UN SUBSCRIBE"}, {"un-subscribe", "UN-SUBSCRIBE"}, {"UN STOP", "UN STOP"}, {"UN-STOP", "UN-STOP"},
		{"CAN CEL", "CAN CEL"}, {"HE LP", "HE LP"}, {"IN FO", "IN FO"}, {"RE-START", "RE-START"}, {"QU!T", "QU!T"}, {"ST*P", "ST*P"}, {"S.O.S", "S.O.S"},
	} {
		s.because("the listed words have nothing inside").both(m.message, m.key, none, none)
	}
	for _, w := range words {
		s.because("spaces between the letters").add(between(w.text, " "), between(w.text, " "), none)
		s.because("full stops behind the letters").ignoring().add(behind(w.text, "."), behind(w.text, "."), none)
		s.because("hyphens between the letters").ignoring().add(between(strings.ToLower(w.text), "-"), between(w.text, "-"), none)
	}
	s = in("inside", "Q.inside", "N2").restsOn("spelling")
	s.because("a soft hyphen is invisible").add("OPT\u00adOUT", "OPTOUT", is("OPTOUT"))
	s.because("a word joiner is invisible").add("stop\u2060all", "STOPALL", is("STOPALL"))
	s.because("a zero width space is invisible, no space").add("OPT\u200bOUT", "OPTOUT", is("OPTOUT"))
	s.because("an information separator is an invisible control character, no space").add("OPT\u001fOUT", "OPTOUT", is("OPTOUT"))

	table := []row{{"OPT OUT", optOut, drop}, {"STOP ALL", optOut, drop}, {"OPT-OUT", optOut, drop}, {"take me off", optOut, drop}}
	s = in("inside", "Q.inside", "N6").with(table...)
	for _, m := range []struct{ message, key, keyword string }{
		{"OPT OUT", "OPT OUT", "OPT OUT"}, {"opt out", "OPT OUT", "OPT OUT"}, {"Opt-Out", "OPT-OUT", "OPT-OUT"},
		{"stop all", "STOP ALL", "STOP ALL"}, {"Take Me Off", "TAKE ME OFF", "take me off"},
	} {
		s.because("a table may hold words with spaces or hyphens").add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	s = s.restsOn("white-space")
	for _, m := range []struct{ message, key, keyword string }{
		{"OPT  OUT", "OPT OUT", "OPT OUT"}, {"opt\tout", "OPT OUT", "OPT OUT"}, {"opt\r\nout", "OPT OUT", "OPT OUT"},
		{"opt\u00a0out", "OPT OUT", "OPT OUT"}, {"opt\u0085out", "OPT OUT", "OPT OUT"}, {"opt\u1680out", "OPT OUT", "OPT OUT"},
		{"opt\u2009 \u2028out", "OPT OUT", "OPT OUT"}, {"STOP\u3000ALL", "STOP ALL", "STOP ALL"}, {" stop  all ", "STOP ALL", "STOP ALL"},
		{"take\u202fme\u205foff", "TAKE ME OFF", "take me off"}, {"opt \u200b out", "OPT OUT", "OPT OUT"}, {"opt\u2800out", "OPT OUT", "OPT OUT"}, {"opt \u0000 out", "OPT OUT", "OPT OUT"},
	} {
		s.because("every run of white space is one space").add(m.message, m.key, decide(drop, optOut, m.keyword))
	}
	for _, m := range []struct{ message, key, reason string }{
		{"OPTOUT", "OPTOUT", "the built-in word is not in this table"},
		{"STOPALL", "STOPALL", "the built-in word is not in this table"},
		{"opt\u200bout", "OPTOUT", "a zero width space is no white space"},
		{"take me", "TAKE ME", "the beginning of a keyword"},
		{"take me off now", "TAKE ME OFF NOW", "a keyword and more"},
		{"me off", "ME OFF", "the end of a keyword"},
		{"o pt out", "O PT OUT", "a space in another place"},
	} {
		s.because("%s", m.reason).add(m.message, m.key, none)
	}
}
