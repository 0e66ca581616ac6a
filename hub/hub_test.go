package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

var errGone = errors.New("gone")

func TestEveryMemberHearsAMessageItsSenderToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice, bob, stranger := connect(t, h, "alice"), connect(t, h, "bob"), connect(t, h, "stranger")
		alice.wants(t, `{"type":"welcome","server_id":"server-1","user":"alice"}`)
		bob.takes()
		stranger.takes()
		alice.says(joinGeneral)
		bob.says(joinGeneral)
		alice.takes()
		bob.takes()

		alice.says(hi)

		alice.wants(t, said("hi"), `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":""}`)
		bob.wants(t, said("hi"))
		stranger.wants(t)
		closeAll(alice, bob, stranger)
	})
}

func TestAMemberHearsWhatComesAfterItsJoinAndBeforeItsLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		bob.takes()
		alice.says(joinGeneral, hiAgain)
		bob.says(joinGeneral)
		bob.wants(t, `{"type":"joined","room":"general","count":2,"offset":1,"epoch":""}`)
		alice.says(hiAgain)
		bob.wants(t, strings.Replace(said("hi"), `"offset":1`, `"offset":2`, 1))
		bob.says(`{"type":"leave","room":"general"}`)
		bob.wants(t, `{"type":"left","room":"general"}`)
		alice.says(hiAgain)
		bob.wants(t)
		closeAll(alice, bob)
	})
}

func TestAtMost100RoomsAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		for n := range 100 {
			alice.says(fmt.Sprintf(`{"type":"join","room":"room-%d"}`, n))
		}
		if got := len(alice.takes()); got != 101 {
			t.Fatalf("%d frames, want a welcome and 100 joined", got)
		}
		alice.says(`{"type":"join","room":"room-0"}`, `{"type":"join","room":"room-100"}`)
		got := alice.takes()
		if len(got) != 2 || !strings.Contains(got[0], `"joined"`) || !strings.Contains(got[1], `"too_many_rooms"`) {
			t.Errorf("a room joined already and one too many: got %s", got)
		}
		alice.Close(errGone)
	})
}

// A reader who does not read is ended once a megabyte waits for it; its
// neighbour hears everything meanwhile.
func TestAFullOutboxEndsItsClientAndNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		stuck := connectBy(t, h, "stuck", stuckWire())
		alice.says(joinGeneral)
		stuck.says(joinGeneral)
		synctest.Wait() // the welcome is under way, and stuck
		text := strings.Repeat("x", 4096)
		const messages = 300 // 1.2 MB
		for range messages {
			alice.says(`{"type":"message","room":"general","text":"` + text + `"}`)
		}
		if got := len(alice.takes()); got != messages+2 {
			t.Errorf("the neighbour got %d frames, want %d", got, messages+2)
		}
		close(stuck.wire.stuck) // the transport's own time limit
		synctest.Wait()
		if stuck.wire.cause != hub.SlowConsumer {
			t.Errorf("the slow reader ended by %v, want %v", stuck.wire.cause, hub.SlowConsumer)
		}
		closeAll(alice, stuck)
	})
}

// A catch-up can be larger than the limit: that is no reader's fault.
func TestOneLargeBatchEndsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &gapped{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		payload := []byte(`{"from":"bob","text":"` + strings.Repeat("x", 4096) + `"}`)
		plane.deliver(hub.Batch{Payloads: slices.Repeat([][]byte{payload}, 500)})
		if got := len(alice.takes()); got != 500 {
			t.Errorf("got %d frames, want 500; ended by %v", got, alice.cause())
		}
		alice.Close(errGone)
	})
}

// Somebody else can write to a broker too. It costs the room an offset, of which
// it is told, and nothing more.
func TestWhatIsNoMessageIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &gapped{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		for n, payload := range []string{
			"", "hi", "{}", `{"from":"`, `[1]`, `{"from":"` + strings.Repeat("x", 70<<10) + `"}`,
			`{"from":"bob" and more "}`, `{"from":"bob","text":"hi"}{"text":"hi"}`, "{\"from\":\"bob\",\"text\":\"\xff\"}",
		} {
			plane.deliver(hub.Batch{After: hub.Position{Offset: uint64(n)}, Payloads: [][]byte{[]byte(payload)}})
			alice.wants(t, fmt.Sprintf(`{"type":"joined","room":"general","count":1,"offset":%d,"epoch":"","recovered":false}`, n+1))
		}
		alice.Close(errGone)
	})
}

