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
	"strconv"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The kinds of delivery. Each is a queue of River's with workers of its own, so
// that an address that does not answer holds up nothing else.
const (
	toTwilio      = "send"
	toCallback    = "callback"
	toDebugger    = "debugger"
	toInterceptor = "intercept"
)

var kinds = []string{toTwilio, toCallback, toDebugger, toInterceptor}

// workers is the number of deliveries of one kind that are under way at the
// same time in one process.
const workers = 32

// timing has the relay's time limits, which tests shorten.
type timing struct {
	call                  time.Duration // for any answer but the interceptor's
	intercept             time.Duration // docs/proxy/api/webhooks
	interceptConversation time.Duration // of the 5 s that Conversations waits
	firstRetry, lastRetry time.Duration // waiting time, doubled from one to the other
	attempts              int           // until a delivery is given up
	circuit               time.Duration // until an interceptor that does not answer is tried again
	poll                  time.Duration // how often each queue is looked at
	upkeep                time.Duration // how often maintain does what it does
	now                   func() time.Time
}

// A delivery is given up after so many attempts and not at an age: a clock that
// is set a day ahead must not give up what waits. The waits between them make a
// day (see TestBackoff).
var defaultTiming = timing{
	call:                  10 * time.Second,
	intercept:             10 * time.Second,
	interceptConversation: 3 * time.Second,
	firstRetry:            time.Second,
	lastRetry:             5 * time.Minute,
	attempts:              400,
	circuit:               15 * time.Second,
	poll:                  20 * time.Millisecond,
	upkeep:                time.Second,
	now:                   time.Now,
}

// A delivery is the job of River's that does something about a message: what,
// is the name of its queue. Jobs are inserted in the transaction that makes
// them necessary, and a restart takes them up where they were. A process that
// dies between the answer to a delivery and its record makes that delivery once
// more: at least once is what a queue can promise to an interface that takes no
// idempotency key, and Twilio's Messages has none.
type delivery struct {
	Message int64 `json:"message"`
}

func (delivery) Kind() string { return "delivery" }

// newClient returns River's client with the relay as its worker.
func (r *relay) newClient() (*river.Client[*sql.Tx], error) {
	workersOf := river.NewWorkers()
	river.AddWorker(workersOf, &worker{relay: r})
	queues := map[string]river.QueueConfig{}
	for _, kind := range kinds {
		queues[kind] = river.QueueConfig{MaxWorkers: workers}
	}
	return river.NewClient(r.store.driver, &river.Config{
		ID:                          r.store.id,
		Workers:                     workersOf,
		Queues:                      queues,
		PollOnly:                    true,
		FetchPollInterval:           r.limit.poll,
		FetchCooldown:               r.limit.poll,
		JobTimeout:                  30 * time.Second,
		RescueStuckJobsAfter:        time.Minute,
		MaxAttempts:                 r.limit.attempts,
		RetryPolicy:                 r,
		ErrorHandler:                r,
		CompletedJobRetentionPeriod: time.Minute,
		CancelledJobRetentionPeriod: 30 * 24 * time.Hour, // these two were given up
		DiscardedJobRetentionPeriod: 30 * 24 * time.Hour,
		Logger:                      slog.New(warnings{r.log.Handler()}),
	})
}

// warnings leaves out what River says of a delivery that failed, since the relay
// says it with the message.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

// A worker makes deliveries.
type worker struct {
	river.WorkerDefaults[delivery]
	relay *relay
}

// Work makes one attempt and records what came of it.
func (w *worker) Work(ctx context.Context, job *river.Job[delivery]) error {
	r, kind := w.relay, job.Queue
	if d, ok := r.unrecorded.Load(job.ID); ok {
		return r.record(ctx, job, d.(made))
	}
	m, optedOut, err := r.store.load(ctx, job.Args.Message)
	if m == nil {
		return err // with no error the message was deleted
	}
	inLane := kind == toTwilio || kind == toInterceptor
	done := made{message: m, inLane: inLane}
	if err == nil && inLane && !(m.pending && kind == m.step()) {
		return nil // by another relay, to which this one looked dead
	}
	if err == nil {
		done.change, err = r.deliver(ctx, kind, m, optedOut)
	}
	result := "delivered"
	switch {
	case err == nil:
	case errors.Is(ctx.Err(), context.Canceled):
		return err // by the shutdown: done after the next start
	case permanent(err) || errors.As(err, new(unreadableError)) || job.Attempt >= job.MaxAttempts:
		result = "given_up"
		r.log.Error("delivery given up", append(m.attrs(), "kind", kind, "attempt", job.Attempt, "error", err)...)
		if done.givenUp = err; inLane {
			m.Outcome = undelivered
			done.change = func(t *tx) error { return r.sent(t, m, err) }
		}
	default:
		result = "retried"
		r.log.Warn("delivery failed, will be retried", append(m.attrs(), "kind", kind, "attempt", job.Attempt, "error", err)...)
		r.waits.Store(job.ID, after(err))
	}
	r.metrics.deliveries.WithLabelValues(kind, result).Inc()
	if result == "retried" {
		return err
	}
	return r.record(ctx, job, done)
}

