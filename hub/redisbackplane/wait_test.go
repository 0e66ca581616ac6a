package redisbackplane_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// With Config.Wait a message that too few replicas have is not acknowledged, though
// it is published and heard. Nobody waits longer for that than for a Redis that
// hangs, neither those who publish while others wait.
func TestNothingIsAcknowledgedThatReplicasLack(t *testing.T) {
	t.Parallel()
	master := startServer(t, replicating...)
	b := testRedis{}.joinWith(t, redisbackplane.Config{URL: "redis://" + master.addr, Wait: 1})
	tape := record(t, b, "general")

	const messages = 4
	answers := make(chan error, messages)
	pace := time.NewTicker(hub.PublishTimeout / 5)
	defer pace.Stop()
	for n := range messages {
		published := time.Now()
		b.Publish(hub.Publication{To: hub.Room("general"), Payload: fmt.Append(nil, "heard ", n)}, func(_ hub.Position, err error) {
			if age := time.Since(published); age > hub.PublishTimeout {
				t.Errorf("message %d answered after %v, want at most %v", n, age, hub.PublishTimeout)
			}
			answers <- err
		})
		<-pace.C
	}
	for n := range messages {
		if err := <-answers; !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("without a replica: %v, want %v", err, hub.ErrUnavailable)
		}
		tape.until(t, fmt.Sprint("heard ", n))
	}

	startReplica(t, master)
	tape.until(t, insist(t, b, hub.Room("general"), "acknowledged"))
}

// Who comes and goes is nothing that replicas have to have.
func TestNobodyWaitsForReplicasAtTheDoor(t *testing.T) {
	redis := startMiniredis(t) // it has none, and says so
	b := redis.joinWith(t, redisbackplane.Config{URL: redis.url, Wait: 1})
	leave := enter(t, b, "alice")
	if got := who(t, b); got != "alice" {
		t.Errorf("in the room are %q, want alice", got)
	}
	leave()
	eventually(t, "nobody in the room", func() bool { return who(t, b) == "" && b.Topics() == 0 })
	if _, err := say(b, general, "hi"); !errors.Is(err, hub.ErrUnavailable) {
		t.Errorf("without a replica: %v, want %v", err, hub.ErrUnavailable)
	}
}
