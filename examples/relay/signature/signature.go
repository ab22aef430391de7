// Package signature makes and checks X-Twilio-Signature, which says that a form
// was posted by somebody who has the account's auth token.
package signature

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// user matches the user and password of an address, which are not signed.
var user = regexp.MustCompile(`^([a-z]+://)[^/?#]*@`)

// Sign returns the signature of a form that is posted to an address.
//
// Source: docs/usage/webhooks/webhooks-security. The page does not say how a name
// is signed that the form has more than once: each distinct value, sorted
// (twilio-node 722 and 723, twilio-python 613).
func Sign(token, address string, form url.Values) string {
	h := hmac.New(sha1.New, []byte(token))
	io.WriteString(h, user.ReplaceAllString(address, "$1"))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			io.WriteString(h, name+value)
		}
	}
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Plausible reports whether a signature has the form of one, which costs less
// to find out than whether it is right.
func Plausible(signature string) bool {
	b, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && len(b) == sha1.Size
}

// Check reports whether one of the tokens made the signature of a form that was
// posted to an address. Twilio signs some addresses with the port of their
// scheme and some without, so the address may have it or not.
func Check(signature, address string, form url.Values, tokens ...string) bool {
	for _, token := range tokens {
		for _, spelling := range []string{address, otherPort(address)} {
			if hmac.Equal([]byte(signature), []byte(Sign(token, spelling, form))) {
				return true
			}
		}
	}
	return false
}

// otherPort returns an address without its port, or with the port of its
// scheme if it has none.
func otherPort(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	host := u.Host + ":443"
	if port := u.Port(); port != "" {
		host = strings.TrimSuffix(u.Host, ":"+port)
	} else if u.Scheme == "http" {
		host = u.Host + ":80"
	}
	return strings.Replace(address, "//"+u.Host, "//"+host, 1)
}
