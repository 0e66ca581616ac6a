package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

var errGone = errors.New("gone")

func TestEveryMemberHearsAMessageItsSenderToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", hub.NewMemory())
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
		h := hub.New("server-1", hub.NewMemory())
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		bob.takes()
		alice.says(joinGeneral, hi)
		bob.says(joinGeneral)
		bob.wants(t, `{"type":"joined","room":"general","offset":1,"epoch":""}`)
		alice.says(hi)
		bob.wants(t, strings.Replace(said("hi"), `"offset":1`, `"offset":2`, 1))
		bob.says(`{"type":"leave","room":"general"}`)
		bob.wants(t, `{"type":"left","room":"general"}`)
		alice.says(hi)
		bob.wants(t)
		closeAll(alice, bob)
	})
}

// A join that resumes is told whether there was anything to miss.
func TestAResumeAtTheEndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", hub.NewMemory())
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		alice.says(joinGeneral)
		synctest.Wait()
		_, rest, _ := strings.Cut(alice.wire.frames[1], `"epoch":"`)
		epoch, _, _ := strings.Cut(rest, `"`)
		bob.takes()
		bob.says(fmt.Sprintf(`{"type":"join","room":"general","offset":0,"epoch":%q}`, epoch))
		bob.wants(t, `{"type":"joined","room":"general","offset":0,"epoch":"","recovered":true}`)
		closeAll(alice, bob)
	})
}

func TestAtMost100RoomsAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", hub.NewMemory())
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
		h := hub.New("server-1", hub.NewMemory())
		alice := connect(t, h, "alice")
		stuck := connectBy(t, h, "stuck", stuckWire())
		alice.says(joinGeneral)
		stuck.says(joinGeneral)
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
		plane := &gapped{Memory: hub.NewMemory()}
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
		plane := &gapped{Memory: hub.NewMemory()}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		for n, payload := range []string{"", "hi", "{}", `{"from":"`, `[1]`, `{"from":"` + strings.Repeat("x", 70<<10) + `"}`} {
			plane.deliver(hub.Batch{After: hub.Position{Offset: uint64(n)}, Payloads: [][]byte{[]byte(payload)}})
			alice.wants(t, fmt.Sprintf(`{"type":"joined","room":"general","offset":%d,"epoch":"","recovered":false}`, n+1))
		}
		alice.Close(errGone)
	})
}

// What waits leaves in one Send.
func TestFramesThatWaitLeaveTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", hub.NewMemory())
		alice := connect(t, h, "alice")
		bob := connectBy(t, h, "bob", stuckWire())
		alice.says(joinGeneral)
		bob.says(joinGeneral)
		synctest.Wait() // the welcome is under way, and stuck
		for range 50 {
			alice.says(hi)
		}
		close(bob.wire.stuck)
		synctest.Wait()
		if got := bob.wire.sends; got != 2 {
			t.Errorf("52 frames took %d sends, want 2: the one that was stuck, and the rest", got)
		}
		closeAll(alice, bob)
	})
}

// slow is a backplane that holds answers and subscriptions back.
type slow struct {
	*hub.Memory
	answer chan struct{} // closed: publications are answered
	open   chan struct{} // closed: subscriptions stand
	away   error         // what Ready says
}

func newSlow() *slow {
	return &slow{hub.NewMemory(), make(chan struct{}), make(chan struct{}), nil}
}

func (s *slow) Ready() error { return s.away }

func (s *slow) Publish(p hub.Publication, answered func(hub.Position, error)) {
	s.Memory.Publish(p, func(at hub.Position, err error) {
		go func() {
			select {
			case <-s.answer:
				answered(at, err)
			case <-time.After(hub.PublishTimeout):
				answered(hub.Position{}, hub.ErrUnavailable)
			}
		}()
	})
}

func (s *slow) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	select {
	case <-s.open:
		return s.Memory.Subscribe(ctx, to, deliver)
	case <-ctx.Done():
		return hub.Position{}, nil, hub.ErrUnavailable
	}
}

