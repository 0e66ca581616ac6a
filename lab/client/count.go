package client

import (
	"context"
	"fmt"
)

// Of presence frames only the last count is kept. Ten thousand clients that
// join one room are told of fifty million arrivals.

// Count is how many users a room has, on all instances together, as far as this
// connection was told: by the answer to its join, then by presence frames.
func (c *Client) Count(room string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in := c.inboxes[room]; in != nil {
		return in.count
	}
	return 0
}

// AwaitCount waits until Count is what is wanted. It does not look at Next's
// messages, nor wait for them.
func (c *Client) AwaitCount(ctx context.Context, room string, want int) error {
	for {
		got, changed, err := c.counting(room)
		if err == nil && got == want {
			return nil
		}
		if err == nil {
			select {
			case <-changed:
				continue
			case <-c.stopped:
				err = c.Err()
			case <-ctx.Done():
				err = context.Cause(ctx)
			}
		}
		return fmt.Errorf("%s: count %d users in %s, the last count is %d: %w", c.User, want, room, got, err)
	}
}

// counting returns the count, and what is closed when it changes.
func (c *Client) counting(room string) (count int, changed <-chan struct{}, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.inboxes[room]
	if in == nil || !in.joined {
		return 0, nil, errNotJoined
	}
	if in.counted == nil {
		in.counted = make(chan struct{})
	}
	return in.count, in.counted, nil
}

// present is called by the receiving goroutine for each presence frame.
func (c *Client) present(f frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	in := c.inboxes[f.Room]
	if in == nil || !in.joined {
		return fmt.Errorf("%w: presence in room %q, which is not joined", ErrProtocol, f.Room)
	}
	in.recount(f.Count)
	return nil
}

func (in *inbox) recount(count int) {
	in.count = count
	if in.counted != nil {
		close(in.counted)
		in.counted = nil
	}
}
