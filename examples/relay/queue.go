package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The kinds of delivery. Each is a River queue with workers of its own, so that
// an address that does not answer delays nothing else.
const (
	toTwilio      = "send"
	toCallback    = "callback"
	toDebugger    = "debugger"
	toInterceptor = "intercept"
)

var kinds = []string{toTwilio, toCallback, toDebugger, toInterceptor}

// workers is the number of deliveries of one kind that one process makes at the
// same time.
const workers = 32

// timing has the relay's time limits, which tests shorten.
type timing struct {
	call                  time.Duration            // for any answer but the interceptor's
	intercept             time.Duration            // docs/proxy/api/webhooks
	interceptConversation time.Duration            // of the 5 s that Conversations waits
	firstRetry            time.Duration            // the wait after the first failure; it doubles
	lastRetry             map[string]time.Duration // up to this, by kind: what waits in a lane holds up others
	giveUp                time.Duration            // how long a delivery is tried, in waits
	circuit               time.Duration            // until an address that does not answer is tried again
	sweep                 time.Duration            // how often maintain runs
}

// The job of a relay that died runs again when River's rescuer finds it, which
// the leader runs every 30 s: at most 13 s and 30 s later, and 15 s more if the
// leader died. A job must be over by then, so a call has 5 s, and the
// interceptor the 10 s that Proxy gives it.
const (
	jobTimeout  = 12 * time.Second
	rescueAfter = 13 * time.Second
)

var defaultTiming = timing{
	call:                  5 * time.Second,
	intercept:             10 * time.Second,
	interceptConversation: 3 * time.Second,
	firstRetry:            time.Second,
	lastRetry: map[string]time.Duration{toTwilio: 30 * time.Second, toInterceptor: 30 * time.Second,
		toCallback: 5 * time.Minute, toDebugger: 5 * time.Minute},
	giveUp:  24 * time.Hour,
	circuit: 15 * time.Second,
	sweep:   time.Minute,
}

// maxUnknown is how often an attempt is made of which nobody knows whether
// Twilio took the message: once, and at most twice more.
const maxUnknown = 3

// A delivery is the River job that does something about a message: what, is the
// name of its queue. A message has one pending delivery at a time. Jobs are
// inserted in the transaction that makes them necessary, and of the messages in
// a lane only the first has one. A process that dies between the answer to a
// delivery and its record makes that delivery once more: at least once is what
// a queue can promise to an interface that takes no idempotency key, and
// Twilio's Messages has none.
type delivery struct {
	Message int64 `json:"message"`
}

func (delivery) Kind() string { return "delivery" }

// newClient returns River's client with the relay as its worker.
func (r *relay) newClient() (*river.Client[*sql.Tx], error) {
	cfg := &river.Config{
		ID:                   r.store.id,
		Workers:              river.NewWorkers(),
		Queues:               map[string]river.QueueConfig{},
		FetchCooldown:        20 * time.Millisecond,
		FetchPollInterval:    250 * time.Millisecond, // PostgreSQL tells of new jobs
		FetchOnlyKnownKinds:  true,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		MaxAttempts:          30_000, // never: the relay gives up, not River
		RetryPolicy:          r,
		ErrorHandler:         r,
		ReindexerSchedule:    river.NeverSchedule(), // takes longer than statement_timeout

		CompletedJobRetentionPeriod: time.Minute,
		CancelledJobRetentionPeriod: 30 * 24 * time.Hour, // these were given up
		Logger:                      slog.New(warnings{r.log.Handler()}),
	}
	river.AddWorker(cfg.Workers, river.WorkFunc(r.work))
	for _, kind := range kinds {
		cfg.Queues[kind] = river.QueueConfig{MaxWorkers: workers}
	}
	if r.store.file != "" {
		cfg.PollOnly, cfg.FetchPollInterval = true, 100*time.Millisecond
		cfg.Queues[toTwilio] = river.QueueConfig{MaxWorkers: workers, FetchPollInterval: 50 * time.Millisecond}
	}
	return river.NewClient(r.store.driver, cfg)
}