func TestAJoinWithoutTheBackplaneIsAnsweredAfter5s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		h := hub.New("server-1", plane)
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		began := time.Now()
		var joining sync.WaitGroup
		joining.Go(func() { alice.says(joinGeneral) })
		joining.Go(func() { bob.says(joinGeneral) })
		joining.Wait()
		if got := time.Since(began); got != 5*time.Second {
			t.Errorf("answered after %v, want 5s", got)
		}
		for _, p := range []peer{alice, bob} {
			if got := p.takes(); !strings.Contains(got[1], `"room":"general","code":"unavailable"`) {
				t.Errorf("answer: %s, want unavailable", got[1])
			}
		}
		plane.away = errors.New("away") // and now it is known
		alice.says(joinGeneral)
		if got := time.Since(began); got != 5*time.Second {
			t.Errorf("the second join of the same client was answered %v after the first, want at once", got-5*time.Second)
		}
		alice.takes()
		plane.away = nil
		close(plane.open) // it is back
		alice.says(joinGeneral)
		alice.wants(t, `{"type":"joined","room":"general","offset":0,"epoch":""}`)
		closeAll(alice, bob)
	})
}

func TestAMessageWithoutTheBackplaneIsAnsweredAfter2s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		close(plane.open)
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral, hi)
		alice.takes()
		pass(hub.PublishTimeout)
		if got := alice.takes(); len(got) != 1 || !strings.Contains(got[0], `"ref":"1","room":"general","code":"unavailable"`) {
			t.Errorf("answer: %s, want unavailable", got)
		}
		alice.Close(errGone)
	})
}

// The window is the bound of what one client can have under way.
func TestTheReaderWaitsWhile64MessagesAreUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := newSlow()
		close(plane.open)
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		read := 0
		var reading sync.WaitGroup
		reading.Go(func() {
			for range 100 {
				alice.says(hi)
				read++
			}
		})
		synctest.Wait()
		if read != 64 {
			t.Errorf("%d messages were read while none was answered, want 64", read)
		}
		close(plane.answer)
		reading.Wait()
		alice.Close(errGone)
	})
}

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

// The member is told where continuity is lost, by a fresh joined.
func TestAGapIsAFreshJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &gapped{Memory: hub.NewMemory()}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.says(joinGeneral)
		alice.takes()
		plane.deliver(hub.Batch{After: hub.Position{Epoch: "new", Offset: 7}, Gap: true})
		alice.wants(t, `{"type":"joined","room":"general","offset":7,"epoch":"","recovered":false}`)
		plane.deliver(hub.Batch{After: hub.Position{Epoch: "new", Offset: 7}, Payloads: [][]byte{[]byte(`{"from":"bob"}`)}})
		alice.wants(t, `{"type":"message","room":"general","offset":8,"from":"bob"}`)
		alice.Close(errGone)
	})
}

type gapped struct {
	*hub.Memory
	deliver func(hub.Batch)
}

func (g *gapped) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	g.deliver = deliver
	return g.Memory.Subscribe(ctx, to, deliver)
}

// Joins, leaves, messages and ends of many clients at once: for the race
// detector, and for what is left afterwards, which synctest sees: nothing.
func TestManyClientsAtOnceLeaveNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", hub.NewMemory())
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
		if err := h.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestAMemoryKeepsATopicsPlaceForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := hub.NewMemory()
		position := func() hub.Position {
			at, cancel, err := m.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {})
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			return at
		}
		first := position()
		m.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(hub.Position, error) {})
		for range 3 { // every subscriber begins the hour anew
			pass(time.Hour - time.Second)
			if got, want := position(), (hub.Position{Epoch: first.Epoch, Offset: 1}); got != want {
				t.Errorf("within the hour: %v, want %v", got, want)
			}
		}
		pass(time.Hour + time.Second)
		if got := position(); got.Epoch == first.Epoch || got.Offset != 0 {
			t.Errorf("after the hour: %v, want a new history", got)
		}
		pass(2 * time.Hour) // let the timer go
	})
}

// pass lets time go by: virtual time, in a synctest bubble.
func pass(d time.Duration) { <-time.After(d) }

func closeAll(peers ...peer) {
	for _, p := range peers {
		p.Close(errGone)
	}
}
