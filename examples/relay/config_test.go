package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/optout"

	"github.com/google/go-cmp/cmp"
)

func TestConfig(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) string {
		file := filepath.Join(dir, "relay.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const good = `{"public_url": "https://relay.example.com/", "account_sid": "` + testAccount + `", "auth_token": "` + testToken + `",
		"respect_sms_stop_filter": true, "sms_stop_filter": true, "ignore_punctuation": true,
		"extra_keywords": [{"text": "baja", "class": "opt-out", "action": "drop"}],
		"sessions": [{"relay": "+15550100009", "participants": ["+15550100001", "+15550100002"]}]}`
	env := []string{"RELAY_LISTEN=127.0.0.1:9", "RELAY_SMS_STOP_FILTER=false", "RELAY_INTERCEPT_CALLBACK_URL=https://app.example.com/i",
		"HOME=/", "RELAY_DATABASE=", "RELAY_PORT=tcp://10.0.0.1:80", "RELAY_SERVICE_HOST=10.0.0.1"}

	c, err := loadConfig(write(good), env)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:9" || c.PublicURL != "https://relay.example.com" || c.Database != "relay.db" || len(c.Sessions) != 1 {
		t.Errorf("config is %+v", c)
	}
	if got, want := c.flags(), (optout.Flags{RespectSMSStopFilter: true}); got != want {
		t.Errorf("flags = %+v, want %+v: the environment overrides the file", got, want)
	}
	p, err := c.policy()
	if err != nil {
		t.Fatal(err)
	}
	if d := p.Decide("\u00a1Baja!", c.flags()); d.Action != optout.Intercept || d.Keyword != "baja" {
		t.Errorf("Decide = %+v, want the extra keyword intercepted", d)
	}

	env = append(env, `RELAY_EXTRA_KEYWORDS=[{"text": "hola", "class": "help", "action": "forward"}]`)
	c, err = loadConfig(write(good), env)
	if d := cmp.Diff(keywords{{Text: "hola", Class: optout.ClassHelp}}, c.ExtraKeywords); d != "" || err != nil {
		t.Errorf("extra keywords of the environment in place of the file's: error %v (-want +got):\n%s", err, d)
	}

	// Rows override built-in ones, which stay where they are.
	c.ExtraKeywords = keywords{{Text: "yes", Class: optout.ClassHelp, Action: optout.Drop}}
	if p, err = c.policy(); err != nil {
		t.Fatal(err)
	}
	if k, _ := p.Match("YES!"); k.Class != optout.ClassHelp || len(p.Keywords()) != len(optout.Policy{}.Keywords()) {
		t.Errorf("Match(YES!) = %+v of %d rows, want the extra row in place of the built-in one", k, len(p.Keywords()))
	}

	// A regime's words are added, and no word of Proxy's is lost.
	c.ExtraKeywords, c.Regime = nil, "bird"
	if p, err = c.policy(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]optout.Action{"Detener": optout.Drop, "arrete": optout.Drop, "UNSTOP": optout.Drop, "begin": optout.Forward} {
		if d := p.Decide(text, optout.Flags{}); d.Action != want || d.Class == optout.ClassNone {
			t.Errorf("Decide(%+q) = %+v with regime bird, want a keyword and %v", text, d, want)
		}
	}

	// Languages pick words of the regime.
	c.Regime, c.Languages = "languages", []string{"ES", "pt"}
	if p, err = c.policy(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]optout.Class{"baja": optout.ClassOptOut, "parar": optout.ClassOptOut, "STOP": optout.ClassOptOut, "on": optout.ClassNone, "r": optout.ClassNone} {
		if k, _ := p.Match(text); k.Class != want {
			t.Errorf("Match(%q) = %+v with languages es and pt, want class %v", text, k, want)
		}
	}

	for _, tt := range []struct{ name, text, env, want string }{
		{"language", good, "RELAY_LANGUAGES=[\"xx\"]", `languages (RELAY_LANGUAGES): unknown "xx": leave it out`},
		{"language of a regime", strings.Replace(good, `"extra_keywords"`, `"regime": "languages", "languages": ["es", "tlh"], "extra_keywords"`, 1), "", `unknown "tlh": leave it out, or write one of: da, `},
		{"database of another kind", good, "RELAY_DATABASE=mysql://u:xyzzy@h/db", "database (RELAY_DATABASE): neither a file nor an address of PostgreSQL"},
		{"database with a query", good, "RELAY_DATABASE=relay.db?mode=ro", "database (RELAY_DATABASE): neither a file nor an address of PostgreSQL"},
		{"PostgreSQL without a port", good, "RELAY_DATABASE=postgres://u:xyzzy@h:port/db", "database (RELAY_DATABASE): cannot be read as an address of PostgreSQL"},
		{"PostgreSQL in keys without a port", good, "RELAY_DATABASE=host=db password=xyzzy port=x", "database (RELAY_DATABASE): cannot be read as an address of PostgreSQL"},
		{"regime", good, "RELAY_REGIME=telnix", `regime (RELAY_REGIME): unknown "telnix": leave it out, or write one of`},
		{"no JSON", `{`, "", "relay: config: " + dir},
		{"unknown field", `{"acount_sid": "x"}`, "", `unknown field "acount_sid"`},
		{"nothing", `{}`, "", `account_sid (RELAY_ACCOUNT_SID): not an account SID: write AC and`},
		{"nothing, the last of several", `{}`, "", `public_url (RELAY_PUBLIC_URL): not an address`},
		{"token", good, "RELAY_AUTH_TOKEN=a b", `auth_token (RELAY_AUTH_TOKEN)`},
		{"second token", good, "RELAY_SECOND_AUTH_TOKEN=a b", `second_auth_token (RELAY_SECOND_AUTH_TOKEN)`},
		{"no JSON in the environment", good, "RELAY_SESSIONS=x", "RELAY_SESSIONS: want JSON"},
		{"no bool", good, "RELAY_SMS_STOP_FILTER=on", "RELAY_SMS_STOP_FILTER: want JSON"},
		{"unknown variable", good, "RELAY_INTERCEPT_FAIL_CLOSD=true", "RELAY_INTERCEPT_FAIL_CLOSD: unknown variable"},
		{"unknown variable without a value", good, "RELAY_CALLBACK=", "RELAY_CALLBACK: unknown variable"},
		{"nobody to intercept a keyword", good, `RELAY_EXTRA_KEYWORDS=[{"text":"x","class":"help","action":"intercept"}]`, `keyword "x" is left to the interceptor`},
		{"nobody to fail closed", good, `RELAY_INTERCEPT_FAIL_CLOSED=true`, `intercept_callback_url (RELAY_INTERCEPT_CALLBACK_URL): empty`},
		{"keyword without a class", good, `RELAY_EXTRA_KEYWORDS=[{"text":"x","action":"drop"}]`, `keyword 0 ("x")`},
		{"keyword without an action", good, `RELAY_EXTRA_KEYWORDS=[{"text":"x","class":"opt-out"}]`, `keyword 0 ("x")`},
		{"keyword without an action, in the file", strings.Replace(good, `, "action": "drop"`, "", 1), "", `keyword 0 ("baja")`},
		{"unknown class", good, `RELAY_EXTRA_KEYWORDS=[{"text":"x","class":"stop","action":"drop"}]`, `"stop"`},
		{"callback", good, "RELAY_CALLBACK_URL=app.example.com", `callback_url (RELAY_CALLBACK_URL): not an address`},
		{"callback without a host", good, "RELAY_CALLBACK_URL=https://:80/x", `callback_url (RELAY_CALLBACK_URL): not an address`},
		{"callback with a fragment", good, "RELAY_CALLBACK_URL=https://app.example.com/x#rc=2", `callback_url (RELAY_CALLBACK_URL): has a fragment`},
		{"public_url with a path", good, "RELAY_PUBLIC_URL=https://relay.example.com/sms", `public_url (RELAY_PUBLIC_URL): has a path`},
		{"public_url with a query", good, "RELAY_PUBLIC_URL=https://relay.example.com?a=b", `public_url (RELAY_PUBLIC_URL): has a path`},
		{"public_url with a fragment", good, "RELAY_PUBLIC_URL=https://relay.example.com#x", `public_url (RELAY_PUBLIC_URL): has a fragment`},
		{"public_url with a user", good, "RELAY_PUBLIC_URL=https://u:p@relay.example.com", `public_url (RELAY_PUBLIC_URL): has a path, a query or a user`},
		{"parent", good, "RELAY_PARENT_ACCOUNT_SID=x", `parent_account_sid`},
		{"number", good, `RELAY_SESSIONS=[{"relay":"15550100009","participants":["+15550100001","+15550100002"]}]`, `session 0: relay "15550100009" is not a number`},
		{"participant", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["15550100001","+15550100002"]}]`, `session 0: participant "15550100001" is not a number`},
		{"three participants", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["+15550100001","+15550100002","+15550100003"]}]`, `session 0: 3 participants: write two`},
		{"same number", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["+15550100001","+15550100001"]}]`, `two different`},
		{"number taken", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["+15550100001","+15550100002"]},{"relay":"+15550100009","participants":["+15550100003","+15550100001"]}]`, `session 1: +15550100009 and +15550100001 are in session 0 already`},
		{"its own relay number", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["+15550100001","+15550100009"]}]`, `participant "+15550100009" is the relay number of session 0`},
		{"a ring of two sessions", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["+15550100001","+15550100008"]},{"relay":"+15550100008","participants":["+15550100009","+15550100002"]}]`, `session 0: participant "+15550100008" is the relay number of session 1`},
		{"a ring by way of another channel", good, `RELAY_SESSIONS=[{"relay":"+15550100009","participants":["+15550100001","+15550100002"]},{"relay":"rcs:agent","participants":["rcs:+15550100009","rcs:+15550100001"]}]`, `session 1: participant "rcs:+15550100009" is the relay number of session 0`},
		{"two channels", good, `RELAY_SESSIONS=[{"relay":"whatsapp:+15550100009","participants":["whatsapp:+15550100001","+15550100002"]}]`, `session 0: "whatsapp:+15550100009" and "+15550100002" are of different channels`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadConfig(write(tt.text), []string{tt.env})
			if err == nil || strings.Contains(err.Error(), "xyzzy") || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "relay: ") {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
	if _, err := loadConfig(filepath.Join(dir, "none"), nil); err == nil {
		t.Error("no error for a file that does not exist")
	}
	if _, err := loadConfig(write(strings.Replace(good, `"sms_stop_filter": true`, `"sms_stop_filter": false`, 1)), nil); err == nil || !strings.Contains(err.Error(), "intercept_callback_url") {
		t.Errorf("error %v, want one about intercept_callback_url", err)
	}
}

// An error about a secret does not quote it.
func TestConfigErrorsHaveNoSecret(t *testing.T) {
	for _, name := range []string{"RELAY_AUTH_TOKEN", "RELAY_SECOND_AUTH_TOKEN", "RELAY_ACCOUNT_SID", "RELAY_PARENT_ACCOUNT_SID",
		"RELAY_PUBLIC_URL", "RELAY_TWILIO_API_URL", "RELAY_CALLBACK_URL", "RELAY_INTERCEPT_CALLBACK_URL", "RELAY_DEBUGGER_URL"} {
		for _, format := range []string{"%", "%zz%", "https://u:%@app.example.com/#%", "https://app.example.com/%?k=%#x", "https://[%/"} {
			value := strings.ReplaceAll(format, "%", "xyzzy-")
			if format == "%zz%" {
				value = "https://app.example.com/%zz?xyzzy"
			}
			_, err := loadConfig("", []string{name + "=" + value})
			if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "xyzzy") {
				t.Errorf("%s=%s: error %v, want one that names the variable and has no secret", name, value, err)
			}
		}
	}
}

// A PostgreSQL is known by its address, in either form.
func TestIsPostgres(t *testing.T) {
	for database, want := range map[string]bool{
		"postgres://u@h/d": true, "postgresql://h/d": true, "host=h dbname=d": true, "dbname=d password=a://b": true, "user = u host = h": true,
		"relay.db": false, "/var/lib/relay/relay.db": false, "mysql://u:p@h/d": false, "relay.db?mode=ro": false, "file:relay.db": false, "myhost=h": false,
	} {
		if got := isPostgres(database); got != want {
			t.Errorf("isPostgres(%q) = %t, want %t", database, got, want)
		}
	}
}
