package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strings"

	"example.com/optout"
)

// A config is what the relay has to be told. Each field has one name in the
// JSON file, its tag, and one in the environment, RELAY_ and the tag in upper
// case. The environment goes first, so that a secret need not be in the file.
type config struct {
	Listen    string `json:"listen"`
	PublicURL string `json:"public_url"` // as Twilio calls the relay: what it signs
	Database  string `json:"database"`

	AccountSID       string `json:"account_sid"`
	ParentAccountSID string `json:"parent_account_sid"` // only if the account is a subaccount
	AuthToken        string `json:"auth_token"`
	SecondAuthToken  string `json:"second_auth_token"` // while the token is being replaced
	TwilioAPIURL     string `json:"twilio_api_url"`

	CallbackURL          string `json:"callback_url"`
	InterceptCallbackURL string `json:"intercept_callback_url"`
	DebuggerURL          string `json:"debugger_url"`

	RespectSMSStopFilter  bool `json:"respect_sms_stop_filter"`
	SMSStopFilter         bool `json:"sms_stop_filter"`
	InterceptEveryMessage bool `json:"intercept_every_message"`

	IgnorePunctuation bool             `json:"ignore_punctuation"`
	ExtraKeywords     []optout.Keyword `json:"extra_keywords"`

	Sessions []session `json:"sessions"`
}

// A session is a relay number and the two participants that it connects.
type session struct {
	Relay        string   `json:"relay"`
	Participants []string `json:"participants"`
}

func (c *config) flags() optout.Flags {
	return optout.Flags{RespectSMSStopFilter: c.RespectSMSStopFilter, SMSStopFilter: c.SMSStopFilter}
}

// tokens returns the account's auth tokens. The first signs.
func (c *config) tokens() []string {
	if c.SecondAuthToken == "" {
		return []string{c.AuthToken}
	}
	return []string{c.AuthToken, c.SecondAuthToken}
}

func (c *config) policy() (optout.Policy, error) {
	p, err := optout.NewPolicy(append(optout.Policy{}.Keywords(), c.ExtraKeywords...))
	p.IgnorePunctuation = c.IgnorePunctuation
	return p, err
}

// loadConfig reads the file, if one is named, and the environment over it.
func loadConfig(file string, getenv func(string) string) (config, error) {
	c := config{
		Listen:       "127.0.0.1:8080",
		Database:     "relay.db",
		TwilioAPIURL: "https://api.twilio.com",
	}
	if file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("relay: config: %w", err)
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&c); err != nil {
			return c, fmt.Errorf("relay: config: %s: %w", file, err)
		}
		if _, err := d.Token(); err != io.EOF {
			return c, fmt.Errorf("relay: config: %s: text behind the object: remove it", file)
		}
	}
	fields := reflect.ValueOf(&c).Elem()
	for i := range fields.NumField() {
		name := envName(fields.Type().Field(i).Tag.Get("json"))
		text := getenv(name)
		if text == "" {
			continue
		}
		f := fields.Field(i)
		f.SetZero() // package json would put a list's elements over those of the file
		if f.Kind() == reflect.String {
			f.SetString(text)
		} else if err := json.Unmarshal([]byte(text), f.Addr().Interface()); err != nil {
			return c, fmt.Errorf("relay: config: %s: want JSON: %w", name, err)
		}
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	return c, c.validate()
}

func envName(tag string) string { return "RELAY_" + strings.ToUpper(tag) }

var (
	accountSID  = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	alnum       = regexp.MustCompile(`^[0-9a-zA-Z]+$`)
	phoneNumber = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// validate returns every mistake at once, each with what to do about it.
func (c *config) validate() error {
	var errs []error
	bad := func(tag, format string, args ...any) {
		errs = append(errs, fmt.Errorf("relay: config: %s (%s): %s", tag, envName(tag), fmt.Sprintf(format, args...)))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen", "%q is no address: write host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if !accountSID.MatchString(c.AccountSID) {
		bad("account_sid", "%q is no account SID: write AC and 32 hexadecimal digits", c.AccountSID)
	}
	if c.ParentAccountSID != "" && !accountSID.MatchString(c.ParentAccountSID) {
		bad("parent_account_sid", "%q is no account SID: leave it out unless the account is a subaccount", c.ParentAccountSID)
	}
	if !alnum.MatchString(c.AuthToken) {
		bad("auth_token", "empty, or not letters and digits: copy the account's auth token")
	}
	if c.SecondAuthToken != "" && !alnum.MatchString(c.SecondAuthToken) {
		bad("second_auth_token", "not letters and digits: copy the token that replaces auth_token, or leave it out")
	}
	if c.Database == "" {
		bad("database", "empty: write the path of a file that may be created")
	}
	for _, u := range []struct {
		tag, value string
		optional   bool
	}{
		{"public_url", c.PublicURL, false},
		{"twilio_api_url", c.TwilioAPIURL, false},
		{"callback_url", c.CallbackURL, true},
		{"intercept_callback_url", c.InterceptCallbackURL, true},
		{"debugger_url", c.DebuggerURL, true},
	} {
		if u.value == "" && u.optional {
			continue
		}
		p, err := url.Parse(u.value)
		if err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https" {
			bad(u.tag, "%q is no address: write one that begins with https:// or http://", u.value)
		}
	}
	if c.InterceptCallbackURL == "" {
		if c.InterceptEveryMessage || c.RespectSMSStopFilter && !c.SMSStopFilter {
			bad("intercept_callback_url", "empty, but the flags leave keywords to the interceptor: set it, or set sms_stop_filter")
		}
		for i, k := range c.ExtraKeywords {
			if k.Action == optout.Intercept {
				bad("intercept_callback_url", "empty, but extra keyword %d (%q) is left to the interceptor: set it, or give the keyword another action", i, k.Text)
			}
		}
	}
	if _, err := c.policy(); err != nil {
		bad("extra_keywords", "rows are counted after the %d built-in ones: %v", len(optout.Policy{}.Keywords()), err)
	}
	taken := map[[2]string]int{}
	for i, s := range c.Sessions {
		if len(s.Participants) != 2 {
			bad("sessions", "session %d: %d participants: write two", i, len(s.Participants))
			continue
		}
		for _, number := range []string{s.Relay, s.Participants[0], s.Participants[1]} {
			if !phoneNumber.MatchString(number) {
				bad("sessions", "session %d: %q is no number: write + and digits, such as +15550100001", i, number)
			}
		}
		if s.Participants[0] == s.Participants[1] || s.Participants[0] == s.Relay || s.Participants[1] == s.Relay {
			bad("sessions", "session %d: needs three different numbers", i)
			continue
		}
		for _, p := range s.Participants {
			if first, ok := taken[[2]string{s.Relay, p}]; ok {
				bad("sessions", "session %d: %s and %s are in session %d already: use another relay number", i, s.Relay, p, first)
			}
			taken[[2]string{s.Relay, p}] = i
		}
	}
	return errors.Join(errs...)
}
