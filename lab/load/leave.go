package load

import (
	"context"
	"fmt"
	"time"
)

// Leave has so many users leave their rooms, evenly on all servers and from all rooms,
// and returns when each leave has been confirmed. They stay connected, and say no more.
// Whatever they hear of the room from then on is heard where it does not belong.
func (c *Crowd) Leave(ctx context.Context, users int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, comeWithin, fmt.Errorf("not within %v", comeWithin))
	defer cancel()
	for _, u := range c.byTurns()[:users] {
		conn, err := u.line(ctx)
		if err == nil {
			u.mu.Lock()
			u.left = true
			u.mu.Unlock()
			u.Leaves(u.room, time.Now())
			err = conn.Leave(ctx, u.room)
		}
		if err != nil {
			return fmt.Errorf("%s leaves %s: %w", u.wire, u.room, err)
		}
		u.Left(u.room, time.Now())
	}
	return nil
}

func (u *user) hasLeft() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.left
}
