package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"example.com/optout"
)

// The two ways in which a message comes.
const (
	viaSMS           = "sms"
	viaConversations = "conversations"
)

// What became of a message: messages.outcome in the database.
const (
	forwarded   = "forwarded"   // to be sent, or published by Conversations
	dropped     = "dropped"     // a keyword that stays here
	intercepted = "intercepted" // the interceptor is being asked
	blocked     = "blocked"     // the interceptor answered 403
	withheld    = "withheld"    // the recipient opted out
	undelivered = "undelivered" // Twilio would not send it
)

// codeIntercepted is the debugger notification that an interaction was not
// completed because InterceptCallbackUrl answered 403. A dropped keyword is
// optout.CodeStopWord, never this.
//
// Source: docs/api/errors/80909.
const codeIntercepted = 80909

// A message is one row of the log.
type message struct {
	id        int64
	SID       string // MessageSid, or a token: see conversations
	Via       string
	Relay     string // the number that was texted; the ConversationSid
	Sender    string
	Recipient string // "" in Conversations, which knows its participants itself
	Body      string
	Media     []string
	Received  time.Time
	Decision  optout.Decision
	Outcome   string
	SentSID   string // Twilio's, of the message sent on

	previousOutcome string // what the database has, "" if m is not there
	inLane          bool   // in the database
	ended           bool   // by an operator or by River: its job
	unknown         int    // attempts to send it whose outcome is unknown
}

// lane is what m's order counts in.
func (m *message) lane() string { return m.Relay + " " + m.Recipient }

func (m *message) empty() bool { return m.Body == "" && m.Media == nil }

// code returns the debugger code that the message raises, 0 if none.
func (m *message) code() int {
	if m.Outcome == blocked {
		return codeIntercepted
	}
	return m.Decision.Code
}

// attrs are the fields of a log line about m. There is no text of a message in
// them, and no participant's number, since a relay is there to hide that.
func (m *message) attrs() []any {
	d := m.Decision
	return []any{"message", m.SID, "via", m.Via, "relay", m.Relay,
		"action", d.Action, "code", d.Code, "class", d.Class, "keyword", d.Keyword, "outcome", m.Outcome}
}

// sid makes up a SID of Twilio's form. The same parts make the same SID, so
// that who is told of something twice can see that it is one thing.
func sid(prefix string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return prefix + hex.EncodeToString(h.Sum(nil)[:16])
}

// interactionForm is the form that Proxy posts to InterceptCallbackUrl. The text
// is in interactionData; From, To and Body do not occur. The status of an inbound message is always "delivered".
//
// Source: docs/proxy/api/webhooks, docs/proxy/api/interaction. That a
// conversation stands in for both the session and the resource is an
// interpretation: before onMessageAdd is answered its message has no SID.
func interactionForm(account string, m *message) url.Values {
	data, _ := json.Marshal(map[string]string{"body": m.Body}) // a string always encodes
	session, a, b := m.Relay, m.Sender, m.Recipient
	resource, kind, at := m.Relay, "Conversation", "https://conversations.twilio.com/v1/Conversations/"+m.Relay
	if m.Via == viaSMS {
		session = sid("KC", m.Relay, min(a, b), max(a, b))
		resource, kind = m.SID, "Message"
		at = messageURL(account, m.SID)
	}
	received := m.Received.UTC().Format(time.RFC3339)
	return url.Values{
		"inboundParticipantSid":  {participantSID(m.Relay, m.Sender)},
		"inboundResourceSid":     {resource},
		"inboundResourceStatus":  {"delivered"},
		"inboundResourceType":    {kind},
		"inboundResourceUrl":     {at},
		"interactionAccountSid":  {account},
		"interactionData":        {string(data)},
		"interactionDateCreated": {received},
		"interactionDateUpdated": {received},
		"interactionServiceSid":  {sid("KS", account)},
		"interactionSessionSid":  {session},
		"interactionSid":         {sid("KI", m.SID)},
		"interactionType":        {"Message"},
	}
}

// callbackForm is the form that Proxy posts to CallbackUrl: the interaction and
// its outcome. The message sent has Twilio's status "sent", or "failed" if Twilio
// would not take it. A conversation's messages are Twilio's to send.
func callbackForm(account string, m *message) url.Values {
	form := interactionForm(account, m)
	if m.Via != viaSMS {
		return form
	}
	form.Set("outboundParticipantSid", participantSID(m.Relay, m.Recipient))
	form.Set("outboundResourceSid", m.SentSID)
	form.Set("outboundResourceStatus", "sent")
	form.Set("outboundResourceType", "Message")
	form.Set("outboundResourceUrl", "")
	if m.Outcome == undelivered {
		form.Set("outboundResourceStatus", "failed")
	} else if m.SentSID != "" { // else Twilio's answer broke off
		form.Set("outboundResourceUrl", messageURL(account, m.SentSID))
	}
	return form
}

func messageURL(account, sid string) string {
	return "https://api.twilio.com/2010-04-01/Accounts/" + account + "/Messages/" + sid + ".json"
}

func participantSID(relay, number string) string { return sid("KP", relay, number) }

// debuggerForm is the notification about a message with a code. Its webhook
// has the interceptor's parameters but for interactionData: a notification
// goes to whoever watches the account, and they need not read the message.
//
// Source: docs/usage/troubleshooting/debugging-event-webhooks;
// docs/api/errors/80901. No real payload with 80901 is public, so what is in
// more_info is an interpretation.
func debuggerForm(cfg *config, m *message) url.Values {
	type object = map[string]any
	code := strconv.Itoa(m.code())
	info := object{"Msg": "Message Matched Stop Word", "ErrorCode": code, "LogLevel": "WARN", "keyword": m.Decision.Keyword}
	resource := m.SID
	if m.Via == viaConversations {
		resource = m.Relay
	}
	payload := object{"resource_sid": resource, "service_sid": nil, "error_code": code, "more_info": info}
	if m.code() == codeIntercepted {
		info["Msg"] = "Interaction blocked by InterceptCallbackUrl"
		parameters := object{}
		for name, values := range interactionForm(cfg.AccountSID, m) {
			if name != "interactionData" {
				parameters[name] = values[0]
			}
		}
		payload["webhook"] = object{
			"type":     "application/json",
			"request":  object{"url": redacted(cfg.InterceptCallbackURL), "method": "POST", "headers": object{}, "parameters": parameters},
			"response": object{"status_code": 403, "headers": object{}, "body": ""},
		}
	}
	text, _ := json.Marshal(payload) // strings, numbers and maps always encode
	return url.Values{
		"Sid":              {sid("NO", m.SID, code)},
		"AccountSid":       {cfg.AccountSID},
		"ParentAccountSid": {cfg.ParentAccountSID},
		"Timestamp":        {m.Received.UTC().Format(time.RFC3339)},
		"Level":            {"Warning"},
		"PayloadType":      {"application/json"},
		"Payload":          {string(text)},
	}
}
