//go:build linux

package main

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"
)

// A link is the network between a relay and PostgreSQL. While it is cut,
// nothing passes and nothing is closed, as when a cable is pulled.
type link struct {
	net.Listener
	socket   string       // of PostgreSQL
	distance atomic.Int64 // nanoseconds for a round trip
	gate     sync.RWMutex // locked while the link is cut
	isCut    bool
}

func newLink(socket string) (*link, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &link{Listener: ln, socket: socket}
	go func() {
		for {
			client, err := ln.Accept()
			if err != nil {
				return
			}
			go l.join(client)
		}
	}()
	return l, nil
}

func (l *link) cut() {
	l.gate.Lock()
	l.isCut = true
}

func (l *link) restore() {
	if l.isCut {
		l.isCut = false
		l.gate.Unlock()
	}
}

// pass waits while the link is cut.
func (l *link) pass() {
	l.gate.RLock()
	defer l.gate.RUnlock()
}

func (l *link) join(client net.Conn) {
	l.pass()
	server, err := net.Dial("unix", l.socket)
	if err != nil {
		client.Close()
		return
	}
	go l.carry(client, server, &atomic.Int64{})
	l.carry(server, client, &l.distance)
}

// carry copies from one connection to the other, later by the distance.
func (l *link) carry(to, from net.Conn, distance *atomic.Int64) {
	type packet struct {
		due  time.Time
		data []byte
	}
	packets := make(chan packet, 1024)
	go func() {
		defer close(packets)
		for {
			data := make([]byte, 32<<10)
			n, err := from.Read(data)
			if err != nil {
				return
			}
			packets <- packet{time.Now().Add(time.Duration(distance.Load())), data[:n]}
		}
	}()
	for p := range packets {
		time.Sleep(time.Until(p.due))
		l.pass()
		if _, err := to.Write(p.data); err != nil {
			from.Close() // ends the reader; the loop takes the rest
		}
	}
	l.pass()
	to.Close()
}

// An endpoint is an address of Twilio's or of the account's that can be closed,
// so that connections are refused.
type endpoint struct {
	http.Handler
	address string
	server  *http.Server
}

func (e *endpoint) open() error {
	if e.address == "" {
		e.address = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", e.address)
	if err != nil {
		return err
	}
	e.address = ln.Addr().String()
	e.server = &http.Server{Handler: e.Handler}
	go e.server.Serve(ln)
	return nil
}

func (e *endpoint) close() { e.server.Close() }

// An answer answers a request in place of the Messages API, or with its help.
type answer func(w http.ResponseWriter, r *http.Request, api http.Handler)

func answerStatus(status int, header ...string) answer {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		io.Copy(io.Discard, r.Body)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, `{"code": 20500, "message": "Internal Server Error"}`)
	}
}

// hang reads the request and never answers.
func hang(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	io.Copy(io.Discard, r.Body)
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
}

// reset reads the request and resets the connection.
func reset(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	io.Copy(io.Discard, r.Body)
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}
}

// takeAndClose has the message sent and closes the connection without an answer.
func takeAndClose(_ http.ResponseWriter, r *http.Request, api http.Handler) {
	api.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// takeAndBreakOff has the message sent and closes the connection in the middle
// of the body of the answer.
func takeAndBreakOff(w http.ResponseWriter, r *http.Request, api http.Handler) {
	whole := httptest.NewRecorder()
	api.ServeHTTP(whole, r)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(whole.Code)
	w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
