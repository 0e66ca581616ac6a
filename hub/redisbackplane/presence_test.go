package redisbackplane_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

var general = hub.Room("general")

// enter makes user a participant of general.
func enter(t testing.TB, b *redisbackplane.Backplane, user string) (leave func()) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	leave, err := b.Enter(ctx, general, user)
	if err != nil {
		t.Fatalf("enter %s: %v", user, err)
	}
	return leave
}

// A roll is who is in general, as a watcher was told.
type roll struct {
	mu sync.Mutex
	in map[string]bool
}

func watch(t testing.TB, b *redisbackplane.Backplane) *roll {
	t.Helper()
	r := &roll{in: make(map[string]bool)}
	cancel, err := b.Watch(t.Context(), general, func(changes []hub.Change) {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, c := range changes {
			if c.Came {
				r.in[c.User] = true
			} else {
				delete(r.in, c.User)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return r
}

func (r *roll) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.in)
}

// who asks who is in general, in alphabetical order.
func who(t testing.TB, b *redisbackplane.Backplane) string {
	t.Helper()
	users, err := b.Participants(t.Context(), general)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(users)
	return strings.Join(users, " ")
}

// FLUSHALL breaks no connection, and so nobody subscribes again.
func TestWhoIsThereIsSaidAgainToAnEmptyRedis(t *testing.T) {
	t.Parallel()
	mini := runMiniredis(t)
	r := testRedis{url: "redis://" + mini.Addr()}
	here, there := r.join(t), r.join(t)
	enter(t, here, "alice")
	enter(t, there, "bob")
	mini.FlushAll()
	for _, b := range []*redisbackplane.Backplane{here, there} {
		eventually(t, "alice and bob in the room", func() bool { return who(t, b) == "alice bob" })
	}
}

// The others have buried it while it was frozen.
func TestAnInstanceThatWasTakenForDeadIsBackInAllCounts(t *testing.T) {
	t.Parallel()
	mini := runMiniredis(t)
	r := testRedis{url: "redis://" + mini.Addr()}
	here, there := r.join(t), r.join(t)
	enter(t, here, "alice")
	enter(t, there, "bob")
	roll, old := watch(t, there), here.Name()
	mini.HDel("instances", old)
	eventually(t, "alice on one instance, by its new name", func() bool {
		on := mini.HGet("{room:general}:present", "alice")
		return on != "" && on == here.Name() && on != old
	})
	enter(t, here, "fence")
	eventually(t, "three in the room", func() bool { return roll.count() == 3 })
	for _, b := range []*redisbackplane.Backplane{here, there} {
		if got := who(t, b); got != "alice bob fence" {
			t.Errorf("in the room are %s, want alice, bob and the fence", got)
		}
	}
}

// Its silence alone would be noticed after 4 s.
func TestWhoWasOnAnInstanceThatClosesIsGoneAtOnce(t *testing.T) {
	r := startMiniredis(t)
	here, there := r.join(t), r.join(t)
	enter(t, here, "alice")
	roll := watch(t, there)
	closed := time.Now()
	if err := here.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	eventually(t, "nobody in the room", func() bool { return roll.count() == 0 })
	if got := time.Since(closed); got > 2*time.Second {
		t.Errorf("gone after %v, want at once", got)
	}
}

// More users than one call to Redis tells of.
func TestAFullRoomIsEmptyWhenRedisIsBack(t *testing.T) {
	t.Parallel()
	const users = 600
	mini := runMiniredis(t)
	r := testRedis{url: "redis://" + mini.Addr()}
	here, there := r.join(t), r.join(t)
	roll := watch(t, there)
	var entering sync.WaitGroup
	leaves := make([]func(), users)
	for n := range users {
		entering.Go(func() {
			var err error
			if leaves[n], err = here.Enter(t.Context(), general, fmt.Sprint("user-", n)); err != nil {
				t.Errorf("enter: %v", err)
			}
		})
	}
	entering.Wait()
	eventually(t, "everybody in the room", func() bool { return roll.count() == users })
	mini.Close()
	for _, leave := range leaves {
		leave()
	}
	waitReady(t, here, false)
	startAgain(t, mini)
	eventually(t, "nobody in the room", func() bool { return roll.count() == 0 && who(t, there) == "" })
	eventually(t, "nothing left of it here", func() bool { return here.Topics() == 0 })
}
