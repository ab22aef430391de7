// Package standin plays Twilio, and the account's own web server, on loopback.
// It speaks the documented wire format and checks what it receives:
// authentication, signatures, and the names and form of the fields. It is for
// the relay's demo, its tests and its load; the relay does not know it.
package standin

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/optout/examples/relay/signature"
)

// What the stand-in is called for.
const (
	Send      = "send"      // the Messages API
	Callback  = "callback"  // CallbackUrl
	Intercept = "intercept" // InterceptCallbackUrl
	Debugger  = "debugger"  // the Debugger's webhook
)

// A Call is a request that the stand-in received and found in order.
type Call struct {
	Kind   string
	Form   url.Values
	Status int // what it answered
	Life   int // see Server.Life
}

// String puts a call in a line.
func (c Call) String() string {
	what := c.Form.Get("outboundResourceStatus") + " " + c.Form.Get("interactionData")
	switch c.Kind {
	case Send:
		what = fmt.Sprintf("from %s to %s: %q", c.Form.Get("From"), c.Form.Get("To"), c.Form.Get("Body"))
		if media := c.Form["MediaUrl"]; media != nil {
			what += fmt.Sprintf(" and %q", media)
		}
	case Debugger:
		var payload struct {
			Code string `json:"error_code"`
			Info struct {
				Keyword string `json:"keyword"`
			} `json:"more_info"`
		}
		_ = json.Unmarshal([]byte(c.Form.Get("Payload")), &payload) // checked before
		what = fmt.Sprintf("%s, keyword %q", payload.Code, payload.Info.Keyword)
	}
	return fmt.Sprintf("%-9s %d %s", c.Kind, c.Status, strings.TrimSpace(what))
}

// A Server is the stand-in. Set its fields before Start.
type Server struct {
	AccountSID, AuthToken string

	// PublicURL is how the relay is called in signatures.
	PublicURL string

	// Listen is the address, a free port of 127.0.0.1 if it is "".
	Listen string

	// Out, if it is set, is where calls and problems are printed.
	Out io.Writer

	// Fail, if it returns a status that is not 0, has a request answered with
	// it.
	Fail func(kind string, form url.Values) int

	// OptedOut, if it says so, has a message refused since its recipient opted
	// out at Twilio.
	OptedOut func(from, to string) bool

	// Delay is how long an answer takes.
	Delay time.Duration

	// CountOnly has Calls stay empty, for a load that should not fill the
	// memory.
	CountOnly bool

	// Life goes into every Call: the test that kills the relay counts it up.
	Life atomic.Int64

	server  *http.Server
	url     string
	client  *http.Client
	deliver http.HandlerFunc // what Run adds
	counts  [4]atomic.Int64
	open    atomic.Int64 // connections

	mu          sync.Mutex
	interceptor http.Handler
	calls       []Call
	problems    []string
}

var kinds = []string{Send, Callback, Intercept, Debugger}

// Start listens.
func (s *Server) Start() error {
	ln, err := net.Listen("tcp", cmp.Or(s.Listen, "127.0.0.1:0"))
	if err != nil {
		return fmt.Errorf("standin: %w", err)
	}
	s.url = "http://" + ln.Addr().String()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	s.client = &http.Client{Transport: transport, Timeout: 15 * time.Second} // Twilio's limit
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", s.messages)
	for _, kind := range kinds[1:] {
		mux.HandleFunc("POST /"+kind, func(w http.ResponseWriter, r *http.Request) { s.webhook(w, r, kind) })
	}
	if s.deliver != nil {
		mux.HandleFunc("POST /sms", s.deliver)
		mux.HandleFunc("POST /conversations", s.deliver)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem("%s %s: no such address", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
	mux.HandleFunc("GET /ping", func(http.ResponseWriter, *http.Request) {})
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ConnState: func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.open.Add(1)
		case http.StateClosed:
			s.open.Add(-1)
		}
	}}
	go s.server.Serve(ln)
	return nil
}

