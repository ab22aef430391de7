package main

import (
	"bytes"
	"cmp"
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

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/optout"
	"example.com/optout/keywordfile"
	"example.com/optout/regime"
)

// A config is the configuration of a relay. Each field has one name in the
// JSON file, its tag, and one in the environment, RELAY_ and the tag in upper
// case. The environment goes first, so that a secret need not be in the file.
type config struct {
	Listen    string `json:"listen"`
	Status    string `json:"status"`     // for /healthz and /metrics
	PublicURL string `json:"public_url"` // the address that Twilio calls and signs
	Database  string `json:"database"`   // a SQLite file, or the address of a PostgreSQL
	KeepDays  int    `json:"keep_days"`  // of messages, 0 for ever

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
	InterceptFailClosed   bool `json:"intercept_fail_closed"`

	Regime            string   `json:"regime"`    // its words are also keywords
	Languages         []string `json:"languages"` // of the regime's words; none means all
	IgnorePunctuation bool     `json:"ignore_punctuation"`
	ExtraKeywords     keywords `json:"extra_keywords"`

	Sessions []session `json:"sessions"`
}

// A session is a relay number and the two participants that it connects.
type session struct {
	Relay        string   `json:"relay"`
	Participants []string `json:"participants"`
}

// keywords are rows of a table. A row that encoding/json alone would read
// without its class or its action is a mistake here, as nothing would come of
// it.
type keywords []optout.Keyword

func (k *keywords) UnmarshalJSON(text []byte) (err error) {
	if string(text) != "null" {
		*k, err = keywordfile.Read(bytes.NewReader(text))
	}
	return err
}

// A directory says whom a relay number connects a participant to: relay number,
// participant, the other participant.
type directory map[string]map[string]string

func (c *config) directory() directory {
	d := directory{}
	for _, s := range c.Sessions {
		if d[s.Relay] == nil {
			d[s.Relay] = map[string]string{}
		}
		for i, p := range s.Participants {
			d[s.Relay][p] = s.Participants[1-i]
		}
	}
	return d
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

// policy returns Proxy's table with the regime's words added, so that no word of
// either is lost, and the extra keywords over both.
func (c *config) policy() (optout.Policy, error) {
	unknown := func(tag, value string, known []string) (optout.Policy, error) {
		return optout.Policy{}, fmt.Errorf("relay: config: %s (%s): unknown %q: leave it out, or write one of: %s", tag, envName(tag), value, cmp.Or(strings.Join(known, ", "), "none"))
	}
	r, ok := regime.Lookup(cmp.Or(c.Regime, "proxy"))
	if !ok {
		var ids []string
		for _, r := range regime.All() {
			ids = append(ids, r.ID)
		}
		return unknown("regime", c.Regime, ids)
	}
	for _, tag := range c.Languages {
		if tags := r.Languages(); tag == "" || len(r.Keywords(tag)) == 0 {
			return unknown("languages", tag, tags)
		}
	}
	p, err := optout.NewPolicy(optout.Merge(r.Keywords(c.Languages...), optout.Policy{}.Keywords(), c.ExtraKeywords))
	p.IgnorePunctuation = c.IgnorePunctuation
	return p, err
}

// loadConfig reads the file, if one is named, and the environment over it, which
// is as os.Environ has it.
func loadConfig(file string, environ []string) (config, error) {
	c := config{
		Listen:       "127.0.0.1:8080",
		Status:       "127.0.0.1:8081",
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
			return c, fmt.Errorf("relay: config: %s: text after the object: remove it", file)
		}
	}
	fields := map[string]reflect.Value{}
	for i, v := range reflect.ValueOf(&c).Elem().Fields() {
		fields[envName(i.Tag.Get("json"))] = v
	}
	for _, variable := range environ {
		name, text, _ := strings.Cut(variable, "=")
		f, known := fields[name]
		switch {
		case !strings.HasPrefix(name, "RELAY_") || kubernetes.MatchString(name) || known && text == "":
			continue
		case !known:
			return c, fmt.Errorf("relay: config: %s: unknown variable: correct its name or remove it", name)
		}
		f.SetZero() // package json would merge a list into the file's
		if f.Kind() == reflect.String {
			f.SetString(text)
		} else if err := json.Unmarshal([]byte(text), f.Addr().Interface()); err != nil {
			return c, fmt.Errorf("relay: config: %s: want JSON: %w", name, err)
		}
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	c.TwilioAPIURL = strings.TrimRight(c.TwilioAPIURL, "/")
	return c, c.validate()
}

func envName(tag string) string { return "RELAY_" + strings.ToUpper(tag) }

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	alnum      = regexp.MustCompile(`^[0-9a-zA-Z]+$`)

	// Who takes part: a number, of SMS or of another channel of Twilio's. The
	// relay's may also be a short code or an RCS agent.
	participant = regexp.MustCompile(`^((whatsapp|rcs):)?\+[1-9][0-9]{6,14}$`)
	relaySender = regexp.MustCompile(participant.String() + `|^[1-9][0-9]{2,7}$|^rcs:[0-9A-Za-z_.-]+$`)

	// What Kubernetes sets for a service that is called relay.
	kubernetes = regexp.MustCompile(`^RELAY_(SERVICE|PORT)(_|$)`)
)

