package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"example.com/optout"

	"github.com/twilio/twilio-go/client"
)

// An interceptor is an account's own opt-out handling, behind
// InterceptCallbackUrl: the demo's, and one to start from. It needs
// respect_sms_stop_filter, without which no keyword comes here, and
// intercept_every_message, as it keeps the opt-outs and so has to see what it
// must not let through. It keeps them in memory; yours has a database.
//
// A word that takes effect stays here, and is confirmed once. One that has no
// effect is chat: a "Yes" of somebody who never opted out answers the other
// participant's question.
type interceptor struct {
	cfg       config
	policy    optout.Policy
	validator client.RequestValidator
	confirm   func(relay, participant, text string)
	members   map[string]member // by participant SID

	mu       sync.Mutex
	optedOut map[string]bool // by participant SID: one person at one relay number
}

// A member is who has a participant SID. The form has no From and To.
type member struct {
	relay, number string
	other         string // the other participant's SID
}

func newInterceptor(cfg config, confirm func(relay, participant, text string)) (*interceptor, error) {
	p, err := cfg.policy()
	if err != nil {
		return nil, err
	}
	i := &interceptor{
		cfg:       cfg,
		policy:    p,
		validator: client.NewRequestValidator(cfg.AuthToken),
		confirm:   confirm,
		members:   map[string]member{},
		optedOut:  map[string]bool{},
	}
	for _, s := range cfg.Sessions {
		for n, number := range s.Participants {
			i.members[participantSID(s.Relay, number)] = member{s.Relay, number, participantSID(s.Relay, s.Participants[1-n])}
		}
	}
	return i, nil
}

func (i *interceptor) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxForm))
	if err != nil || !i.validator.ValidateBody(i.cfg.InterceptCallbackURL, body, req.Header.Get("X-Twilio-Signature")) {
		http.Error(w, "interceptor: not signed", http.StatusUnauthorized) // which does not block
		return
	}
	form, _ := url.ParseQuery(string(body)) // a valid signature is over a form
	var data struct{ Body string }
	json.Unmarshal([]byte(form.Get("interactionData")), &data) // without a body it is no keyword
	from := form.Get("inboundParticipantSid")
	m := i.members[from]
	// interactionType's case differs between Twilio's pages.
	if !strings.EqualFold(form.Get("interactionType"), "message") {
		return
	}
	d := i.policy.Decide(data.Body, i.cfg.flags())

	i.mu.Lock()
	was, withhold := i.optedOut[from], i.optedOut[m.other]
	confirmation := ""
	switch {
	case d.Class == optout.ClassOptOut:
		i.optedOut[from] = true
		withhold = true
		if !was {
			confirmation = "You will get no more messages from this number. Reply START to get them again."
		}
	case d.Class == optout.ClassOptIn && was:
		delete(i.optedOut, from)
		withhold = true
		confirmation = "You will get messages from this number again."
	}
	i.mu.Unlock()

	if confirmation != "" {
		i.confirm(m.relay, m.number, confirmation)
	}
	if withhold {
		w.WriteHeader(http.StatusForbidden)
	}
}
