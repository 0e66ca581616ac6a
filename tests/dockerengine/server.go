package dockerengine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/moby/client"
)

type serverPart struct {
	*part
	down bool
}

func (s *serverPart) URL() string { return "http://" + s.addr }

// Backend is the server's name. Docker knows the names of running containers only, and nginx refuses a configuration
// with a name that nobody knows.
func (s *serverPart) Backend() string {
	if s.down {
		return ""
	}
	return s.name + ":8080"
}

func (s *serverPart) Start(ctx context.Context) error {
	err := s.part.Start(ctx)
	s.down = err != nil
	return err
}

func (s *serverPart) Kill() error {
	s.down = true
	return s.part.Kill()
}

func (s *serverPart) Stop(ctx context.Context) error {
	s.down = true
	return s.part.Stop(ctx)
}

var errNoRedis = fmt.Errorf("this phase has no Redis: %w", errors.ErrUnsupported)

// CutRedis takes the server off the network where Redis is: its interface disappears, without a word to anybody.
func (s *serverPart) CutRedis() error {
	if s.site.back == nil {
		return errNoRedis
	}
	return s.do(context.Background(), "cut", func(ctx context.Context, docker *client.Client, id string) error {
		_, err := docker.NetworkDisconnect(ctx, s.site.back.ID, client.NetworkDisconnectOptions{Container: id})
		return err
	})
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
		inspected, err := s.container.Inspect(ctx)
		if err != nil {
			return err
		}
		endpoint := inspected.NetworkSettings.Networks[s.site.back.Name]
		if endpoint == nil {
			return errors.New("it is cut off: it has none")
		}
		return s.site.redis.dropFrom(ctx, endpoint.IPAddress.String())
	})
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