// validate returns every mistake at once, each with what to do about it. It
// quotes no token and no address, which may have a secret.
func (c *config) validate() error {
	var errs []error
	bad := func(tag, format string, args ...any) {
		errs = append(errs, fmt.Errorf("relay: config: %s (%s): %s", tag, envName(tag), fmt.Sprintf(format, args...)))
	}
	for _, a := range [][2]string{{"listen", c.Listen}, {"status", c.Status}} {
		if _, _, err := net.SplitHostPort(a[1]); err != nil {
			bad(a[0], "%q is not an address: write host:port, such as 127.0.0.1:8080", a[1])
		}
	}
	if c.KeepDays < 0 || c.KeepDays == 1 {
		bad("keep_days", "%d: write 2 or more, as a day is how long a callback may be tried, or 0 to keep messages for ever", c.KeepDays)
	}
	if !accountSID.MatchString(c.AccountSID) {
		bad("account_sid", "not an account SID: write AC and 32 hexadecimal digits")
	}
	if c.ParentAccountSID != "" && !accountSID.MatchString(c.ParentAccountSID) {
		bad("parent_account_sid", "not an account SID: leave it out unless the account is a subaccount")
	}
	if !alnum.MatchString(c.AuthToken) {
		bad("auth_token", "empty, or not letters and digits: copy the account's auth token")
	}
	if c.SecondAuthToken != "" && !alnum.MatchString(c.SecondAuthToken) {
		bad("second_auth_token", "not letters and digits: copy the token that replaces auth_token, or leave it out")
	}
	if isPostgres(c.Database) {
		if _, err := pgxpool.ParseConfig(c.Database); err != nil {
			bad("database", "cannot be read as an address of PostgreSQL: write postgres://user@host/name or host=… dbname=…")
		}
	} else if c.Database == "" || strings.Contains(c.Database, "=") || strings.Contains(c.Database, "://") {
		bad("database", "neither a file nor an address of PostgreSQL: write a path without = and ://, or postgres://user@host/name, or host=… dbname=…")
	}
	for _, u := range []struct {
		tag, value string
		optional   bool // but it may have a path, a query and a user
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
		switch {
		case err != nil || p.Hostname() == "" || p.Scheme != "http" && p.Scheme != "https":
			bad(u.tag, "not an address: write one that begins with https:// or http://")
		case strings.Contains(u.value, "#"):
			bad(u.tag, "has a fragment, which is not sent: remove it from # on")
		case !u.optional && (p.Path != "" || p.User != nil || strings.Contains(u.value, "?")):
			bad(u.tag, "has a path, a query or a user: write scheme and host alone, such as https://relay.example.com")
		}
	}
	p, err := c.policy()
	if err != nil {
		errs = append(errs, err)
	}
	if c.InterceptCallbackURL == "" {
		if c.InterceptEveryMessage || c.InterceptFailClosed || c.RespectSMSStopFilter && !c.SMSStopFilter {
			bad("intercept_callback_url", "empty, but the flags leave messages to the interceptor: set it, or change the flags")
		}
		for _, k := range p.Keywords() {
			if k.Action == optout.Intercept {
				bad("intercept_callback_url", "empty, but keyword %q is left to the interceptor: set it, or give the keyword another action", k.Text)
			}
		}
	}
	c.validateSessions(bad)
	return errors.Join(errs...)
}

// number returns an address without its channel.
func number(address string) string { return address[strings.Index(address, ":")+1:] }

func (c *config) validateSessions(bad func(tag, format string, args ...any)) {
	taken := map[[2]string]int{}
	relays := map[string]int{}
	for i, s := range c.Sessions {
		relays[number(s.Relay)] = i
	}
	for i, s := range c.Sessions {
		if len(s.Participants) != 2 {
			bad("sessions", "session %d: %d participants: write two", i, len(s.Participants))
			continue
		}
		if !relaySender.MatchString(s.Relay) {
			bad("sessions", "session %d: relay %q is not a number: write + and digits, such as +15550100009", i, s.Relay)
		}
		if s.Participants[0] == s.Participants[1] {
			bad("sessions", "session %d: needs two different participants", i)
			continue
		}
		for _, p := range s.Participants {
			if !participant.MatchString(p) {
				bad("sessions", "session %d: participant %q is not a number: write + and digits, such as +15550100001, with whatsapp: or rcs: before it for those channels", i, p)
			}
			if strings.TrimSuffix(p, number(p)) != strings.TrimSuffix(s.Relay, number(s.Relay)) {
				bad("sessions", "session %d: %q and %q are of different channels: Twilio does not send from one to the other", i, s.Relay, p)
			}
			if of, ok := relays[number(p)]; ok {
				bad("sessions", "session %d: participant %q is the relay number of session %d, so messages would come back: write a person's number", i, p, of)
			}
			if first, ok := taken[[2]string{s.Relay, p}]; ok {
				bad("sessions", "session %d: %s and %s are in session %d already: use another relay number", i, s.Relay, p, first)
			}
			taken[[2]string{s.Relay, p}] = i
		}
	}
}
