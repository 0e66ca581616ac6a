package server

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"secondserver/hub"
)

const (
	readTimeout  = 5 * time.Second  // for a request to arrive, body and all
	idleTimeout  = 60 * time.Second // a kept-alive connection without a request
	drainTimeout = 9 * time.Second  // answers 2 s, writes 5 s, close handshakes 1 s, and one in hand
)

// A Server is the network side of a hub: an http.Handler for all its routes.
type Server struct {
	hub     *hub.Hub
	routes  *http.ServeMux
	readers sync.WaitGroup // one for each WebSocket
}

// New returns the handler of h's network side. Serve is what programs use.
func New(h *hub.Hub) *Server {
	s := &Server{hub: h, routes: http.NewServeMux()}
	s.routes.HandleFunc("/ws", only(s.ws, http.MethodGet))
	s.routes.HandleFunc("/instance", only(s.instance, http.MethodGet, http.MethodHead))
	s.routes.HandleFunc("/healthz", only(s.healthz, http.MethodGet, http.MethodHead))
	s.routes.HandleFunc("/readyz", only(s.readyz, http.MethodGet, http.MethodHead))
	s.routes.HandleFunc("/", notFound)
	return s
}

// Serve listens on addr and serves h until ctx ends: see Server.Serve.
func Serve(ctx context.Context, addr string, h *hub.Hub) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("%w (choose another address with ADDR)", err)
	}
	slog.Info("listening", "addr", listener.Addr().String(), "phase", phase())
	return New(h).Serve(ctx, listener)
}

// Serve serves listener until ctx ends. Then it drains: /readyz and /ws answer
// 503, every send that was read is answered, every client is told to come back
// (close code 1012), and it returns nil within 10 s. Where clients cannot be
// ended in time it says so.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		Handler:     s,
		ReadTimeout: readTimeout,
		IdleTimeout: idleTimeout,
		ErrorLog:    log.Default(),
	}
	serving := make(chan error, 1)
	go func() { serving <- web.Serve(listener) }() // ended by Shutdown below

	select {
	case err := <-serving:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	slog.Info("draining", "cause", context.Cause(ctx))
	limit, stop := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer stop()
	if err := s.hub.Drain(limit); err != nil {
		return errors.Join(fmt.Errorf("drain: some clients did not go: %w", err), web.Close())
	}
	if err := web.Shutdown(limit); err != nil {
		slog.Warn("some requests were cut off", "cause", err)
		web.Close() // every client is gone already; what is left never was one
	}
	s.readers.Wait() // Shutdown knows nothing of them: they were taken out of its hands
	slog.Info("drained")
	return nil
}
