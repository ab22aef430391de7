//go:build linux

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/optout/examples/relay/standin"
)

// The wanted values that need no entry: nothing lost, out of order or given up.
var scenarios = []scenario{
	{name: "kill", about: "kill -9, six times", on: "sqlite two", rate: 120, repeats: 6, fault: kill},
	{name: "machine", about: "a machine dies in a transaction; PostgreSQL is not told", on: "two", rate: 120, repeats: 1, survivor: true, fault: machine},
	{name: "paused", about: "one of two relays is stopped by SIGSTOP for 40 s", on: "two", rate: 120, repeats: 1, survivor: true, fault: paused},
	{name: "cut-off", about: "one of two relays loses PostgreSQL for 60 s", on: "two", rate: 120, repeats: 1, survivor: true, fault: cutOff},
	{name: "far-5ms", about: "PostgreSQL is 5 ms away", on: "two", rate: 160, distance: 5 * time.Millisecond, noneRefused: true, sentWithin: 2 * time.Second, fault: far},
	{name: "far-20ms", about: "PostgreSQL is 20 ms away", on: "two", rate: 160, distance: 20 * time.Millisecond, noneRefused: true, sentWithin: 2 * time.Second, fault: far},
	{name: "pg-killed", about: "PostgreSQL is killed and started", on: "postgres two", rate: 120, repeats: 1, fault: pgStopped(syscall.SIGKILL, 2*time.Second, 2*time.Second)},
	{name: "pg-stopped", about: "PostgreSQL is stopped for 60 s", on: "postgres two", rate: 120, repeats: 1, fault: pgStopped(syscall.SIGINT, 10*time.Second, time.Minute)},
	{name: "pg-cut-off", about: "all relays lose PostgreSQL for 30 s", on: "postgres two", rate: 120, repeats: 1, fault: pgCutOff},
	{name: "pg-slow", about: "PostgreSQL is 2 s away for 30 s", on: "postgres two", rate: 120, repeats: 1, fault: pgSlow},
	{name: "disk-full", about: "the database's disk is full for 30 s", on: "sqlite postgres", rate: 80, full: true, fault: diskFull},
	{name: "locked", about: "another process locks the database for 30 s", on: "sqlite postgres", rate: 80, fault: locked},
	{name: "unreadable", about: "an unreadable job twice a second", on: "sqlite two", rate: 120, noneRefused: true, fault: unreadable},
	{name: "cancelled", about: "an operator cancels a retrying job", on: "sqlite postgres", rate: 40, givesUp: 1, fault: cancelled},
	{name: "twilio-unknown", about: "Twilio takes messages and closes without an answer, for 15 s", on: "sqlite two", rate: 40, repeats: 2, givesUp: 40, fault: twilio(takeAndClose, 15*time.Second)},
	{name: "twilio-201", about: "a 201 breaks off, for 15 s", on: "sqlite two", rate: 40, fault: twilio(takeAndBreakOff, 15*time.Second)},
	{name: "twilio-429", about: "Twilio answers 429 with Retry-After for 15 s", on: "sqlite two", rate: 80, fault: twilio(answerStatus(429, "Retry-After", "5"), 15*time.Second)},
	{name: "twilio-500", about: "Twilio answers 500 for 30 s", on: "sqlite two", rate: 80, fault: twilio(answerStatus(500), 30*time.Second)},
	{name: "twilio-hangs", about: "Twilio does not answer for 30 s", on: "sqlite two", rate: 80, givesUp: 40, fault: twilio(hang, 30*time.Second)},
	{name: "twilio-resets", about: "Twilio resets connections for 30 s", on: "sqlite two", rate: 80, givesUp: 40, fault: twilio(reset, 30*time.Second)},
	{name: "callback", about: "the callback address refuses for 60 s", on: "sqlite two", rate: 80, fault: callback},
	{name: "clocks", about: "the clocks of two relays are 3 s apart", on: "two", fault: clocks},
	{name: "slow-clients", about: "1,000 slow clients", on: "sqlite postgres", rate: 80, noneRefused: true, fault: slowClients},
	{name: "repeated", about: "300 SIDs six times at once", on: "sqlite two", noneRefused: true, fault: repeated},
	{name: "lane", about: "one lane with 500 messages, 200 ms for each send", on: "sqlite postgres two", fault: oneLane},
	{name: "backlog", about: "40 lanes with 100 messages wait a minute for Twilio", on: "sqlite postgres two", fault: backlog},
	{name: "unsigned", about: "200 unsigned requests with a path of 900 KB", on: "sqlite", fault: unsigned},
	{name: "config", about: "mistakes in the address of the database", on: "sqlite", fault: config},
	{name: "accepted", about: "floor: webhooks accepted a second", on: "sqlite postgres two", direct: true, fault: accepted},
	{name: "sustained", about: "floor: accepted and sent for 5 minutes; memory", on: "sqlite postgres", direct: true, noneRefused: true, sentWithin: 2 * time.Second, fault: sustained},
	{name: "fresh", about: "floor: from webhook to send, p99", on: "sqlite postgres two", direct: true, noneRefused: true, fault: fresh},
	{name: "idle", about: "floor: processor time of an idle relay", on: "sqlite postgres two", direct: true, fault: idle},
}

