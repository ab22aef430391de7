package regime_test

import (
	"fmt"
	"log"

	"example.com/optout"
	"example.com/optout/regime"
)

// table merges the tables of regimes. If rows have the same key, the last wins.
func table(ids ...string) []optout.Keyword {
	var tables [][]optout.Keyword
	for _, id := range ids {
		r, ok := regime.Lookup(id)
		if !ok {
			log.Fatalf("no regime %q", id)
		}
		tables = append(tables, r.Keywords())
	}
	return optout.Merge(tables...)
}

// Merge several regimes if more than one applies to you. This relay is in the US,
// on a toll-free number of Plivo's. The last table wins.
func Example() {
	policy, err := optout.NewPolicy(table("fcc", "ctia", "toll-free", "plivo", "proxy"))
	if err != nil {
		log.Fatal(err)
	}
	policy.IgnorePunctuation = true
	for _, message := range []string{"Please opt me out.", "unsub", "Arr\u00eat!", "Stop it!"} {
		d := policy.Decide(message, optout.Flags{})
		fmt.Println(d.Action, d.Class, d.Keyword)
	}
	// Output:
	// drop opt-out please opt me out
	// drop opt-out UNSUB
	// drop opt-out ARRET
	// forward none
}

// Use [Lookup] to read what is known about a regime: its dates, its scope and the
// page of each word.
func ExampleLookup() {
	r, ok := regime.Lookup("twilio-2016")
	fmt.Println(ok, r.Name)
	fmt.Println(r.Kind, r.Scope, r.Since, r.Until)
	for _, row := range r.Rows()[:2] {
		fmt.Println(row.Text, row.Class, row.Match, row.Evidence, row.Source.Page, row.Source.Date)
	}
	// Output:
	// true Twilio's default filter for long codes, until 2025-05-14
	// filter number 2016-08 2025-05-14
	// STOP opt-out whole message documented https://support.twilio.com/hc/en-us/articles/223134027 undated
	// STOPALL opt-out whole message documented https://support.twilio.com/hc/en-us/articles/223134027 undated
}

// Use [Regime.Keywords] to add your provider's words to the built-in table, which
// comes last so that its actions win. This relay is on Telnyx.
func ExampleRegime_Keywords() {
	telnyx, _ := regime.Lookup("telnyx")
	policy, err := optout.NewPolicy(optout.Merge(telnyx.Keywords(), optout.Policy{}.Keywords()))
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range []string{"Stop all", "Arr\u00eat", "unstop"} {
		d := policy.Decide(message, optout.Flags{})
		fmt.Println(d.Action, d.Class, d.Keyword)
	}
	// Output:
	// drop opt-out STOP ALL
	// drop opt-out ARRET
	// drop opt-in UNSTOP
}

// Pass tags to [Regime.Keywords] to add the words of your users' languages, here
// Spanish and Portuguese.
func ExampleRegime_Keywords_languages() {
	languages, _ := regime.Lookup("languages")
	words := languages.Keywords("es", "pt")
	policy, err := optout.NewPolicy(optout.Merge(words, optout.Policy{}.Keywords()))
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range []string{"Baja", "comecar", "stop", "on"} {
		k, _ := policy.Match(message)
		fmt.Println(message, k.Class)
	}
	// Output:
	// Baja opt-out
	// comecar opt-in
	// stop opt-out
	// on none
}

// Compare your provider with the built-in table to learn which words only one of
// the two knows.
func ExampleRegime_Judge_differences() {
	telnyx, _ := regime.Lookup("telnyx")
	for _, k := range telnyx.Keywords() {
		if here, _ := (optout.Policy{}).Match(k.Text); here.Class != k.Class {
			fmt.Printf("%s is an %v there, and reaches the other party as chat\n", k.Text, k.Class)
		}
	}
	for _, word := range []string{"REVOKE", "CANCEL", "ARRET"} {
		k, _ := (optout.Policy{}).Match(word)
		if v := telnyx.Judge(word); v.Class != k.Class {
			fmt.Printf("%s does nothing there (%v): your app must record and answer it\n", word, v.Certainty)
		}
	}
	// Output:
	// STOP ALL is an opt-out there, and reaches the other party as chat
	// REVOKE does nothing there (documented): your app must record and answer it
	// ARRET does nothing there (documented): your app must record and answer it
}

// Use [Regime.Edition] to judge an old message by the list of its day.
func ExampleRegime_Edition() {
	twilio, _ := regime.Lookup("twilio-2025")
	edition, ok := twilio.Edition(regime.Date{Year: 2020, Month: 3, Day: 1})
	fmt.Println(edition.ID, ok, edition.Judge("revoke").Class, twilio.Judge("revoke").Class)
	// Output: twilio-2016 true none opt-out
}

// Use [Regime.Judge] to learn what a message is to a system, and how sure that is.
// The same message can be chat for one system and an opt-out for another.
func ExampleRegime_Judge() {
	for _, id := range []string{"aws", "telnyx", "bird", "fcc"} {
		r, _ := regime.Lookup(id)
		for _, message := range []string{"STOP", "stop!", "Stop at the corner please"} {
			v := r.Judge(message)
			fmt.Printf("%-6s  %-27q  %-7v  %v\n", r.ID, message, v.Class, v.Certainty)
		}
	}
	// Output:
	// aws     "STOP"                       opt-out  documented
	// aws     "stop!"                      opt-out  presumed
	// aws     "Stop at the corner please"  opt-out  documented
	// telnyx  "STOP"                       opt-out  documented
	// telnyx  "stop!"                      opt-out  presumed
	// telnyx  "Stop at the corner please"  none     documented
	// bird    "STOP"                       opt-out  documented
	// bird    "stop!"                      opt-out  presumed
	// bird    "Stop at the corner please"  opt-out  unknown
	// fcc     "STOP"                       opt-out  documented
	// fcc     "stop!"                      opt-out  presumed
	// fcc     "Stop at the corner please"  opt-out  unknown
}
