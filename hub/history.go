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

// historySize bounds the messages of one answer, in bytes. A thousand of the longest
// would be 25 MB, for as long as it takes a slow reader to read them.
const historySize = 1 << 20

// History returns the first messages of a room after a position, at most limit,
// and no more than fit into historySize, but one at least; after the zero Position
// the newest. Recovered is false, and there are none, where the history does not go
// on from there. The error is a *Problem.
func (h *Hub) History(ctx context.Context, room string, after Position, limit int) (History, error) {
	ctx, stop := context.WithTimeout(ctx, joinTimeout)
	defer stop()
	page, last, err := h.plane.History(ctx, Room(room), after, limit)
	if err != nil {
		return History{}, unavailable("not read", err)
	}
	answer := History{room, last.Epoch, last.Offset, !page.Gap, []json.RawMessage{}}
	newest := after == Position{} // then the oldest are left out
	size := 0
	for n := range page.Payloads {
		i := n
		if newest {
			i = len(page.Payloads) - 1 - n
		}
		frame, ours := messageFrame(Room(room), page.After.Offset+1+uint64(i), page.Payloads[i])
		if !ours {
			continue
		}
		if size += len(frame); size > historySize && len(answer.Messages) > 0 {
			break
		}
		answer.Messages = append(answer.Messages, frame)
	}
	if newest {
		slices.Reverse(answer.Messages)
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
