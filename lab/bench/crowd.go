package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Shape is who is where: Rooms of Members each, and as many rooms a member as Each
// says (1 if 0; each group of Members shares them). Members of a room are on all
// servers in turn, and the first two of them, the speakers, on two servers.
type Shape struct {
	Rooms, Members, Each int
	Direct               bool // nobody is in a room: each of Members is told messages, and the first 20 tell them
}

const speakers = 2 // a room

// A crowd is connected members of one shape on one stack.
type crowd struct {
	shape   Shape
	urls    []string
	members []*member
	reading sync.WaitGroup
	failed  atomic.Pointer[error] // the first broken connection, until closing
	closing atomic.Bool
}

// gather connects everybody, and returns when each hears each of its rooms.
func gather(ctx context.Context, urls []string, shape Shape) (*crowd, error) {
	shape.Each = max(1, shape.Each)
	c := &crowd{shape: shape, urls: urls}
	count := shape.Members
	if !shape.Direct {
		count = shape.Rooms / shape.Each * shape.Members
	}
	for i := range count {
		c.members = append(c.members, newMember(c, i))
	}
	if err := c.connect(ctx); err != nil {
		c.close()
		return nil, err
	}
	if err := c.rehearse(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *crowd) connect(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var dialling sync.WaitGroup
	var next atomic.Int64
	for range 32 {
		dialling.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(c.members) {
					return
				}
				if err := c.members[i].connect(ctx, c.urls[c.server(i)]); err != nil {
					stop(err)
				}
			}
		})
	}
	dialling.Wait()
	return context.Cause(ctx)
}

// rehearse has the first speaker of each room speak, again and again, each time after a
// longer while, until all have heard it: some servers do not say when one is in a room.
// Then it waits until nothing comes any more.
func (c *crowd) rehearse(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if c.shape.Direct {
		return c.until(ctx, "connected", func(m *member) bool { return m.greeted.Load() })
	}
	for patience := 100 * time.Millisecond; ; patience *= 2 {
		for _, m := range c.members {
			if m.isSpeaker() && m.place == 0 && !c.heard(m) {
				if err := m.rehearse(); err != nil {
					return err
				}
			}
		}
		wait, stop := context.WithTimeout(ctx, patience)
		err := c.until(wait, "in its rooms", func(m *member) bool { return m.missing.Load() == 0 })
		stop()
		if err == nil {
			return c.quiet(ctx)
		}
		if ctx.Err() != nil || c.failed.Load() != nil {
			return err
		}
	}
}

// quiet waits until nobody has been sent anything for a while: who came, say.
func (c *crowd) quiet(ctx context.Context) error {
	const quiet = 200 * time.Millisecond
	for before := -1; ; {
		now := 0
		for _, m := range c.members {
			now += int(m.frames.Load())
		}
		if now == before {
			return nil
		}
		before = now
		if !pass(ctx, quiet) {
			return fmt.Errorf("it does not get quiet: %w", context.Cause(ctx))
		}
	}
}

// heard tells whether all members of a speaker's group have heard it.
func (c *crowd) heard(m *member) bool {
	first := m.index - m.place
	for _, other := range c.members[first : first+c.shape.Members] {
		if other.missing.Load() > 0 {
			return false
		}
	}
	return true
}

// until waits until something is so of each member.
func (c *crowd) until(ctx context.Context, what string, so func(*member) bool) error {
	for _, m := range c.members {
		for !so(m) {
			if failed := c.failed.Load(); failed != nil {
				return *failed
			}
			select {
			case <-time.After(time.Millisecond):
			case <-ctx.Done():
				return fmt.Errorf("%s is not %s: %w", m.user, what, context.Cause(ctx))
			}
		}
	}
	return nil
}

// server is which one has the i-th member.
func (c *crowd) server(i int) int { return i % len(c.urls) }

func (c *crowd) fail(err error) {
	if !c.closing.Load() {
		c.failed.CompareAndSwap(nil, &err)
	}
}

// close ends all connections.
func (c *crowd) close() {
	c.closing.Store(true)
	for _, m := range c.members {
		if m.conn != nil {
			m.conn.Close()
		}
	}
	c.reading.Wait()
}

// counts are sums over all members.
type counts struct{ heard, acked, refused, wrong int }

func (c *crowd) counts() (n counts) {
	for _, m := range c.members {
		n.heard += int(m.heard.Load())
		n.acked += int(m.acked.Load())
		n.refused += int(m.refused.Load())
		n.wrong += int(m.wrong.Load())
	}
	return n
}

var errSilence = errors.New("not all that was said was heard")
