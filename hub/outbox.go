package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// outboxLimit bounds what waits for one client, in bytes of frames. A member
// who is that far behind when more comes is disconnected: waiting would make the
// whole room as slow as its slowest reader. (One batch may go beyond the limit,
// and as much again may be on its way to the socket.)
const outboxLimit = 1 << 20

// An outbox is the queue of one client, and the one goroutine at a time that
// empties it. There is none while there is nothing to send: an idle client
// costs no stack and no buffer. It also counts the answers that are owed to the
// client, from a frame's begin to its settle: a Restart waits for them.
type outbox struct {
	to   Transport
	end  *ending        // the client's
	open sync.WaitGroup // one, until the transport is closed

	mu       sync.Mutex // guards what follows; the transport is never called under it
	frames   [][]byte
	bytes    int           // of frames
	owed     int           // answers that the client waits for; so does its end by Restart
	failed   bool          // the transport is broken, or too slow
	flushing bool          // flush runs, or has closed the transport
	empty    chan struct{} // if not nil, to be closed when flush ends
}

func newOutbox(to Transport, end *ending) *outbox {
	o := &outbox{to: to, end: end}
	o.open.Add(1)
	return o
}

// offer queues an answer and never waits: a full outbox ends the client.
func (o *outbox) offer(frame []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.deaf() {
		o.put(frame)
	}
}

// deliver is offer for what is not an answer. A client that is ending, and that
// will come back and resume, gets no more of it: its answers are all it waits for.
func (o *outbox) deliver(frames [][]byte) {
	if o.add(frames) {
		go o.flush()
	}
}

// add is deliver for who flushes many outboxes: it tells whether this is one of them.
func (o *outbox) add(frames [][]byte) (toFlush bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end.begun() {
		return false
	}
	o.keep(frames...)
	toFlush = !o.flushing
	o.flushing = true
	return toFlush
}

func (o *outbox) put(frames ...[]byte) {
	o.keep(frames...)
	o.start()
}

func (o *outbox) keep(frames ...[]byte) {
	if o.bytes > outboxLimit {
		o.failed = true
		o.end.begin(SlowConsumer)
		return
	}
	o.frames = append(o.frames, frames...)
	for _, f := range frames {
		o.bytes += len(f)
	}
}

// queue is offer for what waits until the next one.
func (o *outbox) queue(frame []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frames = append(o.frames, frame)
	o.bytes += len(frame)
}

// begin notes that an answer is owed, unless the client is ending: then nothing
// new is begun. Each begin and owe is followed by a settle, once the answer has
// been offered.
func (o *outbox) begin() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.end.begun() {
		return false
	}
	o.owed++
	return true
}

// owe is begin for one more answer, by whoever has begun.
func (o *outbox) owe() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.owed++
}

func (o *outbox) settle() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.owed--
	if o.end.begun() {
		o.start()
	}
}

// wake lets flush see that the client has ended.
func (o *outbox) wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.start()
}

// emptied waits until all that is queued has been sent, or ctx has ended.
func (o *outbox) emptied(ctx context.Context) error {
	o.mu.Lock()
	if !o.flushing {
		o.mu.Unlock()
		return nil
	}
	empty := make(chan struct{})
	o.empty = empty // one at a time: only the reading goroutine waits
	o.mu.Unlock()
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// deaf tells whether nothing reaches the client any more. Only a Restart still
// delivers what is owed.
func (o *outbox) deaf() bool {
	return o.failed || o.end.begun() && !errors.Is(o.end.cause(), Restart)
}

func (o *outbox) start() {
	if !o.flushing {
		o.flushing = true
		go o.flush() // ends when the outbox is empty; the last one closes the transport
	}
}

// flush sends what is queued, all of it at once, until there is no more.
func (o *outbox) flush() {
	for {
		frames, last := o.take()
		if last {
			o.close()
		}
		if frames == nil {
			return
		}
		if err := o.to.Send(frames); err != nil {
			o.fail(err)
		}
	}
}

// flushTogether is flush for many outboxes, one after the other, as far as that goes
// without waiting: what has to wait gets a goroutine. One for each of them would be a
// tenth of what a message costs its reader.
func flushTogether(outboxes []*outbox) {
	for _, o := range outboxes {
		if eager, ok := o.to.(EagerTransport); ok {
			o.tryFlush(eager)
		} else {
			go o.flush()
		}
	}
}

func (o *outbox) tryFlush(to EagerTransport) {
	for {
		frames, last := o.take()
		if last {
			go o.close() // which waits for the peer
		}
		if frames == nil {
			return
		}
		if sent, err := to.TrySend(frames); err != nil {
			o.fail(err)
		} else if !sent {
			go func() {
				if err := to.Send(nil); err != nil {
					o.fail(err)
				}
				o.flush()
			}()
			return
		}
	}
}

func (o *outbox) close() {
	o.to.Close(o.end.cause())
	o.open.Done()
}

// take empties the queue. Without frames, flush ends; last tells it that there
// will never be more.
func (o *outbox) take() (frames [][]byte, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.deaf() {
		o.frames = nil
	}
	frames = o.frames
	o.frames, o.bytes = nil, 0
	if frames == nil {
		if o.empty != nil {
			close(o.empty)
			o.empty = nil
		}
		last = o.end.begun() && (o.owed == 0 || o.deaf())
		o.flushing = last
	}
	return frames, last
}

func (o *outbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed = true
	o.end.begin(fmt.Errorf("write: %w", err))
}
