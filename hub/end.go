package hub

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// An ending is how a client ends: by its first cause, which two want to know of at
// once. A context would do, and be 200 bytes larger, of every idle client.
type ending struct {
	why atomic.Pointer[error] // nil while it has not begun

	mu    sync.Mutex         // guards what follows
	onEnd func()             // called in the end, if not nil
	stop  context.CancelFunc // of what the reading goroutine waits for, if it does: see during
}

func (e *ending) begun() bool { return e.why.Load() != nil }

// cause is nil where the ending has not begun.
func (e *ending) cause() error {
	if why := e.why.Load(); why != nil {
		return *why
	}
	return nil
}

// begin makes the client end, once: the first cause counts, which is not nil. It does not
// wait, and may be called under the outbox's lock.
func (e *ending) begin(cause error) {
	if !e.why.CompareAndSwap(nil, &cause) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop != nil {
		e.stop()
	}
	if e.onEnd != nil {
		go e.onEnd()
	}
}

// during is for what the reading goroutine waits for: the context ends with the client
// too. The last one counts: who waits for another thing waits for the first no more.
func (e *ending) during(limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithTimeout(context.Background(), limit)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.begun() {
		stop()
	}
	e.stop = stop
	return ctx, func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		stop()
		e.stop = nil
	}
}

// Cause is why the client ends, and nil while it does not.
func (c *Client) Cause() error { return c.end.cause() }

// OnEnd has f called, in a goroutine of its own, when the client begins to end,
// whatever makes it: f sees to it that its transport ends in time. It is called once,
// at most.
func (c *Client) OnEnd(f func()) {
	c.end.mu.Lock()
	defer c.end.mu.Unlock()
	if c.end.begun() {
		go f()
	} else {
		c.end.onEnd = f
	}
}

// finish makes the client end, and says so to its outbox, which closes the transport.
func (c *Client) finish(cause error) {
	c.end.begin(cause)
	c.out.wake()
}

// Close ends the client with cause, unless it is ending already, takes it out
// of its rooms, and returns when its transport is closed and nothing is left.
func (c *Client) Close(cause error) {
	c.finish(cause)
	for _, m := range c.rooms {
		m.end(c)
	}
	for _, a := range c.own {
		a.remove(c)
		c.hub.exit(a)
	}
	c.out.open.Wait()
	c.hub.counters.ended(c.Cause())
	c.hub.forget(c)
}