// What waits leaves in one Send.
func TestFramesThatWaitLeaveTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		bob := connectBy(t, h, "bob", stuckWire())
		alice.says(joinGeneral)
		bob.says(joinGeneral)
		synctest.Wait() // the welcome is under way, and stuck
		for range 50 {
			alice.says(hiAgain)
		}
		close(bob.wire.stuck)
		synctest.Wait()
		if got := bob.wire.sends; got != 2 {
			t.Errorf("52 frames took %d sends, want 2: the one that was stuck, and the rest", got)
		}
		closeAll(alice, bob)
	})
}

// The member is told where continuity is lost, by a fresh joined.
func TestAGapIsAFreshJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &gapped{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		plane.deliver(hub.Batch{After: hub.Position{Epoch: "new", Offset: 7}, Gap: true})
		alice.wants(t, `{"type":"joined","room":"general","count":1,"offset":7,"epoch":"","recovered":false}`)
		plane.deliver(hub.Batch{After: hub.Position{Epoch: "new", Offset: 7}, Payloads: [][]byte{[]byte(`{"from":"bob"}`)}})
		alice.wants(t, `{"type":"message","room":"general","offset":8,"from":"bob"}`)
		alice.Close(errGone)
	})
}

// A message can be faster than the answer to the subscription.
func TestAMessageThatIsFasterThanItsSubscription(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", eager{new(hub.Memory)})
		alice := connect(t, h, "alice")
		alice.takes()
		alice.says(joinGeneral)
		alice.wantsGist(t, "joined 2 ")
		alice.says(hiAgain)
		alice.wantsGist(t, "messages 3-3")
		alice.Close(errGone)
	})
}

// An eager is a backplane that delivers while it subscribes.
type eager struct{ *hub.Memory }

func (e eager) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	from, cancel, err := e.Memory.Subscribe(ctx, to, deliver)
	if to.IsRoom() {
		fill(e.Memory, 2)
	}
	return from, cancel, err
}

type gapped struct {
	*hub.Memory
	deliver func(hub.Batch)
}

func (g *gapped) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	if to.IsRoom() {
		g.deliver = deliver
	}
	return g.Memory.Subscribe(ctx, to, deliver)
}

// Joins, leaves, messages and ends of many clients at once: for the race
// detector, and for what is left afterwards, which synctest sees: nothing.
func TestManyClientsAtOnceLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &counted{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		var clients sync.WaitGroup
		for n := range 50 {
			p := connect(t, h, fmt.Sprint("user-", n))
			clients.Go(func() {
				for m := range 20 {
					room := fmt.Sprint("room-", (n+m)%5)
					p.says(`{"type":"join","room":"`+room+`"}`, `{"type":"message","room":"`+room+`","text":"hi"}`)
					if m%3 == 0 {
						p.says(`{"type":"leave","room":"` + room + `"}`)
					}
				}
				p.Close(errGone)
			})
		}
		clients.Wait()
		nothingLeft(t, h)
		if got := plane.held.Load(); got != 0 {
			t.Errorf("the backplane has %d subscriptions, watchers and participants, want none", got)
		}
	})
}

// A counted is a Memory that counts what is held there.
type counted struct {
	*hub.Memory
	held atomic.Int64
}

// hold counts something until it ends.
func (c *counted) hold(end func()) func() {
	c.held.Add(1)
	return sync.OnceFunc(func() {
		end()
		c.held.Add(-1)
	})
}

func (c *counted) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	from, cancel, err := c.Memory.Subscribe(ctx, to, deliver)
	return from, c.hold(cancel), err
}

func (c *counted) Watch(ctx context.Context, room hub.Destination, changed func([]hub.Change)) (func(), error) {
	cancel, err := c.Memory.Watch(ctx, room, changed)
	return c.hold(cancel), err
}

func (c *counted) Enter(ctx context.Context, room hub.Destination, user string) (func(), error) {
	leave, err := c.Memory.Enter(ctx, room, user)
	return c.hold(leave), err
}

// pass lets time go by: virtual time, in a synctest bubble.
func pass(d time.Duration) { <-time.After(d) }

func closeAll(peers ...peer) {
	for _, p := range peers {
		p.Close(errGone)
	}
}
