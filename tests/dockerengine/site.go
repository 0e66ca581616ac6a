package dockerengine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"

	"secondserver/compose"
	"secondserver/lab/stack"
)

// A site is the networks of one stack and the containers on them.
type site struct {
	engine *engine
	phase  stack.Phase
	id     string

	front *testcontainers.DockerNetwork // clients, balancer and servers; its ports are published
	back  *testcontainers.DockerNetwork // servers and Redis; closed to the outside. A server that leaves it is cut off
	redis *redisPart
}

var stacks atomic.Int64

func (e *engine) Open(ctx context.Context, phase stack.Phase) (stack.Site, error) {
	if !slices.Contains(stack.Phases, phase) {
		return nil, fmt.Errorf("the image has the programs of the three phases only: %w", errors.ErrUnsupported)
	}
	s := &site{engine: e, phase: phase, id: fmt.Sprintf("%s/%d", e.owner, stacks.Add(1))}
	var err error
	if s.front, err = s.network(ctx); err != nil {
		return nil, err
	}
	if phase.Redis {
		if s.back, err = s.network(ctx, network.WithInternal()); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *site) network(ctx context.Context, options ...network.NetworkCustomizer) (*testcontainers.DockerNetwork, error) {
	s.engine.making.RLock()
	defer s.engine.making.RUnlock()
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	return network.New(ctx, append(options, network.WithLabels(s.labels()))...)
}

func (s *site) labels() map[string]string {
	return map[string]string{ownerLabel: s.engine.owner, stackLabel: s.id}
}

func (s *site) Redis(ctx context.Context) (stack.Redis, error) {
	p, err := s.run(ctx, "redis", cmp.Or(os.Getenv("REDIS_IMAGE"), "redis:7-alpine"), redisPort,
		asUser("redis"),
		testcontainers.WithCmd("redis-server", "--appendonly", "yes", "--save", ""),
		waitForLog("eady to accept connections"),
		network.WithNetwork(nil, s.front), // so that the lab reaches it; here it has no name that servers know
		network.WithNetwork([]string{"redis"}, s.back))
	if err != nil {
		return nil, err
	}
	s.redis = &redisPart{p}
	return s.redis, nil
}

func (s *site) Server(ctx context.Context, id string, env []string) (stack.ServerPart, error) {
	options := []testcontainers.ContainerCustomizer{
		testcontainers.WithEnv(asMap(append([]string{
			"ADDR=:8080", "SERVER_ID=" + id, "REDIS_URL=redis://redis:6379",
		}, env...))),
		testcontainers.WithCmd("/" + s.phase.Name),
		waitForLog("listening addr="),
		network.WithNetwork(nil, s.front),
	}
	if s.back != nil {
		options = append(options, network.WithNetwork(nil, s.back))
	}
	p, err := s.run(ctx, id, s.engine.image, serverPort, options...)
	if err != nil {
		return nil, err
	}
	server := &serverPart{part: p}
	return server, server.findBackend(ctx)
}

func (s *site) Balancer(ctx context.Context, backends []string) (stack.Balancer, error) {
	p, err := s.run(ctx, "nginx", cmp.Or(os.Getenv("NGINX_IMAGE"), "nginx:1.28-alpine"), serverPort,
		asUser("nginx"),
		testcontainers.WithTmpfs(map[string]string{"/run": "uid=101", "/var/cache/nginx": "uid=101"}),
		testcontainers.WithCmd("sh", "-c", beginNginx, "sh", compose.Nginx("8080", backends...)),
		waitForLog("start worker process "),
		network.WithNetwork(nil, s.front))
	if err != nil {
		return nil, err
	}
	return &nginxPart{part: p, backends: backends}, nil
}

func (s *site) Close() error { return s.engine.sweep(stackLabel, s.id) }
