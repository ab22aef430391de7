//go:build linux

package main

import (
	"bytes"
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// A world is what all trials share.
type world struct {
	dir, binary string
	pg          *postgres
}

// postgres is a PostgreSQL server on a unix socket.
type postgres struct {
	dir  string // of the socket and the data
	bin  string
	attr syscall.SysProcAttr
	cmd  *exec.Cmd
	down chan struct{} // closed when the process has ended
}

// newPostgres makes and starts a server. initdb refuses root, so root runs it
// as the user postgres.
func newPostgres(dir string) (*postgres, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return nil, errors.New("found no /usr/lib/postgresql/*/bin: install PostgreSQL 15 or newer")
	}
	p := &postgres{dir: dir, down: make(chan struct{}), bin: slices.MaxFunc(found, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	close(p.down)
	p.attr.Pdeathsig = syscall.SIGQUIT
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		p.attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	if out, err := p.command("initdb", "-D", dir+"/data", "-A", "trust", "-U", "relay", "--no-sync").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return p, p.start()
}

func (p *postgres) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.Dir, cmd.SysProcAttr = "/", &p.attr
	return cmd
}

func (p *postgres) start() error {
	log, err := os.OpenFile(p.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	// The processes of a server that was killed end only after a moment.
	return eventually(30*time.Second, func() error {
		select {
		case <-p.down:
			cmd, down := p.command("postgres", "-D", p.dir+"/data", "-k", p.dir, "-c", "listen_addresses="), make(chan struct{})
			cmd.Stdout, cmd.Stderr = log, log
			if err := cmd.Start(); err != nil {
				return err
			}
			go func() { cmd.Wait(); close(down) }()
			p.cmd, p.down = cmd, down
		default:
		}
		return p.exec("postgres", "SELECT 1")
	})
}

// stop ends the server by a signal.
func (p *postgres) stop(s syscall.Signal) {
	p.cmd.Process.Signal(s)
	<-p.down
}

func (p *postgres) address(database string) string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=relay", database, p.dir)
}

func (p *postgres) exec(database, statement string) error {
	db, err := sql.Open("pgx", p.address(database))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// A sample is an answer of /healthz.
type sample struct {
	at    time.Time
	state string // "ok", "degraded", another status, or "none" for no answer
}

// healthy reports whether a balancer would use the relay.
func (s sample) healthy() bool { return s.state == "ok" || s.state == "degraded" }

// A relay is a relay's process.
type relay struct {
	listen, status string
	binary, config string
	log            string
	link           *link // nil on SQLite
	cmd            *exec.Cmd
	samples        []sample // of /healthz
}

// newRelay writes the configuration of a relay.
func newRelay(file, binary string, config map[string]any) (*relay, error) {
	r := &relay{binary: binary, config: file + ".json", log: file + ".log"}
	for _, address := range []*string{&r.listen, &r.status} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer ln.Close()
		*address = ln.Addr().String()
	}
	config["listen"], config["status"] = r.listen, r.status
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	return r, os.WriteFile(r.config, text, 0o600)
}

// start starts the relay and waits until it is healthy.
func (r *relay) start() error {
	log, err := os.OpenFile(r.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	r.cmd = exec.Command(r.binary, "-config", r.config)
	r.cmd.Stderr = log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := r.cmd.Start(); err != nil {
		return err
	}
	err = eventually(time.Minute, func() error {
		if s := r.health(); !s.healthy() {
			return errors.New("/healthz: " + s.state)
		}
		return nil
	})
	if err != nil {
		text, _ := os.ReadFile(r.log)
		return fmt.Errorf("the relay does not start: %w\n%s", err, text[max(0, len(text)-2000):])
	}
	return nil
}

func (r *relay) kill() {
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

var healthClient = &http.Client{Timeout: 2 * time.Second}

// health asks /healthz.
func (r *relay) health() sample {
	res, err := healthClient.Get("http://" + r.status + "/healthz")
	if err != nil {
		return sample{time.Now(), "none"}
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	state := strconv.Itoa(res.StatusCode)
	if res.StatusCode == http.StatusOK {
		state, _, _ = strings.Cut(strings.TrimSpace(string(text)), ":")
	}
	return sample{time.Now(), state}
}

// cpu returns the processor time that the relay has used.
func (r *relay) cpu() time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	var user, system int64
	if fields := strings.Fields(rest); len(fields) > 12 {
		user, _ = strconv.ParseInt(fields[11], 10, 64)
		system, _ = strconv.ParseInt(fields[12], 10, 64)
	}
	return time.Duration(user+system) * 10 * time.Millisecond // a tick of /proc
}

// memory returns the resident memory in MB.
func (r *relay) memory() (mb int64) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	fmt.Sscan(rest, &mb)
	return mb >> 10
}

// logged returns the size and the number of lines of the log.
func (r *relay) logged() (size, lines int) {
	text, _ := os.ReadFile(r.log)
	return len(text), bytes.Count(text, []byte("\n"))
}

// A finalError ends eventually.
type finalError struct{ error }

// eventually calls f until it returns nil or a finalError, or the limit has
// passed.
func eventually(limit time.Duration, f func() error) error {
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if err := f(); err == nil || errors.As(err, new(finalError)) || time.Now().After(deadline) {
			return err
		}
	}
}
