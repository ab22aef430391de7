package optout

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// drop, forward and intercept are the decisions that the tests expect most.
func drop(keyword string) Decision {
	class := ClassOptOut
	if keyword == "UNSTOP" {
		class = ClassOptIn
	}
	return Decision{Action: Drop, Code: 80901, Class: class, Keyword: keyword}
}

func forward(keyword string, class Class) Decision {
	return Decision{Action: Forward, Class: class, Keyword: keyword}
}

func intercept(keyword string, class Class) Decision {
	return Decision{Action: Intercept, Class: class, Keyword: keyword}
}

var none = Decision{}

// TestBuiltinTable compares the table with the sourced copy, both ways.
func TestBuiltinTable(t *testing.T) {
	data, err := os.ReadFile("testdata/keywords.json")
	if err != nil {
		t.Fatal(err)
	}
	var sourced []struct {
		Keyword
		Sources []struct{ Page, Date string }
	}
	if err := json.Unmarshal(data, &sourced); err != nil {
		t.Fatal(err)
	}
	var want []Keyword
	for _, row := range sourced {
		want = append(want, row.Keyword)
		if len(row.Sources) == 0 {
			t.Errorf("%s has no source", row.Text)
		}
		for _, s := range row.Sources {
			if !strings.HasPrefix(s.Page, "https://") {
				t.Errorf("%s has the source %q: want an address", row.Text, s.Page)
			}
		}
	}
	got := (Policy{}).Keywords()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table differs from its sources (-sources +table):\n%s", diff)
	}
	if _, err := NewPolicy(proxyKeywords[:]); err != nil {
		t.Errorf("the table does not compile: %v", err)
	}
}

// TestTruthTable checks the table of the flags, row by row.
func TestTruthTable(t *testing.T) {
	for _, f := range allFlags {
		custom := f.RespectSMSStopFilter && !f.SMSStopFilter
		for _, k := range proxyKeywords {
			want := Decision{Action: k.Action, Class: k.Class, Keyword: k.Text}
			if custom && k.Class != ClassHelp {
				want.Action = Intercept
			}
			if want.Action == Drop {
				want.Code = 80901
			}
			testDecide(t, Policy{}, k.Text, f, want)
		}
		for _, s := range []string{"on my way", "", "STOPS", "stop it"} {
			testDecide(t, Policy{}, s, f, none)
		}
	}
}

func testDecide(t testing.TB, p Policy, s string, f Flags, want Decision) {
	t.Helper()
	if got := p.Decide(s, f); got != want {
		t.Errorf("Decide(%+q, %+v) = %+v, want %+v (IgnorePunctuation %v)", s, f, got, want, p.IgnorePunctuation)
	}
}

// TestSpellings decides every keyword in every spelling of spellings.
func TestSpellings(t *testing.T) {
	for _, k := range proxyKeywords {
		want := Policy{}.Decide(k.Text, Flags{})
		if want.Keyword != k.Text {
			t.Fatalf("Decide(%q) = %+v, want the keyword", k.Text, want)
		}
		for name, spell := range spellings {
			t.Run(k.Text+"/"+name, func(t *testing.T) {
				for _, s := range spell(k.Text) {
					for _, p := range []Policy{{}, {IgnorePunctuation: true}} {
						testDecide(t, p, s, Flags{}, want)
					}
				}
			})
		}
	}
}

var spellings = map[string]func(word string) []string{
	"case": func(w string) []string {
		lower := strings.ToLower(w)
		mixed := []byte(w)
		for i := range mixed {
			if i%2 == 1 {
				mixed[i] |= 0x20
			}
		}
		return []string{w, lower, w[:1] + lower[1:], lower[:1] + w[1:], string(mixed)}
	},
	"white space": func(w string) []string { return around(w, unicode.White_Space) },
	"invisible":   func(w string) []string { return append(around(w, oracleInvisible), within(w, oracleInvisible)...) },
	"marks":       func(w string) []string { return within(w, unicode.Mn) },
	"enclosed":    func(w string) []string { return within(w, unicode.Me) },
	"fullwidth":   func(w string) []string { return shifted(w, '\uff21', '\uff41') },
	"circled":     func(w string) []string { return shifted(w, '\u24b6', '\u24d0') },
	"squared":     func(w string) []string { return shifted(w, '\U0001f130') },
	"mathematical": func(w string) []string {
		// The styles with all 26 letters where they are expected: the script,
		// Fraktur and double-struck alphabets have holes.
		return append(shifted(w, 0x1d400, 0x1d41a, 0x1d434, 0x1d468, 0x1d482, 0x1d4d0, 0x1d4ea, 0x1d56c, 0x1d586),
			shifted(w, 0x1d5a0, 0x1d5ba, 0x1d5d4, 0x1d5ee, 0x1d608, 0x1d622, 0x1d63c, 0x1d656, 0x1d670, 0x1d68a)...)
	},
	"forms": func(w string) []string {
		var all []string
		for _, s := range []string{w, strings.ToLower(w)} {
			for _, accents := range []string{"\u0302", "\u0301", "\u0308", "\u0323\u0302", "\u0302\u0323"} {
				accented := strings.Join(strings.Split(s, ""), accents) + accents
				all = append(all, accented, norm.NFC.String(accented), norm.NFD.String(accented))
			}
		}
		return all
	},
	"all at once": func(w string) []string {
		full := shifted(w, '\uff21', '\uff41')
		var all []string
		for _, s := range full {
			all = append(all, "\ufeff\u3000\t"+strings.Join(strings.Split(s, ""), "\u200d\u0301\x00")+"\u0323\ufe0f\r\n")
		}
		return all
	},
}

