package stack

import (
	"bytes"
	"context"
	"net"
	"sync"
	"time"
)

// mostUnderway bounds, in bytes, what a delay holds of one connection, but for the last chunk: then reading waits. So
// a delay of 100 ms lets 40 MB/s pass.
const mostUnderway = 4 << 20

// A chunk is what one read has brought.
type chunk struct {
	bytes []byte
	sent  time.Time
	then  func() // what becomes of the connection when it has arrived; nil: it goes on
}

// An underway is what one connection has sent over a lane and has not arrived. Each chunk is late by itself: the next
// ones are read meanwhile. Without a delay there is no queue and no second goroutine: then nothing is copied.
type underway struct {
	lane *lane
	to   net.Conn
	stop context.CancelFunc // nothing arrives any more
	room chan struct{}      // told when a chunk has arrived

	flushing sync.WaitGroup // at most one, which ends when the queue is empty

	mu     sync.Mutex // guards the rest
	queue  []chunk    // in the order of reading; the first one is arriving
	queued int        // bytes
}

// send brings c to its end, at once or after what is before it. It says false if nothing more will arrive.
func (w *underway) send(ctx context.Context, c chunk) bool {
	if w.lane.late.none() && w.empty() {
		return w.arrive(ctx, c)
	}
	for !w.enqueue(ctx, c) {
		select {
		case <-w.room:
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

func (w *underway) empty() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue) == 0
}

func (w *underway) enqueue(ctx context.Context, c chunk) (done bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.queued >= mostUnderway {
		return false
	}
	c.bytes = bytes.Clone(c.bytes)
	w.queue = append(w.queue, c)
	w.queued += len(c.bytes)
	if len(w.queue) == 1 {
		w.flushing.Go(func() { w.flush(ctx, c) })
	}
	return true
}

func (w *underway) flush(ctx context.Context, c chunk) {
	for more := true; more; c, more = w.next() {
		if !w.arrive(ctx, c) {
			return
		}
	}
}

// next takes the chunk that has arrived out of the queue and returns the one behind it.
func (w *underway) next() (c chunk, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queued -= len(w.queue[0].bytes)
	w.queue = w.queue[1:]
	select {
	case w.room <- struct{}{}:
	default: // told already
	}
	if len(w.queue) == 0 {
		return chunk{}, false
	}
	return w.queue[0], true
}

func (w *underway) arrive(ctx context.Context, c chunk) bool {
	if !w.lane.pass(ctx, c.sent) {
		return false
	}
	if _, err := w.to.Write(c.bytes); err != nil {
		w.stop()
		return false
	}
	if c.then != nil {
		c.then()
	}
	return true
}
