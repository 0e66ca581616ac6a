package redisbackplane

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"secondserver/hub"
)

const (
	heldLimit  = 1 << 10                // messages held back while a topic catches up
	retryFirst = 100 * time.Millisecond // before a catch-up that failed is tried again, then twice as long …
	retryMost  = 2 * time.Second        // … up to this; halved at random, so that topics spread
)

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

// catchUp reads the stream from where the topic is. It is called for every
// confirmed subscription: what was published before that may have been missed.
func (t *topic) catchUp() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.broken = true
	t.read()
}

// look is catchUp for a topic that nothing has happened to.
func (t *topic) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read()
}

func (t *topic) read() {
	if t.catching {
		t.again = true // the read under way may have been too early
		return
	}
	t.startCatchUp()
}

func (t *topic) startCatchUp() {
	t.catching, t.again, t.held = true, false, nil
	t.mends, t.broken = t.mends || t.broken, false
	size := catchUpSize
	if t.at.Epoch == "" {
		size = 1 // the last message is all that a new topic needs
	}
	if err := t.reads.call(catchUpScript, []string{t.name}, catchUpArgs(draw(), t.at, size, t.keep), t.caughtUp); err != nil {
		t.retry(err)
	}
}

// caughtUp takes the stream's answer: first what was missed, then what was held.
func (t *topic) caughtUp(answer any, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var last hub.Position
	var missed []message
	if err == nil {
		last, missed, err = parseHistory(answer)
	}
	if err != nil {
		t.retry(err)
		return
	}
	mended := t.mends
	t.catching, t.mends, t.pause = false, false, 0
	if t.at.Epoch == "" {
		t.begin(last, missed)
	} else {
		if mended {
			t.counts.catchUps.Add(1)
		}
		t.resume(last, missed)
	}
	held := t.held
	t.held = nil
	if !t.catching && (t.again || t.at != last) {
		t.startCatchUp() // there is more than one answer holds, what was held included
	}
	if !t.catching {
		t.advance(held)
	}
}

// begin takes a new topic's place in its history, and the message before it.
func (t *topic) begin(last hub.Position, missed []message) {
	t.at = last
	if len(missed) > 0 {
		t.last = missed[0].payload
	}
	close(t.live)
	t.live = past
}

// resume delivers what was missed. missed begins with the message that the topic
// delivered last, if the stream still has it. Where the stream does not go on
// where the topic is, it first tells of the gap: another epoch, a stream that
// has been trimmed beyond it, one that ends before it, or one that has another
// message in its place. (Redis came back with older data, by a restart or a
// failover, and offsets were given out a second time.)
func (t *topic) resume(last hub.Position, missed []message) {
	same := true
	if len(missed) > 0 && missed[0].Position == t.at {
		same = t.last == nil || bytes.Equal(missed[0].payload, t.last)
		missed = missed[1:]
	}
	after := last
	if len(missed) > 0 {
		after = hub.Position{Epoch: missed[0].Epoch, Offset: missed[0].Offset - 1}
	}
	if after != t.at || !same {
		if t.at.Offset > 0 || after.Epoch == t.at.Epoch { // else nothing that anybody knows of
			t.counts.gaps.Add(1)
			slog.Warn("messages lost", "topic", t.name, "after", t.at.Offset, "next", after.Offset+1)
		}
		t.deliver(hub.Batch{After: after, Gap: true})
	}
	t.advance(missed)
}

// retry is for a catch-up that failed. Until it succeeds the topic is silent:
// late is better than out of order.
func (t *topic) retry(err error) {
	if t.ended {
		return
	}
	slog.Debug("catching up failed, trying again", "topic", t.name, "cause", sayable(err)) // the pipe or the session has told why
	t.pause = nextPause(t.pause)
	time.AfterFunc(t.pause/2+rand.N(t.pause/2), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !t.ended {
			t.startCatchUp()
		}
	})
}

func nextPause(pause time.Duration) time.Duration {
	return min(max(2*pause, retryFirst), retryMost)
}

func (t *topic) hasEnded() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}
