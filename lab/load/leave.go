package load

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

// Leave has so many users leave their rooms, evenly on all servers and from all rooms,
// and returns when each leave has been confirmed; the error is the first that was not.
// They stay connected, and say no more. Whatever they hear of the room from then on is
// heard where it does not belong. What was said less than [ledger.UnderWay] before is
// not owed to them.
func (c *Crowd) Leave(ctx context.Context, users int) error {
	var leaving sync.WaitGroup
	var mu sync.Mutex
	var first error
	gate := make(chan struct{}, 64)
	for _, u := range byTurns(c.users)[:users] {
		gate <- struct{}{}
		leaving.Go(func() {
			defer func() { <-gate }()
			if err := u.leave(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				first = cmp.Or(first, err)
			}
		})
	}
	leaving.Wait()
	return first
}

func (u *user) leave(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerWithin, fmt.Errorf("not within %v", answerWithin))
	defer cancel()
	conn, err := u.line(ctx)
	if err != nil {
		return err
	}
	u.mu.Lock()
	u.left = true
	u.mu.Unlock()
	u.Leaves(u.room, time.Now())
	if err := conn.Leave(ctx, u.room); err != nil {
		return err
	}
	u.Left(u.room, time.Now())
	return nil
}

func (u *user) hasLeft() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.left
}
