package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"example.com/optout/examples/relay/signature"
)

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

var messageSID = regexp.MustCompile(`^(SM|MM)[0-9a-fA-F]{32}$`)

// send has Twilio send m to its recipient from the relay's number, and returns
// the SID of the message sent. It is sent if the status says so and the answer
// has a message's SID: a proxy between here and Twilio also answers. An error has
// no word of the answer in it, as an answer may quote the message.
//
// Source: docs/messaging/api/message-resource.
func (r *relay) send(ctx context.Context, m *message) (string, error) {
	form := url.Values{"From": {m.Relay}, "To": {m.Recipient}}
	if m.Body != "" {
		form.Set("Body", m.Body)
	}
	if len(m.Media) > 0 {
		form["MediaUrl"] = m.Media
	}
	ctx, cancel := context.WithTimeout(ctx, r.limit.call)
	defer cancel()
	written := false
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { written = info.Err == nil },
	})
	var refused *answerError
	for _, token := range r.cfg.tokens() {
		written = false
		req, err := newPost(ctx, r.cfg.TwilioAPIURL+"/2010-04-01/Accounts/"+r.cfg.AccountSID+"/Messages.json", form)
		if err != nil {
			return "", err
		}
		req.SetBasicAuth(r.cfg.AccountSID, token)
		status, header, body, err := r.do(req)
		switch {
		case err == nil || status >= 300:
		case status == http.StatusCreated: // the rest of the answer only had its SID
			return "", nil
		case written:
			return "", unknownError{fmt.Errorf("relay: twilio: nobody knows whether the message was taken: %w", err)}
		default:
			return "", fmt.Errorf("relay: twilio: %w", err)
		}
		var answer struct {
			SID  string
			Code int
		}
		_ = json.Unmarshal(body, &answer) // what is not JSON has neither
		if success(status) && messageSID.MatchString(answer.SID) {
			return answer.SID, nil
		}
		refused = &answerError{who: "twilio", status: status, code: answer.Code, after: retryAfter(header)}
		if status != http.StatusUnauthorized {
			break
		}
	}
	return "", refused
}

// An unknownError is an attempt to send a message that Twilio may have taken.
type unknownError struct{ error }

func (e unknownError) Unwrap() error { return e.error }

func success(status int) bool { return status >= 200 && status < 300 }

// An answerError is an answer that is not what was hoped for.
type answerError struct {
	who          string
	status, code int
	after        time.Duration // Retry-After
}

func (e *answerError) Error() string {
	s := fmt.Sprintf("relay: %s answered status %d", e.who, e.status)
	if e.code != 0 {
		s += fmt.Sprintf(", code %d", e.code)
	}
	if e.who == "twilio" && success(e.status) {
		s += " without the SID of a message: check twilio_api_url"
	}
	return s
}

// The codes of the Messages API that mean something to the relay, from
// docs/api/errors.
const (
	codeOptedOut  = 21610 // the recipient opted out at Twilio
	codeQueueFull = 21611 // of the sender; it drains
)

// answerOf returns the answer that err is about, without a status if there was
// none.
func answerOf(err error) *answerError {
	if a, ok := errors.AsType[*answerError](err); ok {
		return a
	}
	return &answerError{}
}

// optedOutAtTwilio reports whether Twilio would not send because the recipient
// opted out of the number.
func optedOutAtTwilio(err error) bool {
	a := answerOf(err)
	return a.code == codeOptedOut && a.status/100 == 4
}

// permanent reports whether Twilio will give the same answer tomorrow: most of
// 4xx says that the request is wrong. A wrong token, account or address can be
// put right, and too many requests pass.
func permanent(err error) bool {
	a := answerOf(err)
	passing := a.code == codeQueueFull || a.code != codeOptedOut && slices.Contains([]int{401, 403, 404, 407, 408, 409, 425, 429}, a.status)
	return a.who == "twilio" && a.status/100 == 4 && !passing
}

// retryAfter returns how long the header of an answer asks to wait, in seconds
// or with a date, at most an hour.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	seconds, _ := strconv.Atoi(text)
	wait := time.Duration(seconds) * time.Second
	if at, err := http.ParseTime(text); err == nil {
		wait = time.Until(at)
	}
	return min(max(wait, 0), time.Hour)
}

