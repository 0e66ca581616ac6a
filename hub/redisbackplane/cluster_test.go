package redisbackplane_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
	"secondserver/hub/redisbackplane"
)

// startCluster runs three masters and a replica of the one that has the room
// general, in a hurry: a dead master is replaced within three seconds.
func startCluster(t testing.TB, args ...string) deployment {
	t.Helper()
	const masters = 3
	var servers []*server
	var addrs []string
	for n := range masters + 1 {
		bus := port(freeAddr(t))
		s := startServer(t, slices.Concat(args, replicating, []string{"--cluster-enabled", "yes", "--cluster-port", bus,
			"--cluster-node-timeout", "1000", "--cluster-replica-validity-factor", "0"})...)
		s.do(t, "CLUSTER", "SET-CONFIG-EPOCH", n+1)
		if n > 0 {
			servers[0].do(t, "CLUSTER", "MEET", "127.0.0.1", port(s.addr), bus)
		}
		servers, addrs = append(servers, s), append(addrs, s.addr)
	}
	slots := [masters][2]int{{0, 5460}, {5461, 10922}, {10923, 16383}}
	for n, s := range slots {
		servers[n].do(t, "CLUSTER", "ADDSLOTSRANGE", s[0], s[1])
	}
	d := deployment{
		testRedis: testRedis{url: "redis://" + addrs[0] + "?addr=" + addrs[1] + "&addr=" + addrs[2]},
		servers:   servers,
	}
	d.master = func(topic string) *server {
		for _, s := range servers {
			if s.killed.Load() {
				continue
			}
			ctx, stop := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer stop()
			if err := s.client.Exists(ctx, topic).Err(); err == nil { // all others say MOVED
				return s
			}
		}
		return nil
	}
	replica := servers[masters]
	info := func(s *server, section string) string {
		return s.client.Do(context.Background(), "CLUSTER", section).String()
	}
	all := func(is func(s *server) bool) func() bool {
		return func() bool {
			for _, s := range servers {
				if !is(s) {
					return false
				}
			}
			return true
		}
	}
	eventually(t, "a cluster of four nodes", all(func(s *server) bool {
		return strings.Contains(info(s, "INFO"), "cluster_state:ok") && strings.Contains(info(s, "INFO"), "cluster_known_nodes:4")
	}))
	general := d.master("room:general")
	replica.do(t, "CLUSTER", "REPLICATE", general.do(t, "CLUSTER", "MYID"))
	eventually(t, "a replica that all know", all(func(s *server) bool { return strings.Contains(info(s, "NODES"), "slave") }))
	replica.inSync(t)
	d.drop = func() {
		for _, s := range servers {
			s.drop(t)
		}
	}
	d.forget = func() {
		for _, s := range servers[:masters] {
			s.do(t, "FLUSHALL")
		}
		d.drop()
	}
	return d
}

// roomsElsewhere are n rooms that other masters have than the room general.
func (d deployment) roomsElsewhere(t testing.TB, n int) (rooms []string) {
	t.Helper()
	for i := 0; len(rooms) < n; i++ {
		room := fmt.Sprint("room-", i)
		if d.master("room:"+room) != d.master("room:general") {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

func TestCluster_KeepsEveryPromise(t *testing.T) {
	t.Parallel()
	d := startCluster(t)
	backplanetest.Run(t, func(t testing.TB) backplanetest.Rig {
		d.forget()
		return d.rig(t)
	})
}

// In a cluster a message goes to the nodes that have subscribers, not to all.
func TestAClusterShardsItsPubSub(t *testing.T) {
	t.Parallel()
	d := startCluster(t)
	b := d.join(t)
	record(t, b, "general")
	for _, s := range d.servers {
		want := int64(0)
		if s == d.master("room:general") {
			want = 1
		}
		if got := s.subscriptions(t, "SHARDNUMSUB", "room:general"); got != want {
			t.Errorf("%d sharded subscriptions at %s, want %d", got, s.addr, want)
		}
		if got := s.subscriptions(t, "NUMSUB", "room:general"); got != 0 {
			t.Errorf("%d subscriptions at %s that are not sharded, want none", got, s.addr)
		}
	}
}

// A master that hangs is its own topics' trouble, until it has been replaced.
func TestAHangingMasterHoldsUpNoOthersTopics(t *testing.T) {
	t.Parallel()
	d := startCluster(t, "--cluster-require-full-coverage", "no")
	const messages = 100
	rooms := d.roomsElsewhere(t, 1+messages)
	b := d.join(t)
	here, there := record(t, b, "general"), record(t, b, rooms[0])
	hanging := d.master("room:general")
	hanging.signal(t, syscall.SIGSTOP)

	refused := make(chan error, messages)
	for range messages {
		b.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("lost")}, func(_ hub.Position, err error) { refused <- err })
	}
	started := time.Now()
	for _, joined := range rooms[1:] {
		if _, err := say(b, hub.Room(rooms[0]), joined); err != nil {
			t.Fatalf("publish elsewhere: %v", err)
		}
		there.until(t, joined)
		record(t, b, joined)
	}
	if took := time.Since(started); took > hub.PublishTimeout/2 {
		t.Errorf("%d messages and joins elsewhere took %v, while a master hung", messages, took)
	}
	for range messages {
		if err := <-refused; !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("publish to the hanging master: %v, want %v", err, hub.ErrUnavailable)
		}
	}
	here.until(t, insist(t, b, hub.Room("general"), "at the next master"))
	waitReady(t, b, true)
	hanging.signal(t, syscall.SIGCONT)
	here.until(t, insist(t, b, hub.Room("general"), "after the thaw"))
}

