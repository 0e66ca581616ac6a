package client

import (
	"context"
	"fmt"
)

// Joined is where a join finds a room.
type Joined struct {
	Position       // of the room's last message
	Count     int  // its users, on all instances together
	Recovered bool // what was missed follows: see Resume
}

// Join returns when nothing of the room can be missed any more: the next message
// is the one after its position. Joining again changes nothing, but tells the
// position and the count of that moment.
func (c *Client) Join(ctx context.Context, room string) (Joined, error) {
	return c.join(ctx, request{Type: "join", Room: room})
}

// Resume joins a room where an earlier connection has left it: last is of the
// last message that it has seen. If the server has recovered what was missed
// since then, the next message is the one after last; if not, the join is one as
// any other.
func (c *Client) Resume(ctx context.Context, room string, last Position) (Joined, error) {
	return c.join(ctx, request{Type: "join", Room: room, Position: &last})
}

func (c *Client) join(ctx context.Context, r request) (Joined, error) {
	q, err := c.ask(r)
	if err == nil {
		err = q.wait(ctx)
	}
	if err != nil {
		return Joined{}, fmt.Errorf("%s: join %s: %w", c.User, r.Room, err)
	}
	return q.joined(), nil
}

func (q *question) joined() Joined {
	recovered := q.answer.Recovered
	return Joined{q.answer.Position, q.answer.Count, recovered != nil && *recovered}
}

// Leave returns when no message of the room can follow. What has arrived before
// can still be taken by Next.
func (c *Client) Leave(ctx context.Context, room string) error {
	q, err := c.ask(request{Type: "leave", Room: room})
	if err == nil {
		err = q.wait(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s: leave %s: %w", c.User, room, err)
	}
	return nil
}
