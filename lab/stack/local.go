package stack

import (
	"context"
	"errors"
	"os"
)

// A local engine runs the phases' programs as processes of this machine. What its servers share, Redis and the
// balancer, is what tells [Embedded] and [Host] apart.
type local struct {
	name     string
	programs programs
	redis    func(ctx context.Context, dir string) (localRedis, error)
	balancer func(ctx context.Context, dir string, backends []string) (localBalancer, error)
}

type localRedis interface {
	Redis
	cable() (*proxy, error) // a new way to this Redis, for one server
	close() error
}

type localBalancer interface {
	Balancer
	close() error
}

func (e *local) Name() string { return e.name }

func (e *local) Close() error { return e.programs.close() }

func (e *local) Open(ctx context.Context, phase Phase) (Site, error) {
	program, err := e.programs.path(ctx, phase)
	if err != nil {
		return nil, err
	}
	dir, err := tempDir()
	if err != nil {
		return nil, err
	}
	return &localSite{engine: e, program: program, dir: dir}, nil
}

// A localSite is the temporary folder of one stack and the processes that use it.
type localSite struct {
	engine  *local
	program string // what the servers run
	dir     string

	redis   localRedis     // nil without one
	closers []func() error // of every part, in the order of their start
}

func (s *localSite) Redis(ctx context.Context) (Redis, error) {
	redis, err := s.engine.redis(ctx, s.dir)
	if err != nil {
		return nil, err
	}
	s.redis = redis
	s.closers = append(s.closers, redis.close)
	return redis, nil
}

func (s *localSite) Server(ctx context.Context, id string, env []string) (ServerPart, error) {
	server := &localServer{process: process{name: id}, program: s.program, addr: anyPort}
	server.env = append(server.env, "SERVER_ID="+id)
	if d, ok := s.redis.(directRedis); ok {
		server.env = append(server.env, "REDIS_URL=redis://"+d.direct())
	} else if s.redis != nil {
		cable, err := s.redis.cable()
		if err != nil {
			return nil, err
		}
		server.redis = cable
		server.env = append(server.env, "REDIS_URL=redis://"+cable.addr())
	}
	server.env = append(server.env, env...)
	s.closers = append(s.closers, server.close)
	return server, server.Start(ctx)
}

func (s *localSite) Balancer(ctx context.Context, backends []string) (Balancer, error) {
	balancer, err := s.engine.balancer(ctx, s.dir, backends)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, balancer.close)
	return balancer, nil
}

// Close ends the parts, those that others depend on last, and removes the folder.
func (s *localSite) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
