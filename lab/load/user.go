package load

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

// comeWithin bounds one try to connect and join.
const comeWithin = 15 * time.Second

// A user is one of a crowd, by one connection after the other.
type user struct {
	crowd *Crowd
	*ledger.User
	wire string // its name on the server
	url  string
	room string

	mu      sync.Mutex // guards what follows; nothing waits under it
	conn    dialect.Conn
	here    chan struct{} // closed while it is connected and has joined
	gone    bool          // it will not come back
	left    bool          // it has left its room, and stays connected
	dropped string        // why its connection was ended here; "" if it was not
	last    client.Position
	ends    []string

	comebacks []Comeback
}

func (c *Crowd) newUser(i int) *user {
	name := nameOf(i)
	return &user{
		crowd: c, User: c.Ledger.User(name),
		wire: fmt.Sprintf("%s-%s", name, c.tag),
		url:  c.options.URLs[i%len(c.options.URLs)],
		room: fmt.Sprintf("room-%s-%d", c.tag, i*c.options.Rooms/c.options.Users+1),
		here: make(chan struct{}),
	}
}

// come connects the user for the first time, and keeps it connected from then on.
func (u *user) come(ctx context.Context) error {
	conn, err := u.connect(ctx, nil)
	if err != nil {
		return err
	}
	u.crowd.work.Go(func() { u.stay(conn) })
	return nil
}

// connect makes one try to be in the room.
func (u *user) connect(ctx context.Context, since *client.Position) (dialect.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, comeWithin, fmt.Errorf("not in the room within %v", comeWithin))
	defer cancel()
	conn, err := u.crowd.options.Dialect.Dial(ctx, u.url, u.wire, u.hear)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	u.last = client.Position{} // messages may be faster than what follows the join here
	u.mu.Unlock()
	u.Joins(u.room, time.Now())
	in, err := conn.Join(ctx, u.room, since)
	if err != nil {
		conn.Close()
		return nil, err
	}
	now := time.Now()
	u.Connected(conn.Server(), now)
	u.Joined(u.room, now)
	if since != nil && !in.Recovered {
		u.Gap(u.room, now)
	}
	if !u.arrive(conn, in, since) {
		conn.Close()
		return nil, errClosed
	}
	return conn, nil
}

// arrive makes a connection the user's, unless the crowd is being closed.
func (u *user) arrive(conn dialect.Conn, in client.Joined, since *client.Position) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.gone {
		return false
	}
	if u.last.Epoch == "" { // no gap has come already
		from := in.Position
		if since != nil && in.Recovered {
			from = *since
		}
		u.last = client.Position{Offset: max(u.last.Offset, from.Offset), Epoch: in.Epoch}
	}
	u.conn = conn
	close(u.here)
	return true
}

// hear takes what comes, on whichever connection: one ends before the next begins.
func (u *user) hear(h dialect.Heard) {
	if h.Gap != nil {
		u.Gap(h.Room, h.At)
		u.mu.Lock()
		u.last = *h.Gap
		u.mu.Unlock()
		return
	}
	if h.Room == u.room && h.Offset != ledger.NoOffset {
		u.mu.Lock()
		u.last.Offset = h.Offset
		u.mu.Unlock()
	}
	if id, whole, ours := u.crowd.parse(h.Text); ours {
		from := strings.TrimSuffix(h.From, "-"+u.crowd.tag)
		nameless := from == "" && u.crowd.options.Dialect.Traits().Senders
		u.Heard(id, ledger.Copy{Room: h.Room, Offset: h.Offset, From: from, Altered: !whole || nameless, At: h.At})
	}
}

// errAway is for who has lost its connection and stays away.
var errAway = errors.New("its connection has ended")

// line waits until the user is connected.
func (u *user) line(ctx context.Context) (dialect.Conn, error) {
	for {
		u.mu.Lock()
		conn, here := u.conn, u.here
		u.mu.Unlock()
		switch {
		case conn != nil:
			return conn, nil
		case u.crowd.options.Return == Away:
			return nil, errAway
		}
		select {
		case <-here:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-u.crowd.ctx.Done():
			return nil, errClosed
		}
	}
}

func (u *user) server() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.conn == nil {
		return ""
	}
	return u.conn.Server()
}

func (u *user) endings() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ends
}

func (u *user) cameBack() []Comeback {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.comebacks
}

func (u *user) close() {
	u.mu.Lock()
	u.gone = true
	conn := u.conn
	u.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}
