package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/optout"
	"example.com/optout/examples/relay/signature"
)

// maxForm bounds a webhook: 1,600 characters of Body and 16 KB of Attributes,
// each byte of which may take three in a form, with room to spare.
const maxForm = 256 << 10

// webhook takes what Twilio posts. It says of everything else what is likely
// wrong in the Console. (An http.ServeMux would redirect //sms, unseen.)
func (r *relay) webhook(w http.ResponseWriter, req *http.Request) {
	switch req.Method + " " + req.URL.Path {
	case "POST /sms":
		r.sms(w, req)
		return
	case "POST /conversations":
		r.conversations(w, req)
		return
	}
	status, reason := http.StatusNotFound, "no webhook's address, which are /sms and /conversations"
	for _, path := range []string{"/sms", "/conversations"} {
		if req.URL.Path == path {
			w.Header().Set("Allow", http.MethodPost)
			status, reason = http.StatusMethodNotAllowed, "came by "+req.Method+": have Twilio send it by HTTP POST"
		} else if strings.Contains(strings.ToLower(req.URL.Path), path) {
			reason = "no webhook's address: give Twilio " + r.cfg.PublicURL + path
		}
	}
	r.refuse(w, req, status, reason)
}

// refuse answers a webhook that is not accepted.
func (r *relay) refuse(w http.ResponseWriter, req *http.Request, status int, reason string, attrs ...any) {
	r.metrics.refused.WithLabelValues(strconv.Itoa(status)).Inc()
	r.log.Warn("webhook refused", append([]any{"path", req.URL.Path, "status", status, "reason", reason}, attrs...)...)
	http.Error(w, "relay: "+reason, status)
}

// signed reads the form of a webhook. Unless Twilio signed it, it answers 403
// and returns nil: nothing else may look at the request before. The address
// that Twilio signs is the one it was given, of which a proxy in front of the
// relay may have replaced the scheme, the host and the port.
func (r *relay) signed(w http.ResponseWriter, req *http.Request) url.Values {
	address := r.cfg.PublicURL + req.URL.EscapedPath()
	if req.URL.RawQuery != "" {
		address += "?\u2026" // which may have a secret
	}
	refuse := func(reason string) {
		r.refuse(w, req, http.StatusForbidden, reason, "checked", address, "host", req.Host)
	}
	header := req.Header.Get("X-Twilio-Signature")
	if header == "" {
		refuse("X-Twilio-Signature is missing: this is not from Twilio, or something in front of the relay takes the header away")
		return nil
	}
	if !signature.Plausible(header) {
		refuse("X-Twilio-Signature is no signature: this is not from Twilio")
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxForm))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		r.refuse(w, req, http.StatusRequestEntityTooLarge, "the form is larger than "+strconv.Itoa(maxForm)+" bytes")
		return nil
	} else if err != nil {
		r.refuse(w, req, http.StatusBadRequest, "the form breaks off")
		return nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		r.refuse(w, req, http.StatusBadRequest, "the body is no form")
		return nil
	}
	if !signature.Check(header, r.cfg.PublicURL+req.URL.RequestURI(), form, r.cfg.tokens()...) {
		refuse("X-Twilio-Signature is wrong: check auth_token, and that public_url is how Twilio was given the address")
		return nil
	}
	for _, values := range form {
		for i, v := range values { // PostgreSQL stores neither
			values[i] = strings.ReplaceAll(strings.ToValidUTF8(v, "\ufffd"), "\x00", "\ufffd")
		}
	}
	return form
}

// missing returns the first of the names that the form has no value for.
func missing(form url.Values, names ...string) string {
	for _, name := range names {
		if form.Get(name) == "" {
			return name
		}
	}
	return ""
}

