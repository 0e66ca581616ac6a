package dockerengine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
)

type redisPart struct {
	*part
}

func (r *redisPart) Addr() string { return r.addr }

func (r *redisPart) Flush(ctx context.Context) error {
	state, err := r.container.State(ctx)
	if err != nil {
		return fmt.Errorf("flush %s: %w", r.name, err)
	}
	if !state.Running {
		return fmt.Errorf("flush %s while it is down: its files are inside: %w", r.name, errors.ErrUnsupported)
	}
	return r.exec(ctx, "redis-cli", "-e", "FLUSHALL")
}

func (r *redisPart) KillPubSub(ctx context.Context) error {
	return r.exec(ctx, "redis-cli", "-e", "CLIENT", "KILL", "TYPE", "pubsub")
}

// dropFrom ends all connections from one address.
func (r *redisPart) dropFrom(ctx context.Context, ip string) error {
	admin := redis.NewClient(&redis.Options{Addr: r.addr})
	defer admin.Close()
	list, err := admin.ClientList(ctx).Result()
	if err != nil {
		return err
	}
	for line := range strings.Lines(list) {
		for field := range strings.FieldsSeq(line) {
			addr, found := strings.CutPrefix(field, "addr=")
			if host, _, _ := net.SplitHostPort(addr); !found || host != ip {
				continue
			}
			if killErr := admin.ClientKillByFilter(ctx, "ADDR", addr).Err(); killErr != nil {
				err = errors.Join(err, killErr)
			}
		}
	}
	return err
}
