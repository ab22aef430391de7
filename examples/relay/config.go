package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
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
	return strings.Fields(c.AuthToken + " " + c.SecondAuthToken)
}

// policy returns Proxy's table with the regime's words added, so that no word of
// either is lost, and the extra keywords over both.
func (c *config) policy() (optout.Policy, error) {
	r, ok := regime.Lookup(cmp.Or(c.Regime, "proxy"))
	if !ok {
		return optout.Policy{}, fmt.Errorf("relay: config: regime (RELAY_REGIME): unknown %q: leave it out, or write one of package regime's, such as languages", c.Regime)
	}
	for _, tag := range c.Languages {
		if tag == "" || len(r.Keywords(tag)) == 0 {
			return optout.Policy{}, fmt.Errorf("relay: config: languages (RELAY_LANGUAGES): unknown %q: leave it out, or write one of: %s", tag, cmp.Or(strings.Join(r.Languages(), ", "), "none"))
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
	must := func(ok bool, tag, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("relay: config: %s (%s): %s", tag, envName(tag), fmt.Sprintf(format, args...)))
		}
	}
	must(c.KeepDays == 0 || c.KeepDays > 1, "keep_days", "%d: write 2 or more, as a day is how long a callback may be tried, or 0 to keep messages for ever", c.KeepDays)
	must(accountSID.MatchString(c.AccountSID), "account_sid", "not an account SID: write AC and 32 hexadecimal digits")
	must(c.ParentAccountSID == "" || accountSID.MatchString(c.ParentAccountSID), "parent_account_sid", "not an account SID: leave it out unless the account is a subaccount")
	must(alnum.MatchString(c.AuthToken), "auth_token", "empty, or not letters and digits: copy the account's auth token")
	must(c.SecondAuthToken == "" || alnum.MatchString(c.SecondAuthToken), "second_auth_token", "not letters and digits: copy the token that replaces auth_token, or leave it out")
	if isPostgres(c.Database) {
		_, err := pgxpool.ParseConfig(c.Database)
		must(err == nil, "database", "cannot be read as an address of PostgreSQL: write postgres://user@host/name or host=… dbname=…")
	} else {
		must(c.Database != "" && !strings.Contains(c.Database, "=") && !strings.Contains(c.Database, "://"), "database",
			"neither a file nor an address of PostgreSQL: write a path without = and ://, or postgres://user@host/name, or host=… dbname=…")
	}
	for _, a := range []struct {
		tag, address string
		host, none   bool // is a host alone, may be empty
	}{
		{"public_url", c.PublicURL, true, false}, {"twilio_api_url", c.TwilioAPIURL, true, false},
		{"callback_url", c.CallbackURL, false, true}, {"intercept_callback_url", c.InterceptCallbackURL, false, true}, {"debugger_url", c.DebuggerURL, false, true},
	} {
		p, err := url.Parse(a.address)
		switch {
		case a.none && a.address == "":
		case err != nil || p.Hostname() == "" || p.Scheme != "http" && p.Scheme != "https":
			must(false, a.tag, "not an address: write one that begins with https:// or http://")
		default:
			must(!strings.Contains(a.address, "#"), a.tag, "has a fragment, which is not sent: remove it from # on")
			must(!a.host || p.Path == "" && p.User == nil && !strings.Contains(a.address, "?"), a.tag, "has a path, a query or a user: write scheme and host alone, such as https://relay.example.com")
		}
	}
	p, err := c.policy()
	errs = append(errs, err)
	if c.InterceptCallbackURL == "" {
		must(!c.InterceptEveryMessage && !c.InterceptFailClosed && (c.SMSStopFilter || !c.RespectSMSStopFilter),
			"intercept_callback_url", "empty, but the flags leave messages to the interceptor: set it, or change the flags")
		for _, k := range p.Keywords() {
			must(k.Action != optout.Intercept, "intercept_callback_url", "empty, but keyword %q is left to the interceptor: set it, or give the keyword another action", k.Text)
		}
	}
	c.validateSessions(must)
	return errors.Join(errs...)
}

// number returns an address without its channel.
func number(address string) string { return address[strings.Index(address, ":")+1:] }

func (c *config) validateSessions(must func(ok bool, tag, format string, args ...any)) {
	taken := map[[2]string]int{}
	relays := map[string]int{}
	for i, s := range c.Sessions {
		relays[number(s.Relay)] = i
	}
	for i, s := range c.Sessions {
		must(len(s.Participants) == 2, "sessions", "session %d: %d participants: write two", i, len(s.Participants))
		must(relaySender.MatchString(s.Relay), "sessions", "session %d: relay %q is not a number: write + and digits, such as +15550100009", i, s.Relay)
		for n, p := range s.Participants {
			must(n == 0 || p != s.Participants[0], "sessions", "session %d: needs two different participants", i)
			must(participant.MatchString(p), "sessions", "session %d: participant %q is not a number: write + and digits, such as +15550100001, with whatsapp: or rcs: before it for those channels", i, p)
			must(strings.TrimSuffix(p, number(p)) == strings.TrimSuffix(s.Relay, number(s.Relay)), "sessions", "session %d: %q and %q are of different channels: Twilio does not send from one to the other", i, s.Relay, p)
			of, isRelay := relays[number(p)]
			must(!isRelay, "sessions", "session %d: participant %q is the relay number of session %d, so messages would come back: write a person's number", i, p, of)
			first, isTaken := taken[[2]string{s.Relay, p}]
			must(!isTaken || first == i, "sessions", "session %d: %s and %s are in session %d already: use another relay number", i, s.Relay, p, first)
			taken[[2]string{s.Relay, p}] = i
		}
	}
}
