package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// joinTimeout is how long a join may wait for the backplane.
const joinTimeout = 5 * time.Second

// A room is those of this instance's clients who have joined it, and one
// subscription for all of them. It exists while somebody uses it.
type room struct {
	name   string
	users  int                // members, and joins under way; guarded by Hub.mu
	cancel context.CancelFunc // called with the last user

	opened chan struct{} // closed when the subscription stands, or has failed with err
	err    error

	mu      sync.Mutex // guards what follows; deliveries take it, so nothing waits under it
	members map[*Client]struct{}
	at      Position // after the last message that the members were sent
}

func newRoom(name string, cancel context.CancelFunc) *room {
	return &room{
		name:    name,
		cancel:  cancel,
		opened:  make(chan struct{}),
		members: make(map[*Client]struct{}),
	}
}

// run holds the subscription from the first user to the last.
func (r *room) run(ctx context.Context, plane Backplane) {
	opening, stop := context.WithTimeout(ctx, joinTimeout)
	from, unsubscribe, err := plane.Subscribe(opening, Room(r.name), r.deliver)
	stop()
	if err != nil {
		r.err = err
		close(r.opened)
		return
	}
	defer unsubscribe()
	r.mu.Lock()
	if r.at == (Position{}) { // else a message was faster
		r.at = from
	}
	r.mu.Unlock()
	close(r.opened)
	<-ctx.Done()
}

// wait returns when the room is open, or says why it is not.
func (r *room) wait(ctx context.Context) error {
	select {
	case <-r.opened:
		return r.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// add makes c a member, if it is none, and tells it so. Its first message is
// the one after that: deliveries are locked out meanwhile. A client that resumes
// is told whether it has seen everything.
func (r *room) add(c *Client, req request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[c] = struct{}{}
	frame := joinedFrame{Type: "joined", Room: r.name, Offset: r.at.Offset, Epoch: r.at.Epoch, Ref: req.ref}
	if req.resume != nil {
		frame.Recovered = new(*req.resume == r.at)
	}
	c.out.offer(encode(frame))
}

// remove ends c's membership: no message of the room reaches c's outbox after it.
func (r *room) remove(c *Client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, c)
}

// deliver hands a batch from the backplane to every member: each one is woken
// once, whatever the batch's size.
func (r *room) deliver(b Batch) {
	frames := make([][]byte, 0, len(b.Payloads)+1)
	if b.Gap {
		frames = append(frames, r.gap(b.After))
	}
	for i, payload := range b.Payloads {
		offset := b.After.Offset + 1 + uint64(i)
		frame, ours := messageFrame(r.name, offset, payload)
		if !ours {
			slog.Warn("passing over what is no message", "room", r.name, "offset", offset)
			frame = r.gap(Position{b.After.Epoch, offset})
		}
		frames = append(frames, frame)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = b.End()
	for c := range r.members {
		c.out.deliver(frames)
	}
}

// gap tells members that they have lost what lay before at.
func (r *room) gap(at Position) []byte {
	return encode(joinedFrame{Type: "joined", Room: r.name, Offset: at.Offset, Epoch: at.Epoch, Recovered: new(false)})
}

// failed tells whether the room could not be opened: the next one who wants it
// tries anew.
func (r *room) failed() bool {
	select {
	case <-r.opened:
		return r.err != nil
	default:
		return false
	}
}
