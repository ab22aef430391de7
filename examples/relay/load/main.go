// Command load drives the relay at full speed and prints what it bears. All of
// it is on 127.0.0.1: this process plays Twilio, from both sides, and the relay
// is another process, so that its memory is its own. It reads /proc, and so needs
// Linux.
//
//	go run ./load               15 s, 64 connections, at full speed
//	go run ./load -rate 160     so many messages a second
//	go run ./load -database postgres://user@host/database -relays 2
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/optout/examples/relay/standin"
)

const relayNumber = "+15550100009"

var (
	duration    = flag.Duration("for", 15*time.Second, "how `long`")
	connections = flag.Int("c", 64, "`number` of connections, each with one webhook at a time")
	sessions    = flag.Int("sessions", 1000, "`number` of pairs of participants")
	rate        = flag.Int("rate", 0, "`number` of messages a second, 0 for as many as go")
	relays      = flag.Int("relays", 1, "`number` of relays that share the database, which has to be a PostgreSQL")
	database    = flag.String("database", "", "postgres:// `address` of an empty database, or a directory to make a file in")
)

// bodies are chat with a keyword in every sixteenth place, far more than people
// write, and also in the costly spelling.
var bodies = []string{
	"I'm at the corner, where are you?", "2 min", "Je suis l\u00e0, devant la porte", "\u0441\u043a\u043e\u0440\u043e \u0431\u0443\u0434\u0443",
	"ok", "please ring the bell, it's the second door on the left", "\u6211\u5230\u4e86", "Stop at the red house",
	"thanks!", "Can you come down? I have two large bags and the lift is out of order today.", "yes please", "on my way",
	"no problem", "blue car", "see you", "START",
}

func main() {
	flag.Parse()
	if err := load(); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func load() error {
	dir, err := os.MkdirTemp("", "relay-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "relay")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("run it in examples/relay: %w\n%s", err, out)
	}
	twilio := &standin.Server{
		AccountSID: "AC00000000000000000000000000000001",
		AuthToken:  "00000000000000000000000000000002",
		PublicURL:  "https://relay.example.com",
		CountOnly:  true,
	}
	if err := twilio.Start(); err != nil {
		return err
	}
	defer twilio.Close()

	if *database == "" {
		*database = dir
	}
	if !strings.Contains(*database, "://") {
		if *database, err = os.MkdirTemp(*database, "relay-load-"); err != nil {
			return err
		}
		defer os.RemoveAll(*database)
		*database = filepath.Join(*database, "relay.db")
	}
	var all []*process
	for range *relays {
		p, err := startRelay(bin, dir, twilio)
		if err != nil {
			return err
		}
		defer p.Process.Kill()
		all = append(all, p)
	}
	first := all[0]
	before := rss(first.Process.Pid)

	var latencies = make([][]time.Duration, *connections)
	var refused, next atomic.Int64
	began := time.Now()
	var group sync.WaitGroup
	for c := range *connections {
		group.Go(func() {
			for time.Since(began) < *duration {
				n := next.Add(1)
				i := n % int64(*sessions)
				if *rate > 0 {
					time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / time.Duration(*rate))))
				}
				at := time.Now()
				status, _, err := twilio.Deliver(all[n%int64(len(all))].listen, "/sms", url.Values{
					"MessageSid": {fmt.Sprintf("SM%016x%016x", began.UnixNano(), n)}, "AccountSid": {twilio.AccountSID},
					"From": {number(1, i)}, "To": {relayNumber},
					"Body": {bodies[n%int64(len(bodies))]}, "NumMedia": {"0"},
				})
				if err != nil || status != 200 {
					refused.Add(1)
					continue
				}
				latencies[c] = append(latencies[c], time.Since(at))
			}
		})
	}
	group.Wait()
	took := time.Since(began)
	after := rss(first.Process.Pid)
	sent := twilio.Count(standin.Send)

	// The relay may have deliveries pending. It makes them alone now.
	times := slices.Concat(latencies...)
	slices.Sort(times)
	drain := time.Now()
	for time.Since(drain) < 5*time.Minute && pending(first.status) != 0 {
		time.Sleep(50 * time.Millisecond)
	}
	drained := time.Since(drain)
	stopping := time.Now()
	for _, p := range all {
		if err := p.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		if err := p.Wait(); err != nil {
			return fmt.Errorf("the relay: %w", err)
		}
	}

	fmt.Printf("%s, %d CPUs, %s\n", processor(), runtime.NumCPU(), runtime.Version())
	fmt.Printf("%v, %d connections, %d sessions, %d relays and what drives them on the same CPUs\n", duration, *connections, *sessions, *relays)
	fmt.Printf("accepted    %d messages, %.0f a second; %d refused\n", len(times), float64(len(times))/took.Seconds(), refused.Load())
	if len(times) > 0 {
		fmt.Printf("latency     p50 %v, p99 %v, max %v\n", round(times[len(times)/2]), round(times[len(times)*99/100]), round(times[len(times)-1]))
	}
	fmt.Printf("sent        %.0f a second meanwhile, the last %v after the end; %d of %d sent, %d callbacks\n",
		float64(sent)/took.Seconds(), drained.Round(10*time.Millisecond), twilio.Count(standin.Send), len(times), twilio.Count(standin.Callback))
	fmt.Printf("memory      %d MB before, %d MB after (resident)\n", before>>20, after>>20)
	fmt.Printf("stopped     %v after SIGTERM\n", time.Since(stopping).Round(time.Millisecond))
	for _, p := range twilio.Problems() {
		return fmt.Errorf("the stand-in found: %s", p)
	}
	return nil
}

