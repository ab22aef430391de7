package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"sync"

	"example.com/optout"
	"example.com/optout/examples/relay/signature"
)

// An interceptor is an account's own opt-out handling, which answers
// InterceptCallbackUrl: the demo's, and one to start from. It needs
// respect_sms_stop_filter, without which no keyword comes here, and
// intercept_every_message, as it keeps the opt-outs and so has to see what it
// must not let through. It keeps them in memory; yours has a database.
//
// A word that takes effect stays here, and is confirmed once. One that has no
// effect is chat: a "Yes" of somebody who never opted out answers the other
// participant's question.
type interceptor struct {
	relay   *relay // for its configuration and keywords
	confirm func(relay, participant, text string)
	members map[string]member // by participant SID

	mu       sync.Mutex
	optedOut map[string]bool // by participant SID: one person at one relay number
	withheld map[string]bool // answers by interaction SID
}

// A member is who has a participant SID. The form has no From and To.
type member struct {
	relay, number string
	other         string // the other participant's SID
}

// newInterceptor returns the interceptor of the relay's account, with the relay's
// keywords. confirm sends a text to a participant.
func newInterceptor(r *relay, confirm func(relay, participant, text string)) *interceptor {
	i := &interceptor{relay: r, confirm: confirm, members: map[string]member{}, optedOut: map[string]bool{}, withheld: map[string]bool{}}
	for _, s := range r.cfg.Sessions {
		for n, number := range s.Participants {
			i.members[participantSID(s.Relay, number)] = member{s.Relay, number, participantSID(s.Relay, s.Participants[1-n])}
		}
	}
	return i
}

func (i *interceptor) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	cfg := i.relay.cfg
	body, _ := io.ReadAll(http.MaxBytesReader(w, req.Body, maxForm))
	form, _ := url.ParseQuery(string(body)) // what is broken is not signed
	if !signature.Check(req.Header.Get("X-Twilio-Signature"), cfg.InterceptCallbackURL, form, cfg.tokens()...) {
		http.Error(w, "interceptor: not signed", http.StatusUnauthorized) // which does not block
		return
	}
	var data struct{ Body string }
	json.Unmarshal([]byte(form.Get("interactionData")), &data) // without a body it is not a keyword
	from := form.Get("inboundParticipantSid")
	m := i.members[from]
	withhold, confirmation := i.answer(form.Get("interactionSid"), from, m.other, i.relay.policy.Decide(data.Body, cfg.flags()))
	if confirmation != "" {
		// Whoever asked waits for the answer, with a time limit that lets the
		// message continue, and this may take as long as Twilio.
		go i.confirm(m.relay, m.number, confirmation)
	}
	if withhold {
		w.WriteHeader(http.StatusForbidden)
	}
}

// answer decides whether to withhold a message, and what to tell its author. It
// gives the same answer to the same interaction, which may be asked about
// twice, and has it take effect once.
func (i *interceptor) answer(interaction, from, to string, d optout.Decision) (withhold bool, confirmation string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if withhold, ok := i.withheld[interaction]; ok {
		return withhold, ""
	}
	wasOptedOut := i.optedOut[from]
	withhold = i.optedOut[to]
	switch {
	case d.Class == optout.ClassOptOut:
		i.optedOut[from] = true
		withhold = true
		if !wasOptedOut {
			confirmation = "You will get no more messages from this number. Reply START to get them again."
		}
	case d.Class == optout.ClassOptIn && wasOptedOut:
		delete(i.optedOut, from)
		withhold = true
		confirmation = "You will get messages from this number again."
	}
	i.withheld[interaction] = withhold
	return withhold, confirmation
}
