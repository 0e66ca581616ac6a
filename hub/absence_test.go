package hub_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// slow is a backplane that holds answers and subscriptions back.
type slow struct {
	*hub.Memory
	answer chan struct{} // closed: publications are answered
	open   chan struct{} // closed: subscriptions stand
	away   error         // what Ready says
}

func newSlow() *slow {
	return &slow{new(hub.Memory), make(chan struct{}), make(chan struct{}), nil}
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
		if got := time.Since(began) - 5*time.Second; got != 250*time.Millisecond {
			t.Errorf("the second join of the same client was answered %v after the first, want 250ms", got)
		}
		alice.takes()
		plane.away = nil
		close(plane.open) // it is back
		alice.says(joinGeneral)
		alice.wants(t, `{"type":"joined","room":"general","count":1,"offset":0,"epoch":""}`)
		closeAll(alice, bob)
	})
}

// One master of a cluster can be away: rooms of the others are joined as ever,
// also by a client that has just been refused.
func TestARoomThatIsAwayKeepsNobodyOutOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &partly{newSlow(), hub.Room("general")}
		plane.away = errors.New("a master is away")
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.takes()
		alice.says(`{"type":"join","room":"away"}`)
		if got := alice.takes(); len(got) != 1 || !strings.Contains(got[0], `"room":"away","code":"unavailable"`) {
			t.Errorf("answer: %s, want unavailable", got)
		}
		alice.says(joinGeneral)
		alice.wants(t, `{"type":"joined","room":"general","count":1,"offset":0,"epoch":""}`)
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// A partly is a slow of which one topic is not.
type partly struct {
	*slow
	fast hub.Destination
}

func (p *partly) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	if to == p.fast {
		return p.Memory.Subscribe(ctx, to, deliver)
	}
	return p.slow.Subscribe(ctx, to, deliver)
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