func number(side int, i int64) string { return fmt.Sprintf("+1555%d%06d", side, i) }

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// A process is a relay.
type process struct {
	*exec.Cmd
	listen, status string
}

// startRelay starts a relay and waits until it is healthy.
func startRelay(bin, dir string, twilio *standin.Server) (*process, error) {
	var addresses [2]string
	for i := range addresses {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		addresses[i] = ln.Addr().String()
		ln.Close()
	}
	type session struct {
		Relay        string   `json:"relay"`
		Participants []string `json:"participants"`
	}
	var pairs []session
	for i := range int64(*sessions) {
		pairs = append(pairs, session{relayNumber, []string{number(1, i), number(2, i)}})
	}
	cfg, err := json.Marshal(map[string]any{
		"listen": addresses[0], "status": addresses[1], "public_url": twilio.PublicURL, "database": *database,
		"account_sid": twilio.AccountSID, "auth_token": twilio.AuthToken, "twilio_api_url": twilio.URL(),
		"callback_url": twilio.URL() + "/callback", "debugger_url": twilio.URL() + "/debugger", "sessions": pairs,
	})
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "relay.json")
	if err := os.WriteFile(file, cfg, 0o600); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "relay.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd := exec.Command(bin, "-config", file)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if res, err := http.Get("http://" + addresses[1] + "/healthz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return &process{cmd, addresses[0], addresses[1]}, nil
			}
		}
	}
	cmd.Process.Kill()
	text, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("the relay does not start:\n%s", text)
}

// pending returns the number of deliveries the relay has still to make, -1 if
// it does not say.
func pending(status string) int {
	n := -1
	res, err := http.Get("http://" + status + "/metrics")
	if err != nil {
		return n
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	_, rest, _ := strings.Cut(string(text), "\nrelay_deliveries_pending ")
	var f float64
	if _, err := fmt.Sscan(rest, &f); err == nil {
		n = int(f)
	}
	return n
}

// rss returns the resident memory of a process in bytes.
func rss(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	var kb int64
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fmt.Sscan(rest, &kb)
	return kb << 10
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	if m := regexp.MustCompile(`model name\s*:\s*(.*)`).FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return runtime.GOARCH
}
