package hub_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

func TestAHistoryThatIsLostDuringTheReplayIsTold(t *testing.T) {
	for _, toldFirst := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			plane := newLost()
			h := hub.New("server-1", plane)
			fill(plane.Memory, 250)
			alice := connect(t, h, "alice")
			alice.takes()
			at := hub.Position{Epoch: plane.epoch(t)}
			plane.read = func(n int) {
				if n != 1 {
					return
				}
				if plane.lose(); toldFirst {
					plane.tell(t)
					fill(plane.Memory, 2)
				}
			}
			alice.says(resumeAt(at))
			if toldFirst {
				alice.wantsGist(t, "joined 250 true", "messages 1-100", "joined 0 false", "messages 1-2")
			} else {
				alice.wantsGist(t, "joined 250 true", "messages 1-100", "joined 250 false")
				plane.tell(t)
				fill(plane.Memory, 2)
				alice.wantsGist(t, "joined 0 false", "messages 1-2")
			}
			alice.Close(errGone)
			nothingLeft(t, h)
		})
	}
}

func TestAHistoryThatCannotBeReadRefusesTheJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory), asked: func(int) error { return hub.ErrUnavailable }}
		h := hub.New("server-1", plane)
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		bob.says(joinGeneral)
		alice.takes()
		alice.says(resumeAt(hub.Position{Epoch: "any"}))
		if got := alice.takesAll(); len(got) != 1 || !strings.Contains(got[0], `"room":"general","code":"unavailable"`) {
			t.Errorf("answer: %s, want unavailable", got)
		}
		fill(plane.Memory, 1)
		alice.says(hi)
		if got := alice.takesAll(); len(got) != 1 || !strings.Contains(got[0], `"not_in_room"`) {
			t.Errorf("refused, she hears %s, want not_in_room", got)
		}
		if got, err := h.Participants(t.Context(), "general"); !slices.Equal(got, []string{"bob"}) || err != nil {
			t.Errorf("participants: %q, error %v, want bob", got, err)
		}
		wantsLeft(t, h, 4, 5) // of two users, of everyone with both, and the room with bob
		plane.asked = nil
		alice.says(resumeAt(hub.Position{Epoch: plane.epoch(t)}))
		alice.wantsGist(t, "joined 1 true", "messages 1-1")
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}

// Once the join is answered, a history that cannot be read is read later: it is
// still there.
func TestAHistoryThatCannotBeReadOnIsReadWhenItCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		fill(plane.Memory, 250)
		alice := connect(t, h, "alice")
		alice.takes()
		at := hub.Position{Epoch: plane.epoch(t)}
		plane.asked = func(n int) error {
			if n == 1 || n > 3 {
				return nil
			}
			fill(plane.Memory, 3)
			return hub.ErrUnavailable
		}
		alice.says(resumeAt(at))
		compare(t, gist(alice.takesAll()), []string{"joined 250 true", present("join", "alice", 1), "messages 1-256"})
		fill(plane.Memory, 1)
		alice.wantsGist(t, "messages 257-257")
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// A store that answers from a copy can be behind what it has said already.
func TestAHistoryThatEndsBeforeItsRoomIsToldAsAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newLost()
		h := hub.New("server-1", plane)
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		bob.says(joinGeneral)
		alice.takes()
		at := hub.Position{Epoch: plane.epoch(t)}
		plane.deliver(hub.Batch{After: at, Payloads: his(5)})
		alice.says(resumeAt(at))
		alice.wantsGist(t, "joined 0 true", "joined 5 false")
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}