func kill(t *trial) {
	for i := range 6 {
		r := t.relays[i%len(t.relays)]
		r.kill()
		t.check(r.start())
		t.wait(time.Second, 5*time.Second)
	}
}

func machine(t *trial) {
	r := t.relays[0]
	r.link.distance.Store(int64(20 * time.Millisecond)) // so that transactions are under way
	time.Sleep(time.Second)
	r.link.cut()
	time.Sleep(200 * time.Millisecond)
	r.kill()
	t.began, t.ended = time.Now(), time.Now()
	t.wait(20*time.Second, time.Minute)
}

func paused(t *trial) {
	t.relays[0].cmd.Process.Signal(syscall.SIGSTOP)
	t.wait(20*time.Second, 40*time.Second)
	t.relays[0].cmd.Process.Signal(syscall.SIGCONT)
}

func cutOff(t *trial) {
	t.relays[0].link.cut()
	t.wait(20*time.Second, time.Minute)
	t.relays[0].link.restore()
}

func far(t *trial) { t.wait(5*time.Second, 30*time.Second) }

func pgStopped(s syscall.Signal, short, full time.Duration) func(*trial) {
	return func(t *trial) {
		t.server.stop(s)
		t.wait(short, full)
		t.check(t.server.start())
	}
}

func pgCutOff(t *trial) {
	t.eachLink((*link).cut)
	t.wait(10*time.Second, 30*time.Second)
	t.eachLink((*link).restore)
}

func pgSlow(t *trial) {
	t.eachLink(func(l *link) { l.distance.Store(int64(2 * time.Second)) })
	t.wait(10*time.Second, 30*time.Second)
	t.eachLink(func(l *link) { l.distance.Store(0) })
}

func (t *trial) eachLink(do func(*link)) {
	for _, r := range t.relays {
		do(r.link)
	}
}