// warnings leaves out River's lines about jobs that go well.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// work makes one attempt and records what became of it. It returns nil only if
// that is recorded or if the delivery is no longer pending. River would keep an
// error in the job's row, so work snoozes the job instead.
func (r *relay) work(ctx context.Context, job *river.Job[delivery]) error {
	kind := job.Queue
	if _, ok := r.working.LoadOrStore(job.ID, true); ok {
		return river.JobSnooze(r.limit.firstRetry) // its record waits for the database, and River rescued it
	}
	defer r.working.Delete(job.ID)
	var metadata struct{ Snoozes int } // which River does not count as attempts
	_ = json.Unmarshal(job.Metadata, &metadata)
	attempt := job.Attempt + metadata.Snoozes
	wait := r.backoff(kind, attempt-1)

	m, optedOut, err := r.store.load(ctx, job.Args.Message)
	inLane := kind == toTwilio || kind == toInterceptor
	switch {
	case m == nil && err != nil:
		r.log.Error("delivery cannot be read", "job", job.ID, "kind", kind, "error", err)
		return river.JobSnooze(wait)
	case m == nil || inLane && (!m.inLane || kind != m.next(false)):
		return nil // the message was deleted, or another relay has made this delivery
	}
	var write func(*tx) error
	if err == nil {
		write, err = r.deliver(ctx, kind, m, optedOut)
	}
	unknown := errors.As(err, new(unknownError))
	if unknown {
		m.unknown++
		wait = max(wait, r.limit.firstRetry<<(2+2*m.unknown)) // 16 s, 64 s: an outage may be over by then
	}
	result := "delivered"
	switch {
	case err == nil:
	case errors.Is(ctx.Err(), context.Canceled) && !unknown:
		return river.JobSnooze(0) // by the shutdown
	case permanent(err) || errors.As(err, new(unreadableError)) || m.unknown >= maxUnknown || attempt > r.attempts(kind):
		result = "given_up"
		r.log.Error("delivery given up", append(m.attrs(), "kind", kind, "attempt", attempt, "error", err)...)
		write = func(t *tx) error { return r.giveUp(t, m, err) }
	case circuitOpen(err):
		return river.JobSnooze(wait)
	default:
		result = "retried"
		r.log.Warn("delivery failed, will be retried", append(m.attrs(), "kind", kind, "attempt", attempt, "error", err)...)
	}
	r.metrics.deliveries.WithLabelValues(kind, result).Inc()
	switch {
	case result == "retried":
		if unknown {
			_ = r.record(ctx, m, func(t *tx) error { return t.setUnknown(m) })
		}
		return river.JobSnooze(max(wait, answerOf(err).after))
	case inLane:
		return r.record(ctx, m, func(t *tx) error { return errors.Join(write(t), t.complete(job)) })
	case err != nil:
		return river.JobCancel(err)
	}
	return nil
}

// deliver makes a delivery and returns how to record it, if it is in a lane.
func (r *relay) deliver(ctx context.Context, kind string, m *message, optedOut bool) (record func(*tx) error, err error) {
	switch kind {
	case toCallback:
		return nil, r.notify(ctx, kind, r.cfg.CallbackURL, callbackForm(r.cfg.AccountSID, m))
	case toDebugger:
		return nil, r.notify(ctx, kind, r.cfg.DebuggerURL, debuggerForm(r.cfg, m))
	case toInterceptor:
		v, err := r.ask(ctx, m, r.limit.intercept)
		return func(t *tx) error { return r.answered(t, m, v, optedOut) }, err
	}
	if optedOut { // since it was accepted
		m.Outcome = withheld
		r.log.Info("message withheld: its recipient opted out meanwhile", m.attrs()...)
	} else if _, err := r.circuits[kind].Execute(func() (_ int, err error) { m.SentSID, err = r.send(ctx, m); return 0, err }); err != nil {
		return nil, err
	}
	return func(t *tx) error { return r.settle(t, m, true, false) }, nil
}

