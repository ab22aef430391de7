package standin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Run runs the stand-in alone, for a relay in another process and somebody who
// texts with curl, until ctx ends. It returns the exit status.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("relay standin", flag.ContinueOnError)
	flags.SetOutput(stderr)
	s := &Server{Out: stdout, CountOnly: true}
	flags.StringVar(&s.Listen, "listen", "127.0.0.1:8090", "`address` of the stand-in, the relay's twilio_api_url")
	relay := flags.String("relay", "127.0.0.1:8080", "`address` of the relay, its listen")
	flags.StringVar(&s.PublicURL, "public", "https://relay.example.com", "the relay's public_url")
	flags.StringVar(&s.AccountSID, "account", "AC00000000000000000000000000000001", "the relay's account_sid")
	flags.StringVar(&s.AuthToken, "token", "00000000000000000000000000000002", "the relay's auth_token")
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "relay: standin: unknown argument %q\n", flags.Arg(0))
		return 2
	}
	s.deliver = func(w http.ResponseWriter, r *http.Request) { s.deliverFor(w, r, *relay) }
	if err := s.Start(); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stdout, "the stand-in listens on %s; text the relay with curl %s/sms -d From=… -d To=… -d Body=…\n", s.URL(), s.URL())
	<-ctx.Done()
	s.Close()
	return 0
}

// deliverFor has Twilio deliver the form that somebody posted to /sms or
// /conversations, with the fields that the form lacks. The answer is the relay's.
func (s *Server) deliverFor(w http.ResponseWriter, r *http.Request, relay string) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "standin: "+err.Error(), http.StatusBadRequest)
		return
	}
	id := make([]byte, 16)
	rand.Read(id)
	form := url.Values{"AccountSid": {s.AccountSID}, "MessageSid": {"SM" + hex.EncodeToString(id)}, "NumMedia": {"0"}}
	if r.URL.Path == "/conversations" {
		form = url.Values{"AccountSid": {s.AccountSID}, "EventType": {"onMessageAdd"}, "Source": {"SDK"}, "Attributes": {"{}"},
			"ConversationSid": {"CH00000000000000000000000000000003"}}
	}
	for name, values := range r.PostForm {
		if len(values[0]) > 0 && values[0][0] == ' ' && (name == "From" || name == "To" || name == "Author") {
			values[0] = "+" + values[0][1:] // curl -d sends + as it is, which in a form is a space
		}
		form[name] = values
	}
	status, body, err := s.Deliver(relay, r.URL.Path, form)
	if err != nil {
		http.Error(w, "standin: the relay does not answer: "+err.Error(), http.StatusBadGateway)
		return
	}
	w.WriteHeader(status)
	fmt.Fprintln(w, body)
}
