package signature_test

import (
	"net/url"
	"testing"

	"example.com/optout/examples/relay/signature"

	"github.com/twilio/twilio-go/client"
)

const token = "fedcba9876543210fedcba9876543210"

// The vectors were computed by hand, with
//
//	printf %s "$address$names_and_values" | openssl dgst -sha1 -hmac "$token" -binary | base64
//
// and the first is the one of docs/usage/webhooks/webhooks-security.
var vectors = []struct {
	name, token, address string
	body                 string
	want                 string
	twilioGo             bool // twilio-go v1.31.0 agrees
}{
	{"Twilio's own", "12345", "https://mycompany.com/myapp.php?foo=1&bar=2",
		"CallSid=CA1234567890ABCDE&Caller=%2B14158675310&Digits=1234&From=%2B14158675310&To=%2B18005551212",
		"GvWf1cFY/Q7PnoempGyD5oXAezc=", true},
	{"in another order", token, "https://relay.example.com/sms",
		"To=%2B15550100009&MessageSid=SM0123456789abcdef0123456789abcdef&From=%2B15550100001&Body=STOP",
		"tR9RlqhVRuJTXycCFkhs4Z3Pfls=", true},
	{"a name repeated, as in a group message", token, "https://relay.example.com/conversations",
		"Attributes=%7B%7D&EventType=onConversationAdd&MessageBody=hi&MessagingBinding.Address=%2B15550100004" +
			"&MessagingBinding.Address=%2B15550100003&MessagingBinding.AuthorAddress=%2B15550100001&State=foo",
		"FNaAm3CoHWhDj4jxdemZSjhf9Zw=", false},
	{"a name repeated with the same value twice", token, "https://relay.example.com/conversations",
		"Attributes=%7B%7D&EventType=onConversationAdd&MessageBody=hi&MessagingBinding.Address=%2B15550100004" +
			"&MessagingBinding.Address=%2B15550100003&MessagingBinding.Address=%2B15550100004&MessagingBinding.AuthorAddress=%2B15550100001&State=foo",
		"FNaAm3CoHWhDj4jxdemZSjhf9Zw=", false},
	{"text outside ASCII", token, "https://relay.example.com/sms", "Body=Arr%C3%AAt+%C3%A0+8+h+%2B+caf%C3%A9", "tErNXwE5L4n7G90DtYdIW5IrPcU=", true},
	{"a name that begins another", token, "https://relay.example.com/sms", "ReasonConferenceEnded=x&Reason=Participant", "EJPXg6LuRzVpS/81fu4zaEt7eUs=", true},
	{"port added", token, "https://relay.example.com/sms", "Body=hi", "Aw5dEq0Xt1miaY4CTcd+loN+4DY=", true},
	{"port taken away", token, "https://relay.example.com:8443/sms", "Body=hi", "BZjm/oz/qzpv+XYvp4mLcIuBM/0=", true},
	{"another port, as it is", token, "https://relay.example.com:8443/sms", "Body=hi", "aH1XRrhq4Yv18RLyMN4sJv0I7hw=", true},
	{"port of http, with a query", token, "http://relay.example.com/sms?a=1&b=%20", "Body=hi", "DW8TETwVlu2oxwtefUUspcZq7SY=", true},
	{"user and password, which are not signed", token, "https://u:p@relay.example.com/sms", "Body=hi", "BZjm/oz/qzpv+XYvp4mLcIuBM/0=", false},
	{"no field", token, "https://relay.example.com/sms", "", "1JFa3BxqFhOMT7V86pneNTPv70U=", true},
}

func TestCheck(t *testing.T) {
	for _, tt := range vectors {
		t.Run(tt.name, func(t *testing.T) {
			form, err := url.ParseQuery(tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if !signature.Plausible(tt.want) {
				t.Errorf("Plausible(%q) = false, want true", tt.want)
			}
			if !signature.Check(tt.want, tt.address, form, "another", tt.token) {
				t.Errorf("Check(%q, %q, %v) = false, want true; Sign = %q", tt.want, tt.address, form, signature.Sign(tt.token, tt.address, form))
			}
			if got := signature.Sign(tt.token, tt.address, form); !signature.Check(got, tt.address, form, tt.token) {
				t.Errorf("Check does not take Sign(%q, %v) = %q", tt.address, form, got)
			}
			form.Set("Body", form.Get("Body")+"!")
			if signature.Check(tt.want, tt.address, form, tt.token) {
				t.Errorf("Check(%q, %q, %v) = true, want false for another form", tt.want, tt.address, form)
			}
			v := client.NewRequestValidator(tt.token)
			if got := v.ValidateBody(tt.address, []byte(tt.body), tt.want); got != tt.twilioGo {
				t.Errorf("twilio-go says %t, want %t: has it changed?", got, tt.twilioGo)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	form := url.Values{"Body": {"hi"}}
	const address = "https://relay.example.com/sms"
	right := signature.Sign(token, address, form)
	for _, tt := range []struct {
		name, signature, address string
		tokens                   []string
	}{
		{"no signature", "", address, []string{token}},
		{"no token", right, address, nil},
		{"another token", right, address, []string{"x" + token}},
		{"another scheme", right, "http://relay.example.com/sms", []string{token}},
		{"another host", right, "https://relay.example.org/sms", []string{token}},
		{"another path", right, address + "/", []string{token}},
		{"another query", right, address + "?a=1", []string{token}},
		{"in other letters", right[:27] + "A", address, []string{token}},
		{"no address", right, "%", []string{token}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if signature.Check(tt.signature, tt.address, form, tt.tokens...) {
				t.Errorf("Check(%q, %q, %v, %q) = true, want false", tt.signature, tt.address, form, tt.tokens)
			}
		})
	}
	for _, s := range []string{"", "?", "aGVsbG8=", right + right, right[:27]} {
		if signature.Plausible(s) {
			t.Errorf("Plausible(%q) = true, want false", s)
		}
	}
}