// Close stops the server.
func (s *Server) Close() error {
	s.client.CloseIdleConnections()
	return s.server.Close()
}

// SetInterceptor has intercepts answered by a handler; without one they are
// answered 200.
func (s *Server) SetInterceptor(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interceptor = h
}

func (s *Server) currentInterceptor() http.Handler {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interceptor
}

// Outlive waits until everything is logged that came from a client that is
// dead. Connections are accepted in order, so the connections of the dead are known when
// a new one is, and they are closed when their last request is answered.
func (s *Server) Outlive() error {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 15 * time.Second}
	res, err := c.Get(s.url + "/ping")
	if err != nil {
		return err
	}
	res.Body.Close()
	for deadline := time.Now().Add(15 * time.Second); s.open.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("standin: %d connections are still open", s.open.Load())
		}
	}
	return nil
}

// URL is the address of the Messages API; with "/callback", "/intercept" and
// "/debugger" after it, the addresses of the webhooks.
func (s *Server) URL() string { return s.url }

// Calls returns what was received, in order of arrival.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Count returns how many requests of a kind were answered with success.
func (s *Server) Count(kind string) int64 { return s.counts[slices.Index(kinds, kind)].Load() }

// Problems returns what was wrong with the requests received.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

func (s *Server) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
	s.print("problem: " + s.problems[len(s.problems)-1])
}

// print prints a line. It is called with the mutex held.
func (s *Server) print(line string) {
	if s.Out != nil {
		fmt.Fprintln(s.Out, line)
	}
}

// Deliver has Twilio deliver a webhook: it signs the form and posts it to a
// path of the relay at an address.
func (s *Server) Deliver(address, path string, form url.Values) (status int, body string, err error) {
	return s.DeliverWith(address, path, form, http.Header{
		"X-Twilio-Signature": {s.Sign(s.PublicURL+path, form)},
	})
}

// DeliverWith is Deliver with headers of the caller's.
func (s *Server) DeliverWith(address, path string, form url.Values, header http.Header) (status int, body string, err error) {
	req, err := http.NewRequest(http.MethodPost, "http://"+address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	req.Header = header.Clone()
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

// Sign returns the X-Twilio-Signature of a form.
func (s *Server) Sign(to string, form url.Values) string {
	return signature.Sign(s.AuthToken, to, form)
}

// messages is POST Messages.json. Source: docs/messaging/api/message-resource;
// the error codes are from docs/api/errors.
func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	refuse := func(status, code int, message string) {
		s.problem("send: %d %s", code, message)
		apiError(w, status, code, message)
	}
	sid, token, _ := r.BasicAuth()
	if sid != s.AccountSID || token != s.AuthToken || r.PathValue("account") != s.AccountSID {
		refuse(http.StatusUnauthorized, 20003, "Authenticate")
		return
	}
	form := s.form(r, Send)
	switch {
	case form == nil:
		refuse(http.StatusBadRequest, 20001, "Not a form")
		return
	case !number.MatchString(form.Get("To")):
		refuse(http.StatusBadRequest, 21211, "Invalid 'To' Phone Number")
		return
	case !sender.MatchString(form.Get("From")):
		refuse(http.StatusBadRequest, 21212, "Invalid From Number")
		return
	case s.OptedOut != nil && s.OptedOut(form.Get("From"), form.Get("To")):
		s.log(Send, form, http.StatusBadRequest)
		apiError(w, http.StatusBadRequest, 21610, "Attempt to send to unsubscribed recipient")
		return
	case form.Get("Body") == "" && form.Get("MediaUrl") == "":
		refuse(http.StatusBadRequest, 21619, "A text message body or media urls must be specified.")
		return
	}
	if status := s.log(Send, form, http.StatusCreated); status != http.StatusCreated {
		// As rude as can be: an error that quotes the text.
		apiError(w, status, 20500, "cannot send "+form.Get("Body"))
		return
	}
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(map[string]any{
		"sid":         fmt.Sprintf("SM%032x", s.Count(Send)),
		"account_sid": s.AccountSID,
		"from":        form.Get("From"),
		"to":          form.Get("To"),
		"body":        form.Get("Body"),
		"status":      "queued",
		"direction":   "outbound-api",
		"error_code":  nil,
	})
}

func apiError(w http.ResponseWriter, status, code int, message string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"code": code, "message": message, "status": status,
		"more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", code)})
}

