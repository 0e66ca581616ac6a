package hub_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// In one process there is one Memory to share, and it keeps every promise.
func TestMemory_KeepsEveryPromiseWithinOneProcess(t *testing.T) {
	backplanetest.Run(t, func(testing.TB) backplanetest.Rig {
		shared := new(hub.Memory)
		return backplanetest.Rig{Join: func() hub.Backplane { return shared }}
	})
}

func TestMemory_KeepsAsMuchAsItIsTold(t *testing.T) {
	keep := hub.Retention{Messages: 234}
	backplanetest.Run(t, func(testing.TB) backplanetest.Rig {
		shared := hub.NewMemory(keep)
		return backplanetest.Rig{Join: func() hub.Backplane { return shared }, Retention: keep}
	})
}

func TestMemory_KeepsATopicForAnHourAfterItsLastUse(t *testing.T) {
	room := hub.Room("general")
	uses := map[string]func(context.Context, *hub.Memory){
		"a message":  func(_ context.Context, m *hub.Memory) { fill(m, 1) },
		"a question": func(ctx context.Context, m *hub.Memory) { m.History(ctx, room, hub.Position{}, 1) },
		"a subscription that ends": func(ctx context.Context, m *hub.Memory) {
			_, cancel, _ := m.Subscribe(ctx, room, func(hub.Batch) {})
			pass(90 * time.Minute)
			cancel()
		},
		"a participant who leaves": func(ctx context.Context, m *hub.Memory) {
			leave, _ := m.Enter(ctx, room, "alice")
			pass(90 * time.Minute)
			leave()
		},
		"a watcher who leaves": func(ctx context.Context, m *hub.Memory) {
			cancel, _ := m.Watch(ctx, room, func([]hub.Change) {})
			pass(90 * time.Minute)
			cancel()
		},
	}
	for name, use := range uses {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := new(hub.Memory)
				fill(m, 1)
				epoch := epochOf(t, m)
				for range 3 { // each use begins the hour anew
					pass(time.Hour - time.Second)
					use(t.Context(), m)
				}
				pass(time.Hour - time.Second)
				if epochOf(t, m) != epoch {
					t.Error("within the hour there is a new history")
				}
				pass(time.Hour + time.Second)
				if epochOf(t, m) == epoch {
					t.Error("after the hour there is the old history")
				}
				pass(2 * time.Hour) // let the timer go
			})
		})
	}
}

// A topic that is used for ever remembers no more than five minutes of keys.
func TestMemory_ForgetsKeysThatAreOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := new(hub.Memory)
		room := hub.Room("general")
		for n := range 20 * 60 { // one a second
			m.Publish(hub.Publication{To: room, Payload: []byte("{}"), Key: fmt.Sprint(n)}, func(hub.Position, error) {})
			if got, most := m.KeysKept(room), int(hub.KeyKept/time.Second); got != min(n+1, most) {
				t.Fatalf("after %d publications it keeps %d keys, want %d", n+1, got, most)
			}
			pass(time.Second)
		}
		pass(hub.KeyKept)
		fill(m, 1) // without a key
		if got := m.KeysKept(room); got != 0 {
			t.Errorf("after five minutes it keeps %d keys, want none", got)
		}
		pass(2 * time.Hour) // let the timer go
	})
}

// A key outlives a history that is kept for a shorter time.
func TestMemory_KeepsKeysLongerThanHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := hub.NewMemory(hub.Retention{For: time.Minute})
		publish := func() (at hub.Position) {
			m.Publish(hub.Publication{To: hub.Room("general"), Key: "1"}, func(p hub.Position, err error) { at = p })
			return at
		}
		first := publish()
		pass(hub.KeyKept - time.Second)
		if again := publish(); again != first {
			t.Errorf("published at %v, and again at %v, want the same", first, again)
		}
	})
}
