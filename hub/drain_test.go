package hub_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

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
		synctest.Wait()
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
