package main

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// A Redis that hangs keeps nobody for longer than it may, however many wait.
func TestAQueueAnswersInTimeWhereRedisDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(mute(t))
		began := time.Now()
		answers := make(chan error, 3*queueBatch)
		for range cap(answers) {
			q.add(ping, func(err error) { answers <- err })
		}
		for i := range cap(answers) {
			if err := <-answers; !errors.Is(err, hub.ErrUnavailable) {
				t.Fatalf("call %d: got error %v, want one that wraps ErrUnavailable", i, err)
			}
			if took := time.Since(began); took > hub.PublishTimeout {
				t.Fatalf("call %d: answered after %v, want within %v", i, took, hub.PublishTimeout)
			}
		}
		q.close()
	})
}

func TestAQueueThatIsFullOrClosedRefusesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(mute(t))
		refused := 0
		count := func(err error) {
			if errors.Is(err, errQueueFull) && errors.Is(err, hub.ErrUnavailable) {
				refused++
			}
		}
		q.add(ping, count)
		synctest.Wait() // it is on its way, and the rest waits
		for range queueLimit {
			q.add(ping, count)
		}
		if refused != 0 {
			t.Errorf("with %d calls: %d were refused, want none", queueLimit, refused)
		}
		q.add(ping, count)
		if refused != 1 {
			t.Errorf("with one more: %d were refused, want 1", refused)
		}
		q.close()
		var err error
		q.add(ping, func(e error) { err = e })
		if !errors.Is(err, redis.ErrClosed) || !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("after close: got error %v, want one that wraps ErrClosed and ErrUnavailable", err)
		}
	})
}

func ping(ctx context.Context, pipe redis.Pipeliner) redis.Cmder { return pipe.Ping(ctx) }

// mute is a client of a Redis that takes what it is sent, and never answers.
func mute(t *testing.T) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Addr: "127.0.0.1:1", Protocol: 2, DisableIdentity: true, MaxRetries: -1, ContextTimeoutEnabled: true,
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := net.Pipe()
			t.Cleanup(func() { theirs.Close() })
			return ours, nil
		},
	})
	t.Cleanup(func() { client.Close() })
	return client
}