// around returns w with each rune of the table before it, after it, on both
// sides, and often.
func around(w string, table *unicode.RangeTable) []string {
	var all []string
	rangetable.Visit(table, func(r rune) {
		s := string(r)
		all = append(all, s+w, w+s, s+w+s, strings.Repeat(s, 20)+strings.ToLower(w)+strings.Repeat(s, 20))
	})
	return all
}

// within returns w with each rune of the table after its first letter, after its
// last, and after every one of them.
func within(w string, table *unicode.RangeTable) []string {
	var all []string
	rangetable.Visit(table, func(r rune) {
		s := string(r)
		all = append(all, w[:1]+s+w[1:], w+s, strings.Join(strings.Split(w, ""), s)+s)
	})
	return all
}

// shifted returns w in alphabets that start with the letters given.
func shifted(w string, alphabets ...rune) []string {
	all := make([]string, len(alphabets))
	for i, a := range alphabets {
		all[i] = strings.Map(func(r rune) rune { return r - 'A' + a }, w)
	}
	return all
}

// TestForwarded checks messages that are not keywords, with punctuation ignored
// or not.
func TestForwarded(t *testing.T) {
	tests := []struct{ name, message string }{
		{"empty", ""},
		{"white space", " \t\r\n"},
		{"invisible", "\u200b\ufeff"},
		{"longer word", "STOPS"},
		{"longer word, French", "ARRETEZ"},
		{"shorter word", "STO"},
		{"shorter word of eight", "UNSUBSCR"},
		{"longer by one after eight", "UNSUBSCRIBED"},
		{"two words", "OPT OUT"},
		{"keyword after eight bytes that begin none", "SNSUBSCRSTOP\u200b"},
		{"two words, Stop all", "STOP ALL"},
		{"hyphen inside", "OPT-OUT"},
		{"dots inside", "S.T.O.P"},
		{"spaces inside", "S T O P"},
		{"white space inside a word of one", "ST\u00a0OP"},
		{"twice", "STOP STOP"},
		{"twice on two lines", "stop\nstop"},
		{"sentence", "the end"},
		{"sentence, keyword first", "stop by the store"},
		{"sentence, keyword last", "please stop"},
		{"phrase", "stop texting me"},
		{"Cyrillic look-alikes", "\u0421\u0422\u041e\u0420"},
		{"one Cyrillic letter", "ST\u041eP"},
		{"Greek look-alikes", "\u03a3TOP"},
		{"digit for a letter", "ST0P"},
		{"L with a stroke", "\u0141NFO"},
		{"Danish o", "ST\u00d8P"},
		{"parenthesized letters", "\u24ae\u24af\u24aa\u24ab"},
		{"spacing mark inside", "S\u0903TOP"},
		{"visible format character", "\u0600STOP"},
		{"bad byte after", "STOP\xff"},
		{"bad byte before", "\x80STOP"},
		{"bad byte inside", "ST\xc3OP"},
		{"truncated invisible character", "STOP\xe2\x80"},
		{"UTF-16", "S\x00T\x00O\x00P\x00\xff"},
		{"damaged", "STOP\ufffd"},
		{"damaged, with punctuation", "STOP!\ufffd!"},
		{"a megabyte of chat", strings.Repeat("where are you? ", 70_000)},
		{"a megabyte of keywords", strings.Repeat("STOP ", 200_000)},
		{"a megabyte of keyword letters", strings.Repeat("STOP", 250_000)},
		{"keyword and a megabyte of spaces and a dot", "STOP" + strings.Repeat(" ", 1<<20) + "x"},
		{"keyword and a megabyte of invisible characters and a letter", "STOP" + strings.Repeat("\u200b", 350_000) + "x"},
		{"a megabyte of bad bytes", strings.Repeat("\xff", 1<<20)},
		{"a megabyte of marks", strings.Repeat("\u0301", 1<<19)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, p := range []Policy{{}, {IgnorePunctuation: true}} {
				for _, f := range allFlags {
					if got := p.Decide(tt.message, f); got != none {
						t.Errorf("Decide(%.60q, %+v) = %+v, want no keyword (IgnorePunctuation %v)", tt.message, f, got, p.IgnorePunctuation)
					}
				}
			}
		})
	}
}

