package optout

import (
	"encoding"
	"fmt"
	"strconv"
	"strings"
)

// CodeStopWord is the code of the debugger notification that a relay raises
// for every message it drops: "Message Matched Stop Word", level warning. Of
// Proxy's table these are opt-out and opt-in words.
//
// Twilio's neighbouring code 80909 is not this package's: it reports that the
// InterceptCallbackUrl answered 403.
//
// Source: docs/proxy/opt-out-keywords (2026-06-16); docs/api/errors/80901,
// which still speaks of START words, although these have been forwarded since
// 2020-09-15 (docs/proxy/proxy-changelog).
const CodeStopWord = 80901

// An Action is what the relay does with a message. The zero Action is Forward.
type Action uint8

const (
	// Forward passes the message on as chat.
	Forward Action = iota

	// Drop does not pass the message on, triggers no callback, neither
	// CallbackUrl nor InterceptCallbackUrl, and raises a debugger notification
	// with CodeStopWord.
	//
	// Source: docs/proxy/opt-out-keywords (2026-06-16).
	Drop

	// Intercept leaves the message to the account's own opt-out handling: the
	// relay asks its InterceptCallbackUrl, and forwards the message unless
	// that answers with status 403.
	//
	// Source: docs/proxy/opt-out-keywords (2026-06-16);
	// docs/proxy/api/webhooks.
	Intercept
)

// In a Decision, Code stands behind Class so that it is four machine words: the
// compiler keeps no larger struct in registers, and Decide would take twice as
// long.

// A Decision is what a Policy makes of one message. Decisions are comparable;
// the zero Decision forwards a message that is no keyword.
//
// An opt-out covers the one number that was texted, not the other numbers of
// the relay's pool (docs/proxy/opt-out-keywords, 2026-06-16). Keeping that
// record is the caller's part.
type Decision struct {
	// Action is what to do with the message.
	Action Action `json:"action"`

	// Class is the class of the keyword that the message is, ClassNone if the
	// message is no keyword.
	Class Class `json:"class"`

	// Code is CodeStopWord if Action is Drop, and 0 otherwise.
	Code int `json:"code,omitempty"`

	// Keyword is the keyword that the message is, as the policy's table spells
	// it, "" if the message is no keyword.
	Keyword string `json:"keyword,omitempty"`
}

var (
	actionNames = []string{Forward: "forward", Drop: "drop", Intercept: "intercept"}
	classNames  = []string{ClassNone: "none", ClassOptOut: "opt-out", ClassOptIn: "opt-in", ClassHelp: "help"}
)

var (
	_ encoding.TextMarshaler   = Action(0)
	_ encoding.TextUnmarshaler = (*Action)(nil)
	_ encoding.TextMarshaler   = Class(0)
	_ encoding.TextUnmarshaler = (*Class)(nil)
)

// String returns "forward", "drop" or "intercept", and "Action(7)" for an
// undefined value such as 7.
func (a Action) String() string { return enumString("Action", actionNames, uint8(a)) }

// MarshalText returns the text of String. It never fails.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText sets a to the Action whose String is text. It is the inverse
// of MarshalText for every value. On any other text it leaves a as it is and
// returns an error.
func (a *Action) UnmarshalText(text []byte) error {
	return parseEnum("Action", actionNames, text, (*uint8)(a))
}

// String returns "none", "opt-out", "opt-in" or "help", and "Class(7)" for an
// undefined value such as 7.
func (c Class) String() string { return enumString("Class", classNames, uint8(c)) }

// MarshalText returns the text of String. It never fails.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText sets c to the Class whose String is text. It is the inverse
// of MarshalText for every value. On any other text it leaves c as it is and
// returns an error.
func (c *Class) UnmarshalText(text []byte) error {
	return parseEnum("Class", classNames, text, (*uint8)(c))
}

func enumString(typ string, names []string, v uint8) string {
	if int(v) < len(names) {
		return names[v]
	}
	return typ + "(" + strconv.Itoa(int(v)) + ")"
}

// parseEnum is the inverse of enumString. It compares with what enumString
// writes, so that each value has exactly one text.
func parseEnum(typ string, names []string, text []byte, v *uint8) error {
	for i := range 1 << 8 {
		if enumString(typ, names, uint8(i)) == string(text) {
			*v = uint8(i)
			return nil
		}
	}
	return fmt.Errorf("optout: unknown %s %q: want one of %s",
		strings.ToLower(typ), text, strings.Join(names, ", "))
}
