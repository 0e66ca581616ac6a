package hub

import (
	"context"
	"errors"
	"time"
)

// PublishTimeout is how long a message may wait for the backplane. After it the
// sender is told that it was not sent.
const PublishTimeout = 2 * time.Second

// service is who a backend service's messages are from: no user can be called
// so.
const service = "@server"

// publish encodes a message, once for all who will read it, and hands it to the
// backplane. Nobody is told here: the sender's own copy comes back like
// everybody's.
func (h *Hub) publish(from string, to Destination, req request, answered func(Position, error)) {
	now := time.Now()
	p := Publication{
		To:      to,
		Payload: messagePayload(from, req.text, h.id, now),
	}
	if req.ref != "" {
		p.Key = from + " " + req.ref
	}
	h.plane.Publish(p, func(at Position, err error) {
		h.counters.published.add(time.Since(now))
		answered(at, err)
	})
}

// Post says something to a room, a user or everyone, for a backend service: body
// is {"text":"…"}, perhaps with a "ref". It returns what the ack of a message
// says, as JSON. The error is a *Problem, or ctx's.
func (h *Hub) Post(ctx context.Context, to Destination, body []byte) (answer []byte, err error) {
	req, bad := decodePost(body)
	if bad != nil {
		return nil, bad
	}
	type result struct {
		at  Position
		err error
	}
	results := make(chan result, 1)
	h.publish(service, to, req, func(at Position, err error) { results <- result{at, err} })
	select {
	case r := <-results:
		if r.err != nil {
			return nil, notSent(to, r.err)
		}
		return ack(req.ref, to, r.at), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// notSent is what a sender is told of a publication that failed.
func notSent(to Destination, err error) *Problem {
	if errors.Is(err, ErrNobody) {
		return problemf(CodeUserOffline, "%s is on no instance", to.name())
	}
	return unavailable("not sent", err)
}