func TestIgnorePunctuation(t *testing.T) {
	tests := []struct {
		name, message string
		want          Decision // with IgnorePunctuation; without it none, but for exact
		exact         bool
	}{
		{"as it is", "stop", drop("STOP"), true},
		{"full stop", "Stop.", drop("STOP"), false},
		{"exclamation mark", "STOP!", drop("STOP"), false},
		{"quotes", `"stop"`, drop("STOP"), false},
		{"typographic quotes", "\u201cstop\u201d", drop("STOP"), false},
		{"guillemets with spaces", "\u00ab\u00a0ARR\u00caT\u00a0\u00bb", drop("ARRET"), false},
		{"inverted marks", "\u00a1STOP!", drop("STOP"), false},
		{"fullwidth", "\uff33\uff34\uff2f\uff30\uff01", drop("STOP"), false},
		{"ideographic full stop", "stop\u3002", drop("STOP"), false},
		{"ellipsis", "stop\u2026", drop("STOP"), false},
		{"spaces between", "... stop ...", drop("STOP"), false},
		{"command", "/quit", drop("QUIT"), false},
		{"hash tag", "#quit", drop("QUIT"), false},
		{"currency", "$stop\u20ac", drop("STOP"), false},
		{"emoji", "STOP\U0001f6d1", drop("STOP"), false},
		{"emoji with variation selector", "\u26d4\ufe0f STOP \u270b\ufe0f", drop("STOP"), false},
		{"emoji with skin tone", "stop\U0001f64f\U0001f3fd", drop("STOP"), false},
		{"joined emoji", "stop \U0001f926\u200d\u2640\ufe0f", drop("STOP"), false},
		{"circled letters are letters", "\u24c8\u24c9\u24c4\u24c5!", drop("STOP"), false},
		{"help", "Help!!", forward("HELP", ClassHelp), false},
		{"opt-in", "Yes.", forward("YES", ClassOptIn), false},
		{"UNSTOP", "unstop!", drop("UNSTOP"), false},
		{"eight bytes and more", "Unsubscribe!!!", drop("UNSUBSCRIBE"), false},
		{"punctuation up to the eighth byte", "'STOPALL'", drop("STOPALL"), false},
		{"nine bytes, letters at both ends of eight", "(STOPALL.)", drop("STOPALL"), false},
		{"quoted in other letters", "\u201eARR\u00caT\u201c.", drop("ARRET"), false},
		{"long tail in ASCII", "stop" + strings.Repeat("!", 2000), drop("STOP"), false},
		{"long tail", "stop" + strings.Repeat(" \u2026", 800), drop("STOP"), false},
		{"long head", strings.Repeat("\u00bf ", 800) + "stop", drop("STOP"), false},
		{"Braille with dots is a symbol", "STOP\u2801", drop("STOP"), false},

		{"inside", "st.op", none, false},
		{"between two words", "opt-out", none, false},
		{"sentence", "Please stop!", none, false},
		{"keyword, sentence", "Stop! Now.", none, false},
		{"other letter after", "stop! \u0431", none, false},
		{"longer word", "stops!", none, false},
		{"punctuation alone", "?!", none, false},
		{"symbols alone", "\U0001f6d1", none, false},
		{"digit", "1 stop", none, false},
		{"trade mark is letters", "stop\u2122", none, false},
		{"keycap is a mark on a sign", "STOP *\u20e3", drop("STOP"), false},
		{"keycap emoji", "STOP*\ufe0f\u20e3", drop("STOP"), false},
		{"keycap of a digit", "STOP 1\ufe0f\u20e3", none, false},
		{"accent of its own is a mark on a space", "STOP\u00b4", drop("STOP"), false},
		{"accents of their own at both ends", "\u00a8Stop\u00a8", drop("STOP"), false},
		{"marks at the start", "\u0301\u20e3STOP", drop("STOP"), false},
		{"marks between outer punctuation", "\u0301!\u0301 \u0903STOP", drop("STOP"), false},
		{"marks on outer punctuation at the end", "STOP!\u0301\u0903 \u0301", drop("STOP"), false},
		{"more marks than a keyword may have", "STOP!" + strings.Repeat("\u0301", 100), drop("STOP"), false},
		{"a spacing mark on the last letter", "STOP\u0903!", none, false},
		{"object replacement character", "\ufffc!STOP", drop("STOP"), false},
		{"damaged", "\"STOP\xff\"", none, false},
		{"damaged before", "\ufffdSTOP", none, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			testDecide(t, Policy{IgnorePunctuation: true}, tt.message, Flags{}, tt.want)
			exact := none
			if tt.exact {
				exact = tt.want
			}
			testDecide(t, Policy{}, tt.message, Flags{}, exact)
		})
	}
}

