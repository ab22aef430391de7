package optout

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// CodeStopWord is the code of the debugger notification that a relay raises
// for every message it drops: "Message Matched Stop Word", level warning. In
// Proxy's table the dropped words are opt-out and opt-in words.
//
// Twilio's neighboring code 80909 is not part of this package: it reports that
// the InterceptCallbackUrl answered 403.
//
// Source: docs/proxy/opt-out-keywords (2026-06-16); docs/api/errors/80901,
// which still speaks of START words, although these have been forwarded since
// 2020-09-15 (docs/proxy/proxy-changelog).
const CodeStopWord = 80901

// An Action says what the relay does with a message. The zero Action is
// [Forward].
type Action uint8

const (
	// Forward passes the message on as chat.
	Forward Action = iota

	// Drop does not pass the message on, triggers no callback, neither
	// CallbackUrl nor InterceptCallbackUrl, and raises a debugger
	// notification with [CodeStopWord].
	//
	// Source: docs/proxy/opt-out-keywords (2026-06-16).
	Drop

	// Intercept leaves the message to the account's own opt-out handling:
	// the relay asks its InterceptCallbackUrl, and forwards the message
	// unless the answer has status 403.
	//
	// Source: docs/proxy/opt-out-keywords (2026-06-16);
	// docs/proxy/api/webhooks.
	Intercept
)

var actions = enum{"Action", []string{Forward: "forward", Drop: "drop", Intercept: "intercept"}}

// String returns "forward", "drop" or "intercept", and "Action(7)" for an
// undefined value such as 7.
func (a Action) String() string { return actions.text(uint8(a)) }

// MarshalText returns the text of [Action.String]. It never fails.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText sets a to the defined Action whose [Action.String] is text. For
// any other text it returns an error and does not change a.
func (a *Action) UnmarshalText(text []byte) error { return actions.scan(text, (*uint8)(a)) }

// Value returns the text of [Action.String], for [database/sql]. An undefined
// value is an error.
func (a Action) Value() (driver.Value, error) { return actions.value(uint8(a)) }

// Scan sets a to the defined Action whose [Action.String] is src, a string or a
// []byte from [database/sql]. For anything else, NULL included, it returns an
// error and does not change a.
func (a *Action) Scan(src any) error { return actions.scan(src, (*uint8)(a)) }

// In a Decision, Code follows Class so that it is four machine words: the
// compiler keeps no larger struct in registers, and Decide would take twice as
// long.

// A Decision is the answer of a [Policy] to one message. Decisions are
// comparable; the zero Decision forwards a message that is not a keyword.
//
// An opt-out covers the one number that was texted, not the other numbers of
// the relay's pool (docs/proxy/opt-out-keywords, 2026-06-16). Keeping that
// record is the caller's part.
type Decision struct {
	// Action says what to do with the message.
	Action Action `json:"action"`

	// Class is the class of the keyword that the message is, and
	// [ClassNone] if the message is not a keyword.
	Class Class `json:"class"`

	// Code is [CodeStopWord] if the action is [Drop], and 0 otherwise.
	Code int `json:"code,omitempty"`

	// Keyword is the keyword that the message is, as the policy's table
	// spells it, and "" if the message is not a keyword.
	Keyword string `json:"keyword,omitempty"`
}

// An enum has the texts of the defined values of a type, which count from 0.
type enum struct {
	name  string
	texts []string
}

func (e enum) text(v uint8) string {
	if int(v) < len(e.texts) {
		return e.texts[v]
	}
	return e.name + "(" + strconv.Itoa(int(v)) + ")"
}

func (e enum) value(v uint8) (driver.Value, error) {
	if int(v) >= len(e.texts) {
		return nil, fmt.Errorf("optout: cannot store %s: want one of %s", e.text(v), strings.Join(e.texts, ", "))
	}
	return e.texts[v], nil
}

// scan sets v to the value whose text is src, a string or a []byte.
func (e enum) scan(src any, v *uint8) error {
	if text, ok := src.([]byte); ok {
		src = string(text)
	}
	for i, text := range e.texts {
		if src == any(text) {
			*v = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("optout: unknown %s %s: want one of %s", strings.ToLower(e.name), escape(fmt.Sprintf("%#v", src)), strings.Join(e.texts, ", "))
}
