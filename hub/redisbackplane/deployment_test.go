package redisbackplane_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// A deployment is a Redis of several servers.
type deployment struct {
	testRedis
	servers   []*server // masters and replicas
	sentinels []*server
	master    func(topic string) *server // the one that has the topic now; nil: none has
}

// replicating are the options of servers that replicate at once.
var replicating = []string{"--repl-diskless-sync", "no"}

// startReplica runs one more replica of the master.
func startReplica(t testing.TB, master *server) *server {
	t.Helper()
	replica := startServer(t, slices.Concat(replicating, []string{"--replicaof", "127.0.0.1", port(master.addr)})...)
	replica.inSync(t)
	return replica
}

// inSync waits until the replica has all that its master has.
func (s *server) inSync(t testing.TB) {
	t.Helper()
	eventually(t, "a replica in sync", func() bool {
		return strings.Contains(s.client.Info(context.Background(), "replication").String(), "master_link_status:up")
	})
}

// A tape is what one subscriber hears.
type tape struct {
	cancel func()

	mu    sync.Mutex
	at    hub.Position
	gaps  int
	since []message     // what came after the last gap
	holes []string      // batches that did not follow the one before
	more  chan struct{} // closed and renewed with each batch
}

func record(t testing.TB, b *redisbackplane.Backplane, room string) *tape {
	t.Helper()
	tp := &tape{more: make(chan struct{})}
	var err error
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	_, tp.cancel, err = b.Subscribe(ctx, hub.Room(room), tp.deliver)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tp.cancel)
	return tp
}

func (tp *tape) deliver(b hub.Batch) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	if b.Gap {
		tp.gaps++
		tp.since = nil
	} else if tp.at != (hub.Position{}) && tp.at != b.After {
		tp.holes = append(tp.holes, fmt.Sprintf("%v after %v", b.After, tp.at))
	}
	tp.at = b.After
	for _, payload := range b.Payloads {
		tp.at.Offset++
		tp.since = append(tp.since, message{idOf(tp.at), string(payload)})
	}
	close(tp.more)
	tp.more = make(chan struct{})
}

// until waits for the message with that text, or that ID.
func (tp *tape) until(t testing.TB, which string) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for {
		tp.mu.Lock()
		heard := slices.ContainsFunc(tp.since, func(m message) bool { return m.text == which || m.id == which })
		more := tp.more
		tp.mu.Unlock()
		if heard {
			return
		}
		select {
		case <-more:
		case <-limit:
			t.Fatalf("after 20 s: never heard %s", which)
		}
	}
}

// A message has the ID that it has in its stream.
type message struct{ id, text string }

func idOf(at hub.Position) string { return fmt.Sprintf("%s-%d", at.Epoch, at.Offset) }

// say publishes text and waits for the answer.
func say(b *redisbackplane.Backplane, to hub.Destination, text string) (hub.Position, error) {
	return publish(b, hub.Publication{To: to, Payload: []byte(text)})
}

func publish(b *redisbackplane.Backplane, p hub.Publication) (hub.Position, error) {
	type answer struct {
		at  hub.Position
		err error
	}
	answers := make(chan answer, 1)
	b.Publish(p, func(at hub.Position, err error) { answers <- answer{at, err} })
	a := <-answers
	return a.at, a.err
}

// insist publishes text until it is acknowledged, and returns what was.
func insist(t testing.TB, b *redisbackplane.Backplane, to hub.Destination, text string) (said string) {
	t.Helper()
	try := 0
	eventually(t, "published: "+text, func() bool {
		try++
		said = fmt.Sprint(text, " ", try)
		_, err := say(b, to, said)
		if err != nil && !errors.Is(err, hub.ErrUnavailable) {
			t.Fatal(err)
		}
		return err == nil
	})
	return said
}