func (r *relay) notify(ctx context.Context, kind, to string, form url.Values) error {
	if to == "" {
		return nil // taken out of the configuration since
	}
	_, err := r.circuits[kind].Execute(func() (int, error) { return r.post(ctx, r.limit.call, kind, to, form) })
	return err
}

// record runs a transaction of m's lane again and again until it is made. Until
// then this process does not make the delivery again, also if the job has run out
// of time. If the relay stops before, the next one makes it again.
func (r *relay) record(ctx context.Context, m *message, write func(*tx) error) error {
	for attempts := 0; ; attempts++ {
		err := r.store.update(context.WithoutCancel(ctx), m.lane(), write)
		if err == nil {
			return nil
		}
		r.log.Error("delivery cannot be recorded, will try again", append(m.attrs(), "error", err)...)
		select {
		case <-time.After(r.backoff(toTwilio, min(attempts, 2))):
		case <-r.running.Done():
			return river.JobSnooze(0)
		}
	}
}

// backoff returns how long to wait after so many attempts, between half and all
// of twice the time before, so that deliveries that failed together do not return
// together.
func (r *relay) backoff(kind string, attempts int) time.Duration {
	wait := min(r.limit.firstRetry<<min(attempts, 16), r.limit.lastRetry[kind])
	return wait/2 + rand.N(wait/2+1)
}

// attempts returns after how many attempts a delivery is given up: as many as
// make a day of waits. It is not given up at an age, as a clock that is set a day
// ahead must not give up what waits.
func (r *relay) attempts(kind string) int {
	return int(r.limit.giveUp / (r.limit.lastRetry[kind] * 3 / 4))
}

// NextRetry has the job of a relay that died run again at once.
func (r *relay) NextRetry(*rivertype.JobRow) time.Time { return time.Now() }

// HandleError ends a job that cannot be read. A sweep gives its message another.
func (r *relay) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	r.log.Error("job given up", "job", job.ID, "kind", job.Queue, "attempt", job.Attempt, "error", err)
	return &river.ErrorHandlerResult{SetCancelled: true}
}

// HandlePanic ends a job whose delivery panics. A sweep gives its message up, as
// it may be the message's fault.
func (r *relay) HandlePanic(ctx context.Context, job *rivertype.JobRow, v any, trace string) *river.ErrorHandlerResult {
	return r.HandleError(ctx, job, fmt.Errorf("panic: %v\n%s", v, trace))
}

// maintain sweeps at the start and until the relay stops.
func (r *relay) maintain() {
	for r.running.Err() == nil {
		if err := r.sweep(r.running); err != nil && r.running.Err() == nil {
			r.log.Error("sweep of the database failed, will try again", "error", err)
		}
		select {
		case <-time.After(r.limit.sweep):
		case <-r.running.Done():
		}
	}
}

// sweep does the periodic work that River does not. It gives the first message
// of each lane a job if it has none; a message whose job was cancelled or
// discarded is given up first. It deletes old messages, but none whose delivery
// is pending.
func (r *relay) sweep(ctx context.Context) error {
	list, err := idle(ctx, r.store.reads, "")
	for _, m := range list {
		err = errors.Join(err, r.store.update(ctx, m.lane(), func(t *tx) error {
			again, err := idle(ctx, t, m.lane())
			switch {
			case len(again) == 0:
				return err
			case again[0].ended:
				r.log.Error("delivery given up: its job was cancelled or discarded", "message", m.SID)
				return r.giveUp(t, again[0], nil)
			}
			t.insertJob(again[0].id, again[0].next(false))
			return nil
		}))
	}
	if r.cfg.KeepDays > 0 {
		err = errors.Join(err, r.store.update(ctx, "", func(t *tx) error {
			return t.exec(`DELETE FROM messages WHERE received < $1 AND lane IS NULL AND id IN (SELECT id FROM messages ORDER BY id LIMIT 10000)`,
				time.Now().AddDate(0, 0, -r.cfg.KeepDays).UnixMilli())
		}))
	}
	return err
}
