package dockerengine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"secondserver/lab/stack"
)

type serverPart struct {
	*part
	backend string // empty while it is down
}

func (s *serverPart) URL() string { return "http://" + s.addr }

// Backend is an IP address, not a name: an nginx that is sticky knows its servers by these. A server that is down has
// none, since Docker may give it to the next container.
func (s *serverPart) Backend() string { return s.backend }

func (s *serverPart) Start(ctx context.Context) error {
	if err := s.part.Start(ctx); err != nil {
		return err
	}
	return s.findBackend(ctx)
}

func (s *serverPart) findBackend(ctx context.Context) error {
	ip, err := s.ip(ctx, s.site.front)
	if err == nil {
		s.backend = net.JoinHostPort(ip, "8080")
	}
	return err
}

func (s *serverPart) Kill() error {
	s.backend = ""
	return s.part.Kill()
}

func (s *serverPart) Stop(ctx context.Context) error {
	s.backend = ""
	return s.part.Stop(ctx)
}

func (s *serverPart) LogEnd() int { return len(s.Log()) }

func (s *serverPart) LogFrom(end int) string {
	log := s.Log()
	return log[min(end, len(log)):]
}

var errNoRedis = fmt.Errorf("this phase has no Redis: %w", errors.ErrUnsupported)

// CutRedis takes the server off the network where Redis is: its interface disappears, without a word to anybody.
func (s *serverPart) CutRedis(way stack.Way) error {
	if s.site.back == nil {
		return errNoRedis
	}
	if way != stack.BothWays {
		return fmt.Errorf("cut %s off one way: a network has an interface or not: %w", s.name, errors.ErrUnsupported)
	}
	return s.do(context.Background(), "cut", func(ctx context.Context, docker *client.Client, id string) error {
		_, err := docker.NetworkDisconnect(ctx, s.site.back.ID, client.NetworkDisconnectOptions{Container: id})
		return err
	})
}

func (s *serverPart) DelayRedis(time.Duration) error {
	if s.site.back == nil {
		return errNoRedis
	}
	return fmt.Errorf("delay Redis for %s: the lab is not between them: %w", s.name, errors.ErrUnsupported)
}

func (s *serverPart) HealRedis() error {
	if s.site.back == nil {
		return errNoRedis
	}
	return s.do(context.Background(), "heal", func(ctx context.Context, docker *client.Client, id string) error {
		_, err := docker.NetworkConnect(ctx, s.site.back.ID, client.NetworkConnectOptions{Container: id})
		return err
	})
}

func (s *serverPart) DropRedisConnections() error {
	if s.site.back == nil {
		return errNoRedis
	}
	return s.do(context.Background(), "drop the Redis connections of", func(ctx context.Context, _ *client.Client, _ string) error {
		ip, err := s.ip(ctx, s.site.back)
		if err != nil {
			return err
		}
		return s.site.redis.dropFrom(ctx, ip)
	})
}

// ip is the server's address on a network.
func (s *serverPart) ip(ctx context.Context, on *testcontainers.DockerNetwork) (string, error) {
	inspected, err := s.container.Inspect(ctx)
	if err != nil {
		return "", err
	}
	endpoint := inspected.NetworkSettings.Networks[on.Name]
	if endpoint == nil {
		return "", fmt.Errorf("it is not on the network %s: CutRedis takes it off that of Redis", on.Name)
	}
	return endpoint.IPAddress.String(), nil
}

// asMap turns "NAME=value" into what testcontainers wants; the last of a name counts.
func asMap(env []string) map[string]string {
	variables := map[string]string{}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	return variables
}
