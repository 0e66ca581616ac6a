package server

import (
	"log/slog"
	"time"

	"secondserver/hub"
)

// A connection is both ways of a client: a hub.Transport to it, and the frames
// from it. There are two, socket and session.
type connection interface {
	hub.Transport

	// readInto hands frames to client until there are no more, and says why.
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

// run is a client's one goroutine, from its first frame to its last. It ends when
// the peer goes, or when the hub closes the connection.
func (s *Server) run(conn connection, user string, join []byte) {
	defer s.leave()
	began := time.Now()
	client, err := s.hub.Connect(user, conn)
	if err != nil { // a drain that began just now
		s.metrics.refused.WithLabelValues(codeDraining).Inc()
		conn.unread()
		conn.Close(hub.Restart)
		slog.Info("refused", "user", user, "transport", conn.transport(), "cause", err)
		return
	}
	// Each Send is bounded, and yet the last ones of a peer that takes a bit now and
	// then could take minutes.
	client.OnEnd(func() { time.AfterFunc(writeWait, conn.cut) })
	connected := s.metrics.connections.WithLabelValues(conn.transport())
	connected.Inc()
	defer connected.Dec()
	if join != nil {
		client.Handle(join)
	}
	cause := conn.readInto(client)
	conn.unread()
	client.Close(cause)
	slog.Info("disconnected", "user", user, "transport", conn.transport(), "lasted", time.Since(began).Round(time.Millisecond), "cause", client.Cause())
}
