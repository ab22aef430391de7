// Command relay is a small number-masking SMS relay: two participants text
// one number, and each gets the other's messages from it. What it does with
// opt-out, opt-in and help keywords is example.com/optout's decision.
//
//	relay -config relay.json    run it
//	relay demo                  see it work, on this machine alone
//	relay standin               what it needs around it, to try it by hand
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/optout"
	"example.com/optout/examples/relay/standin"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if len(args) > 0 && args[0] == "standin" {
		return standin.Run(ctx, args[1:], stdout, stderr)
	}
	if len(args) == 1 && args[0] == "demo" {
		if err := demo(stdout); err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		return 0
	}
	flags := flag.NewFlagSet("relay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("config", "", "configuration `file` (JSON); RELAY_ variables of the environment override it")
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "relay: unknown argument %q: want relay -config FILE, relay demo, or relay standin\n", flags.Arg(0))
		return 2
	}
	cfg, err := loadConfig(*file, os.Environ())
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	r, err := start(cfg, defaultTiming, log)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return r.serve(ctx)
}

// serve returns the exit status when ctx or a server has ended.
func (r *relay) serve(ctx context.Context) (status int) {
	select {
	case <-ctx.Done():
	case err := <-r.broken:
		r.log.Error("server stopped", "error", err)
		status = 1
	}
	if !r.stop(2500 * time.Millisecond) {
		status = 1
	}
	return status
}

// A relay is all of it, running.
type relay struct {
	cfg       *config
	limit     timing
	policy    optout.Policy
	directory directory
	store     *store
	http      *http.Client
	circuits  map[string]circuit // by kind of delivery
	metrics   *metrics
	log       *slog.Logger

	trouble   atomic.Value // string: the interceptor's last answer, if it was wrong
	refusedAt atomic.Int64 // when the database last failed a webhook, in Unix seconds
	working   sync.Map     // has the IDs of the jobs under way

	addr, status string // where it listens
	servers      []*http.Server
	broken       chan error // a server's, if it ends by itself
	running      context.Context
	cancel       func() // ends running, and with it what waits for the database
	group        sync.WaitGroup
}

// start opens the database, takes up what is left in it, and listens.
func start(cfg config, limit timing, log *slog.Logger) (*relay, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	r := &relay{
		cfg:       &cfg,
		limit:     limit,
		directory: cfg.directory(),
		http:      &http.Client{Transport: transport, CheckRedirect: noRedirect},
		circuits:  map[string]circuit{},
		log:       log,
		broken:    make(chan error, 2),
	}
	r.metrics = newMetrics(r)
	for _, kind := range kinds {
		r.circuits[kind] = newCircuit(kind, limit.circuit, log)
	}
	r.running, r.cancel = context.WithCancel(context.Background())
	var err error
	if r.policy, err = cfg.policy(); err != nil {
		return nil, err
	}
	if r.store, err = openStore(cfg.Database); err != nil {
		return nil, err
	}
	if r.store.client, err = r.newClient(); err == nil {
		err = r.store.client.Start(context.Background())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("relay: queue: %w", err), r.store.Close())
	}
	r.group.Go(r.maintain)
	if r.addr, err = r.listen(cfg.Listen, http.HandlerFunc(r.webhook)); err == nil {
		r.status, err = r.listen(cfg.Status, r.state())
	}
	if err != nil {
		r.stop(time.Second)
		return nil, fmt.Errorf("relay: %w", err)
	}
	log.Info("listening", "address", r.addr, "status", r.status, "sessions", len(cfg.Sessions), "flags", cfg.flags())
	return r, nil
}

// listen serves at an address and returns it with its port.
func (r *relay) listen(address string, handler http.Handler) (string, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	s := &http.Server{
		Handler: handler, ErrorLog: slog.NewLogLogger(r.log.Handler(), slog.LevelWarn), MaxHeaderBytes: 16 << 10,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	r.servers = append(r.servers, s)
	go func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			r.broken <- err
		}
	}()
	return listener.Addr().String(), nil
}

// stop answers the webhooks that have come, lets the deliveries that are under
// way end, and closes the database. After the limit it breaks off what is left,
// which will be done after the next start. It reports whether all went well.
func (r *relay) stop(limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	r.group.Go(func() { r.stopQueue(ctx) })
	var errs []error
	for _, s := range r.servers {
		err := s.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			// A webhook that has not arrived whole is not accepted, and nothing is lost.
			r.log.Warn("connections are cut off", "after", limit.String())
			err = s.Close()
		}
		errs = append(errs, err)
	}
	r.group.Wait()
	err := errors.Join(append(errs, r.store.Close())...)
	if err != nil {
		r.log.Error("not stopped cleanly", "error", err)
	}
	r.log.Info("stopped")
	return err == nil
}

// stopQueue lets deliveries end, and cancels what is left when ctx is done.
func (r *relay) stopQueue(ctx context.Context) {
	err := r.store.client.Stop(ctx)
	r.cancel()
	if err != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := r.store.client.StopAndCancel(ctx); err != nil {
			r.log.Error("queue not stopped in time", "error", err)
		}
	}
}
