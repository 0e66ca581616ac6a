package hub

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	joinTimeout = 5 * time.Second        // how long a join may wait for the backplane
	joinAgain   = 250 * time.Millisecond // the same for the next ones, while it is away
)

// An audience is those of this instance's clients who hear one destination, and
// one subscription for all of them: the members of a room, a user's
// connections, or everyone. It exists while somebody uses it.
type audience struct {
	to     Destination
	counts *counters // the hub's
	users  int       // members, and those who are to be; guarded by Hub.mu
	close  func()    // called once, with the last user, not under a lock; likewise

	mu      sync.Mutex    // guards what follows; deliveries take it, so nothing waits under it
	opened  chan struct{} // closed when the subscription stands; then it is past
	members []member      // in no order
	at      Position      // after the last message that was delivered
	present int           // of a room: its participants, on all instances
}

// A member is a client who hears an audience's destination.
type member struct {
	client *Client
	behind *catchingUp // nil for who hears what comes at once
}

func newAudience(to Destination, counts *counters) *audience {
	return &audience{to: to, counts: counts, opened: make(chan struct{})}
}

// open subscribes for all users together, and so it waits for as long as there
// is one; each of them has a limit of its own (await). With an error, which is that
// ctx has ended, it has left nothing behind, and end does nothing.
func (a *audience) open(ctx context.Context, plane Backplane) (end func(), err error) {
	nothing := func() {}
	from, unsubscribe, err := plane.Subscribe(ctx, a.to, a.deliver)
	if err != nil {
		return nothing, err
	}
	a.mu.Lock()
	if a.at == (Position{}) { // else a message was faster
		a.at = from
	}
	a.mu.Unlock()
	if !a.to.IsRoom() {
		return unsubscribe, nil
	}
	unwatch, err := plane.Watch(ctx, a.to, a.changed)
	if err != nil {
		unsubscribe()
		return nothing, err
	}
	return func() {
		unwatch()
		unsubscribe()
	}, nil
}

// past is a closed channel: one for all who need not wait any more, as each would be
// a hundred bytes.
var past = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// stands releases those who await it.
func (a *audience) stands() {
	a.mu.Lock()
	defer a.mu.Unlock()
	close(a.opened)
	a.opened = past
}

// await returns when the audience hears its destination, or says why it does not
// yet.
func (a *audience) await(ctx context.Context) error {
	a.mu.Lock()
	opened := a.opened
	a.mu.Unlock()
	select {
	case <-opened:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// add makes c a member: it hears everything from now on.
func (a *audience) add(c *Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.members = append(a.members, member{client: c})
}

// member is c's entry; the caller holds mu. It looks through all of them, which takes
// 10 us in a room of 10,000, and is not for every message.
func (a *audience) member(c *Client) *member {
	return &a.members[slices.IndexFunc(a.members, func(m member) bool { return m.client == c })]
}

// remove ends c's membership: nothing reaches c's outbox from here after it.
func (a *audience) remove(c *Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := len(a.members) - 1
	*a.member(c) = a.members[last]
	a.members[last] = member{}
	a.members = a.members[:last]
}

// deliver hands a batch from the backplane to every member: each one is woken
// once, whatever the batch's size.
func (a *audience) deliver(b Batch) {
	woken := a.hand(b)
	for chunk := range slices.Chunk(woken, flushedTogether) {
		go flushTogether(chunk)
	}
}

// flushedTogether is how many members one goroutine serves: few enough for all
// processors to be busy with a large room.
const flushedTogether = 32

// hand adds a batch to each member's outbox, and returns those that are to be flushed.
func (a *audience) hand(b Batch) (woken []*outbox) {
	a.mu.Lock()
	defer a.mu.Unlock()
	frames := a.frames(b)
	all := frames
	if b.Gap && a.to.IsRoom() {
		all = append([][]byte{a.gap(b.After)}, frames...)
	}
	a.at = b.End()
	live := 0
	for i := range a.members {
		m := &a.members[i]
		if m.behind == nil {
			if m.client.out.add(all) {
				woken = append(woken, m.client.out)
			}
			live++
		} else if m.behind.pass(m.client, b, frames, all) {
			m.behind = nil
		}
	}
	if live > 0 {
		a.counts.delivered.Add(uint64(live * messages(frames)))
	}
	return woken
}

// frames are a batch's messages as members get them. In a room frames[i] is that
// of Payloads[i]: one that is no message, as somebody else can write to a broker
// too, costs the room an offset, and members are told so.
func (a *audience) frames(b Batch) [][]byte {
	frames := make([][]byte, 0, len(b.Payloads))
	for i, payload := range b.Payloads {
		offset := b.After.Offset + 1 + uint64(i)
		frame, ours := messageFrame(a.to, offset, payload)
		switch {
		case ours:
			frames = append(frames, frame)
		case a.to.IsRoom():
			frames = append(frames, a.gap(Position{b.After.Epoch, offset}))
		}
		if !ours {
			slog.Warn("passing over what is no message", "topic", a.to, "offset", offset)
		}
	}
	return frames
}

// messages counts those among frames, where gaps may stand in for some.
func messages(frames [][]byte) (n int) {
	for _, f := range frames {
		if !bytes.HasPrefix(f, []byte(`{"type":"joined"`)) {
			n++
		}
	}
	return n
}

// gap tells members that they have lost what lay before at.
func (a *audience) gap(at Position) []byte {
	f := a.joined(at)
	f.Recovered = new(false)
	return encode(f)
}

// joined is what a member is told of its room; the caller holds mu.
func (a *audience) joined(at Position) joinedFrame {
	return joinedFrame{Type: "joined", Room: a.to.name(), Count: a.present, Offset: at.Offset, Epoch: at.Epoch}
}
