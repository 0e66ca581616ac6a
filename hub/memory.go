package hub

import (
	"context"
	"crypto/rand"
	"sync"
	"time"
)

// memoryKept is how long a topic keeps its place in history after its last
// subscriber.
const memoryKept = time.Hour

// Memory is the Backplane of one process: phase 1, where it is all there is to
// share, and phase 2, where every instance has one of its own and nobody
// notices. Its zero value is ready for use.
type Memory struct {
	mu     sync.Mutex // guards topics; deliveries never run under it
	topics map[Destination]*memoryTopic
}

var _ Backplane = (*Memory)(nil)

// A memoryTopic is locked while a message is delivered: that makes the order.
type memoryTopic struct {
	mu          sync.Mutex
	at          Position
	subscribers map[*memorySubscriber]struct{}
	expiry      *time.Timer
	expired     bool // taken out of Memory.topics
}

type memorySubscriber struct{ deliver func(Batch) }

// NewMemory returns an empty Memory.
func NewMemory() *Memory { return new(Memory) }

// Publish delivers p before it returns.
func (m *Memory) Publish(p Publication, answered func(Position, error)) {
	t := m.lock(p.To)
	batch := Batch{After: t.at, Payloads: [][]byte{p.Payload}}
	t.at = batch.End()
	for s := range t.subscribers {
		s.deliver(batch)
	}
	at := t.at
	t.mu.Unlock()
	answered(at, nil)
}

// Subscribe never fails.
func (m *Memory) Subscribe(_ context.Context, to Destination, deliver func(Batch)) (Position, func(), error) {
	s := &memorySubscriber{deliver}
	t := m.lock(to)
	defer t.mu.Unlock()
	t.subscribers[s] = struct{}{}
	cancel := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.subscribers, s)
		t.expiry.Reset(memoryKept)
	}
	return t.at, cancel, nil
}

// Ready is always nil: what is in the process is there while the process is.
func (m *Memory) Ready() error { return nil }

// lock returns a topic, locked.
func (m *Memory) lock(to Destination) *memoryTopic {
	for {
		t := m.topic(to)
		t.mu.Lock()
		if !t.expired {
			return t
		}
		t.mu.Unlock()
	}
}

func (m *Memory) topic(to Destination) *memoryTopic {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.topics[to]
	if t == nil {
		t = &memoryTopic{at: Position{Epoch: rand.Text()}, subscribers: make(map[*memorySubscriber]struct{})}
		t.expiry = time.AfterFunc(memoryKept, func() { m.expire(to, t) })
		if m.topics == nil {
			m.topics = make(map[Destination]*memoryTopic)
		}
		m.topics[to] = t
	}
	return t
}

// expire forgets a topic, memoryKept after it was made or left by a subscriber,
// unless it has one.
func (m *Memory) expire(to Destination, t *memoryTopic) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.subscribers) == 0 && !t.expired {
		t.expired = true
		delete(m.topics, to)
	}
}