// A client can end while its join reads the history, by a drain or by a
// connection that breaks: then the join ends too, and nothing is left.
func TestAResumingClientEnds(t *testing.T) {
	tests := []struct {
		name   string
		end    func(*hub.Hub, peer)
		answer string // to a join that has not been answered before
	}{
		{"by a drain", func(h *hub.Hub, _ peer) { go h.Drain(context.Background()); pass(drainTells) }, "service restart"},
		{"by a broken connection", func(_ *hub.Hub, p peer) { close(p.wire.broken) }, ""},
	}
	for _, test := range tests {
		for page := range 4 { // 0 is before the first: when its user enters
			t.Run(fmt.Sprint(test.name, " at page ", page), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					plane := &hangs{pager: &pager{Memory: new(hub.Memory)}, page: page}
					h := hub.New("server-1", plane)
					fill(plane.Memory, 250)
					w := newWire()
					w.broken = make(chan struct{})
					alice, bob := connectBy(t, h, "alice", w), connect(t, h, "bob")
					bob.says(joinGeneral)
					alice.takes()
					var joining sync.WaitGroup
					joining.Go(func() {
						alice.says(resumeAt(hub.Position{Epoch: plane.epoch(t)}))
						alice.Close(errGone)
					})
					synctest.Wait()
					test.end(h, alice)
					fill(plane.Memory, 1) // a broken connection shows when it is written to
					bob.Close(errGone)
					joining.Wait()
					got := fmt.Sprint(gist(alice.takes()))
					if page < 2 && !strings.Contains(got, test.answer) {
						t.Errorf("answered by %s, want %s", got, test.answer)
					}
					if strings.Contains(got, " false") {
						t.Errorf("answered by %s: nothing is lost", got)
					}
					if got, err := h.Participants(t.Context(), "general"); len(got) != 0 || err != nil {
						t.Errorf("participants: %q, error %v, want none", got, err)
					}
					nothingLeft(t, h)
				})
			})
		}
	}
}

// A drain ends a replay too: the client will resume elsewhere.
func TestADrainEndsAReplayToASlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		fill(plane.Memory, 350)
		at := hub.Position{Epoch: plane.epoch(t)}
		alice := connectBy(t, h, "alice", stuckWire())
		synctest.Wait() // the welcome is under way, and stuck
		go func() {
			alice.says(resumeAt(at))
			alice.Close(errGone)
		}()
		synctest.Wait()
		go h.Drain(t.Context())
		synctest.Wait()
		close(alice.wire.stuck)
		if got, want := gist(alice.takes()[1:]), []string{"joined 350 true", "messages 1-100"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if got := alice.cause(); got != hub.Restart {
			t.Errorf("ended by %v, want %v", got, hub.Restart)
		}
		nothingLeft(t, h)
	})
}

// Nobody waits for an outbox that will never be emptied.
func TestAConnectionThatBreaksAmidTheReplayEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		fill(plane.Memory, 350)
		w := newWire()
		w.broken = make(chan struct{})
		alice := connectBy(t, h, "alice", w)
		at := hub.Position{Epoch: plane.epoch(t)}
		plane.asked = func(n int) error {
			if n == 2 {
				close(w.broken)
				h.Post(t.Context(), hub.User("alice"), []byte(`{"text":"hi"}`)) // shows it
				synctest.Wait()
			}
			return nil
		}
		alice.says(resumeAt(at))
		if got := alice.cause(); got == nil {
			t.Error("the connection is not closed")
		}
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// A hangs is a pager whose page n does not come, or where alice cannot enter.
type hangs struct {
	*pager
	page int
}

func (h *hangs) History(ctx context.Context, to hub.Destination, after hub.Position, limit int) (hub.Batch, hub.Position, error) {
	if h.pages == h.page-1 {
		<-ctx.Done()
		return hub.Batch{}, hub.Position{}, hub.ErrUnavailable
	}
	return h.pager.History(ctx, to, after, limit)
}

func (h *hangs) Enter(ctx context.Context, room hub.Destination, user string) (func(), error) {
	if h.page == 0 && user == "alice" {
		<-ctx.Done()
		return nil, hub.ErrUnavailable
	}
	return h.pager.Enter(ctx, room, user)
}
