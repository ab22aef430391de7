package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"example.com/optout/examples/relay/signature"
)

// maxForm bounds a webhook: 1,600 characters of Body and 16 KB of Attributes,
// each byte of which may take three in a form, with room to spare.
const maxForm = 256 << 10

// A refusal answers a webhook that is not accepted.
type refusal struct {
	status int
	reason string
	attrs  []any // of the log line
}

func refuse(status int, reason string, attrs ...any) *refusal { return &refusal{status, reason, attrs} }

// webhook takes what Twilio posts. For everything else it says what is likely
// wrong in the Console. (An http.ServeMux would redirect //sms, unseen.)
func (r *relay) webhook(w http.ResponseWriter, req *http.Request) {
	var refused *refusal
	accept := map[string]func(http.ResponseWriter, *http.Request) *refusal{"/sms": r.sms, "/conversations": r.conversations}[req.URL.Path]
	switch {
	case accept == nil:
		refused = refuse(http.StatusNotFound, "not a webhook's address: give Twilio "+r.cfg.PublicURL+"/sms or "+r.cfg.PublicURL+"/conversations")
	case req.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		refused = refuse(http.StatusMethodNotAllowed, "came by "+req.Method+": have Twilio send it by HTTP POST")
	default:
		refused = accept(w, req)
	}
	if refused != nil {
		r.metrics.refused.WithLabelValues(strconv.Itoa(refused.status)).Inc()
		r.log.Warn("webhook refused", append([]any{"path", cut(req.URL.Path), "status", refused.status, "reason", cut(refused.reason)}, refused.attrs...)...)
		http.Error(w, "relay: "+refused.reason, refused.status)
	}
}

// cut bounds what a stranger can write into the log.
func cut(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "\u2026"
	}
	return s
}

// signed reads the form of a webhook. It refuses with 403 unless Twilio signed
// the form: nothing else may look at the request before. The address that Twilio
// signs is the one it was given, of which a proxy in front of the relay may have
// replaced the scheme, the host and the port.
func (r *relay) signed(w http.ResponseWriter, req *http.Request) (url.Values, *refusal) {
	address := cut(r.cfg.PublicURL + req.URL.EscapedPath())
	if req.URL.RawQuery != "" {
		address += "?\u2026" // which may have a secret
	}
	forbid := func(reason string) (url.Values, *refusal) {
		return nil, refuse(http.StatusForbidden, reason, "checked", address, "host", cut(req.Host))
	}
	header := req.Header.Get("X-Twilio-Signature")
	if !signature.Plausible(header) {
		return forbid("X-Twilio-Signature is missing or not a signature: this is not from Twilio, or something in front of the relay takes the header away")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxForm))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the form is larger than "+strconv.Itoa(maxForm)+" bytes")
	} else if err != nil {
		return nil, refuse(http.StatusBadRequest, "the form breaks off")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the body is not a form")
	}
	if !signature.Check(header, r.cfg.PublicURL+req.URL.RequestURI(), form, r.cfg.tokens()...) {
		return forbid("X-Twilio-Signature is wrong: check auth_token, and that public_url is how Twilio was given the address")
	}
	for _, values := range form {
		for i, v := range values { // PostgreSQL stores neither
			values[i] = strings.ReplaceAll(strings.ToValidUTF8(v, "\ufffd"), "\x00", "\ufffd")
		}
	}
	return form, nil
}

// missing refuses a form that has no value for one of the names.
func missing(form url.Values, names ...string) *refusal {
	for _, name := range names {
		if form.Get(name) == "" {
			return refuse(http.StatusBadRequest, "the form has no "+name)
		}
	}
	return nil
}

// sms takes the inbound webhook of Programmable Messaging. It answers when the
// message is on disk. Jobs do the rest, the question to the interceptor
// included, as Twilio need not wait for it: an empty response sends nothing.
//
// A failure of the relay answers 500, upon which Twilio tries the fallback
// address or, with #rp=5xx in the webhook's address, the same once more
// (docs/usage/webhooks/webhooks-connection-overrides). Both are safe, since a
// MessageSid is accepted once.
func (r *relay) sms(w http.ResponseWriter, req *http.Request) *refusal {
	form, refused := r.signed(w, req)
	if refused == nil {
		refused = missing(form, "MessageSid", "From", "To")
	}
	if refused != nil {
		return refused
	}
	m := &message{Via: viaSMS, SID: form.Get("MessageSid"), Relay: form.Get("To"), Sender: form.Get("From"), Body: form.Get("Body"), Received: time.Now()}
	media, _ := strconv.Atoi(form.Get("NumMedia")) // none if it is missing
	for i := range min(media, 10) {
		if u := form.Get("MediaUrl" + strconv.Itoa(i)); u != "" {
			m.Media = append(m.Media, u)
		}
	}
	participants, isRelay := r.directory[m.Relay]
	m.Recipient = participants[m.Sender]
	counts := r.decide(m, form.Get("OptOutType"))
	switch {
	case !messageSID.MatchString(m.SID):
		return refuse(http.StatusBadRequest, "MessageSid is not a message's SID")
	case r.directory[m.Sender] != nil:
		r.metrics.refused.WithLabelValues("200").Inc()
		r.log.Warn("message dropped: it comes from one of the relay's own numbers", append(m.attrs(), "from", m.Sender)...)
		answerSMS(w) // with an error Twilio would try elsewhere
		return nil
	case m.empty() && !counts:
		return refuse(http.StatusBadRequest, "the form has neither Body nor MediaUrl0", "message", m.SID)
	case !isRelay:
		return refuse(http.StatusNotFound, "To is not a number of this relay: add it to sessions", "message", m.SID, "to", cut(m.Relay))
	case m.Recipient == "" && !counts:
		return refuse(http.StatusNotFound, "no session connects From to this relay number", "message", m.SID, "to", m.Relay)
	}
	if err := r.accept(req.Context(), m, unasked); err != nil {
		return r.failed(m, err)
	}
	answerSMS(w)
	return nil
}

