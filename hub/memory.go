package hub

import (
	"context"
	"crypto/rand"
	"sync"
	"time"
)

// Memory is the Backplane of one process: phase 1, where it is all there is to
// share, and phase 2, where every instance has one of its own and nobody
// notices. Its zero value is ready for use.
type Memory struct {
	retention Retention

	mu     sync.Mutex // guards topics; deliveries never run under it
	topics map[Destination]*memoryTopic
}

var _ Backplane = (*Memory)(nil)

// A memoryTopic is locked while a message is delivered: that makes the order.
type memoryTopic struct {
	to     Destination
	keep   Retention
	mu     sync.Mutex
	at     Position
	recent [][]byte // the message with offset n is recent[(n-1)%keep.Messages]
	keys   publishedKeys

	subscribers map[*memorySubscriber]struct{}
	watchers    map[*memoryWatcher]struct{}
	present     map[string]int // participants: how often each has entered

	used    time.Time // for the last time
	expiry  *time.Timer
	expired bool // taken out of Memory.topics
}

type memorySubscriber struct{ deliver func(Batch) }

// NewMemory returns an empty Memory that keeps so much of each topic.
func NewMemory(r Retention) *Memory { return &Memory{retention: r} }

// Publish delivers p before it returns.
func (m *Memory) Publish(p Publication, answered func(Position, error)) {
	if p.To.IsUser() && m.find(p.To) == nil {
		answered(Position{}, ErrNobody)
		return
	}
	t := m.lock(p.To)
	at, err := t.publish(p)
	t.mu.Unlock()
	answered(at, err)
}

func (t *memoryTopic) publish(p Publication) (Position, error) {
	if at, published := t.keys.find(p.Key, t.used); published {
		return at, nil
	}
	if p.To.IsUser() && len(t.subscribers) == 0 {
		return Position{}, ErrNobody
	}
	batch := Batch{After: t.at, Payloads: [][]byte{p.Payload}}
	t.at = batch.End()
	t.keys.add(p.Key, t.at, t.used)
	if len(t.recent) < t.keep.Messages {
		t.recent = append(t.recent, p.Payload)
	} else {
		t.recent[t.place(t.at.Offset)] = p.Payload
	}
	for s := range t.subscribers {
		s.deliver(batch)
	}
	return t.at, nil
}

// place is where the message with that offset is in recent.
func (t *memoryTopic) place(offset uint64) int { return int((offset - 1) % uint64(t.keep.Messages)) }

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
		t.used = time.Now()
	}
	return t.at, cancel, nil
}

// History never fails.
func (m *Memory) History(_ context.Context, to Destination, after Position, limit int) (Batch, Position, error) {
	if m.find(to) == nil {
		none := Position{Epoch: rand.Text()}
		return Batch{After: none, Gap: after != Position{}}, none, nil
	}
	t := m.lock(to)
	defer t.mu.Unlock()
	oldest := t.at.Offset - uint64(len(t.recent)) // the position before it
	switch {
	case after == Position{}:
		after = Position{t.at.Epoch, max(oldest, t.at.Offset-min(t.at.Offset, uint64(limit)))}
	case after.Epoch != t.at.Epoch || after.Offset < oldest || after.Offset > t.at.Offset:
		return Batch{After: t.at, Gap: true}, t.at, nil
	}
	page := Batch{After: after}
	for n := after.Offset + 1; n <= t.at.Offset && len(page.Payloads) < limit; n++ {
		page.Payloads = append(page.Payloads, t.recent[t.place(n)])
	}
	return page, t.at, nil
}

// Ready is always nil: what is in the process is there while the process is.
func (m *Memory) Ready() error { return nil }

// find returns a topic that somebody uses, or has used. Who only asks makes none:
// anybody can ask for any name.
func (m *Memory) find(to Destination) *memoryTopic {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.topics[to]
}

// lock returns a topic, locked.
func (m *Memory) lock(to Destination) *memoryTopic {
	for {
		t := m.topic(to)
		t.mu.Lock()
		if !t.expired {
			t.used = time.Now()
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
		t = &memoryTopic{
			to:          to,
			keep:        m.retention.OrDefault(),
			at:          Position{Epoch: rand.Text()},
			subscribers: make(map[*memorySubscriber]struct{}),
			watchers:    make(map[*memoryWatcher]struct{}),
			present:     make(map[string]int),
		}
		t.expiry = time.AfterFunc(t.keep.For, func() { m.expire(t) })
		if m.topics == nil {
			m.topics = make(map[Destination]*memoryTopic)
		}
		m.topics[to] = t
	}
	return t
}

// expire forgets a topic that nobody uses, and that nobody has used for as long
// as its history is kept, and its keys.
func (m *Memory) expire(t *memoryTopic) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	kept, idle := max(t.keep.For, KeyKept), time.Since(t.used)
	switch {
	case len(t.subscribers)+len(t.watchers)+len(t.present) > 0:
		t.expiry.Reset(kept)
	case idle < kept:
		t.expiry.Reset(kept - idle)
	default:
		t.expired = true
		delete(m.topics, t.to)
	}
}
