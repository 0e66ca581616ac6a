package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

const (
	queueLimit = 16 << 10 // calls that wait for Redis; more are refused at once
	queueBatch = 512      // calls in one round trip
)

var errQueueFull = errors.New("too many calls wait for Redis")

// A call is one command to Redis.
type call struct {
	add   func(context.Context, redis.Pipeliner) redis.Cmder // to a pipeline
	since time.Time
	done  func(error)
}

// A queue sends calls to Redis in their order, so that whoever makes them need
// not wait. While one round trip is under way the next calls gather, and then
// leave together.
type queue struct {
	client  *redis.Client
	running sync.WaitGroup

	mu      sync.Mutex // guards what follows
	arrived sync.Cond  // something waits, or never will again
	waiting []call
	closed  bool
}

func newQueue(client *redis.Client) *queue {
	q := &queue{client: client}
	q.arrived.L = &q.mu
	q.running.Go(q.run) // ends with close
	return q
}

// add queues a call; done is called once, within hub.PublishTimeout, with what
// became of it or an error that wraps hub.ErrUnavailable. It must not block.
func (q *queue) add(add func(context.Context, redis.Pipeliner) redis.Cmder, done func(error)) {
	if err := q.append(call{add, time.Now(), done}); err != nil {
		done(unavailable(err))
	}
}

func (q *queue) append(c call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return redis.ErrClosed
	case len(q.waiting) >= queueLimit:
		return errQueueFull
	}
	q.waiting = append(q.waiting, c)
	q.arrived.Signal()
	return nil
}

// close takes no more calls, and returns when those that wait are done.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.arrived.Signal()
	q.mu.Unlock()
	q.running.Wait()
}

func (q *queue) run() {
	for batch := q.take(); len(batch) > 0; batch = q.take() {
		q.exec(batch)
	}
}

// take returns what waits, or waits for it; nothing means that it is over.
func (q *queue) take() []call {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.arrived.Wait()
	}
	n := min(len(q.waiting), queueBatch)
	batch := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return batch
}

// exec is one round trip. Its deadline is that of the call that has waited
// longest.
func (q *queue) exec(batch []call) {
	ctx, stop := context.WithDeadline(context.Background(), batch[0].since.Add(hub.PublishTimeout))
	defer stop()
	pipe := q.client.Pipeline()
	commands := make([]redis.Cmder, len(batch))
	for i, c := range batch {
		commands[i] = c.add(ctx, pipe)
	}
	_, _ = pipe.Exec(ctx) // the first error; each command has its own
	for i, c := range batch {
		err := commands[i].Err()
		if err != nil {
			err = unavailable(err)
		}
		c.done(err)
	}
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", hub.ErrUnavailable, err) }