// post posts a form as Twilio does, signed, and returns the status of the
// answer, which counts even if the body breaks off. A status that is not 2xx is
// an error.
func (r *relay) post(ctx context.Context, limit time.Duration, who, to string, form url.Values) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := newPost(ctx, to, form)
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Twilio-Signature", signature.Sign(r.cfg.AuthToken, to, form))
	status, _, _, err = r.do(req)
	if success(status) {
		err = nil
	} else if status != 0 {
		err = &answerError{who: who, status: status}
	}
	return status, err
}

func newPost(ctx context.Context, to string, form url.Values) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("relay: %w", withoutURL(err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req, nil
}

// do makes a request and reads the answer, so that the connection can be used
// again.
func (r *relay) do(req *http.Request) (status int, header http.Header, body []byte, err error) {
	res, err := r.http.Do(req)
	if err != nil {
		return 0, nil, nil, withoutURL(err)
	}
	defer res.Body.Close()
	body, err = io.ReadAll(io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, res.Header, body, err
}

// withoutURL returns an error of net/http or net/url without the address in
// it: an address of the configuration may have a secret in its query.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// redacted returns where an address leads and no more: not only its query may
// have a secret, its path may be one.
func redacted(address string) string {
	u, _ := url.Parse(address) // the configuration has no address that fails
	return u.Scheme + "://" + u.Host + "/\u2026"
}

// A verdict is the interceptor's.
type verdict uint8

const (
	unasked verdict = iota
	allow
	block
)

// A circuit makes requests, which return the status of the answer. It opens when
// an address leaves 5 requests in a row without an answer: those that come then
// need not wait, each in turn, to learn the same. From time to time one is let
// through to see.
type circuit = *gobreaker.CircuitBreaker[int]

// newCircuit returns the circuit for a kind of delivery. An error that Twilio or
// the interceptor answers is about one message and keeps the circuit closed. One
// that another address answers is likely about all.
func newCircuit(kind string, timeout time.Duration, log *slog.Logger) circuit {
	return gobreaker.NewCircuitBreaker[int](gobreaker.Settings{
		Timeout:     timeout,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
		IsExcluded:  func(err error) bool { return errors.Is(err, context.Canceled) }, // the relay stops
		IsSuccessful: func(err error) bool {
			return err == nil || (kind == toTwilio || kind == toInterceptor) && errors.As(err, new(*answerError))
		},
		OnStateChange: func(_ string, _, to gobreaker.State) {
			log.Warn("circuit", "kind", kind, "state", to.String(), "tried again after", timeout.String())
		},
	})
}

// circuitOpen reports whether a request was not made.
func circuitOpen(err error) bool {
	return errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)
}

// ask posts m to the interceptor. 403 blocks and 2xx lets the message continue.
// So does every other status, an error and a time-out (docs/proxy/api/webhooks),
// but these mean that the interceptor is broken and opt-outs get past it: each
// is a warning, a count, and in /healthz. With intercept_fail_closed they are
// nobody's verdict but an error, upon which the message is to be asked about
// again. If ctx ends that is an error in either case.
func (r *relay) ask(ctx context.Context, m *message, limit time.Duration) (verdict, error) {
	status, err := r.circuits[toInterceptor].Execute(func() (int, error) {
		return r.post(ctx, limit, "interceptor", r.cfg.InterceptCallbackURL, interactionForm(r.cfg.AccountSID, m))
	})
	v, answer := allow, strconv.Itoa(status)
	switch {
	case status == http.StatusForbidden:
		v, err = block, nil
	case circuitOpen(err):
		answer = "not asked"
	case status == 0:
		answer = "none"
	}
	if ctx.Err() != nil {
		return unasked, ctx.Err()
	}
	r.metrics.intercepts.WithLabelValues(answer).Inc()
	if err == nil {
		r.trouble.Store("")
		return v, nil
	}
	failing := "messages continue without it"
	if r.cfg.InterceptFailClosed {
		failing = "messages wait for it"
	}
	r.trouble.Store(fmt.Sprintf("the interceptor is broken, %s: last answer %q, at %s", failing, answer, time.Now().UTC().Format(time.RFC3339)))
	r.log.Warn("interceptor broken: "+failing, append(m.attrs(), "answer", answer, "error", err)...)
	if r.cfg.InterceptFailClosed {
		return unasked, err
	}
	return allow, nil
}