// sms takes the inbound webhook of Programmable Messaging. It answers when the
// message is on disk; all that follows is the outbox's, the interceptor's
// answer, too, for which Twilio need not wait: an empty response sends nothing.
//
// A failure of the relay answers 500, upon which Twilio tries the fallback
// address or, with #rp=5xx in the webhook's address, the same once more
// (docs/usage/webhooks/webhooks-connection-overrides). Both are safe, since a
// MessageSid is accepted once.
func (r *relay) sms(w http.ResponseWriter, req *http.Request) {
	form := r.signed(w, req)
	if form == nil {
		return
	}
	if name := missing(form, "MessageSid", "From", "To"); name != "" {
		r.refuse(w, req, http.StatusBadRequest, "the form has no "+name)
		return
	}
	m := &message{
		SID:      form.Get("MessageSid"),
		Via:      viaSMS,
		Relay:    form.Get("To"),
		Sender:   form.Get("From"),
		Body:     form.Get("Body"),
		Received: r.now(),
	}
	media, _ := strconv.Atoi(form.Get("NumMedia")) // none if it is missing
	for i := range min(media, 10) {
		if u := form.Get("MediaUrl" + strconv.Itoa(i)); u != "" {
			m.Media = append(m.Media, u)
		}
	}
	participants, isRelay := r.directory[m.Relay]
	m.Recipient = participants[m.Sender]
	r.decide(m, form.Get("OptOutType"))
	optInOrOut := m.Decision.Class == optout.ClassOptOut || m.Decision.Class == optout.ClassOptIn
	switch {
	case !messageSID.MatchString(m.SID):
		r.refuse(w, req, http.StatusBadRequest, "MessageSid is no message's SID")
		return
	case r.directory[m.Sender] != nil:
		r.metrics.refused.WithLabelValues("200").Inc()
		r.log.Warn("message dropped: it comes from one of the relay's own numbers", append(m.attrs(), "from", m.Sender)...)
		answerSMS(w) // with an error Twilio would try elsewhere
		return
	case m.Body == "" && m.Media == nil:
		r.refuse(w, req, http.StatusBadRequest, "the form has neither Body nor MediaUrl0", "message", m.SID)
		return
	case !isRelay:
		r.refuse(w, req, http.StatusNotFound, "To is no number of this relay: add it to sessions", "message", m.SID, "to", m.Relay)
		return
	case m.Recipient == "" && !optInOrOut:
		r.refuse(w, req, http.StatusNotFound, "no session connects From to this relay number", "message", m.SID, "to", m.Relay)
		return
	case m.Recipient == "":
		// There is nobody to forward it to and no interaction to ask about,
		// but an opt-out covers the number that was texted (P6 of Proxy's
		// rules), also for a session that comes later.
		m.Decision.Action, m.Decision.Code = optout.Drop, optout.CodeStopWord
	}
	ctx, cancel := context.WithTimeout(req.Context(), r.limit.call)
	defer cancel()
	if _, err := r.accept(ctx, m, unasked); err != nil {
		r.fail(w, req, m, err)
		return
	}
	answerSMS(w)
}

func answerSMS(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml")
	io.WriteString(w, "<Response/>")
}

// decide sets m's decision. A number in a Messaging Service with Advanced
// Opt-Out has OptOutType in its form, which says what Twilio itself has done
// about the sender: that counts, whatever the text says. STOP, START and HELP,
// its values, are keywords of Proxy's table.
//
// Source: docs/messaging/tutorials/advanced-opt-out.
func (r *relay) decide(m *message, optOutType string) {
	m.Decision = r.policy.Decide(m.Body, r.cfg.flags())
	if d := (optout.Policy{}).Decide(optOutType, r.cfg.flags()); d.Class != optout.ClassNone && d.Class != m.Decision.Class {
		class := m.Decision.Class
		m.Decision = d
		r.log.Warn("OptOutType says otherwise than the text, and counts", append(m.attrs(), "text", class)...)
	}
}

