package hub

import "time"

// PublishTimeout is how long a message may wait for the backplane. After it the
// sender is told that it was not sent.
const PublishTimeout = 2 * time.Second

// publish encodes a message, once for all who will read it, and hands it to the
// backplane. Nobody is told here: the sender's own copy comes back like
// everybody's.
func (h *Hub) publish(from string, req request, answered func(Position, error)) {
	payload := encode(messagePayload{from, req.text, h.id, sentAt(time.Now())})
	h.plane.Publish(Publication{To: Room(req.room), Payload: payload}, answered)
}