// deliver makes a delivery and returns how it is to be recorded, if it is.
func (r *relay) deliver(ctx context.Context, kind string, m *message, optedOut bool) (record func(*tx) error, err error) {
	switch kind {
	case toCallback:
		return nil, r.notify(ctx, kind, r.cfg.CallbackURL, callbackForm(r.cfg.AccountSID, m))
	case toDebugger:
		return nil, r.notify(ctx, kind, r.cfg.DebuggerURL, debuggerForm(r.cfg, m))
	case toInterceptor:
		v, err := r.ask(ctx, m, r.limit.intercept)
		return func(t *tx) error {
			_, optedOut, _, err := t.look(m)
			if err == nil {
				err = r.settle(t, m, v, optedOut, false)
			}
			return err
		}, err
	}
	if optedOut { // since it was accepted
		m.Outcome = withheld
		r.log.Info("message withheld: its recipient opted out meanwhile", m.attrs()...)
	} else if m.SentSID, err = r.send(ctx, m); err != nil {
		return nil, err
	}
	return func(t *tx) error { return r.sent(t, m, nil) }, nil
}

func (r *relay) notify(ctx context.Context, kind, to string, form url.Values) error {
	if to == "" {
		return nil // taken out of the configuration since
	}
	ctx, cancel := context.WithTimeout(ctx, r.limit.call)
	defer cancel()
	status, err := r.post(ctx, to, form)
	if err == nil && !success(status) {
		err = &answerError{who: kind, status: status}
	}
	return err
}

// A made is a delivery that was made, or given up, and how to write that down.
type made struct {
	message *message
	inLane  bool
	change  func(*tx) error // nil if there is no more to it than the end of the job
	givenUp error
}

// record writes down what came of a delivery. As long as it is not written the
// delivery counts as not made; if this attempt cannot write it, the next one of
// this process will not make the delivery again.
func (r *relay) record(ctx context.Context, job *river.Job[delivery], d made) (err error) {
	r.unrecorded.Store(job.ID, d)
	lane := ""
	if d.inLane {
		lane = d.message.lane()
	}
	for attempts := 0; ; attempts++ {
		err = r.store.update(context.WithoutCancel(ctx), lane, func(t *tx) error {
			if d.givenUp == nil { // else River keeps it
				t.done = append(t.done, strconv.FormatInt(job.ID, 10))
			}
			if d.change == nil {
				return nil
			}
			return d.change(t)
		})
		if err == nil {
			break
		}
		r.log.Error("delivery cannot be recorded, will try again", append(d.message.attrs(), "kind", job.Queue, "error", err)...)
		select {
		case <-time.After(r.backoff(attempts)):
		case <-ctx.Done():
			return err
		}
	}
	r.unrecorded.Delete(job.ID)
	if job.Queue == toInterceptor {
		r.log.Info("interceptor asked", d.message.attrs()...)
	}
	if d.givenUp != nil {
		return river.JobCancel(d.givenUp)
	}
	return nil
}

// NextRetry has a delivery that failed wait as long as its answer asked to.
func (r *relay) NextRetry(job *rivertype.JobRow) time.Time {
	wait, _ := r.waits.LoadAndDelete(job.ID)
	asked, _ := wait.(time.Duration)
	return time.Now().Add(max(asked, r.backoff(job.Attempt-1)))
}

// backoff returns how long to wait after so many attempts, between half and
// all of twice the time before, so that what failed together does not return
// together.
func (r *relay) backoff(attempts int) time.Duration {
	wait := min(r.limit.firstRetry<<min(attempts, 16), r.limit.lastRetry)
	return wait/2 + rand.N(wait/2+1)
}

// HandleError ends a job that cannot be read: its lane gets another from mend,
// and so does the lane of a job that River will not try again.
func (r *relay) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	var d delivery
	unreadable := json.Unmarshal(job.EncodedArgs, &d) != nil || d.Message == 0
	if unreadable || job.Attempt >= job.MaxAttempts {
		r.log.Error("job given up", "job", job.ID, "kind", job.Queue, "attempt", job.Attempt, "error", err)
		r.mend.Store(true)
	}
	return &river.ErrorHandlerResult{SetCancelled: unreadable}
}

// HandlePanic logs a panic. The job is tried again.
func (r *relay) HandlePanic(_ context.Context, job *rivertype.JobRow, v any, trace string) *river.ErrorHandlerResult {
	r.log.Error("delivery panicked", "job", job.ID, "kind", job.Queue, "panic", fmt.Sprint(v), "trace", trace)
	r.mend.Store(job.Attempt >= job.MaxAttempts)
	return nil
}

// maintain does until ctx ends what River does not: see the steps.
func (r *relay) maintain(ctx context.Context) {
	start, ahead := r.now(), time.Duration(0)
	began := time.Now()
	for ctx.Err() == nil {
		select {
		case <-time.After(r.limit.upkeep):
		case <-ctx.Done():
			return
		}
		// How far the clock went against the time that has passed. If it is set
		// back, what it says is due in an hour is due now.
		was := ahead
		ahead = r.now().Round(0).Sub(start.Round(0)) - time.Since(began)
		back := ahead < was-time.Second
		mend := r.mend.Swap(false)
		err := r.store.upkeep(ctx, back, mend, r.cfg.KeepDays, r.now())
		if err != nil && ctx.Err() == nil {
			r.log.Error("upkeep of the database failed, will try again", "error", err)
			ahead, _ = was, r.mend.CompareAndSwap(false, mend)
		}
	}
}