// conversations takes the onMessageAdd pre-action webhook. Its answer is the
// action: 200 publishes the message, 403 rejects it.
//
// It fails the other way round than Proxy's intercept, which blocks on exactly
// 403 and lets the interaction continue on every other status: Conversations
// rejects on any 4xx or 5xx, and publishes if there is no answer within 5 s
// (docs/conversations/conversations-webhooks). Hence:
//   - The interceptor is asked here and not in the outbox, and gets less time
//     than that: its time-out means the same as Twilio's, but is logged.
//   - Its answers are not passed on. A 500 of the interceptor lets the message
//     continue, as with Proxy; as our own answer it would reject it.
//   - A failure of the relay itself answers 500, and so rejects. That is a
//     choice: without the log the relay does not know who opted out, and the
//     author of a rejected message can send it again.
//
// Interpretations: The form has no MessageSid, as there is no message yet, so
// Twilio's idempotency token, which its retries repeat, tells one from another
// (docs/usage/webhooks/webhooks-connection-overrides). The number that was
// texted (P6 of Proxy's rules: an opt-out covers that one) is the
// conversation, as its author need not know any number. A masked conversation
// has two participants, so an opt-out of one withholds what all others write.
func (r *relay) conversations(w http.ResponseWriter, req *http.Request) {
	form := r.signed(w, req)
	if form == nil {
		return
	}
	if event := form.Get("EventType"); event != "" && event != "onMessageAdd" {
		r.log.Info("webhook passed: no message is added", "path", req.URL.Path, "event", event)
		io.WriteString(w, "{}") // not ours to reject, and it has other fields
		return
	}
	if name := missing(form, "EventType", "ConversationSid", "Author"); name != "" {
		r.refuse(w, req, http.StatusBadRequest, "the form has no "+name)
		return
	}
	m := &message{
		SID:      req.Header.Get("I-Twilio-Idempotency-Token"),
		Via:      viaConversations,
		Relay:    form.Get("ConversationSid"),
		Sender:   form.Get("Author"),
		Body:     form.Get("Body"),
		Received: r.now(),
	}
	if m.SID == "" {
		m.SID = rand.Text()
	}
	m.Decision = r.policy.Decide(m.Body, r.cfg.flags())

	ctx, cancel := context.WithTimeout(req.Context(), r.limit.call)
	defer cancel()
	v := unasked
	if outcome, _ := route(m, unasked, r.cfg.InterceptEveryMessage, false); outcome == intercepted {
		known, err := r.store.known(ctx, m.SID)
		if err != nil {
			r.fail(w, req, m, err)
			return
		}
		if v = allow; !known {
			if v, err = r.ask(ctx, m, r.limit.interceptConversation); err != nil {
				r.refuse(w, req, http.StatusServiceUnavailable, "the interceptor cannot be asked", "message", m.SID)
				return
			}
		}
	}
	if _, err := r.accept(ctx, m, v); err != nil {
		r.fail(w, req, m, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if m.Outcome != forwarded {
		w.WriteHeader(http.StatusForbidden)
	}
	io.WriteString(w, "{}")
}

// fail answers for an error of the relay's own.
func (r *relay) fail(w http.ResponseWriter, req *http.Request, m *message, err error) {
	r.log.Error("message not accepted", append(m.attrs(), "error", err)...)
	r.refuse(w, req, http.StatusInternalServerError, "the message could not be logged: see the relay's log", slog.String("message", m.SID))
}

// state answers the relay's operator, on an address of its own.
func (r *relay) state(w http.ResponseWriter, req *http.Request) {
	switch req.Method + " " + req.URL.Path {
	case "GET /healthz":
		r.healthz(w, req)
	case "GET /metrics":
		r.metrics.handler().ServeHTTP(w, req)
	default:
		http.Error(w, "relay: here are GET /healthz and GET /metrics", http.StatusNotFound)
	}
}

// healthz accepts a message as a webhook does, so that it fails whenever one
// would, and deletes it in the same transaction. The job that it leaves is
// about no message.
func (r *relay) healthz(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), time.Second)
	defer cancel()
	m := &message{SID: "healthz " + rand.Text(), Via: viaSMS, Relay: "healthz", Body: strings.Repeat("healthz ", 200), Received: r.now()}
	err := r.store.update(ctx, m.lane(), func(t *tx) error {
		jobs := len(t.jobs)
		if _, err := r.acceptIn(t, m, unasked); err != nil {
			return err
		}
		for i := range t.jobs[jobs:] {
			t.jobs[jobs+i].Args = delivery{}
		}
		return t.deleteMessage(m)
	})
	if err != nil {
		r.log.Error("not healthy", "error", err)
		http.Error(w, "relay: the database does not take messages: see the relay's log", http.StatusServiceUnavailable)
		return
	}
	if trouble := r.asking.String(); trouble != "" {
		fmt.Fprintln(w, "degraded:", trouble)
		return
	}
	fmt.Fprintln(w, "ok")
}
