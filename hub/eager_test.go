package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// An eagerWire takes so many frames at a time without waiting, and keeps the others
// for Send.
type eagerWire struct {
	*wire
	most  int
	kept  [][]byte
	tries int
}

func (w *eagerWire) TrySend(frames [][]byte) (sent bool, err error) {
	w.tries++
	if w.kept != nil {
		return false, fmt.Errorf("%d frames have not been sent yet", len(w.kept))
	}
	now := min(w.most, len(frames))
	if err := w.wire.Send(frames[:now]); err != nil {
		return false, err
	}
	if now < len(frames) {
		w.kept = frames[now:]
	}
	return now == len(frames), nil
}

func (w *eagerWire) Send(frames [][]byte) error {
	frames = append(w.kept, frames...)
	w.kept = nil
	return w.wire.Send(frames)
}

// Members who can be served without waiting are; what has to wait, waits, and keeps its
// place.
func TestEagerMembersHearEverythingInOrder(t *testing.T) {
	for most := range 4 {
		t.Run(fmt.Sprint(most, " at a time"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := hub.New("server-1", new(hub.Memory))
				var members []peer
				var wires []*eagerWire
				for n := range 70 { // more than one goroutine serves
					w := &eagerWire{wire: newWire(), most: most}
					c, err := h.Connect(fmt.Sprint("user-", n), w)
					if err != nil {
						t.Fatal(err)
					}
					members, wires = append(members, peer{c, w.wire}), append(wires, w)
					members[n].says(joinGeneral)
				}
				synctest.Wait()
				for _, m := range members {
					m.wire.frames = nil
				}
				for n := range 20 {
					members[0].says(fmt.Sprintf(`{"type":"message","room":"general","text":"%d"}`, n))
				}
				synctest.Wait()
				for i, m := range members {
					heard := messages(t, m.takesAll())
					if len(heard) != 20 || wires[i].tries == 0 {
						t.Fatalf("user-%d heard %d messages, want 20, by %d tries", i, len(heard), wires[i].tries)
					}
					for n, h := range heard {
						if h.Text != fmt.Sprint(n) {
							t.Fatalf("user-%d: message %d is %q", i, n, h.Text)
						}
					}
				}
				closeAll(members...)
				nothingLeft(t, h)
			})
		})
	}
}

// One that takes nothing is ended, by whichever way it is served.
func TestAnEagerMemberThatIsStuckIsASlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		w := &eagerWire{wire: stuckWire()}
		bob, err := h.Connect("bob", w)
		if err != nil {
			t.Fatal(err)
		}
		alice.says(joinGeneral)
		peer{bob, w.wire}.says(joinGeneral)
		synctest.Wait()
		for range 300 {
			alice.says(`{"type":"message","room":"general","text":"` + strings.Repeat("x", 4096) + `"}`)
		}
		if got := bob.Cause(); got != hub.SlowConsumer {
			t.Errorf("bob ends by %v, want %v", got, hub.SlowConsumer)
		}
		close(w.stuck)
		closeAll(alice, peer{bob, w.wire})
		nothingLeft(t, h)
	})
}
