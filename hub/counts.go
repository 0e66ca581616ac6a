package hub

import (
	"errors"
	"slices"
	"sync/atomic"
	"time"
)

// Counts are what there is on an instance now, and what has happened there since
// its start.
type Counts struct {
	Clients, Rooms int // now; rooms that a client of this instance has joined, or is joining

	Received      uint64            // messages from clients, handed to the backplane
	Delivered     uint64            // messages handed to clients, one for each of them
	Acks          uint64            // frames
	Errors        map[string]uint64 // frames, by code; every code is there
	SlowConsumers uint64            // clients that were ended for it
	Published     Latency           // from a message's publishing to its answer, whatever that is
	Broker        *BrokerCounts     // nil where the backplane is not Counted
}

// A Latency is a histogram: how many took at most so long. What took longer than
// the last bound is in Count alone.
type Latency struct {
	Within [len(LatencyBounds)]uint64 // those of the smaller bounds included
	Count  uint64
	Sum    time.Duration
}

// LatencyBounds reach from a Redis in the same machine to PublishTimeout, and a
// bit beyond.
var LatencyBounds = [...]time.Duration{
	500 * time.Microsecond, time.Millisecond, 2500 * time.Microsecond,
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond,
	500 * time.Millisecond, time.Second, 2500 * time.Millisecond,
}

// BrokerCounts are what has happened between an instance and its broker.
type BrokerCounts struct {
	Reconnects uint64 // connections that were lost and are there again
	CatchUps   uint64 // histories read after a break or a hole
	Gaps       uint64 // topics that lost messages by it, or their history
}

// A Counted backplane has something between it and its broker that can break.
type Counted interface{ Counts() BrokerCounts }

// Counts reads the counters one after the other, while they go on.
func (h *Hub) Counts() Counts {
	c := Counts{
		Received:      h.counters.received.Load(),
		Delivered:     h.counters.delivered.Load(),
		Acks:          h.counters.acks.Load(),
		Errors:        make(map[string]uint64),
		SlowConsumers: h.counters.slow.Load(),
		Published:     h.counters.published.read(),
	}
	for i, code := range codes {
		c.Errors[code] = h.counters.errors[i].Load()
	}
	if counted, ok := h.plane.(Counted); ok {
		broker := counted.Counts()
		c.Broker = &broker
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	c.Clients, c.Rooms = len(h.clients), h.rooms
	return c
}

// The codes that an error frame can have: those of Counts.Errors.
var codes = [...]string{
	CodeBadFrame, CodeBadName, CodeBadText, CodeTooManyRooms,
	CodeNotInRoom, CodeUserOffline, CodeUnavailable, CodeRateLimited,
}

// counters are counted without a lock, and never more than once a batch.
type counters struct {
	received, delivered, acks, slow atomic.Uint64

	errors    [len(codes)]atomic.Uint64
	published latency
}

func (c *counters) problem(code string) { c.errors[slices.Index(codes[:], code)].Add(1) }

// ended counts a client that is gone.
func (c *counters) ended(cause error) {
	if errors.Is(cause, SlowConsumer) {
		c.slow.Add(1)
	}
}

type latency struct {
	buckets [len(LatencyBounds) + 1]atomic.Uint64 // each without the ones before it; the last is the rest
	nanos   atomic.Int64
}

func (l *latency) add(d time.Duration) {
	i := 0
	for i < len(LatencyBounds) && d > LatencyBounds[i] {
		i++
	}
	l.buckets[i].Add(1)
	l.nanos.Add(int64(d))
}

func (l *latency) read() (r Latency) {
	for i := range l.buckets {
		r.Count += l.buckets[i].Load()
		if i < len(r.Within) {
			r.Within[i] = r.Count
		}
	}
	r.Sum = time.Duration(l.nanos.Load())
	return r
}
