package hub

import (
	"context"
	"encoding/json"
	"slices"
)

// A History is a part of a room's history, as GET /rooms/{room}/messages answers
// it.
type History struct {
	Room      string            `json:"room"`
	Epoch     string            `json:"epoch"`
	Offset    uint64            `json:"offset"` // the room's last
	Recovered bool              `json:"recovered"`
	Messages  []json.RawMessage `json:"messages"` // as members get them, oldest first
}

// History returns the first messages of a room after a position, at most limit;
// after the zero Position the newest. Recovered is false, and there are none,
// where the history does not go on from there. The error is a *Problem.
func (h *Hub) History(ctx context.Context, room string, after Position, limit int) (History, error) {
	ctx, stop := context.WithTimeout(ctx, joinTimeout)
	defer stop()
	page, last, err := h.plane.History(ctx, Room(room), after, limit)
	if err != nil {
		return History{}, unavailable("not read", err)
	}
	answer := History{room, last.Epoch, last.Offset, !page.Gap, []json.RawMessage{}}
	for i, payload := range page.Payloads {
		if frame, ours := messageFrame(Room(room), page.After.Offset+1+uint64(i), payload); ours {
			answer.Messages = append(answer.Messages, frame)
		}
	}
	return answer, nil
}

// Participants returns who is in a room, on any instance, in alphabetical order.
// The error is a *Problem.
func (h *Hub) Participants(ctx context.Context, room string) ([]string, error) {
	ctx, stop := context.WithTimeout(ctx, joinTimeout)
	defer stop()
	users, err := h.plane.Participants(ctx, Room(room))
	if err != nil {
		return nil, unavailable("not known", err)
	}
	slices.Sort(users)
	return users, nil
}
