package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// receive is the connection's one goroutine: started with it, ended by the end
// of its socket, waited for by Close. It never waits for anyone who takes
// messages, so answers are never late because of them.
func (c *Client) receive() {
	defer close(c.stopped)
	var buf bytes.Buffer // reused: a connection that is idle again keeps only the largest frame
	for c.Err() == nil {
		if err := c.readFrame(&buf); err != nil {
			c.end(err) // the first cause counts
		}
	}
	_ = c.conn.Close() // it has ended, whatever this says
	c.abandon()
}

func (c *Client) readFrame(buf *bytes.Buffer) error {
	_, r, err := c.conn.NextReader()
	if err != nil {
		return err
	}
	buf.Reset()
	if _, err := buf.ReadFrom(r); err != nil {
		return err
	}
	var f frame
	if err := json.Unmarshal(buf.Bytes(), &f); err != nil {
		return fmt.Errorf("%w: %q is not a frame: %w", ErrProtocol, clip(buf.Bytes()), err)
	}
	return c.dispatch(f)
}

// dispatch brings a frame to whoever waits for it. Kinds that it does not know
// are none of its business.
func (c *Client) dispatch(f frame) error {
	switch f.Type {
	case "message":
		return c.put(f.Room, entry{message: Message{
			Room: f.Room, Offset: f.Offset, From: f.From, Text: f.Text,
			Server: f.ServerID, SentAt: f.SentAt, Arrived: time.Now(),
		}})
	case "joined":
		if f.Ref == "" { // nobody asked: the server tells of a gap
			return c.put(f.Room, entry{gap: &Gap{f.Room, Position{f.Offset, f.Epoch}}})
		}
		c.open(f.Room) // before the answer: Next may follow at once
		return c.answer(f)
	case "left":
		c.leave(f.Room)
		return c.answer(f)
	case "ack", "error":
		return c.answer(f)
	}
	return nil
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
