package optout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"

	"example.com/optout"
)

// For most uses start with [Policy.Match] and a switch on the keyword's class. Set
// [Policy.IgnorePunctuation] if people write "Stop." to you.
func Example() {
	policy := optout.Policy{IgnorePunctuation: true}

	for _, message := range []string{"On my way", "Stop.", " arr\u00eat\n", "Start", "stop by the store"} {
		switch k, _ := policy.Match(message); k.Class {
		case optout.ClassOptOut:
			fmt.Println("record an opt-out:", k.Text)
		case optout.ClassOptIn:
			fmt.Println("record an opt-in:", k.Text)
		case optout.ClassHelp:
			fmt.Println("answer with help:", k.Text)
		case optout.ClassNone:
			fmt.Println("chat:", message)
		}
	}

	// Proxy's own rules add what happens to the message.
	d := policy.Decide("Stop.", optout.Flags{})
	fmt.Println(d.Action, d.Code, d.Class, d.Keyword)
	// Output:
	// chat: On my way
	// record an opt-out: STOP
	// record an opt-out: ARRET
	// record an opt-in: START
	// chat: stop by the store
	// drop 80901 opt-out STOP
}

// Use [Policy.Decide] in a relay that follows Proxy's rules: it adds what happens to the
// message.
func ExamplePolicy_Decide() {
	var policy optout.Policy // Proxy's documented behavior

	for _, message := range []string{"On my way", "STOP", " arr\u00eat\n", "S\u200bTOP", "UNSTOP", "Start", "stop by the store"} {
		d := policy.Decide(message, optout.Flags{})
		fmt.Printf("%-7v %5d  %-7v  %-6s  %+q\n", d.Action, d.Code, d.Class, d.Keyword, message)
	}
	// Output:
	// forward     0  none             "On my way"
	// drop    80901  opt-out  STOP    "STOP"
	// drop    80901  opt-out  ARRET   " arr\u00eat\n"
	// drop    80901  opt-out  STOP    "S\u200bTOP"
	// drop    80901  opt-in   UNSTOP  "UNSTOP"
	// forward     0  opt-in   START   "Start"
	// forward     0  none             "stop by the store"
}

// Pass the account's [Flags] if Proxy leaves opt-out and opt-in words to your own
// handler.
func ExamplePolicy_Decide_flags() {
	policy := optout.Policy{IgnorePunctuation: true}
	flags := optout.Flags{RespectSMSStopFilter: true} // and SMS STOP Filtering is off

	for _, message := range []string{"Stop!", "Start", "Help", "Don't stop!"} {
		fmt.Println(policy.Decide(message, flags).Action)
	}
	// Output:
	// intercept
	// intercept
	// forward
	// forward
}

// Use [Merge] to make a table of your own from the built-in one. It overrides rows
// and adds others; [slices.DeleteFunc] removes some.
func ExampleMerge() {
	own := []optout.Keyword{
		{Text: "end", Class: optout.ClassOptOut, Action: optout.Forward}, // is chat where drivers write it
		{Text: "opt out", Class: optout.ClassOptOut, Action: optout.Drop},
		{Text: "Stop", Class: optout.ClassOptOut, Action: optout.Drop}, // is in the table already: this spelling wins
	}
	table := optout.Merge(optout.Policy{}.Keywords(), own)
	table = slices.DeleteFunc(table, func(k optout.Keyword) bool { return k.Class == optout.ClassHelp })
	policy, err := optout.NewPolicy(table)
	if err != nil {
		log.Fatal(err)
	}
	for _, message := range []string{"END", "OPT  OUT", "STOP", "arr\u00eat", "help"} {
		d := policy.Decide(message, optout.Flags{})
		fmt.Printf("%-7v  %-7v  %s\n", d.Action, d.Class, d.Keyword)
	}
	// Output:
	// forward  opt-out  end
	// drop     opt-out  opt out
	// drop     opt-out  Stop
	// drop     opt-out  ARRET
	// forward  none
}

// Use [errors.As] to find out which row of a table is bad, for example to show it
// in a form. The error text lists every bad row.
func ExampleKeywordError() {
	rows := []optout.Keyword{
		{Text: "STOP", Class: optout.ClassOptOut, Action: optout.Drop},
		{Text: "st\u00f3p\u200b", Class: optout.ClassOptOut, Action: optout.Drop},
		{Text: "HALT", Action: optout.Drop},
	}
	_, err := optout.NewPolicy(rows)
	fmt.Println(err)

	var k optout.KeywordError
	if errors.As(err, &k) {
		fmt.Println("the first one is on line", k.Row+1)
	}
	// Output:
	// optout: keyword 1 ("stóp\u200b"): same keyword as row 0 ("STOP")
	// optout: keyword 2 ("HALT"): class is none: want opt-out, opt-in or help
	// the first one is on line 2
}

// Use [Policy.Match] in a program with rules of its own. Here a map has the reply to each
// keyword, in the keyword's language.
func ExamplePolicy_Match() {
	replies := map[string]string{
		"ARRET": "Vous ne recevrez plus de messages de ce numéro.",
		"STOP":  "You will get no more messages from this number.",
	}
	policy := optout.Policy{IgnorePunctuation: true}
	for _, message := range []string{"Stop!", "Arr\u00eat", "stop by the store"} {
		k, ok := policy.Match(message)
		if !ok {
			fmt.Printf("%q is chat\n", message)
			continue
		}
		fmt.Printf("%v by %s: %s\n", k.Class, k.Text, replies[k.Text])
	}
	// Output:
	// opt-out by STOP: You will get no more messages from this number.
	// opt-out by ARRET: Vous ne recevrez plus de messages de ce numéro.
	// "stop by the store" is chat
}