// A master that nobody takes the place of makes an instance not ready, and the
// reason says which one it is. Others' topics, and new instances, do without it.
func TestALostMasterIsNamed(t *testing.T) {
	t.Parallel()
	d := startCluster(t, "--cluster-require-full-coverage", "no")
	b := d.join(t)
	waitReady(t, b, true)
	lost := d.master("room:" + d.roomsElsewhere(t, 1)[0])
	lost.signal(t, syscall.SIGKILL)
	killed := time.Now()
	waitReady(t, b, false)
	if took := time.Since(killed); took > 5*time.Second {
		t.Errorf("not ready after %v, want at most 5 s", took)
	}
	if err := b.Ready(); err == nil || !strings.Contains(err.Error(), lost.addr) {
		t.Errorf("ready: %v, want an error that names %s", err, lost.addr)
	}
	for _, instance := range []*redisbackplane.Backplane{b, d.join(t)} {
		record(t, instance, "general").until(t, insist(t, instance, hub.Room("general"), "hello"))
	}
}

// A master that wakes up after it was replaced still carries out what it had been
// sent, and the cluster passes its messages on to the new one's subscribers. Its
// offsets are not theirs.
func TestAReplacedMastersMessagesAreNotHeard(t *testing.T) {
	t.Parallel()
	d := startCluster(t)
	b := d.join(t)
	tape := record(t, b, "general")
	at, err := say(b, hub.Room("general"), "first")
	if err != nil {
		t.Fatal(err)
	}
	master := d.master("room:general")
	master.do(t, "SPUBLISH", "room:general", fmt.Sprintf("%s-%d 127.0.0.1:1 phantom", at.Epoch, at.Offset+1))
	tape.until(t, insist(t, b, hub.Room("general"), "second"))
	if n := len(tape.since); n != 2 || tape.gaps != 0 {
		t.Errorf("heard %v and %d gaps, want the two messages that the master has", tape.since, tape.gaps)
	}
}

// A slot can move to another master at any time, with all that is in it. Topics
// move with it, and go on where they were.
func TestATopicMovesWithItsSlot(t *testing.T) {
	t.Parallel()
	d := startCluster(t)
	b := d.join(t)
	tape := record(t, b, "general")
	tape.until(t, insist(t, b, hub.Room("general"), "before"))
	from, to := d.moveSlot(t, "room:general")
	tape.until(t, insist(t, b, hub.Room("general"), "after"))
	if tape.gaps != 0 || len(tape.holes) != 0 {
		t.Errorf("%d gaps, holes %q; want none: the history was there", tape.gaps, tape.holes)
	}
	if there, here := from.subscriptions(t, "SHARDNUMSUB", "room:general"), to.subscriptions(t, "SHARDNUMSUB", "room:general"); there != 0 || here != 1 {
		t.Errorf("subscribed %d times at the former master and %d times at the new one, want 0 and 1", there, here)
	}
}

// Between two looks at the map it may be out of date. A subscription that the
// wrong master has refused comes to stand with the right one all the same, and
// soon.
func TestASubscriptionFindsTheRightMaster(t *testing.T) {
	t.Parallel()
	d := startCluster(t)
	b := d.join(t)
	for range 3 { // whenever the last look was
		d.moveSlot(t, "room:general")
		started := time.Now()
		tape := record(t, b, "general")
		t.Logf("subscribed in %v", time.Since(started))
		tape.until(t, insist(t, b, hub.Room("general"), "hello"))
		tape.cancel()
	}
}

// moveSlot gives the topic's slot to another master.
func (d deployment) moveSlot(t testing.TB, topic string) (from, to *server) {
	t.Helper()
	from = d.master(topic)
	for _, s := range d.servers[:3] {
		if s != from {
			to = s
		}
	}
	slot := from.do(t, "CLUSTER", "KEYSLOT", topic)
	to.do(t, "CLUSTER", "SETSLOT", slot, "IMPORTING", from.do(t, "CLUSTER", "MYID"))
	from.do(t, "CLUSTER", "SETSLOT", slot, "MIGRATING", to.do(t, "CLUSTER", "MYID"))
	from.do(t, "MIGRATE", "127.0.0.1", port(to.addr), topic, 0, 5000)
	to.do(t, "CLUSTER", "SETSLOT", slot, "NODE", to.do(t, "CLUSTER", "MYID"))
	from.do(t, "CLUSTER", "SETSLOT", slot, "NODE", to.do(t, "CLUSTER", "MYID"))
	return from, to
}