func TestCustomTables(t *testing.T) {
	long := strings.Repeat("\u043e\u0442\u043f\u0438\u0441\u043a\u0430 ", 40) // 600 bytes, with a space at the end
	p, err := NewPolicy([]Keyword{
		{"\u0421\u0422\u041e\u041f", ClassOptOut, Drop},                               // Cyrillic
		{"\u0421\u0422\u041e\u0420", ClassOptOut, Drop},                               // Cyrillic look-alikes of STOP
		{"\u043f\u0440\u043e\u043f\u0443\u0441\u043a\u0430\u0439", ClassOptOut, Drop}, // ends in a letter with a mark
		{"\u505c\u6b62", ClassOptOut, Drop},                                           // Chinese
		{"\u53d6\u6d88\u8ba2\u9605", ClassOptOut, Drop},                               //
		{"\uc218\uc2e0\uac70\ubd80", ClassOptOut, Drop},                               // Korean
		{"\u092c\u0902\u0926", ClassOptOut, Drop},                                     // Hindi
		{"ABMELDEN", ClassOptOut, Drop},                                               // German, eight bytes
		{"Schlu\u00df", ClassOptOut, Drop},                                            //
		{"opt out", ClassOptOut, Drop},                                                // a space inside
		{"stop all messages", ClassOptOut, Drop},                                      //
		{"OPT-OUT", ClassOptOut, Drop},                                                // punctuation inside
		{"!", ClassHelp, Forward},                                                     // and alone
		{"Stop!", ClassOptIn, Forward},                                                // and around
		{"\u3010stop\u3011", ClassHelp, Forward},                                      // and around, beyond ASCII
		{"stop", ClassOptOut, Drop},                                                   //
		{"why", ClassHelp, Drop},                                                      // a dropped help word
		{"maybe", ClassOptIn, Intercept},                                              // an intercepted word
		{"8", ClassOptOut, Drop},                                                      // a digit
		{long, ClassOptOut, Drop},                                                     //
		{strings.Repeat("a", 600), ClassOptOut, Drop},                                 //
		{strings.Repeat("\u0438\u0301\u0323", 120), ClassOptOut, Drop},                // 720 bytes, marks
	})
	if err != nil {
		t.Fatal(err)
	}
	dropAs := func(text string, class Class) Decision {
		return Decision{Action: Drop, Code: 80901, Class: class, Keyword: text}
	}
	optOut := func(text string) Decision { return dropAs(text, ClassOptOut) }
	tests := []struct {
		name, message string
		want, trimmed Decision
	}{
		{"Cyrillic", "\u0441\u0442\u043e\u043f", optOut("\u0421\u0422\u041e\u041f"), optOut("\u0421\u0422\u041e\u041f")},
		{"Cyrillic with an invisible character", "\u0441\u0442\u200b\u043e\u043f ", optOut("\u0421\u0422\u041e\u041f"), optOut("\u0421\u0422\u041e\u041f")},
		{"Cyrillic, quoted", "\u00ab\u0441\u0442\u043e\u043f\u00bb", none, optOut("\u0421\u0422\u041e\u041f")},
		{"look-alikes", "\u0441\u0442\u043e\u0440", optOut("\u0421\u0422\u041e\u0420"), optOut("\u0421\u0422\u041e\u0420")},
		{"short i decomposed", "\u041f\u0420\u041e\u041f\u0423\u0421\u041a\u0410\u0418\u0306", optOut("\u043f\u0440\u043e\u043f\u0443\u0441\u043a\u0430\u0439"), optOut("\u043f\u0440\u043e\u043f\u0443\u0441\u043a\u0430\u0439")},
		{"short i without its mark", "\u043f\u0440\u043e\u043f\u0443\u0441\u043a\u0430\u0438", none, none},
		{"Chinese", "\u505c\u6b62", optOut("\u505c\u6b62"), optOut("\u505c\u6b62")},
		{"Chinese, first character", "\u505c", none, none},
		{"Chinese with full stop", "\u505c\u6b62\u3002", none, optOut("\u505c\u6b62")},
		{"Chinese, twelve bytes", "\u53d6\u6d88\u8ba2\u9605", optOut("\u53d6\u6d88\u8ba2\u9605"), optOut("\u53d6\u6d88\u8ba2\u9605")},
		{"Korean", "\uc218\uc2e0\uac70\ubd80", optOut("\uc218\uc2e0\uac70\ubd80"), optOut("\uc218\uc2e0\uac70\ubd80")},
		{"Korean, decomposed", norm.NFD.String("\uc218\uc2e0\uac70\ubd80"), optOut("\uc218\uc2e0\uac70\ubd80"), optOut("\uc218\uc2e0\uac70\ubd80")},
		{"Hindi", "\u092c\u0902\u0926", optOut("\u092c\u0902\u0926"), optOut("\u092c\u0902\u0926")},
		{"Hindi without its mark", "\u092c\u0926", none, none},
		{"German", "Abmelden", optOut("ABMELDEN"), optOut("ABMELDEN")},
		{"German, more", "Abmeldend", none, none},
		{"sharp s", "SCHLU\u1e9e", optOut("Schlu\u00df"), optOut("Schlu\u00df")},
		{"sharp s is not ss", "Schluss", none, none},
		{"space", "Opt out", optOut("opt out"), optOut("opt out")},
		{"much white space", "\topt \n\u3000 OUT ", optOut("opt out"), optOut("opt out")},
		{"space missing", "optout", none, none},
		{"space at the eighth byte", "(stop all  messages)", none, optOut("stop all messages")},
		{"first word alone", "opt", none, none},
		{"first word and space", "opt ", none, none},
		{"phrase and more", "stop all messages now", none, none},
		{"punctuation inside", "opt-out", optOut("OPT-OUT"), optOut("OPT-OUT")},
		{"punctuation inside and around", "*opt-out*", none, optOut("OPT-OUT")},
		{"punctuation alone", "!", forward("!", ClassHelp), forward("!", ClassHelp)},
		{"punctuation alone, twice", "!!", none, none},
		{"own punctuation comes first", "STOP!", forward("Stop!", ClassOptIn), forward("Stop!", ClassOptIn)},
		{"own punctuation beyond ASCII", "\u3010Stop\u3011", forward("\u3010stop\u3011", ClassHelp), forward("\u3010stop\u3011", ClassHelp)},
		{"own punctuation beyond ASCII and more", "!\u3010Stop\u3011!", none, optOut("stop")},
		{"own punctuation and more after an invisible character", "STOP!\x00!", none, optOut("stop")},
		{"twice the own punctuation", "STOP!!", none, optOut("stop")},
		{"dropped help word", "why?", none, dropAs("why", ClassHelp)},
		{"intercepted word", "Maybe", intercept("maybe", ClassOptIn), intercept("maybe", ClassOptIn)},
		{"digit", "\uff18", optOut("8"), optOut("8")},
		{"digit, circled", "\u2467", optOut("8"), optOut("8")},
		{"long", strings.ToUpper(long), optOut(long), optOut(long)},
		{"long, cut", long[:len(long)-3], none, none},
		{"long and more", long + "a", none, none},
		{"long ASCII", strings.Repeat("A", 600), optOut(strings.Repeat("a", 600)), optOut(strings.Repeat("a", 600))},
		{"long ASCII and more", strings.Repeat("A", 601), none, none},
		{"long ASCII, less", strings.Repeat("A", 599), none, none},
		{"marks in the other order", strings.Repeat("\u0418\u0323\u0301", 120), optOut(strings.Repeat("\u0438\u0301\u0323", 120)), optOut(strings.Repeat("\u0438\u0301\u0323", 120))},
		{"not in the table", "ARRET", none, none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p.IgnorePunctuation = false
			testDecide(t, p, tt.message, Flags{}, tt.want)
			p.IgnorePunctuation = true
			testDecide(t, p, tt.message, Flags{}, tt.trimmed)
		})
	}

	// The truth table, for rows unlike any in the built-in table.
	p.IgnorePunctuation = false
	for _, f := range allFlags {
		testDecide(t, p, "why", f, dropAs("why", ClassHelp))
		testDecide(t, p, "maybe", f, intercept("maybe", ClassOptIn))
		want := forward("Stop!", ClassOptIn)
		if f == (Flags{RespectSMSStopFilter: true}) {
			want = intercept("Stop!", ClassOptIn)
		}
		testDecide(t, p, "Stop!", f, want)
	}
}
