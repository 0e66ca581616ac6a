package redisbackplane

import (
	"slices"
	"sync"
	"time"

	"secondserver/hub"
)

const heldLimit = 1 << 10 // messages held back while a topic catches up

// A topic is one subscription of this instance, for all its subscribers.
//
// Its messages come by two ways: live, from the connection's receiver, and from
// the stream, when it catches up. Whatever is not the next message, by either
// way, is resolved by reading the stream. That one rule covers the first
// subscription, broken connections, messages that Redis threw away, and a
// Redis that came back empty.
type topic struct {
	name   string
	keep   hub.Retention
	counts *counters // the backplane's

	users  int     // subscribers, participants and watchers, and those to be; guarded by Backplane.mu
	shard  *shard  // the one that should be subscribed to it; likewise
	roster *roster // of a room whose participants somebody wants to know; likewise

	mu          sync.Mutex    // guards what follows; delivering holds it, nothing waits under it
	live        chan struct{} // closed when the first catch-up has ended: at is known; then it is past
	reads       *pipe         // leads to the stream
	subscribers []*subscriber // the hub is the only one, as a rule
	at          hub.Position  // after the last message that was delivered; zero at first
	last        []byte        // that message's payload: another one at its offset is another history
	catching    bool          // a catch-up is under way …
	again       bool          // … and another one is needed after it
	broken      bool          // something may have been missed since the last read began …
	mends       bool          // … or before it: it is a catch-up that counts
	held        []message     // what came meanwhile, or the newest of it: at most heldLimit
	pause       time.Duration // before the last retry; zero after a success
	ended       bool
}

type subscriber struct{ deliver func(hub.Batch) }

func newTopic(name string, reads *pipe, keep hub.Retention, counts *counters) *topic {
	return &topic{
		name:   name,
		keep:   keep,
		counts: counts,
		reads:  reads,
		live:   make(chan struct{}),
	}
}

// past is a closed channel: one for all that need not be waited for any more, as each
// would be a hundred bytes.
var past = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// lives is closed when the topic is live.
func (t *topic) lives() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live
}

// add is for a live topic: everything after the position it returns reaches s.
func (t *topic) add(s *subscriber) hub.Position {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.subscribers = append(t.subscribers, s)
	return t.at
}

// remove tells whether s was there.
func (t *topic) remove(s *subscriber) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.subscribers, s)
	if i < 0 {
		return false
	}
	t.subscribers = slices.Delete(t.subscribers, i, i+1)
	return true
}

// end stops the catching up of a topic that nobody uses any more.
func (t *topic) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
}

// receive takes messages from the receiver.
func (t *topic) receive(messages []message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.advance(messages)
}

// advance delivers the messages that are next and passes over those that were
// delivered already. Of any other, the stream tells what lies before it, and
// whether there ever was such a message: nothing is held for a read that begins
// after it was received.
func (t *topic) advance(messages []message) {
	if t.catching {
		t.hold(messages)
		return
	}
	if t.at.Epoch == "" {
		return // the first catch-up, still to come, will tell
	}
	batch := hub.Batch{After: t.at}
	for _, m := range messages {
		end := batch.End()
		if m.Epoch == end.Epoch && m.Offset <= end.Offset {
			continue
		}
		if m.Epoch != end.Epoch || m.Offset != end.Offset+1 {
			t.deliver(batch)
			t.broken = true
			t.startCatchUp()
			return
		}
		batch.Payloads = append(batch.Payloads, m.payload)
	}
	t.deliver(batch)
}

// hold keeps messages until the catch-up has ended. When they become too many
// the older ones go: the stream has them, and the hole that they leave makes us
// read it again.
func (t *topic) hold(messages []message) {
	if len(t.held)+len(messages) > heldLimit {
		t.held = nil
		messages = messages[max(0, len(messages)-heldLimit):]
	}
	t.held = append(t.held, messages...)
}

func (t *topic) deliver(batch hub.Batch) {
	t.at = batch.End()
	switch n := len(batch.Payloads); {
	case n > 0:
		t.last = batch.Payloads[n-1]
	case batch.Gap:
		t.last = nil // not known
	default:
		return
	}
	for _, s := range t.subscribers {
		s.deliver(batch)
	}
}

// move is for a topic that another Redis owns now.
func (t *topic) move(reads *pipe) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reads = reads
}

func (t *topic) hasEnded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}