func diskFull(t *trial) {
	filler := filepath.Join(t.dir, "filler")
	f, err := os.Create(filler)
	t.check(err)
	for size := 1 << 20; size >= 512; { // to the last block
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	f.Close()
	t.wait(10*time.Second, 30*time.Second)
	t.check(os.Remove(filler))
	if t.server != nil {
		t.check(t.server.start()) // PostgreSQL ends if it cannot write its log
	}
}

// db opens the trial's database beside the relays.
func (t *trial) db() *sql.DB {
	driver, dsn := "pgx", t.dsn
	if t.server == nil {
		driver, dsn = "sqlite", "file:"+t.dsn+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, dsn)
	t.check(err)
	db.SetMaxOpenConns(1)
	return db
}

func locked(t *trial) {
	db := t.db()
	defer db.Close()
	begin := "BEGIN EXCLUSIVE"
	if t.server != nil {
		var tables string
		t.check(db.QueryRow(`SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables))
		begin = "BEGIN; LOCK TABLE " + tables
	}
	t.check(eventually(10*time.Second, func() error { // a deadlock with a relay ends one of both
		_, err := db.Exec(begin)
		if err != nil {
			db.Exec("ROLLBACK")
		}
		return err
	}))
	t.wait(10*time.Second, 30*time.Second)
	_, err := db.Exec("ROLLBACK")
	t.check(err)
}

func unreadable(t *trial) {
	db := t.db()
	defer db.Close()
	var inserted int64
	for range t.span(20, 60) {
		res, err := db.Exec(`INSERT INTO river_job (args, kind, max_attempts, queue, priority, state)
			SELECT '[]', kind, max_attempts, queue, priority, 'available' FROM river_job GROUP BY kind, max_attempts, queue, priority`)
		t.check(err)
		if err == nil {
			n, _ := res.RowsAffected()
			inserted += n
		}
		time.Sleep(500 * time.Millisecond)
	}
	t.note("%d unreadable jobs", inserted)
}

func cancelled(t *trial) {
	t.setAnswer(answerStatus(500))
	t.wait(5*time.Second, 10*time.Second)
	now := "now()"
	if t.server == nil {
		now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
	}
	db := t.db()
	defer db.Close()
	var id int64
	t.check(eventually(20*time.Second, func() error { // until a job waits
		return db.QueryRow(`UPDATE river_job SET state = 'cancelled', finalized_at = ` + now + ` WHERE id =
			(SELECT id FROM river_job WHERE state IN ('retryable', 'scheduled') ORDER BY id LIMIT 1) RETURNING id`).Scan(&id)
	}))
	t.setAnswer(nil)
	t.note("cancelled job %d", id)
}

func twilio(a answer, full time.Duration) func(*trial) {
	return func(t *trial) {
		before := t.attempts.Load()
		t.setAnswer(a)
		t.wait(min(full, 10*time.Second), full)
		t.setAnswer(nil)
		t.note("%d requests during the fault", t.attempts.Load()-before)
	}
}

func callback(t *trial) {
	_, before := t.relays[0].logged()
	t.account.close()
	used := t.usage(t.span(20*time.Second, time.Minute))
	_, after := t.relays[0].logged()
	t.check(t.account.open())
	t.mu.Lock()
	posted := len(t.messages)
	t.mu.Unlock()
	t.note("%d log lines of the first relay, %.1f %% of a core", after-before, used)
	if after-before > 3*posted {
		t.miss("%d log lines for %d messages, want at most 3 for each", after-before, posted)
	}
}

// clocks runs the second relay with a clock that is 3 s ahead: the same code,
// built with another time.Now.
func clocks(t *trial) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	t.check(err)
	source := filepath.Join(strings.TrimSpace(string(root)), "src/time/time.go")
	text, err := os.ReadFile(source)
	t.check(err)
	const now = "sec, nsec, mono := runtimeNow()\n\tif mono == 0 {"
	ahead := bytes.Replace(text, []byte(now), []byte(strings.Replace(now, "\n", "\n\tsec += 3\n", 1)), 1)
	if bytes.Equal(text, ahead) {
		t.miss("the trial failed: time.Now in %s is not as expected", source)
	}
	t.check(os.WriteFile(filepath.Join(t.dir, "time.go"), ahead, 0o600))
	overlay, _ := json.Marshal(map[string]any{"Replace": map[string]string{source: filepath.Join(t.dir, "time.go")}})
	t.check(os.WriteFile(filepath.Join(t.dir, "overlay.json"), overlay, 0o600))
	second := t.relays[1]
	second.binary = filepath.Join(t.dir, "ahead")
	if out, err := exec.Command("go", "build", "-overlay", filepath.Join(t.dir, "overlay.json"), "-o", second.binary, ".").CombinedOutput(); err != nil {
		t.miss("the trial failed: %v\n%s", err, out)
		return
	}
	second.kill()
	t.check(second.start())
	for lane := range 40 {
		stop, start := lane%2, 1-lane%2 // which relay takes which
		other := participant(2, lane)
		words := []string{"STOP", "START"}
		if lane%4 > 1 {
			slices.Reverse(words)
		}
		for i, word := range words {
			if !t.post([]int{stop, start}[i], other, fmt.Sprintf("SM%016x%016x", lane+1, i), word) {
				t.miss("%s is refused", word)
			}
		}
		m := t.newMessage(lane)
		m.withhold = words[1] == "STOP"
		t.deliver(m, lane%2)
	}
}

func slowClients(t *trial) {
	var clients sync.WaitGroup
	var most int64
	end := time.Now().Add(t.span(15*time.Second, time.Minute))
	for range 1000 {
		clients.Go(func() {
			for time.Now().Before(end) {
				conn, err := net.Dial("tcp", t.relays[0].listen)
				if err != nil {
					time.Sleep(time.Second)
					continue
				}
				fmt.Fprint(conn, "POST /sms HTTP/1.1\r\nHost: relay\r\nX-Slow: ")
				for time.Now().Before(end) && err == nil {
					time.Sleep(time.Second)
					_, err = conn.Write([]byte("a"))
				}
				conn.Close()
			}
		})
	}
	for time.Now().Before(end) {
		most = max(most, t.relays[0].memory())
		time.Sleep(100 * time.Millisecond)
	}
	clients.Wait()
	t.note("at most %d MB", most)
}

func repeated(t *trial) {
	for range 15 {
		var posts sync.WaitGroup
		for lane := range 20 {
			m := t.newMessage(lane)
			for i := range 6 {
				posts.Go(func() { t.deliver(m, i%len(t.relays)) })
			}
		}
		posts.Wait()
	}
	t.note("each of %d SIDs six times", len(t.messages))
}

func oneLane(t *trial) {
	n := int(t.span(100, 500))
	t.twilio.Delay = 200 * time.Millisecond
	began := time.Now()
	t.fill(1, n)
	limit := time.Duration(n) * t.twilio.Delay
	t.check(t.finish(limit * 2))
	took := time.Since(began)
	t.note("%d messages in %.1f s", n, took.Seconds())
	if took > limit*6/5 {
		t.miss("%d messages take %.1f s, want at most %.1f s", n, took.Seconds(), (limit * 6 / 5).Seconds())
	}
}

func backlog(t *trial) {
	t.api.close()
	n := int(t.span(25, 100))
	t.fill(40, n)
	t.wait(5*time.Second, 50*time.Second)
	used := t.usage(10 * time.Second)
	t.check(t.api.open())
	began := time.Now()
	t.check(t.finish(3 * time.Minute))
	t.note("%d messages in %.1f s; waiting took %.1f %% of a core", 40*n, time.Since(began).Seconds(), used)
	if most := slices.Max(used); most > 15 {
		t.miss("waiting takes %.0f %% of a core, want at most 15 %%", most)
	}
}

// usage returns how much of a core each relay uses, in percent.
func (t *trial) usage(over time.Duration) (percent []float64) {
	var before []time.Duration
	for _, r := range t.relays {
		before = append(before, r.cpu())
	}
	time.Sleep(over)
	for i, r := range t.relays {
		percent = append(percent, 100*float64(r.cpu()-before[i])/float64(over))
	}
	return percent
}

func unsigned(t *trial) {
	before, _ := t.relays[0].logged()
	path := "http://" + t.relays[0].listen + "/" + strings.Repeat("a", 900<<10)
	statuses := map[string]int{}
	for range 200 {
		status := "none"
		if res, err := healthClient.Post(path, "application/x-www-form-urlencoded", strings.NewReader("Body=a")); err == nil {
			status = res.Status
			res.Body.Close()
		}
		statuses[status]++
	}
	after, _ := t.relays[0].logged()
	t.note("%v, %d KB of log", statuses, (after-before)>>10)
	if after-before > 200<<10 || statuses[http.StatusText(200)] > 0 {
		t.miss("%d KB of log, want at most 200 KB, and every request refused", (after-before)>>10)
	}
}

func config(t *trial) {
	for _, database := range []string{"mysql://user:secret@127.0.0.1/db", "host=127.0.0.1 port=1 password=secret", "sqlite=secret", "postgres://user:secret@127.0.0.1:1/db"} {
		cmd := exec.Command(t.binary, "-config", t.relays[0].config)
		cmd.Dir = t.dir
		cmd.Env = append(os.Environ(), "RELAY_DATABASE="+database, "RELAY_LISTEN=127.0.0.1:0", "RELAY_STATUS=127.0.0.1:0")
		var output bytes.Buffer
		cmd.Stdout, cmd.Stderr = &output, &output
		timer := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		err := cmd.Run()
		if !timer.Stop() || err == nil {
			t.miss("database %q is accepted", database)
		}
		if strings.Contains(output.String(), "secret") {
			t.miss("database %q is printed: %s", database, output.String())
		}
		if os.Remove(filepath.Join(t.dir, database)) == nil {
			t.miss("database %q becomes a file", database)
		}
	}
}

func accepted(t *trial) {
	began := time.Now()
	length := t.span(10*time.Second, 15*time.Second)
	var posts sync.WaitGroup
	var n atomic.Int64
	for c := range 64 {
		posts.Go(func() {
			for i := c; time.Since(began) < length; i += 64 {
				if t.deliver(t.newMessage(i%people), i%len(t.relays)) {
					n.Add(1)
				}
			}
		})
	}
	posts.Wait()
	rate, sent := float64(n.Load())/time.Since(began).Seconds(), float64(t.twilio.Count(standin.Send))/time.Since(began).Seconds()
	t.check(t.finish(5 * time.Minute))
	t.note("%.0f a second; %.0f sent a second meanwhile, %.0f to the end", rate, sent, float64(n.Load())/time.Since(began).Seconds())
	if floor := map[string]float64{"sqlite": 300, "postgres": 500, "two": 350}[t.database]; rate < floor {
		t.miss("%.0f accepted a second, want %.0f", rate, floor)
	}
}

func sustained(t *trial) {
	rate := map[string]int{"sqlite": 130, "postgres": 230}[t.database]
	stop := t.load(rate, people)
	t.wait(10*time.Second, time.Minute)
	before := t.relays[0].memory()
	t.wait(20*time.Second, 4*time.Minute)
	after := t.relays[0].memory()
	stop()
	t.note("%d a second; memory %d MB, then %d MB", rate, before, after)
	if after > before*5/4+2 {
		t.miss("memory grows from %d MB to %d MB", before, after)
	}
}

func fresh(t *trial) {
	stop := t.load(10, people)
	t.wait(20*time.Second, time.Minute)
	stop()
	t.check(t.finish(time.Minute))
	var took []time.Duration
	for _, m := range t.messages {
		if len(m.sends) > 0 {
			took = append(took, m.sends[0].at.Sub(m.posted))
		}
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	t.note("p50 %v, p99 %v", took[len(took)/2].Round(time.Millisecond), p99.Round(time.Millisecond))
	if p99 > 200*time.Millisecond {
		t.miss("p99 is %v, want 200 ms", p99)
	}
}

func idle(t *trial) {
	used := t.usage(t.span(10*time.Second, time.Minute))
	t.note("%.1f %% of a core", used)
	if most := slices.Max(used); most > 5 {
		t.miss("an idle relay takes %.1f %% of a core, want at most 5 %%", most)
	}
}