// Put a [Decision] into a structured log as it is: [Action] and [Class] are written
// as their texts.
func ExampleDecision_slog() {
	h := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{} // so that the output is the same each time
			}
			return a
		},
	})
	d := optout.Policy{}.Decide("Arr\u00eat", optout.Flags{})
	slog.New(h).Info("message", "sid", "SM00000000000000000000000000000001", "decision", d)
	// Output:
	// {"level":"INFO","msg":"message","sid":"SM00000000000000000000000000000001","decision":{"action":"drop","class":"opt-out","code":80901,"keyword":"ARRET"}}
}

// Use this handler for Programmable Messaging, where Twilio calls your webhook for
// each SMS to the relay's number. Check the X-Twilio-Signature before it;
// examples/relay is a complete program.
func Example_programmableMessaging() {
	policy := optout.Policy{IgnorePunctuation: true}
	sms := func(w http.ResponseWriter, r *http.Request) {
		d := policy.Decide(r.PostFormValue("Body"), optout.Flags{})
		switch d.Action {
		case optout.Forward:
			fmt.Println("send it to the other participant")
		case optout.Drop:
			fmt.Printf("send nothing; notify: code %d, %s is an %v word\n", d.Code, d.Keyword, d.Class)
		case optout.Intercept:
			fmt.Println("ask the InterceptCallbackUrl")
		}
		w.Header().Set("Content-Type", "text/xml")
		fmt.Fprint(w, "<Response/>")
	}

	for _, body := range []string{"I'm at the corner", "Stop."} {
		answer := post(sms, url.Values{
			"MessageSid": {"SM00000000000000000000000000000001"},
			"From":       {"+15550100001"},
			"To":         {"+15550100009"},
			"Body":       {body},
			"NumMedia":   {"0"},
		})
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// send it to the other participant
	// 200 <Response/>
	// send nothing; notify: code 80901, STOP is an opt-out word
	// 200 <Response/>
}

// Use this handler as a Conversations onMessageAdd pre-action webhook. An answer
// of 200 with {} publishes the message; any 4xx or 5xx rejects it.
func Example_conversations() {
	var policy optout.Policy
	onMessageAdd := func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("EventType") != "onMessageAdd" {
			fmt.Fprint(w, "{}")
			return
		}
		d := policy.Decide(r.PostFormValue("Body"), optout.Flags{})
		if d.Action == optout.Drop {
			http.Error(w, fmt.Sprint(d.Code), http.StatusForbidden)
			return
		}
		fmt.Fprint(w, "{}")
	}

	for _, body := range []string{"Arr\u00eat", "Arr\u00eatez-vous ici"} {
		answer := post(onMessageAdd, url.Values{
			"EventType":       {"onMessageAdd"},
			"ConversationSid": {"CH00000000000000000000000000000001"},
			"Author":          {"+15550100001"},
			"Source":          {"SMS"},
			"Body":            {body},
			"Attributes":      {"{}"},
		})
		fmt.Println(answer.Code, strings.TrimSpace(answer.Body.String()))
	}
	// Output:
	// 403 80901
	// 200 {}
}

// Use this handler as a Proxy InterceptCallbackUrl. With
// ProxyRespectSmsStopFilterFlag on and SMS STOP Filtering off, it gets opt-out and
// opt-in words. Only status 403 blocks an interaction.
func Example_interceptCallback() {
	var policy optout.Policy
	flags := optout.Flags{RespectSMSStopFilter: true}
	intercept := func(w http.ResponseWriter, r *http.Request) {
		var data struct{ Body string }
		if err := json.Unmarshal([]byte(r.PostFormValue("interactionData")), &data); err != nil {
			http.Error(w, "interactionData is not JSON", http.StatusBadRequest) // does not block
			return
		}
		if !strings.EqualFold(r.PostFormValue("interactionType"), "message") {
			return // a call: does not block
		}
		d := policy.Decide(data.Body, flags)
		if d.Action == optout.Intercept && d.Class == optout.ClassOptOut {
			fmt.Println("record an opt-out:", d.Keyword)
			w.WriteHeader(http.StatusForbidden)
		}
	}

	for _, body := range []string{`{"body":"stopall"}`, `{"body":"Yes"}`, `{"body":"hello"}`} {
		answer := post(intercept, url.Values{
			"interactionSid":        {"KI00000000000000000000000000000001"},
			"interactionSessionSid": {"KC00000000000000000000000000000001"},
			"interactionServiceSid": {"KS00000000000000000000000000000001"},
			"interactionAccountSid": {"AC00000000000000000000000000000001"},
			"interactionType":       {"Message"},
			"interactionData":       {body},
		})
		fmt.Println(answer.Code)
	}
	// Output:
	// record an opt-out: STOPALL
	// 403
	// 200
	// 200
}

// post sends a form to a handler, as Twilio does.
func post(h http.HandlerFunc, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h(w, r)
	return w
}
