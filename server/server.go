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
	readTimeout  = 5 * time.Second      // for a request to arrive, header and body together
	writeTimeout = pollWait + writeWait // from then on, for its answer to leave
	idleTimeout  = 60 * time.Second     // a kept-alive connection without a request
	headerSize   = 16 << 10             // bytes of a request's header; net/http adds 4 KiB to it
	drainTimeout = 9 * time.Second      // the last client is told after 1 s, and cut after writeWait; 3 s more for a request that has just begun
)

// A Server is the network side of a hub: an http.Handler for all its routes.
type Server struct {
	hub      *hub.Hub
	apiToken string   // of backend services; "" where there are none
	tokens   *tokens  // of users; nil where there are none
	origins  []string // whose pages may connect, beside our own
	routes   *http.ServeMux
	metrics  *metrics
	sessions sessions
	arrivals arrivals
	lobby    lobby
	places   chan struct{}  // one in it for each client, from its handshake to its end
	clients  sync.WaitGroup // likewise
}

// New returns the handler of h's network side. Serve is what programs use.
func New(config Config, h *hub.Hub) *Server {
	s := &Server{hub: h, apiToken: config.APIToken, origins: config.AllowedOrigins, metrics: newMetrics(h), routes: http.NewServeMux()}
	s.tokens = newTokens(config.AuthSecret)
	s.places = make(chan struct{}, takes(config.MaxConnections))
	h.LimitFrames(config.RateLimit)
	s.routes.Handle("/ws", methods{http.MethodGet: s.ws})
	s.routes.Handle("/poll", methods{http.MethodPost: s.openPoll})
	s.routes.Handle("/poll/{session}", methods{http.MethodGet: s.poll, http.MethodPost: s.postFrame, http.MethodDelete: s.closePoll})
	s.routes.Handle("/instance", get(s.instance))
	s.routes.Handle("/healthz", get(s.healthz))
	s.routes.Handle("/readyz", get(s.readyz))
	s.routes.Handle("/metrics", get(s.metrics.handler().ServeHTTP))
	s.routes.Handle("/rooms/{room}", get(s.reader(s.participants)))
	messages := get(s.reader(s.history))
	messages[http.MethodPost] = s.service(s.postToRoom)
	s.routes.Handle("/rooms/{room}/messages", messages)
	if s.apiToken != "" {
		s.routes.Handle("/users/{user}/messages", methods{http.MethodPost: s.service(s.postToUser)})
		s.routes.Handle("/broadcast", methods{http.MethodPost: s.service(s.broadcast)})
	} else {
		s.routes.HandleFunc("POST /users/{user}/messages", noToken)
		s.routes.HandleFunc("POST /broadcast", noToken)
	}
	s.page()
	s.routes.HandleFunc("/", notFound)
	return s
}

// Serve listens on config.Addr and serves h until ctx ends: see Server.Serve.
func Serve(ctx context.Context, config Config, h *hub.Hub) error {
	listener, err := net.Listen("tcp", config.Addr)
	if err != nil {
		return fmt.Errorf("%w (choose another address with ADDR)", err)
	}
	warnOfFiles(config.MaxConnections)
	slog.Info("listening", "addr", listener.Addr().String(), "phase", phase())
	return New(config, h).Serve(ctx, listener)
}

// Serve serves listener until ctx ends. Then it drains: /readyz, /ws and
// /poll answer 503, every send that was read is answered, every client is told to
// come back (close code 1012; a poll gets what there is), and it returns nil within 10 s. Where clients cannot be
// ended in time it says so.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	web := &http.Server{
		Handler:        s,
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: headerSize,
		ErrorLog:       log.Default(),
	}
	defer s.arrivals.stop()
	s.lobby.open()
	defer s.lobby.close()
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
	if err := s.alone(limit); err != nil {
		return fmt.Errorf("drain: some handshakes did not end: %w", err)
	}
	slog.Info("drained")
	return nil
}

// alone waits for connections that Shutdown knows nothing of, as they were taken
// out of its hands, nor the hub, as they are no clients yet: their handshakes were
// under way when the drain began.
func (s *Server) alone(ctx context.Context) error {
	gone := make(chan struct{})
	go func() { // ends with the last of them; each is bounded by writeWait
		s.clients.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
