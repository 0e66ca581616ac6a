package server

import (
	"log/slog"
	"strings"
	"time"

	"secondserver/hub"
)

// A connection is both ways of a client: a hub.Transport to it, and the frames
// from it. There are two, socket and session.
type connection interface {
	hub.Transport

	// rest has read called, in a goroutine of its own, when there is something to read,
	// or nothing any more, and needs little memory until then.
	rest(read func())

	// readInto hands frames to client until there are no more, and says why. It
	// returns nil where a rest is due.
	readInto(client *hub.Client) error

	transport() string // overWebSocket or byPolling

	// unread is called once, when nobody reads any more.
	unread()

	// cut ends the connection at once, also one that has ended: Send and Close
	// return. It may be called at any time.
	cut()
}

// What the two are called in logs and metrics.
const overWebSocket, byPolling = "websocket", "polling"

// run makes conn a client, which may have to wait, and leaves it to its reader.
func (s *Server) run(conn connection, user string, join []byte) {
	began := time.Now()
	user = strings.Clone(user) // a part of the request, which is many times as long
	client, err := s.hub.Connect(user, conn)
	if err != nil { // a drain that began just now
		s.metrics.refused.WithLabelValues(codeDraining).Inc()
		conn.unread()
		conn.Close(hub.Restart)
		slog.Info("refused", "user", user, "transport", conn.transport(), "cause", err)
		s.leave()
		return
	}
	// Each Send is bounded, and yet the last ones of a peer that takes a bit now and
	// then could take minutes.
	client.OnEnd(func() { time.AfterFunc(writeWait, conn.cut) })
	s.metrics.connections.WithLabelValues(conn.transport()).Inc()
	if join != nil {
		client.Handle(join)
	}
	s.arrivals.add()
	conn.rest((&reader{s, conn, client, user, began}).read)
}

// A reader is a client's one goroutine, or none while it rests. It ends when the peer
// goes, or when the hub closes the connection.
type reader struct {
	server *Server
	conn   connection
	client *hub.Client
	user   string
	began  time.Time
}

func (r *reader) read() {
	if cause := r.conn.readInto(r.client); cause != nil {
		r.end(cause)
	} else {
		r.conn.rest(r.read)
	}
}

func (r *reader) end(cause error) {
	r.conn.unread()
	r.client.Close(cause)
	r.server.metrics.connections.WithLabelValues(r.conn.transport()).Dec()
	slog.Info("disconnected", "user", r.user, "transport", r.conn.transport(), "lasted", time.Since(r.began).Round(time.Millisecond), "cause", r.client.Cause())
	r.server.leave()
}
