package stack

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A Stack is a phase that runs. One goroutine at a time breaks it; any number may talk to it.
type Stack struct {
	Phase   Phase
	Servers []*Server // in the order of their start; empty after [Join]
	Redis   Redis     // nil where the phase has none, and after [Join]

	site     Site
	balancer Balancer // nil in phase 1, and after Join
	url      string   // after Join
	env      []string
}

// Start starts a phase: Redis if it has one, then the servers (0: as many as it is shown with), then the balancer,
// and returns when each of them says that it is ready. If one does not, everything is ended again. env is more
// environment for the servers ("RATE_LIMIT=0"); they see nothing of the lab's own. ctx limits the starting only.
func Start(ctx context.Context, e Engine, p Phase, servers int, env ...string) (_ *Stack, err error) {
	if servers == 0 {
		servers = p.Servers
	}
	if servers < 1 || servers > 1 && !p.Balanced() {
		return nil, fmt.Errorf("%s: %d servers cannot be", p.Name, servers)
	}
	site, err := e.Open(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Name, err)
	}
	s := &Stack{Phase: p, site: site, env: env}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("start %s: %w", p.Name, err), s.Close())
		}
	}()
	if p.Redis {
		if s.Redis, err = site.Redis(ctx); err != nil {
			return nil, err
		}
	}
	for range servers {
		if _, err = s.AddServer(ctx); err != nil {
			return nil, err
		}
	}
	if p.Balanced() {
		if s.balancer, err = site.Balancer(ctx, s.backends()); err != nil {
			return nil, err
		}
		if err = awaitReady(ctx, "balancer", s.balancer.URL(), s.balancer.Log); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// URL is where clients go: the balancer, or in phase 1 the server.
func (s *Stack) URL() string {
	switch {
	case s.balancer != nil:
		return s.balancer.URL()
	case len(s.Servers) > 0:
		return s.Servers[0].URL()
	}
	return s.url
}

// AddServer starts one more server, waits until it is ready and tells the balancer.
func (s *Stack) AddServer(ctx context.Context) (*Server, error) {
	if s.site == nil {
		return nil, fmt.Errorf("add a server to %s: the lab did not start this stack: %w", s.url, errors.ErrUnsupported)
	}
	id := fmt.Sprintf("server-%d", len(s.Servers)+1)
	part, err := s.site.Server(ctx, id, s.env)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", id, err)
	}
	server := &Server{ID: id, ServerPart: part, stack: s}
	if err := server.ready(ctx); err != nil {
		return nil, errors.Join(err, part.Kill())
	}
	s.Servers = append(s.Servers, server)
	return server, s.balance(ctx)
}

// Stick makes the balancer send clients who keep cookies to the server that they had before, or no longer: see
// [Balancer]. The balancer of a new stack does not.
func (s *Stack) Stick(ctx context.Context, on bool) error {
	switch {
	case s.site == nil:
		return fmt.Errorf("make %s sticky: the lab did not start this stack: %w", s.url, errors.ErrUnsupported)
	case s.balancer == nil:
		return fmt.Errorf("make %s sticky: it has no balancer: %w", s.Phase.Name, errors.ErrUnsupported)
	}
	return s.balancer.Stick(ctx, on)
}

// Close ends every part and leaves nothing behind. A second Close does nothing.
func (s *Stack) Close() error {
	if s.site == nil {
		return nil
	}
	site := s.site
	s.site = nil
	if err := site.Close(); err != nil {
		return fmt.Errorf("end %s: %w", s.Phase.Name, err)
	}
	return nil
}

// balance tells the balancer where the servers are now.
func (s *Stack) balance(ctx context.Context) error {
	if s.balancer == nil {
		return nil
	}
	return s.balancer.Use(ctx, s.backends())
}

// backends lists the servers for the balancer, dead ones too where the engine can: that a backend is gone is for the
// balancer to find out, as in production.
func (s *Stack) backends() []string {
	var backends []string
	for _, server := range s.Servers {
		backend := server.Backend()
		if backend != "" && !slices.Contains(backends, backend) { // a dead one's port may be another's by now
			backends = append(backends, backend)
		}
	}
	return backends
}
