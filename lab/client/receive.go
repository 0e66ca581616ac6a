package client

import (
	"encoding/json"
	"fmt"
)

// receive is the connection's one goroutine: started with it, ended by the end
// of its wire, waited for by Close. It never waits for anyone who takes messages,
// so answers are never late because of them.
func (c *Client) receive() {
	defer close(c.stopped)
	for c.Err() == nil {
		frame, err := c.wire.read()
		if err == nil {
			err = c.dispatch(frame)
		}
		if err != nil {
			c.end(err) // the first cause counts
		}
	}
	c.wire.close()
	c.abandon()
}

// dispatch brings a frame to whoever waits for it. Kinds that it does not know
// are none of its business.
func (c *Client) dispatch(b []byte) error {
	var f frame
	if err := json.Unmarshal(b, &f); err != nil {
		return fmt.Errorf("%w: %q is not a frame: %w", ErrProtocol, clip(b), err)
	}
	switch f.Type {
	case "message":
		return c.message(f)
	case "announcement":
		return c.put(Everyone, entry{message: f.message()})
	case "presence":
		return c.present(f)
	case "joined":
		if f.Ref == "" && f.Recovered != nil { // nobody asked: the server tells of a gap
			return c.put(f.Room, entry{gap: &Gap{f.Room, f.Position}})
		}
		c.open(f) // before the answer: Next may follow at once
		return c.answer(f)
	case "left":
		c.leave(f.Room)
		return c.answer(f)
	case "ack", "error":
		return c.answer(f)
	}
	return nil
}

func (c *Client) message(f frame) error {
	room := f.Room
	if room == "" {
		room = Direct
		if f.To != c.User && !c.listened() {
			return fmt.Errorf("%w: a message to %q, and this is %s", ErrProtocol, f.To, c.User)
		}
	}
	return c.put(room, entry{message: f.message()})
}

// abandon answers what will get no answer any more.
func (c *Client) abandon() {
	c.mu.Lock()
	asked := c.asked
	c.asked = nil // ask looks at Err first
	c.mu.Unlock()
	for _, q := range asked {
		q.err = fmt.Errorf("the connection ended before an answer: %w", c.Err())
		c.settle(q)
	}
}

func clip(b []byte) []byte { return b[:min(len(b), 100)] }
