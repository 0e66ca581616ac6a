package backplanetest_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// This is phase 2. Each instance has a Memory, each Memory keeps all that it can
// promise alone, and every promise about instances together is broken. No error
// is reported anywhere: only this test, or a user who waits for an answer, can
// tell.
func TestTwoMemoriesBreakExactlyWhatIsShared(t *testing.T) {
	broken := backplanetest.Broken(t, func(testing.TB) backplanetest.Rig {
		return backplanetest.Rig{Join: func() hub.Backplane { return hub.NewMemory() }}
	})
	want := []string{
		"instances count a topic's offsets together",
		"members of different instances hear the same order",
		"what one instance publishes is heard on every other",
	}
	if got := slices.Sorted(maps.Keys(broken)); !slices.Equal(got, want) {
		t.Errorf("broken promises: got %q, want %q", got, want)
	}
	for sentence, err := range broken {
		t.Logf("%s: %v", sentence, err)
	}
}

// Four backplanes with the defects that real ones have. The suite is worth
// something only if it rejects each of them, for its own reason.
func TestBrokenBackplanesAreRejected(t *testing.T) {
	tests := []struct {
		defect string
		rig    func() backplanetest.Rig
		want   string // a promise that must be among the broken ones
	}{
		{"drops while subscribing", dropsWhileSubscribing, "once Subscribe has returned nothing is missed"},
		{"doubles after a reconnect", doublesAfterReconnect, "a broken connection leaves neither a hole nor a double"},
		{"mixes rooms", mixesRooms, "topics do not mix"},
		{"loses order", losesOrder, "a subscriber hears every message after its position, once and in order"},
		{"nothing", healthy, ""},
	}
	for _, test := range tests {
		t.Run(test.defect, func(t *testing.T) {
			broken := backplanetest.Broken(t, func(testing.TB) backplanetest.Rig {
				rig := test.rig()
				if test.want != "" {
					rig.Patience = time.Second // some of the others are broken by silence
				}
				return rig
			})
			if test.want == "" {
				if len(broken) != 0 {
					t.Errorf("a healthy backplane is rejected: %v", broken)
				}
				return
			}
			err, found := broken[test.want]
			if !found {
				t.Fatalf("the promise %q was found kept; broken were %v", test.want, broken)
			}
			if strings.Contains(err.Error(), "never came") {
				t.Errorf("found by waiting, not by what was heard: %v", err)
			}
			t.Log(err)
		})
	}
}

func healthy() backplanetest.Rig {
	shared := hub.NewMemory()
	return backplanetest.Rig{Join: func() hub.Backplane { return shared }, Break: func() {}}
}

// altered is a Memory with another way to deliver.
type altered struct {
	*hub.Memory
	alter func(deliver func(hub.Batch)) func(hub.Batch)
}

func (a altered) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	return a.Memory.Subscribe(ctx, to, a.alter(deliver))
}

func alteredRig(alter func(deliver func(hub.Batch)) func(hub.Batch)) backplanetest.Rig {
	shared := hub.NewMemory()
	return backplanetest.Rig{
		Join:  func() hub.Backplane { return altered{shared, alter} },
		Break: func() {},
	}
}

// dropsWhileSubscribing: Subscribe returns before the subscription stands, as
// most Pub/Sub clients' does; the first message is gone.
func dropsWhileSubscribing() backplanetest.Rig {
	return alteredRig(func(deliver func(hub.Batch)) func(hub.Batch) {
		stands := false
		return func(b hub.Batch) {
			if stands {
				deliver(b)
			}
			stands = true
		}
	})
}

// doublesAfterReconnect: after a broken connection it begins again one message
// too early.
func doublesAfterReconnect() backplanetest.Rig {
	var mu sync.Mutex
	broken := make(map[int]bool) // by subscriber
	subscribers := 0
	rig := alteredRig(func(deliver func(hub.Batch)) func(hub.Batch) {
		mu.Lock()
		defer mu.Unlock()
		subscribers++
		me := subscribers
		var last hub.Batch
		return func(b hub.Batch) {
			mu.Lock()
			again := broken[me]
			delete(broken, me)
			mu.Unlock()
			if again {
				deliver(last)
			}
			deliver(b)
			last = b
		}
	})
	rig.Break = func() {
		mu.Lock()
		defer mu.Unlock()
		for me := range subscribers {
			broken[me+1] = true
		}
	}
	return rig
}

// losesOrder: the second message overtakes the third.
func losesOrder() backplanetest.Rig {
	return alteredRig(func(deliver func(hub.Batch)) func(hub.Batch) {
		count := 0
		var held hub.Batch
		return func(b hub.Batch) {
			switch count++; count {
			case 2:
				held = b
			case 3:
				deliver(hub.Batch{After: held.After, Payloads: [][]byte{b.Payloads[0], held.Payloads[0]}})
			default:
				deliver(b)
			}
		}
	})
}

// mixesRooms: a key that forgets which room it is for.
type oneTopic struct{ *hub.Memory }

func mixesRooms() backplanetest.Rig {
	shared := hub.NewMemory()
	return backplanetest.Rig{Join: func() hub.Backplane { return oneTopic{shared} }, Break: func() {}}
}

func (o oneTopic) Publish(p hub.Publication, answered func(hub.Position, error)) {
	p.To = hub.Room("all")
	o.Memory.Publish(p, answered)
}

func (o oneTopic) Subscribe(ctx context.Context, _ hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	return o.Memory.Subscribe(ctx, hub.Room("all"), deliver)
}
