package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

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

// answerOf returns the answer that err is about, nil if there was none.
func answerOf(err error) *answerError {
	a, _ := errors.AsType[*answerError](err)
	return a
}

// optedOutAtTwilio reports whether Twilio would not send because the recipient
// opted out of the number.
func optedOutAtTwilio(err error) bool {
	a := answerOf(err)
	return a != nil && a.code == codeOptedOut && a.status/100 == 4
}

// permanent reports whether Twilio will give the same answer tomorrow: most of
// 4xx says that the request is wrong. A wrong token, account or address can be
// put right, and too many requests pass.
func permanent(err error) bool {
	a := answerOf(err)
	if a == nil || a.who != "twilio" || a.status/100 != 4 || a.code == codeQueueFull {
		return false
	}
	return a.code == codeOptedOut || !slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusProxyAuthRequired,
		http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests}, a.status)
}

// after returns how long the answer that err is about asks to wait.
func after(err error) time.Duration {
	if a := answerOf(err); a != nil {
		return a.after
	}
	return 0
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
	switch {
	case success(status):
		return status, nil
	case status != 0:
		return status, &answerError{who: who, status: status}
	}
	return 0, err
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
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/\u2026"
}
