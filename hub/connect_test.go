package hub_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// Without the backplane a client is welcomed all the same, and hears what is said
// to it as soon as it can be heard.
func TestConnectDoesNotNeedTheBackplane(t *testing.T) {
	tests := []struct {
		name string
		away error // what is known of it
		want time.Duration
	}{
		{"when it hangs", nil, 5 * time.Second},
		{"when it is known to be away", hub.ErrUnavailable, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plane := newSlow()
				plane.away = test.away
				h := hub.New("server-1", plane)
				began := time.Now()
				bob := connect(t, h, "bob")
				if got := time.Since(began); got != test.want {
					t.Errorf("connected after %v, want %v", got, test.want)
				}
				bob.wants(t, `{"type":"welcome","server_id":"server-1","user":"bob"}`)
				close(plane.open) // it is back
				close(plane.answer)
				synctest.Wait()
				alice := connect(t, h, "alice")
				alice.takes()
				alice.says(toBob)
				alice.wants(t, bobHasIt)
				bob.wants(t, bobHears)
				closeAll(alice, bob)
				nothingLeft(t, h)
			})
		})
	}
}

// A client that is gone before it could be heard leaves nothing behind either.
func TestWhoConnectsWithoutTheBackplaneAndGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		h := hub.New("server-1", plane)
		connect(t, h, "bob").Close(errGone)
		nothingLeft(t, h)
	})
}

// Who is welcomed is heard at once: a message that is sent because of the welcome
// finds him.
func TestWhoIsWelcomedIsReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		close(plane.answer)
		h := hub.New("server-1", plane)
		go func() {
			pass(time.Second)
			close(plane.open)
		}()
		began := time.Now()
		bob := connect(t, h, "bob")
		if got := time.Since(began); got != time.Second {
			t.Errorf("connected after %v, want as soon as bob is reached, after 1s", got)
		}
		bob.takes()
		bob.says(toBob)
		bob.wants(t, strings.Replace(bobHears, "alice", "bob", 1), bobHasIt)
		bob.Close(errGone)
		nothingLeft(t, h)
	})
}

// Who is gone is no member any more, while others are.
func TestWhoCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		peers := []peer{connect(t, h, "alice"), connect(t, h, "alice"), connect(t, h, "bob")}
		for _, p := range peers {
			p.says(joinGeneral)
		}
		wantsLeft(t, h, 4, 9) // two users, everyone, and the room
		peers[0].Close(errGone)
		wantsLeft(t, h, 4, 6)
		peers[1].Close(errGone)
		wantsLeft(t, h, 3, 3)
		peers[2].Close(errGone)
		nothingLeft(t, h)
	})
}

// A drain does not wait for a connection that waits for the backplane.
func TestDrainEndsAConnectThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", newSlow())
		w := newWire()
		go func() {
			c, err := h.Connect("alice", w)
			if err != nil {
				t.Errorf("connect: %v", err)
				return
			}
			<-w.closed
			c.Close(errGone)
		}()
		synctest.Wait()
		began := time.Now()
		nothingLeft(t, h)
		if got := time.Since(began); got != 0 {
			t.Errorf("drained after %v, want at once", got)
		}
		if w.cause != hub.Restart {
			t.Errorf("ended by %v, want %v", w.cause, hub.Restart)
		}
	})
}
