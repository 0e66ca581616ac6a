package load

import (
	"context"
	"errors"
	"sync"
	"time"

	"secondserver/lab/ledger"
)

const (
	// look is how often Settle looks whether something has come.
	look = 5 * time.Millisecond

	// pause is for how long nothing has to come before canaries sing. Too early does
	// no harm: what was said before is heard before.
	pause = 100 * time.Millisecond
)

// Settle returns when everything has come that will: when nothing is missing, or
// when everybody has heard a canary of his own server, which everything else came
// before, or when nothing has come for so long as patience. Whoever has heard no canary
// then, and does not answer either, is noted as unseen.
func (c *Crowd) Settle(ctx context.Context, patience time.Duration) {
	if c.missing(ctx) <= 0 {
		return
	}
	canaries := c.sing(ctx)
	quiet, before := time.Now(), c.Ledger.Live().Delivered
	for ctx.Err() == nil && time.Since(quiet) < patience {
		if c.Ledger.Live().Missing() <= 0 || len(c.deaf(canaries)) == 0 {
			return
		}
		if now := c.Ledger.Live().Delivered; now != before {
			quiet, before = time.Now(), now
		}
		await(ctx, time.Now().Add(look))
	}
	c.ask(ctx, c.deaf(canaries), patience)
}

// Listen goes on listening for a while, for what should not come: a second copy, say.
func (c *Crowd) Listen(ctx context.Context, d time.Duration) { await(ctx, time.Now().Add(d)) }

// missing waits until nothing is missing, but only while something comes.
func (c *Crowd) missing(ctx context.Context) int {
	quiet, before := time.Now(), -1
	for {
		live := c.Ledger.Live()
		if live.Delivered != before {
			quiet, before = time.Now(), live.Delivered
		}
		if live.Missing() <= 0 || time.Since(quiet) > pause || ctx.Err() != nil {
			return live.Missing()
		}
		await(ctx, time.Now().Add(look))
	}
}

// A place is a room on a server, where canaries sing.
type place struct{ room, server string }

// sing has one user sing in each place, and returns the canaries.
func (c *Crowd) sing(ctx context.Context) map[place]ledger.ID {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	canaries := make(map[place]ledger.ID)
	var answers sync.WaitGroup
	for _, u := range c.users {
		at := place{u.room, u.server()}
		if _, sung := canaries[at]; sung || at.server == "" || u.hasLeft() {
			continue
		}
		to := address{ledger.Room(u.room), u.room, ""}
		canaries[at] = c.Ledger.Canary(u.User, to.Destination, time.Now())
		u.say(ctx, canaries[at], to, 0, time.Now().Add(answerWithin), &answers, func(bool) {})
	}
	answers.Wait()
	return canaries
}

// deaf finds those who have not heard the canary of their own place.
func (c *Crowd) deaf(canaries map[place]ledger.ID) (deaf []*user) {
	for _, u := range c.users {
		if id, sung := canaries[place{u.room, u.server()}]; !u.hasLeft() && (!sung || !u.HasHeard(id)) {
			deaf = append(deaf, u)
		}
	}
	return deaf
}

// ask asks users whether they are there. Whose connection has ended has lost what he
// has lost; who is connected, and gets no answer, may not be looking.
func (c *Crowd) ask(ctx context.Context, users []*user, patience time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var asking sync.WaitGroup
	for _, u := range users {
		u.mu.Lock()
		conn := u.conn
		u.mu.Unlock()
		if conn == nil {
			continue
		}
		asking.Go(func() {
			err := conn.Alive(ctx)
			if errors.Is(err, errors.ErrUnsupported) && c.options.Dialect.Traits().Acks {
				err = u.answered(ctx)
			}
			if err != nil && (conn.Err() == nil || errors.Is(err, errors.ErrUnsupported)) {
				u.Unseen()
			}
		})
	}
	asking.Wait()
}

// answered has a user sing, and is nil where the server acknowledges that: then it is
// heard, and so it could hear.
func (u *user) answered(ctx context.Context) error {
	to := address{ledger.Room(u.room), u.room, ""}
	id := u.crowd.Ledger.Canary(u.User, to.Destination, time.Now())
	var answers sync.WaitGroup
	was := make(chan bool, 1)
	u.say(ctx, id, to, 0, time.Now().Add(answerWithin), &answers, func(so bool) { was <- so })
	answers.Wait()
	if !<-was {
		return errors.New("no answer")
	}
	return nil
}