func answerSMS(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml")
	io.WriteString(w, "<Response/>")
}

// conversations takes the onMessageAdd pre-action webhook. Its answer is the
// action: 200 publishes the message, 403 rejects it.
//
// It fails the other way round than Proxy's intercept, which blocks on exactly
// 403 and lets the interaction continue on every other status: Conversations
// rejects on any 4xx or 5xx, and publishes if there is no answer within 5 s
// (docs/conversations/conversations-webhooks). Hence:
//   - The interceptor is asked here and not by a job, and gets less time than
//     that: its time-out means the same as Twilio's, but is logged.
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
func (r *relay) conversations(w http.ResponseWriter, req *http.Request) *refusal {
	form, refused := r.signed(w, req)
	if refused != nil {
		return refused
	}
	if event := form.Get("EventType"); event != "" && event != "onMessageAdd" {
		r.log.Info("webhook passed: no message is added", "path", req.URL.Path, "event", cut(event))
		io.WriteString(w, "{}") // not ours to reject, and it has other fields
		return nil
	}
	if refused := missing(form, "EventType", "ConversationSid", "Author"); refused != nil {
		return refused
	}
	m := &message{Via: viaConversations, Relay: form.Get("ConversationSid"), Sender: form.Get("Author"), Body: form.Get("Body"), Received: time.Now()}
	m.SID = cmp.Or(req.Header.Get("I-Twilio-Idempotency-Token"), rand.Text())
	m.Decision = r.policy.Decide(m.Body, r.cfg.flags())
	v := unasked
	if route(m, unasked, r.cfg.InterceptEveryMessage, false) == intercepted {
		ctx, cancel := context.WithTimeout(req.Context(), r.limit.interceptConversation+time.Second)
		defer cancel()
		known, err := r.store.known(ctx, m.SID)
		if err != nil {
			return r.failed(m, err)
		}
		if v = allow; !known {
			if v, err = r.ask(ctx, m, r.limit.interceptConversation); err != nil {
				return refuse(http.StatusServiceUnavailable, "the interceptor cannot be asked", "message", m.SID)
			}
		}
	}
	if err := r.accept(req.Context(), m, v); err != nil {
		return r.failed(m, err)
	}
	w.Header().Set("Content-Type", "application/json")
	if m.Outcome != forwarded {
		w.WriteHeader(http.StatusForbidden)
	}
	io.WriteString(w, "{}")
	return nil
}

// failed answers for an error of the relay's own.
func (r *relay) failed(m *message, err error) *refusal {
	r.refusedAt.Store(time.Now().Unix())
	return refuse(http.StatusInternalServerError, "the message could not be logged: see the relay's log", append(m.attrs(), "error", err)...)
}

// state answers the relay's operator, on an address of its own.
func (r *relay) state() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", r.healthz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(r.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

// tooOld is the age at which a pending delivery is trouble: a lane waits a
// minute at most for the job of a relay that died.
const tooOld = 120 // seconds

// healthz answers 503 if the database takes no message within 2 s, and says what
// else is wrong.
func (r *relay) healthz(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 2*time.Second)
	defer cancel()
	checked := make(chan error, 1)
	go func() { checked <- r.store.check(ctx) }()
	var err error
	select {
	case err = <-checked:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		r.log.Error("not healthy", "error", err)
		http.Error(w, "relay: the database does not take messages: see the relay's log", http.StatusServiceUnavailable)
		return
	}
	var trouble []string
	if s, _ := r.trouble.Load().(string); s != "" {
		trouble = append(trouble, s)
	}
	if ago := time.Since(time.Unix(r.refusedAt.Load(), 0)); ago < 10*time.Second {
		trouble = append(trouble, fmt.Sprintf("a webhook was refused %.0f s ago", ago.Seconds()))
	}
	if n, age := r.pending(); age > tooOld {
		trouble = append(trouble, fmt.Sprintf("%.0f deliveries are pending, the oldest for %.0f s", n, age))
	}
	if trouble != nil {
		fmt.Fprintln(w, "degraded:", strings.Join(trouble, "; "))
		return
	}
	fmt.Fprintln(w, "ok")
}
