package load

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
)

const (
	// Who has lost a connection waits a random part of a pause that begins with
	// firstPause and doubles up to lastPause. Without chance, all who were on one
	// server would come to the next one at the same moment.
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// A Comeback is from the end of a connection until its user was in the room again.
type Comeback struct{ Ended, Back time.Time }

// Took is how long it was.
func (c Comeback) Took() time.Duration { return c.Back.Sub(c.Ended) }

// stay waits for the end of the connection and comes back, again and again, until
// the crowd is closed.
func (u *user) stay(conn dialect.Conn) {
	for {
		select {
		case <-conn.Done():
		case <-u.crowd.ctx.Done():
			return
		}
		ended := time.Now()
		conn.Close() // and nothing more is heard
		since, back := u.lose(conn.Err())
		if !back {
			return
		}
		if conn = u.comeBack(since); conn == nil {
			return
		}
		u.mu.Lock()
		u.comebacks = append(u.comebacks, Comeback{ended, time.Now()})
		u.mu.Unlock()
	}
}

// comeBack tries until it succeeds, or until the crowd is closed.
func (u *user) comeBack(since *client.Position) dialect.Conn {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		select {
		case <-time.After(rand.N(pause)):
		case <-u.crowd.ctx.Done():
			return nil
		}
		conn, err := u.connect(u.crowd.ctx, since)
		if err == nil {
			return conn
		}
	}
}

// lose notes the end of a connection, and returns what to resume from, if anything,
// and whether the user comes back.
func (u *user) lose(cause error) (since *client.Position, back bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.conn, u.here = nil, make(chan struct{})
	u.ends = append(u.ends, cmp.Or(u.dropped, causeOf(cause)))
	u.dropped = ""
	if u.crowd.options.Return == Resume {
		since = new(u.last)
	}
	return since, u.crowd.options.Return != Away && !u.left
}

// drop ends a connection of the user, if it still is its connection, and says why.
func (u *user) drop(conn dialect.Conn, why string) {
	u.mu.Lock()
	if u.conn == conn && u.dropped == "" {
		u.dropped = why
	}
	u.mu.Unlock()
	conn.Close()
}

// causeOf is a cause without what differs from user to user.
func causeOf(err error) string {
	if closed, ok := errors.AsType[*client.CloseError](err); ok {
		return fmt.Sprintf("%d %s", closed.Code, closed.Text)
	}
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return refused.Error()
	}
	return "broken"
}
