// Package dialect is how the bench talks to a chat server: in the lab's own protocol
// (lab.go), by WebSocket or by polling, or in another one that a text file describes
// (file.go, pattern.go; foreign.go, answers.go and sent.go are its connections).
//
// Whoever plays needs six verbs, and hears what comes. So a load, and the ledger that
// judges it, are the same for every server that can be spoken to.
package dialect

import (
	"context"
	"time"

	"secondserver/lab/client"
)

// A Dialect is how to talk to one kind of server. Its methods may be called from
// many goroutines.
type Dialect interface {
	// Dial connects a user to the server, or the balancer, at url. heard is called
	// with all that comes, in the order in which it comes, by one goroutine at a
	// time. It must not block, nor use the connection.
	Dial(ctx context.Context, url, user string, heard func(Heard)) (Conn, error)

	// Traits says what the server can do.
	Traits() Traits
}

// Traits are what a server of a dialect can do. What it cannot is not asked for, and
// not judged.
type Traits struct {
	Acks    bool // it answers a message: without, a message that was sent is as good as acknowledged
	Echoes  bool // a sender hears its own messages as well
	Rooms   bool // a user says which room it is in
	Directs bool // a message can be told to one user
	Leaves  bool // a user can leave a room
	Senders bool // every message says whom it is from
	Refuses bool // it says that it does not take a message
}

// Heard is one thing that came.
type Heard struct {
	Room   string // "" where it was told to this user alone
	From   string // "" where the dialect does not say
	Text   string
	Offset uint64           // ledger.NoOffset where there are none, as for what was told
	Gap    *client.Position // instead of a message: the server has lost something, and goes on after this
	At     time.Time        // by our clock
}

// A Conn is one connection of one user.
type Conn interface {
	// Server is what the instance that holds the connection calls itself, or the
	// URL where it does not say.
	Server() string

	// Join returns when the server has confirmed that the user is in the room, or,
	// in a dialect without confirmations, when it has been asked. since, where it is
	// not nil, is what the user has heard last: what it has missed is to follow.
	Join(ctx context.Context, room string, since *client.Position) (client.Joined, error)

	// Leave returns when the server has confirmed that the user is out of the room,
	// or, in a dialect without confirmations, when it has been asked. Where nobody can
	// leave it is errors.ErrUnsupported.
	Leave(ctx context.Context, room string) error

	// Send sends a message to a room, or to one user where room is "", and does not
	// wait for the answer. Messages of one goroutine keep their order.
	Send(ctx context.Context, room, user, text string) (Sent, error)

	// Again sends a message once more, on this connection of its sender.
	Again(ctx context.Context, s Sent) (Sent, error)

	// Alive asks something that the server has to answer. Where a dialect knows no
	// such thing it is errors.ErrUnsupported.
	Alive(ctx context.Context) error

	Done() <-chan struct{} // closed when the connection has ended
	Err() error            // why; nil while it lives
	Close()
}

// A Sent is a message on its way.
type Sent interface {
	// Wait waits for the answer. A refusal is a [*client.Error]; any other error
	// means that nobody knows.
	Wait(ctx context.Context) (offset uint64, err error)
}
