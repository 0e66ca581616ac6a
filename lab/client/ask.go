package client

import (
	"context"
	"fmt"
	"strconv"
)

// A question is a frame that the server has to answer: by a frame with the same
// ref, or by an error with it. The connection's end answers it too.
type question struct {
	ref      string
	message  bool          // it holds a place in the window
	answered chan struct{} // closed once answer or err is set
	answer   frame
	err      error
}

// ask sends a request, under a new ref if it has none.
func (c *Client) ask(r request) (*question, error) {
	if r.Ref == "" {
		r.Ref = c.newRef()
	}
	q := &question{ref: r.Ref, message: r.Type == "message", answered: make(chan struct{})}
	if err := c.expect(q); err != nil {
		if q.message {
			<-c.window
		}
		return nil, err
	}
	if err := c.write(r); err != nil {
		return nil, c.broken(err)
	}
	return q, nil
}

func (c *Client) newRef() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastRef++
	return c.refs + "-" + strconv.FormatUint(c.lastRef, 10)
}

// expect is called before a question is sent: the answer may be faster than we
// are.
func (c *Client) expect(q *question) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.Err(); err != nil {
		return err
	}
	if c.asked[q.ref] != nil {
		return fmt.Errorf("ref %s is under way already", q.ref)
	}
	c.asked[q.ref] = q
	return nil
}

func (q *question) wait(ctx context.Context) error {
	select {
	case <-q.answered:
		return q.err
	case <-ctx.Done():
		return fmt.Errorf("no answer: %w", context.Cause(ctx))
	}
}

// answer is called by the receiving goroutine for each frame with a ref, and for
// the one that answers a question without any.
func (c *Client) answer(f frame) error {
	c.mu.Lock()
	q := c.asked[f.Ref]
	delete(c.asked, f.Ref)
	c.mu.Unlock()
	if q == nil {
		return fmt.Errorf("%w: %q for ref %q, which nobody waits for (code %q)", ErrProtocol, f.Type, f.Ref, f.Code)
	}
	q.answer = f
	if f.Type == "error" {
		q.err = &Error{Code: f.Code, Message: f.Message}
	}
	c.settle(q)
	return nil
}

// settle ends the wait for q, whose answer or err is set.
func (c *Client) settle(q *question) {
	if q.message {
		<-c.window
	}
	close(q.answered)
}
