package redisbackplane

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// inboxLimit is how many received things may wait to be delivered. Delivering
// never waits, so the inbox is full only while the processor is; then the
// receiver waits, and Redis keeps the rest. (Where that becomes too much for
// Redis it cuts the connection, and the topics catch up.)
const inboxLimit = 8 << 10

// An inbox hands what the receiver reads to the deliverer, all that waits at
// once: each member of a room is then woken once for many messages.
type inbox struct {
	more, room chan struct{} // each holds one token: something waits; there is room

	mu      sync.Mutex
	waiting []received
	full    int // how often it was found so
}

// received is what a shard has heard: a *redis.Message or a *redis.Subscription.
type received struct {
	by   *shard
	what any
}

func newInbox() *inbox {
	return &inbox{more: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// put waits while the inbox is full, or until ctx ends.
func (b *inbox) put(ctx context.Context, r received) {
	for !b.tryPut(r) {
		select {
		case <-b.room:
		case <-ctx.Done():
			return
		}
	}
	signal(b.more)
}

func (b *inbox) tryPut(r received) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) >= inboxLimit {
		b.full++
		return false
	}
	b.waiting = append(b.waiting, r)
	return true
}

// fullTimes tells how often it was found full, now included: whoever asks twice, and
// gets the same, knows that nothing had to wait in between.
func (b *inbox) fullTimes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) >= inboxLimit {
		b.full++
	}
	return b.full
}

// take waits for something and returns all there is; nil when ctx has ended.
func (b *inbox) take(ctx context.Context) []received {
	for {
		b.mu.Lock()
		all := b.waiting
		b.waiting = nil
		b.mu.Unlock()
		if all != nil {
			signal(b.room)
			return all
		}
		select {
		case <-b.more:
		case <-ctx.Done():
			return nil
		}
	}
}

// dispatch hands what was received to its topics, in its order, until ctx ends.
func (b *Backplane) dispatch(ctx context.Context) {
	for {
		all := b.inbox.take(ctx)
		if all == nil {
			return
		}
		run := newRun()
		for _, r := range all {
			switch what := r.what.(type) {
			case *redis.Message:
				run.add(r.by, what)
			case *redis.Subscription:
				// What came before it may be of another history than what comes
				// after it, and only a read between the two can tell.
				b.deliver(run)
				b.confirmed(what.Channel)
				run = newRun()
			}
		}
		b.deliver(run)
	}
}

// A run is what was received between two confirmations.
type run struct {
	messages map[source][]message
	changes  map[source][]change
}

// A source is a topic, the shard that has heard it, and who has signed it.
type source struct {
	topic string
	by    *shard
	via   string
}

func newRun() run {
	return run{make(map[source][]message), make(map[source][]change)}
}

// add takes no notice of what is none of ours.
func (r run) add(by *shard, published *redis.Message) {
	if c, via, ours := parseChange(published.Payload); ours {
		from := source{published.Channel, by, via}
		r.changes[from] = append(r.changes[from], c)
	} else if messages, via, err := parseMessages(published.Payload); err == nil {
		from := source{published.Channel, by, via}
		r.messages[from] = append(r.messages[from], messages...)
	}
}

func (b *Backplane) deliver(r run) {
	for from, messages := range r.messages {
		if t, owner := b.topic(from.topic); t == nil {
			continue
		} else if from.of(owner) {
			t.receive(messages)
		} else {
			t.catchUp() // another Redis's: the stream tells what is true
		}
	}
	for from, changes := range r.changes {
		if who, owner := b.roster(from.topic); who == nil {
			continue
		} else if from.of(owner) {
			who.receive(changes)
		} else {
			who.read() // likewise
		}
	}
}

func (from source) of(owner *shard) bool { return from.by == owner && from.via == owner.via }

// confirmed is for a subscription: what was published before it may have been missed.
func (b *Backplane) confirmed(topic string) {
	if t, _ := b.topic(topic); t != nil {
		t.catchUp()
	}
	if r, _ := b.roster(topic); r != nil {
		r.read()
	}
}

// signal leaves a token in c, unless there is one.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