// webhook takes what Proxy and the Debugger would post.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request, kind string) {
	form := s.form(r, kind)
	if form == nil {
		http.Error(w, "not a form", http.StatusBadRequest)
		return
	}
	if !signature.Check(r.Header.Get("X-Twilio-Signature"), s.url+r.URL.RequestURI(), form, s.AuthToken) {
		s.problem("%s: X-Twilio-Signature is wrong", kind)
		http.Error(w, "wrong signature", http.StatusForbidden)
		return
	}
	check := checkInteraction
	switch {
	case kind == Debugger:
		check = checkDebugger
	case kind == Callback && form.Get("inboundResourceType") == "Message":
		check = checkCallback
	}
	if p := check(form, s.AccountSID); p != "" {
		s.problem("%s: %s", kind, p)
	}
	if i := s.currentInterceptor(); kind == Intercept && i != nil {
		answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		r.Body = io.NopCloser(strings.NewReader(form.Encode()))
		i.ServeHTTP(answer, r)
		s.log(kind, form, answer.status)
		return
	}
	w.WriteHeader(s.log(kind, form, http.StatusOK))
	io.WriteString(w, form.Get("interactionData")) // an answer that quotes the text
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// form returns the form of a request whose content type says that it is one.
func (s *Server) form(r *http.Request, kind string) url.Values {
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/x-www-form-urlencoded" {
		s.problem("%s: Content-Type is %q", kind, r.Header.Get("Content-Type"))
		return nil
	}
	if err := r.ParseForm(); err != nil {
		s.problem("%s: %v", kind, err)
		return nil
	}
	return r.PostForm
}

// log writes down a call that is in order, and returns the status to answer.
func (s *Server) log(kind string, form url.Values, status int) int {
	if s.Fail != nil {
		if f := s.Fail(kind, form); f != 0 {
			status = f
		}
	}
	if status < 300 {
		s.counts[slices.Index(kinds, kind)].Add(1)
	}
	c := Call{kind, form, status, int(s.Life.Load())}
	s.mu.Lock()
	if s.print(c.String()); !s.CountOnly {
		s.calls = append(s.calls, c)
	}
	s.mu.Unlock()
	time.Sleep(s.Delay)
	return status
}

var (
	number = regexp.MustCompile(`^((whatsapp|rcs):)?\+[1-9][0-9]{6,14}$`)
	sender = regexp.MustCompile(number.String() + `|^[1-9][0-9]{2,7}$|^rcs:[0-9A-Za-z_.-]+$`)

	// docs/proxy/api/webhooks
	interactionNames = []string{
		"inboundParticipantSid", "inboundResourceSid", "inboundResourceStatus", "inboundResourceType", "inboundResourceUrl",
		"interactionAccountSid", "interactionData", "interactionDateCreated", "interactionDateUpdated",
		"interactionServiceSid", "interactionSessionSid", "interactionSid", "interactionType",
	}
	outboundNames = []string{
		"outboundParticipantSid", "outboundResourceSid", "outboundResourceStatus", "outboundResourceType", "outboundResourceUrl",
	}
	// docs/usage/troubleshooting/debugging-event-webhooks
	debuggerNames = []string{"AccountSid", "Level", "ParentAccountSid", "Payload", "PayloadType", "Sid", "Timestamp"}
)

