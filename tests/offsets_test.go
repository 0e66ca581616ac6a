package tests

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/stack"
)

const (
	instances = 5
	rooms     = 20
	members   = 10 // of each room, two on every instance; the first one speaks
	messages  = 500
	drops     = 10 // of all Redis connections of one instance

	// window is how many messages of a speaker have no answer yet. Under the race detector miniredis takes some 500 a
	// second: with a window of 64, as a client has, the last of 20 × 64 would wait longer than the 2 s of a refusal.
	window = 16
)

// Every room has one who speaks and members on every instance. One instance loses its Redis connections again and
// again: whenever its own members have received another eleventh of what they should, so that each time there is a
// connection that works.
//
// What must hold is what the protocol promises: each member gets every offset once, in order; it is the same text for
// all; and what was acknowledged is there. What was refused, `unavailable`, is said again as a new message.
func TestPhase3_EveryMemberHasEveryOffsetOnceInOrder(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		s := start(t, e, 3, instances, "RATE_LIMIT=0") // who speaks does so as fast as answers come
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		shaken := shaken{Server: s.Servers[instances/2], every: rooms * members / instances * messages / (drops + 1)}

		all := make([]*room, rooms)
		for i := range all {
			all[i] = &room{name: fmt.Sprintf("room-%d", i), acked: make(map[uint64]string), ended: make(chan struct{})}
			for j := range members {
				all[i].join(ctx, t, s.Servers[(i+j)%instances])
			}
		}
		var talk sync.WaitGroup
		for _, r := range all {
			talk.Go(func() {
				if err := r.speak(ctx); err != nil {
					t.Errorf("%s: %v", r.name, err)
					cancel() // its members would wait for the end
				}
			})
			for _, m := range r.members {
				talk.Go(func() {
					if err := m.listen(ctx, r, &shaken); err != nil {
						t.Errorf("%s on %s: %v", m.User, m.Server, err)
					}
				})
			}
		}
		talk.Wait()

		refused := 0
		for _, r := range all {
			r.check(t)
			refused += r.refused
		}
		if got := shaken.drops.Load(); got != drops {
			t.Errorf("got %d drops of the Redis connections of %s, want %d", got, shaken.ID, drops)
		}
		t.Logf("%d messages were refused and said again", refused)
	}, "embedded", "host")
}

// A room is what its members have heard, and what its speaker knows: they share nothing until the end.
type room struct {
	name    string
	members []*member
	acked   map[uint64]string // text by offset
	refused int
	last    uint64        // the offset of the end
	ended   chan struct{} // closed when last is known
}

// A member is one connection, and the texts it has heard: the first is that of offset from+1.
type member struct {
	*client.Client
	from  uint64
	heard []string
}

func (r *room) join(ctx context.Context, t *testing.T, on *stack.Server) {
	t.Helper()
	c, err := client.Dial(ctx, on.URL(), fmt.Sprintf("%s-%d", r.name, len(r.members)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	at, err := c.Join(ctx, r.name)
	if err != nil {
		t.Fatal(err)
	}
	r.members = append(r.members, &member{Client: c, from: at.Offset})
}

// speak says all messages until each is acknowledged, then the end.
func (r *room) speak(ctx context.Context) error {
	todo := make([]string, messages)
	for i := range todo {
		todo[i] = fmt.Sprintf("message %d", i)
	}
	for len(todo) > 0 {
		var err error
		if todo, err = r.say(ctx, todo...); err != nil {
			return err
		}
	}
	for {
		refused, err := r.say(ctx, "end")
		if err != nil {
			return err
		}
		if len(refused) == 0 {
			close(r.ended)
			return nil
		}
	}
}

// say sends texts, a window full of them at once, and returns those that were refused.
func (r *room) say(ctx context.Context, texts ...string) (refused []string, err error) {
	for batch := range slices.Chunk(texts, window) {
		sent := make([]client.Sent, len(batch))
		for i, text := range batch {
			if sent[i], err = r.members[0].Send(ctx, r.name, text); err != nil {
				return nil, err
			}
		}
		for i, text := range batch {
			at, err := sent[i].Wait(ctx)
			refusal, _ := errors.AsType[*client.Error](err)
			switch {
			case err == nil:
				r.acked[at.Offset] = text
				r.last = at.Offset
			case refusal != nil && refusal.Code == "unavailable":
				refused = append(refused, text)
			default:
				return nil, err
			}
		}
	}
	r.refused += len(refused)
	return refused, nil
}

// listen hears everything up to the end that was acknowledged. (One that was refused may have been published too.)
func (m *member) listen(ctx context.Context, r *room, s *shaken) error {
	for {
		next, err := m.Next(ctx, r.name)
		if err != nil {
			return fmt.Errorf("after %d messages: %w", len(m.heard), err)
		}
		if want := m.from + uint64(len(m.heard)) + 1; next.Offset != want {
			return fmt.Errorf("got offset %d, want %d", next.Offset, want)
		}
		m.heard = append(m.heard, next.Text)
		if m.Server == s.ID {
			if err := s.delivered(); err != nil {
				return err
			}
		}
		if next.Text == "end" {
			select {
			case <-r.ended:
			case <-ctx.Done():
				return fmt.Errorf("waiting for the last ack: %w", ctx.Err())
			}
			if next.Offset >= r.last {
				return nil
			}
		}
	}
}

func (r *room) check(t *testing.T) {
	t.Helper()
	if got, want := len(r.acked), messages+1; got != want {
		t.Errorf("%s: got %d offsets acknowledged, want %d", r.name, got, want)
	}
	first := r.members[0]
	for _, m := range r.members {
		for offset, want := range r.acked {
			if i := int(offset - m.from - 1); i >= len(m.heard) || m.heard[i] != want {
				t.Errorf("%s on %s: offset %d, acknowledged as %q, is not what it heard", m.User, m.Server, offset, want)
				break // one example a member
			}
		}
		if m.from != first.from || !slices.Equal(m.heard, first.heard) {
			t.Errorf("%s on %s: got other texts than %s, want the same", m.User, m.Server, first.User)
		}
	}
}

// shaken is the instance that loses its Redis connections, each time after so many messages that its members got.
type shaken struct {
	*stack.Server
	every    int64
	count    atomic.Int64
	dropping sync.Mutex // a stack is broken by one at a time
	drops    atomic.Int64
}

func (s *shaken) delivered() error {
	n := s.count.Add(1)
	if n%s.every != 0 || n/s.every > drops {
		return nil
	}
	s.dropping.Lock()
	defer s.dropping.Unlock()
	s.drops.Add(1)
	return s.DropRedisConnections()
}
