package redisbackplane_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// A master dies under load, by kill -9, and its replica takes its place. What the
// replica had is heard by everybody, in order, once. What it had not is gone, as
// Redis replicates asynchronously; to be sure that there is some, the replica is
// cut off a moment before.
func TestAFailoverLosesNothingSilently(t *testing.T) {
	t.Parallel()
	cluster := func(t testing.TB) deployment { return startCluster(t) }
	for _, test := range []struct {
		name  string
		start func(testing.TB) deployment
		wait  int
	}{
		{"sentinels", startSentinels, 0},
		{"sentinels and WAIT", startSentinels, 1},
		{"cluster", cluster, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := test.start(t)
			var instances []*redisbackplane.Backplane
			for range 2 {
				instances = append(instances, d.joinWith(t, redisbackplane.Config{URL: d.url, Wait: test.wait}))
			}
			var rooms []*busyRoom
			for _, name := range []string{"general", "a", "b"} {
				rooms = append(rooms, startBusyRoom(t, name, instances))
			}
			acknowledged := func(n int) {
				for _, room := range rooms {
					room.more(t, &room.acknowledged, n)
				}
			}
			acknowledged(20)

			failing, general := d.master("room:general"), rooms[0]
			failing.do(t, "ACL", "SETUSER", "default", "-psync", "-sync")
			failing.do(t, "CLIENT", "KILL", "TYPE", "REPLICA")
			if test.wait == 0 {
				general.more(t, &general.acknowledged, 10)
			} else {
				general.more(t, &general.refused, 1)
			}
			failing.signal(t, syscall.SIGKILL)
			killed := time.Now()
			general.more(t, &general.refused, 1)
			if test.wait > 0 { // nothing is acknowledged as long as the survivor is alone
				eventually(t, "another master", func() bool {
					now := d.master("room:general")
					return now != nil && now != failing
				})
				startReplica(t, d.master("room:general"))
			}
			acknowledged(20)
			t.Logf("every room is back %v after the kill", time.Since(killed))
			for _, b := range instances {
				waitReady(t, b, true)
			}
			for _, room := range rooms {
				room.stop()
			}
			for _, room := range rooms {
				lost := room.check(t, d.history(t, room.name))
				t.Logf("%s: %d acknowledged, the survivor lacks %d of them", room.name, len(room.acks), lost)
				if room == general && (lost > 0) != (test.wait == 0) {
					t.Errorf("the survivor lacks %d acknowledged messages of the failed master's, with WAIT %d", lost, test.wait)
				}
			}
		})
	}
}

// history is what the topic's master has now.
func (d deployment) history(t testing.TB, room string) []message {
	t.Helper()
	entries, err := d.master("room:"+room).client.XRange(context.Background(), "room:"+room, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	var messages []message
	for _, e := range entries {
		if text, ok := e.Values["payload"].(string); ok {
			messages = append(messages, message{e.ID, text})
		}
	}
	return messages
}

// A busyRoom has a publisher and a subscriber on each instance.
type busyRoom struct {
	name                  string
	tapes                 []*tape
	publishing            sync.WaitGroup
	end                   context.CancelFunc
	acknowledged, refused atomic.Int64

	mu   sync.Mutex
	acks []message
}

func startBusyRoom(t testing.TB, name string, instances []*redisbackplane.Backplane) *busyRoom {
	t.Helper()
	ctx, end := context.WithCancel(context.Background())
	r := &busyRoom{name: name, end: end}
	t.Cleanup(r.stop)
	for _, b := range instances {
		r.tapes = append(r.tapes, record(t, b, name))
	}
	for i, b := range instances {
		r.publishing.Go(func() { r.publish(ctx, b, fmt.Sprint("publisher ", i, " message ")) })
	}
	return r
}

// publish says something a hundred times a second, so that the stream keeps it.
func (r *busyRoom) publish(ctx context.Context, b *redisbackplane.Backplane, prefix string) {
	pace := time.NewTicker(10 * time.Millisecond)
	defer pace.Stop()
	for n := 1; ; n++ {
		select {
		case <-pace.C:
		case <-ctx.Done():
			return
		}
		text := fmt.Sprint(prefix, n)
		at, err := say(b, hub.Room(r.name), text)
		if err != nil {
			r.refused.Add(1)
			continue
		}
		r.mu.Lock()
		r.acks = append(r.acks, message{idOf(at), text})
		r.mu.Unlock()
		r.acknowledged.Add(1)
	}
}

// more waits until count has grown by n.
func (r *busyRoom) more(t testing.TB, count *atomic.Int64, n int) {
	t.Helper()
	from := count.Load()
	eventually(t, fmt.Sprintf("%d more answers in %s", n, r.name), func() bool { return count.Load() >= from+int64(n) })
}

// stop ends the publishing, and returns when everything was answered.
func (r *busyRoom) stop() {
	r.end()
	r.publishing.Wait()
}

// check compares what was heard and acknowledged with what the survivor has, and
// returns how many acknowledged messages that lacks.
func (r *busyRoom) check(t testing.TB, history []message) (lost int) {
	t.Helper()
	has := make(map[message]bool)
	for _, m := range history {
		has[m] = true
	}
	for _, m := range r.acks {
		if !has[m] {
			lost++
		}
	}
	for i, tape := range r.tapes {
		tape.until(t, history[len(history)-1].id)
		tape.mu.Lock()
		defer tape.mu.Unlock()
		if len(tape.holes) != 0 {
			t.Errorf("%s, subscriber %d: holes that it was not told of: %q", r.name, i, tape.holes)
		}
		if lost > 0 && tape.gaps == 0 {
			t.Errorf("%s, subscriber %d: %d acknowledged messages are gone, and it was not told", r.name, i, lost)
		}
		// Since it was told, or from the beginning on, it has heard what there is.
		n := len(tape.since)
		if n > len(history) {
			t.Errorf("%s, subscriber %d: heard %d messages, the survivor has %d", r.name, i, n, len(history))
			continue
		}
		for j, has := range history[len(history)-n:] {
			if heard := tape.since[j]; heard != has {
				t.Errorf("%s, subscriber %d: heard %v, the survivor has %v", r.name, i, heard, has)
				break
			}
		}
		if tape.gaps == 0 && n != len(history) {
			t.Errorf("%s, subscriber %d: heard %d messages, want all %d", r.name, i, n, len(history))
		}
	}
	return lost
}
