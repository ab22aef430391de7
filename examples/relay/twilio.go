package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// apiClient sends what twilio-go asks for to another address than Twilio's,
// if the configuration has one.
type apiClient struct {
	*client.Client
	base *url.URL
}

func (c *apiClient) SendRequest(method, rawURL string, data url.Values, headers map[string]any, body ...byte) (*http.Response, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, err
	}
	u.Scheme, u.Host = c.base.Scheme, c.base.Host
	return c.Client.SendRequest(method, u.String(), data, headers, body...)
}

// newAPI returns twilio-go's client of the Messages API. Its calls end when
// life does.
func newAPI(life context.Context, cfg *config, t http.RoundTripper, limit time.Duration) (*api.ApiService, error) {
	base, err := url.Parse(cfg.TwilioAPIURL)
	if err != nil {
		return nil, fmt.Errorf("relay: twilio_api_url: %w", err)
	}
	c := &client.Client{
		Credentials: client.NewCredentials(cfg.AccountSID, cfg.AuthToken),
		HTTPClient:  &http.Client{Transport: wholeBody{life, t}, Timeout: limit, CheckRedirect: noRedirect},
	}
	c.SetAccountSid(cfg.AccountSID)
	return api.NewApiService(client.NewRequestHandler(&apiClient{c, base})), nil
}

// wholeBody does two things that twilio-go leaves out: it ends requests at the
// end of life, for which twilio-go's functions have no context, and it reads
// the body of every answer, as an error's that is neither read nor closed
// holds on to its connection.
type wholeBody struct {
	life context.Context
	http.RoundTripper
}

func (t wholeBody) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	defer context.AfterFunc(t.life, cancel)()
	res, err := t.RoundTripper.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(b))
	return res, nil
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// send has Twilio send m to its recipient from the relay's number, and returns
// the SID of the message sent. An error has no word of Twilio's in it, as that
// may quote the message.
func (r *relay) send(m *message) (string, error) {
	p := &api.CreateMessageParams{}
	p.SetFrom(m.Relay)
	p.SetTo(m.Recipient)
	if m.Body != "" {
		p.SetBody(m.Body)
	}
	if len(m.Media) > 0 {
		p.SetMediaUrl(m.Media)
	}
	res, err := r.api.CreateMessage(p)
	if refusal := (*client.TwilioRestError)(nil); errors.As(err, &refusal) {
		return "", &answerError{"twilio", refusal.Status, refusal.Code}
	}
	if err != nil {
		return "", fmt.Errorf("relay: twilio: %w", err)
	}
	if res.Sid == nil {
		return "", nil
	}
	return *res.Sid, nil
}

// An answerError is an answer that is not what was hoped for.
type answerError struct {
	who          string
	status, code int
}

func (e *answerError) Error() string {
	s := fmt.Sprintf("relay: %s answered status %d", e.who, e.status)
	if e.code != 0 {
		s += fmt.Sprintf(", code %d", e.code)
	}
	return s
}

// post posts a form as Twilio does, signed, and returns the status of the
// answer.
func (r *relay) post(ctx context.Context, to string, form url.Values) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", sign(r.cfg.AuthToken, to, form))
	res, err := r.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("relay: %w", err)
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	return res.StatusCode, nil
}

// sign returns the X-Twilio-Signature of a form. twilio-go has the check only.
//
// Source: docs/usage/webhooks/webhooks-security.
func sign(token, to string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	io.WriteString(h, to)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		io.WriteString(h, name+form.Get(name))
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
