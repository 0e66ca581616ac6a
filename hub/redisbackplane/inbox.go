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
	waiting []any // *redis.Message, *redis.Subscription
}

func newInbox() *inbox {
	return &inbox{more: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// put waits while the inbox is full, or until ctx ends.
func (b *inbox) put(ctx context.Context, received any) {
	for !b.tryPut(received) {
		select {
		case <-b.room:
		case <-ctx.Done():
			return
		}
	}
	signal(b.more)
}

func (b *inbox) tryPut(received any) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) >= inboxLimit {
		return false
	}
	b.waiting = append(b.waiting, received)
	return true
}

// take waits for something and returns all there is; nil when ctx has ended.
func (b *inbox) take(ctx context.Context) []any {
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

// A source is a topic, and whose messages of it these are.
type source struct{ topic, via string }

// dispatch hands what was received to its topics until ctx ends.
func (b *Backplane) dispatch(ctx context.Context) {
	for {
		received := b.inbox.take(ctx)
		if received == nil {
			return
		}
		messages := make(map[source][]message)
		changes := make(map[source][]change)
		var confirmed []string
		for _, r := range received {
			switch r := r.(type) {
			case *redis.Message:
				// Anything else on the channel is none of ours.
				if c, via, ours := parseChange(r.Payload); ours {
					from := source{r.Channel, via}
					changes[from] = append(changes[from], c)
				} else if m, via, err := parseMessage(r.Payload); err == nil {
					from := source{r.Channel, via}
					messages[from] = append(messages[from], m)
				}
			case *redis.Subscription:
				confirmed = append(confirmed, r.Channel)
			}
		}
		for from, run := range messages {
			if t, via := b.topic(from.topic); t == nil {
				continue
			} else if from.via == via {
				t.receive(run)
			} else {
				t.catchUp() // another Redis's: the stream tells what is true
			}
		}
		for from, run := range changes {
			if r, via := b.roster(from.topic); r == nil {
				continue
			} else if from.via == via {
				r.receive(run)
			} else {
				r.read() // likewise
			}
		}
		for _, name := range confirmed {
			if t, _ := b.topic(name); t != nil {
				t.catchUp()
			}
			if r, _ := b.roster(name); r != nil {
				r.read()
			}
		}
	}
}

// signal leaves a token in c, unless there is one.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
