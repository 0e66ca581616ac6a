package hub

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// The bounds of one client.
const (
	maxRooms  = 100 // rooms joined
	maxWindow = 64  // messages sent and not yet answered; then the reader waits
)

// A Transport carries frames to one client. The hub calls it from one goroutine
// at a time.
type Transport interface {
	// Send writes frames, each one JSON text, in order and best in one go. It
	// must not change them: every member of a room gets the same ones. It may
	// wait, for a bounded time (the peer reads slowly). An error ends the client.
	Send(frames [][]byte) error

	// Close ends the connection and tells the peer why, if it can. It is called
	// once, after the last Send. Whoever reads from the connection must come to
	// an end by it.
	Close(cause error)
}

// An EagerTransport can send without waiting, too: many members of a room are then
// served by one goroutine.
type EagerTransport interface {
	Transport

	// TrySend is Send, as far as that goes without waiting. Where sent is false, the
	// next call is Send, which goes on from there, perhaps with no more frames.
	TrySend(frames [][]byte) (sent bool, err error)
}

// A CloseError is a cause that the server chooses to end a client, and what a
// WebSocket's close frame says of it.
type CloseError struct {
	Code   int // RFC 6455, section 7.4
	Reason string
}

func (e *CloseError) Error() string { return fmt.Sprintf("%s (%d)", e.Reason, e.Code) }

// Restart ends clients when the instance drains; SlowConsumer ends one that
// does not read what it is sent.
var (
	Restart      = &CloseError{1012, "service restart: reconnect and resume"}
	SlowConsumer = &CloseError{1008, "slow consumer"}
)

// A Client is one connection of a user to this instance. Handle and Close are
// for the one goroutine at a time that reads from the connection.
type Client struct {
	hub  *Hub
	user string
	out  *outbox
	end  ending

	own     [2]*audience  // what every client hears: everyone's, and the user's own
	rooms   []membership  // joined, at most maxRooms; for the reading goroutine alone
	refused bool          // the last join was; likewise
	rate    rate          // of its frames; likewise
	window  chan struct{} // one for each unanswered message, at most maxWindow
}

func newClient(h *Hub, user string, to Transport) *Client {
	c := &Client{hub: h, user: user, rate: newRate(h.frameLimit)}
	c.out = newOutbox(to, &c.end)
	return c
}

// Handle carries out one frame from the client, valid UTF-8 of at most MaxFrame
// bytes. What the client has to hear about it reaches it through its transport.
// It waits while a room is being joined (at most 5 s), then for as long as the
// client takes to read what it has missed there, and while 64 messages are
// unanswered (at most 2 s). A frame over the limit is refused (Hub.LimitFrames). A
// client that is ending is not listened to.
func (c *Client) Handle(frame []byte) {
	if !c.out.begin() {
		return
	}
	defer c.out.settle()
	req, bad := decode(frame)
	if within, tooLong := c.rate.take(); !within {
		bad = c.limited(tooLong)
	}
	if bad == nil {
		switch req.kind {
		case "join":
			bad = c.join(req)
		case "leave":
			bad = c.leave(req)
		case "message":
			bad = c.say(req)
		}
	}
	if bad != nil {
		c.refuse(req, bad)
	}
}

func (c *Client) refuse(req request, bad *Problem) {
	c.hub.counters.problem(bad.Code)
	c.out.offer(bad.frame(req))
}

// hear is for the messages of a member that catches up: see audience.deliver for
// all others.
func (c *Client) hear(frames [][]byte) {
	c.hub.counters.delivered.Add(uint64(messages(frames)))
	c.out.deliver(frames)
}

func (c *Client) join(req request) *Problem {
	if i := c.joined(Room(req.room)); i >= 0 {
		c.rooms[i].answer(c, req)
		return nil
	}
	if len(c.rooms) >= maxRooms {
		return problemf(CodeTooManyRooms, "one connection joins at most %d rooms", maxRooms)
	}
	limit := joinTimeout
	if c.refused && c.hub.plane.Ready() != nil {
		limit = joinAgain // one join has waited in vain; the others need not wait as long
	}
	ctx, stop := c.end.during(limit)
	defer stop()
	a := c.hub.enter(Room(req.room))
	err := a.await(ctx)
	var m membership
	if err == nil {
		m, err = a.join(ctx, c, req)
	}
	if c.refused = err != nil; c.refused {
		c.hub.exit(a)
		return unavailable("not joined", cmp.Or(c.Cause(), err))
	}
	c.rooms = append(c.rooms, m)
	return nil
}

func (c *Client) leave(req request) *Problem {
	i := c.joined(Room(req.room))
	if i < 0 {
		return notInRoom(req.room)
	}
	c.rooms[i].end(c)
	c.rooms = slices.Delete(c.rooms, i, i+1)
	c.out.offer(encode(leftFrame{"left", req.room, req.ref}))
	return nil
}

func (c *Client) say(req request) *Problem {
	to := Room(req.room)
	if req.to != "" {
		to = User(req.to)
	} else if c.joined(to) < 0 {
		return notInRoom(req.room)
	}
	if c.window == nil {
		c.window = make(chan struct{}, maxWindow) // not before: many only listen
	}
	c.window <- struct{}{}
	if err := c.Cause(); err != nil { // it waited for so long that a drain began
		<-c.window
		return unavailable("not sent", err)
	}
	c.out.owe()
	c.hub.counters.received.Add(1)
	c.hub.publish(c.user, to, req, func(at Position, err error) {
		switch {
		case err != nil:
			c.refuse(req, notSent(to, err))
		case req.ref != "":
			c.hub.counters.acks.Add(1)
			c.out.offer(ack(req.ref, to, at))
		}
		c.out.settle()
		<-c.window
	})
	return nil
}

// joined is a room's place in rooms, or -1.
func (c *Client) joined(room Destination) int {
	return slices.IndexFunc(c.rooms, func(m membership) bool { return m.to == room })
}

// unavailable tells a client what became of its frame, and nothing of what the
// backplane is made of: that is for the log, and for /readyz.
func unavailable(what string, err error) *Problem {
	if errors.Is(err, Restart) {
		return problemf(CodeUnavailable, "%s: %v", what, Restart)
	}
	return problemf(CodeUnavailable, "%s: %v; try again", what, ErrUnavailable)
}

func notInRoom(room string) *Problem {
	return problemf(CodeNotInRoom, "join %s first", room)
}
