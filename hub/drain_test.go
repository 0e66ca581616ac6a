package hub_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// drainTells is when a drain has told a few clients to go.
const drainTells = 100 * time.Millisecond

func TestDrainAnswersWhatWasReadAndThenEndsEveryClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		close(plane.open)
		h := hub.New("server-1", plane)
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		alice.says(joinGeneral, hi)
		alice.takes()
		var closing sync.WaitGroup
		for _, p := range []peer{alice, bob} {
			closing.Go(p.ends)
		}
		drained := make(chan error)
		go func() { drained <- h.Drain(t.Context()) }()
		pass(drainTells)
		if err := h.Ready(); !errors.Is(err, hub.ErrDraining) {
			t.Errorf("ready while draining: %v", err)
		}
		if _, err := h.Connect("charlie", newWire()); !errors.Is(err, hub.ErrDraining) {
			t.Errorf("connect while draining: %v", err)
		}
		alice.says(hi) // read after the drain began: not carried out
		if alice.cause() != nil {
			t.Error("alice was ended before her message was answered")
		}
		close(plane.answer)
		if err := <-drained; err != nil {
			t.Errorf("drain: %v", err)
		}
		alice.wants(t, `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":""}`)
		for _, p := range []peer{alice, bob} {
			if p.cause() != hub.Restart {
				t.Errorf("ended by %v, want %v", p.cause(), hub.Restart)
			}
		}
	})
}

// A client that ends gets its answers, and none of the room: it will resume, and
// what it got then would be behind a hole, or would never end.
func TestWhileDrainingOnlyAnswersAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		close(plane.open)
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral, hi)
		alice.takes()
		go h.Drain(t.Context())
		go alice.ends()
		synctest.Wait()
		plane.Memory.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte(`{"from":"bob"}`)}, func(hub.Position, error) {})
		close(plane.answer)
		alice.wants(t, `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":""}`)
	})
}

// A drain does not wait for a join either.
func TestDrainEndsAJoinThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", newSlow())
		alice := connect(t, h, "alice")
		go func() {
			alice.says(joinGeneral)
			alice.Close(errGone)
		}()
		synctest.Wait()
		began := time.Now()
		if err := h.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if got := time.Since(began); got != 0 {
			t.Errorf("drained after %v, want at once", got)
		}
		if got := alice.takes(); !strings.Contains(got[1], `"unavailable"`) {
			t.Errorf("the join was answered by %s", got)
		}
	})
}

// Clients come back as they are told to go: not all at the same moment.
func TestADrainTellsOneClientAfterTheOther(t *testing.T) {
	for _, test := range []struct {
		clients, atOnce int // atOnce: the largest group
		last            time.Duration
	}{{1, 1, 0}, {10, 1, 90 * time.Millisecond}, {100, 1, 990 * time.Millisecond}, {101, 2, 500 * time.Millisecond}, {1000, 10, 990 * time.Millisecond}} {
		t.Run(fmt.Sprint(test.clients), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := hub.New("server-1", new(hub.Memory))
				ended := gather(t, h, test.clients)
				began := time.Now()
				go func() {
					synctest.Wait() // the first has been told
					if _, err := h.Connect("late", newWire()); !errors.Is(err, hub.ErrDraining) {
						t.Errorf("connect while clients are told: %v, want %v", err, hub.ErrDraining)
					}
				}()
				if err := h.Drain(t.Context()); err != nil {
					t.Error(err)
				}
				if got := time.Since(began); got != test.last {
					t.Errorf("drained after %v, want %v", got, test.last)
				}
				told := make(map[time.Duration]int)
				for range test.clients {
					told[(<-ended).Sub(began)]++
				}
				for at, n := range told {
					if n > test.atOnce || at > test.last {
						t.Errorf("%d clients were told after %v, want at most %d at once, the last after %v", n, at, test.atOnce, test.last)
					}
				}
			})
		})
	}
}

// gather connects clients, and tells when each one ends.
func gather(t *testing.T, h *hub.Hub, clients int) (ended chan time.Time) {
	ended = make(chan time.Time, clients)
	for n := range clients {
		p := connect(t, h, fmt.Sprint("user-", n))
		go func() {
			p.ends()
			ended <- time.Now()
		}()
	}
	return ended
}

func TestADrainThatMayNotLastTellsAllAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		ended := gather(t, h, 100)
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer stop()
		began := time.Now()
		h.Drain(ctx) // an error or not: the last ones may just have gone
		for range 100 {
			if at := (<-ended).Sub(began); at > 100*time.Millisecond {
				t.Errorf("a client was told after %v, want 100 ms at most", at)
			}
		}
	})
}
