package client

import (
	"context"
	"fmt"
)

// Say sends a message to a room and waits until it is acknowledged. An [*Error]
// means that the server refused it; any other error, that nobody knows whether
// it was sent.
func (c *Client) Say(ctx context.Context, room, text string) (Position, error) {
	sent, err := c.Send(ctx, room, text)
	if err != nil {
		return Position{}, err
	}
	return sent.Wait(ctx)
}

// Tell sends a message to one user and waits until it is acknowledged, as Say
// does. The user takes it from [Direct]. One who is nowhere is the [*Error]
// user_offline.
func (c *Client) Tell(ctx context.Context, user, text string) error {
	sent, err := c.SendTo(ctx, user, text)
	if err != nil {
		return err
	}
	_, err = sent.Wait(ctx)
	return err
}

// A Sent is a message on its way.
type Sent struct {
	user     string
	request  request
	question *question
}

// Send sends a message and returns without its answer. Where Window messages
// have no answer yet, it waits for one of them.
func (c *Client) Send(ctx context.Context, room, text string) (Sent, error) {
	return c.send(ctx, request{Type: "message", Room: room, Text: text})
}

// SendTo is Send for a message to one user.
func (c *Client) SendTo(ctx context.Context, user, text string) (Sent, error) {
	return c.send(ctx, request{Type: "message", To: user, Text: text})
}

// Resend sends a message again, under its first ref, on this connection of its
// sender. It is for when the answer was lost: whether the message had arrived or
// not, and on whichever instance, there is one copy of it afterwards.
func (c *Client) Resend(ctx context.Context, s Sent) (Sent, error) {
	return c.send(ctx, s.request)
}

func (c *Client) send(ctx context.Context, r request) (Sent, error) {
	if r.Ref == "" {
		r.Ref = c.newRef() // before the write: one that fails may have been read all the same
	}
	s := Sent{user: c.User, request: r}
	select {
	case c.window <- struct{}{}: // the place is free again with the answer
	case <-ctx.Done():
		return s, s.failed(context.Cause(ctx))
	case <-c.Done():
		return s, s.failed(c.Err())
	}
	var err error
	if s.question, err = c.ask(r); err != nil {
		return s, s.failed(err)
	}
	return s, nil
}

// Wait waits for the answer, as Say does. It may be called again, and from
// several goroutines.
func (s Sent) Wait(ctx context.Context) (Position, error) {
	if err := s.question.wait(ctx); err != nil {
		return Position{}, s.failed(err)
	}
	return s.question.answer.Position, nil
}

func (s Sent) failed(err error) error {
	if s.request.To != "" {
		return fmt.Errorf("%s: tell %s: %w", s.user, s.request.To, err)
	}
	return fmt.Errorf("%s: say in %s: %w", s.user, s.request.Room, err)
}
