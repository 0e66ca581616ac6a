package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"secondserver/hub"
)

func TestCounter_CountsOnAllInstancesTogether(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, two := r.join(t, "counter", "one"), r.join(t, "counter", "two")
		leaves := []func(){enter(t, one, "alice"), enter(t, one, "alice"), enter(t, two, "alice")}
		enter(t, two, "bob")
		for i, leave := range leaves {
			wantPresent(t, one, "alice", "bob")
			wantPresent(t, two, "alice", "bob")
			leave()
			if i < len(leaves)-1 {
				leave() // once more does no harm
			}
		}
		eventually(t, "alice gone", func() bool { return slices.Equal(present(t, two), []string{"bob"}) })
	})
}

// This is what is wrong with it.
func TestCounter_WhoWasOnAnInstanceThatDiedStaysForEver(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, two := r.join(t, "counter", "one"), r.join(t, "counter", "two")
		enter(t, one, "alice")
		leave := enter(t, two, "bob")
		one.Close() // and nobody has left, as after kill -9
		leave()
		eventually(t, "bob gone", func() bool { return !slices.Contains(present(t, two), "bob") })
		wantPresent(t, two, "alice")

		again := r.join(t, "counter", "one")
		enter(t, again, "alice")()
		fence := enter(t, again, "fence") // the leave is counted before it
		wantPresent(t, two, "alice", "fence")
		fence()
	})
}

func TestCounter_TheLeavesOfADrainAreCountedBeforeCloseReturns(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, two := r.join(t, "counter", "one"), r.join(t, "counter", "two")
		var leaves []func()
		for i := range queueBatch + 1 {
			leaves = append(leaves, enter(t, one, fmt.Sprint("user-", i)))
		}
		for _, leave := range leaves {
			leave()
		}
		one.Close()
		wantPresent(t, two)
	})
}

func TestCounter_AWatcherHearsWhoIsThereAndWhatChangesHere(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, two := r.join(t, "counter", "one"), r.join(t, "counter", "two")
		enter(t, two, "alice")
		w := watch(t, one)
		w.wants(t, "+alice")
		enter(t, two, "dora") // elsewhere: not told
		leave := enter(t, one, "alice")
		w.wants(t, "+alice") // as before: she was known to be there
		leave()
		leave = enter(t, one, "bob")
		again := enter(t, one, "bob")
		w.wants(t, "+alice", "+bob")
		leave()
		again()
		enter(t, one, "dora") // was there already, and was not known to be
		w.wants(t, "+alice", "+bob", "-bob", "+dora")
		w.cancel()
		enter(t, one, "charlie")
		w.wants(t, "+alice", "+bob", "-bob", "+dora")
	})
}

func TestCounter_EnteringFailsWithoutRedis(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		p := r.join(t, "counter", "one")
		r.stop()
		if _, err := p.Enter(t.Context(), general, "alice"); !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("got error %v, want one that wraps ErrUnavailable", err)
		}
		if _, err := p.Participants(t.Context(), general); !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("got error %v, want one that wraps ErrUnavailable", err)
		}
	})
}

// The hub's audience of a room is of no use without it, so it has to go on trying.
func TestCounter_WatchWaitsForRedisToComeBack(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		p := r.join(t, "counter", "one")
		r.stop()
		watching := make(chan error)
		go func() { // ends with Watch
			_, err := p.Watch(t.Context(), general, func([]hub.Change) {})
			watching <- err
		}()
		r.start()
		if err := answer(t, watching); err != nil {
			t.Errorf("got error %v, want none once Redis is back", err)
		}
	})
}

func enter(t *testing.T, p plane, user string) (leave func()) {
	t.Helper()
	leave, err := p.Enter(t.Context(), general, user)
	if err != nil {
		t.Fatalf("enter %s: %v", user, err)
	}
	return leave
}

func present(t *testing.T, p plane) []string {
	t.Helper()
	users, err := p.Participants(t.Context(), general)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(users)
	return users
}

func wantPresent(t *testing.T, p plane, want ...string) {
	t.Helper()
	if got := present(t, p); !slices.Equal(got, want) {
		t.Errorf("got %q in the room, want %q", got, want)
	}
}

// A watching keeps the changes of general on one instance, as in "+alice".
type watching struct {
	cancel func()

	mu   sync.Mutex
	told []string
}

func watch(t *testing.T, p plane) *watching {
	t.Helper()
	w := new(watching)
	cancel, err := p.Watch(t.Context(), general, func(changes []hub.Change) {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, c := range changes {
			sign := "-"
			if c.Came {
				sign = "+"
			}
			w.told = append(w.told, sign+c.User)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	w.cancel = cancel
	return w
}

// wants is right at once: who has entered has been told of, and so has what came
// before.
func (w *watching) wants(t *testing.T, want ...string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.told, want) {
		t.Errorf("was told %q, want %q", w.told, want)
	}
}
