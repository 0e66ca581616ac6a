package hub

import (
	"context"
	"time"
)

// A client ends by its context. Nothing of package context hangs on that one, though:
// for an AfterFunc, a child or a Done it would be 500 bytes larger, also while the
// client is idle. So finish calls the two that want to know.

// Cause is why the client ends, and nil while it does not.
func (c *Client) Cause() error { return context.Cause(c.ctx) }

// OnEnd has f called, in a goroutine of its own, when the client begins to end,
// whatever makes it: f sees to it that its transport ends in time. It is called once,
// at most.
func (c *Client) OnEnd(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		go f()
	} else {
		c.onEnd = f
	}
}

// during is for what the reading goroutine waits for, one thing at a time: the
// context ends with the client too.
func (c *Client) during(limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithTimeout(context.Background(), limit)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		stop()
	}
	c.stop = stop
	return ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		stop()
		c.stop = nil
	}
}

// finish makes the client end, once: the first cause counts. It does not wait, and
// may be called under the outbox's lock.
func (c *Client) finish(cause error) {
	c.cancel(cause)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stop != nil {
		c.stop()
	}
	if c.onEnd != nil {
		go c.onEnd()
		c.onEnd = nil
	}
}

// end is finish for who does not hold that lock.
func (c *Client) end(cause error) {
	c.finish(cause)
	c.out.wake()
}

// Close ends the client with cause, unless it is ending already, takes it out
// of its rooms, and returns when its transport is closed and nothing is left.
func (c *Client) Close(cause error) {
	c.end(cause)
	for _, m := range c.rooms {
		m.end(c)
	}
	for _, a := range c.own {
		a.remove(c)
		c.hub.exit(a)
	}
	<-c.out.closed
	c.hub.counters.ended(c.Cause())
	c.hub.forget(c)
}
