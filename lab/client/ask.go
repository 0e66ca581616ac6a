package client

import (
	"context"
	"fmt"
	"strconv"
)

// A question is a frame that the server has to answer: by a frame with the same
// ref, or by an error with it. The connection's end answers it too.
type question struct {
	message  bool          // it holds a place in the window
	answered chan struct{} // closed once at and err are set
	at       Position
	err      error
}

// Join returns when nothing of the room can be missed any more, with its last
// offset: the next message is the one after it. Joining twice changes nothing.
func (c *Client) Join(ctx context.Context, room string) (Position, error) {
	q, err := c.ask(request{Type: "join", Room: room})
	if err == nil {
		err = q.wait(ctx)
	}
	if err != nil {
		return Position{}, fmt.Errorf("%s: join %s: %w", c.User, room, err)
	}
	return q.at, nil
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

// Say sends a message and waits until it is acknowledged. An [*Error] means that
// the server refused it; any other error, that nobody knows whether it was sent.
func (c *Client) Say(ctx context.Context, room, text string) (Position, error) {
	sent, err := c.Send(ctx, room, text)
	if err != nil {
		return Position{}, err
	}
	return sent.Wait(ctx)
}

// A Sent is a message on its way.
type Sent struct {
	question *question
	user     string
	room     string
}

// Send sends a message and returns without its answer. Where Window messages
// have no answer yet, it waits for one of them.
func (c *Client) Send(ctx context.Context, room, text string) (Sent, error) {
	select {
	case c.window <- struct{}{}: // the place is free again with the answer
	case <-ctx.Done():
		return Sent{}, fmt.Errorf("%s: say in %s: %w", c.User, room, context.Cause(ctx))
	case <-c.Done():
		return Sent{}, fmt.Errorf("%s: say in %s: %w", c.User, room, c.Err())
	}
	q, err := c.ask(request{Type: "message", Room: room, Text: text})
	if err != nil {
		return Sent{}, fmt.Errorf("%s: say in %s: %w", c.User, room, err)
	}
	return Sent{question: q, user: c.User, room: room}, nil
}

// Wait waits for the answer, as Say does. It may be called again, and from
// several goroutines.
func (s Sent) Wait(ctx context.Context) (Position, error) {
	if err := s.question.wait(ctx); err != nil {
		return Position{}, fmt.Errorf("%s: say in %s: %w", s.user, s.room, err)
	}
	return s.question.at, nil
}

// ask sends a request under a new ref.
func (c *Client) ask(r request) (*question, error) {
	q := &question{message: r.Type == "message", answered: make(chan struct{})}
	c.mu.Lock()
	if err := c.Err(); err != nil {
		c.mu.Unlock()
		return nil, err
	}
	c.lastRef++
	r.Ref = strconv.FormatUint(c.lastRef, 10)
	c.asked[r.Ref] = q // before it is sent: the answer may be faster than we are
	c.mu.Unlock()

	if err := c.write(r); err != nil {
		return nil, c.broken(err)
	}
	return q, nil
}

func (q *question) wait(ctx context.Context) error {
	select {
	case <-q.answered:
		return q.err
	case <-ctx.Done():
		return fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
}

// answer is called by the receiving goroutine for each frame with a ref.
func (c *Client) answer(f frame) error {
	c.mu.Lock()
	q := c.asked[f.Ref]
	delete(c.asked, f.Ref)
	c.mu.Unlock()
	if q == nil {
		return fmt.Errorf("%w: %q for ref %q, which nobody waits for (code %q)", ErrProtocol, f.Type, f.Ref, f.Code)
	}
	q.at = Position{f.Offset, f.Epoch}
	if f.Type == "error" {
		q.err = &Error{Code: f.Code, Message: f.Message}
	}
	c.settle(q)
	return nil
}

// settle ends the wait for q, whose at and err are set.
func (c *Client) settle(q *question) {
	if q.message {
		<-c.window
	}
	close(q.answered)
}