// matches returns which field is missing, unexpected, or not of its form.
func matches(form url.Values, names []string, forms map[string]string) string {
	var got []string
	for name := range form {
		got = append(got, name)
	}
	slices.Sort(got)
	if !slices.Equal(got, names) {
		return fmt.Sprintf("fields are %q, want %q", got, names)
	}
	for name, pattern := range forms {
		if !regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(form.Get(name)) {
			return fmt.Sprintf("%s is %q, want %s", name, form.Get(name), pattern)
		}
	}
	return ""
}

const (
	hex32   = `[0-9a-f]{32}`
	rfc3339 = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`
)

// checkCallback checks an interaction that also has an outbound resource.
func checkCallback(form url.Values, account string) string {
	inbound, outbound := url.Values{}, url.Values{}
	for name, values := range form {
		if strings.HasPrefix(name, "outbound") {
			outbound[name] = values
		} else {
			inbound[name] = values
		}
	}
	want := map[string]string{
		"outboundParticipantSid": "KP" + hex32, "outboundResourceSid": "SM" + hex32,
		"outboundResourceStatus": "sent", "outboundResourceType": "Message",
		"outboundResourceUrl": `https://api\.twilio\.com/.*` + form.Get("outboundResourceSid") + `\.json`,
	}
	if form.Get("outboundResourceStatus") == "failed" {
		want["outboundResourceStatus"] = "failed"
	}
	if want["outboundResourceStatus"] == "failed" || form.Get("outboundResourceSid") == "" { // of an answer that broke off
		want["outboundResourceSid"], want["outboundResourceUrl"] = "", ""
	}
	return cmp.Or(checkInteraction(inbound, account), matches(outbound, outboundNames, want))
}

func checkInteraction(form url.Values, account string) string {
	if p := matches(form, interactionNames, map[string]string{
		"inboundParticipantSid": "KP" + hex32,
		"inboundResourceUrl":    `https://(api|conversations)\.twilio\.com/.*` + regexp.QuoteMeta(form.Get("inboundResourceSid")) + `(\.json)?`,
		"interactionAccountSid": account, "interactionServiceSid": "KS" + hex32,
		"interactionSessionSid": "(KC|CH)" + hex32, "interactionSid": "KI" + hex32,
		"interactionDateCreated": rfc3339, "interactionDateUpdated": rfc3339,
		"interactionType": "(?i)message",
	}); p != "" {
		return p
	}
	var data struct{ Body *string }
	if err := json.Unmarshal([]byte(form.Get("interactionData")), &data); err != nil || data.Body == nil {
		return fmt.Sprintf("interactionData is %q, want JSON with body", form.Get("interactionData"))
	}
	return ""
}

func checkDebugger(form url.Values, account string) string {
	if p := matches(form, debuggerNames, map[string]string{
		"Sid": "NO" + hex32, "AccountSid": account, "ParentAccountSid": "|AC" + hex32,
		"Timestamp": rfc3339, "Level": "(?i)warning", "PayloadType": "application/json",
	}); p != "" {
		return p
	}
	var payload map[string]any
	if err := json.Unmarshal([]byte(form.Get("Payload")), &payload); err != nil {
		return fmt.Sprintf("Payload: %v", err)
	}
	code, _ := payload["error_code"].(string)
	_, info := payload["more_info"].(map[string]any)
	service, hasService := payload["service_sid"]
	_, webhook := payload["webhook"].(map[string]any)
	resource, _ := payload["resource_sid"].(string)
	switch {
	case code != "80901" && code != "80909":
		return fmt.Sprintf("error_code is %v, want 80901 or 80909 as a string", payload["error_code"])
	case !info:
		return "more_info is not an object"
	case !hasService || service != nil:
		return fmt.Sprintf("service_sid is %v, want null", service)
	case webhook != (code == "80909"):
		return "webhook is for 80909, and for it alone"
	case len(resource) != 34:
		return fmt.Sprintf("resource_sid is %q, want a SID", resource)
	}
	return ""
}
