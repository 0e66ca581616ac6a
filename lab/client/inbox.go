package client

import (
	"context"
	"errors"
	"fmt"
)

// What Next takes from that is no room, and that nobody joins. (No room can be
// called so.)
const (
	Direct   = "@direct"   // messages to this user
	Everyone = "@everyone" // announcements
)

// An inbox holds what has arrived for one room and has not been taken yet.
type inbox struct {
	waiting []entry
	joined  bool
	changed chan struct{} // holds one token when there is something to look at

	count   int           // of the room's users, as the server said last
	counted chan struct{} // closed when count changes; nil while nobody waits for it
}

// Listen hands every message and every gap to heard, in the order in which they
// come, instead of keeping them for Next; room is the room, Direct or Everyone, and
// gap is nil where it is a message. It also hands over those of a room that was not
// joined, or told to another user, which otherwise end the connection: whoever listens
// to everything judges for himself. Listen is called before the first Join, and first of all hands over
// what has come already. heard is called by one goroutine at a time; answers wait
// for it, and it must not use c.
func (c *Client) Listen(heard func(room string, m Message, gap *Gap)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for room, in := range c.inboxes {
		for _, e := range in.waiting {
			heard(room, e.message, e.gap)
		}
		c.received -= len(in.waiting)
		in.waiting = nil
	}
	c.heard = heard
}

func (c *Client) listened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard != nil
}

// An entry is a message, or the gap before the next one.
type entry struct {
	message Message
	gap     *Gap
}

var errNotJoined = errors.New("not joined")

// Next takes the oldest message of a room, or of Direct or Everyone, that nobody
// has taken yet, and waits for one where there is none. A [*Gap] is no end: call Next again. When the
// connection has ended, what had arrived comes first, then the cause.
func (c *Client) Next(ctx context.Context, room string) (Message, error) {
	for {
		e, in, err := c.take(room)
		switch {
		case err != nil:
			return Message{}, fmt.Errorf("%s: next message of %s: %w", c.User, room, err)
		case e.gap != nil:
			return Message{}, e.gap
		case in == nil:
			return e.message, nil
		}
		select {
		case <-in.changed:
		case <-c.stopped: // the last frame has been put where it belongs
		case <-ctx.Done():
			return Message{}, fmt.Errorf("%s: next message of %s: %w", c.User, room, context.Cause(ctx))
		}
	}
}

// take returns an entry, or the inbox to wait at, or why nothing will come.
func (c *Client) take(room string) (entry, *inbox, error) {
	ended := false
	select {
	case <-c.stopped: // looked at before the inbox: nothing comes after it
		ended = true
	default:
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.find(room)
	switch {
	case in != nil && len(in.waiting) > 0:
		e := in.waiting[0]
		in.waiting = in.waiting[1:]
		if len(in.waiting) == 0 {
			in.waiting = nil // an idle room holds no memory
		}
		c.received--
		return e, nil, nil
	case ended:
		return entry{}, nil, c.Err()
	case in == nil || !in.joined:
		return entry{}, nil, errNotJoined
	}
	return entry{}, in, nil
}

// put is called by the receiving goroutine, as are open and leave.
func (c *Client) put(room string, e entry) error {
	c.mu.Lock()
	if heard := c.heard; heard != nil {
		c.mu.Unlock()
		heard(room, e.message, e.gap)
		return nil
	}
	defer c.mu.Unlock()
	in := c.find(room)
	switch {
	case in == nil || !in.joined:
		return fmt.Errorf("%w: a frame of room %q, which is not joined", ErrProtocol, room)
	case c.received == InboxLimit:
		return fmt.Errorf("%w: %d messages wait; the next was of room %s", ErrInboxFull, InboxLimit, room)
	}
	in.waiting = append(in.waiting, e)
	c.received++
	in.wake()
	return nil
}

func (c *Client) open(f frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.inboxes[f.Room]
	if in == nil {
		in = &inbox{changed: make(chan struct{}, 1)}
		c.inboxes[f.Room] = in
	}
	in.joined = true
	in.recount(f.Count)
}

func (c *Client) leave(room string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in := c.inboxes[room]; in != nil {
		in.joined = false
		in.wake()
	}
}

// find returns a room's inbox, if there is one, and makes those that are always
// open when they are first used: ten thousand clients have few of them.
func (c *Client) find(room string) *inbox {
	in := c.inboxes[room]
	if in == nil && (room == Direct || room == Everyone) {
		in = &inbox{joined: true, changed: make(chan struct{}, 1)}
		c.inboxes[room] = in
	}
	return in
}

func (in *inbox) wake() {
	select {
	case in.changed <- struct{}{}:
	default: // there is a token already: one look sees both
	}
}
