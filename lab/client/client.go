package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"
	"time"
)

const (
	// Window bounds the messages of one connection that are sent and not yet
	// answered; then Send waits. A server has a bound of its own: more than it
	// accepts would only wait in its socket.
	Window = 64

	// InboxLimit bounds the messages of one connection, all rooms together,
	// that have arrived and that nobody has taken by Next.
	InboxLimit = 4096
)

// Causes of an ended connection, as [Client.Err] gives them. What the server said
// in a WebSocket's close frame is a [CloseError]; what it answered to a poll, an
// [Error].
var (
	// ErrClosed: Close was called.
	ErrClosed = errors.New("closed by its own user")

	// ErrInboxFull: InboxLimit messages waited and one more came. The
	// alternatives are to drop it, silently, or to stop reading, and then
	// answers wait too, perhaps for the one who should take the messages.
	// What waits can still be taken; it is complete up to the end.
	ErrInboxFull = errors.New("inbox full: nobody takes what arrives")

	// ErrProtocol: the server sent what the protocol does not allow.
	ErrProtocol = errors.New("against the protocol")
)

// A Client is one connection of one user. Its methods may be called from many
// goroutines, but Next from one at a time for each room. The order of messages
// is kept where they are sent from one goroutine.
type Client struct {
	User   string
	Server string // the instance that holds this connection, by its welcome

	// refs is what every ref of this connection begins with. A server knows a
	// message again by its ref, also on another connection of the same user: refs
	// that are counted from 1 each time would make new messages old ones.
	refs string

	wire wire

	// ctx ends with the connection; its cause is the reason.
	ctx     context.Context
	end     context.CancelCauseFunc
	stopped chan struct{} // closed by the receiving goroutine, when it is done

	writing sync.Mutex // held for one write
	window  chan struct{}

	// mu guards the rest. Nothing is written or waited for under it.
	mu       sync.Mutex
	lastRef  uint64
	asked    map[string]*question        // by ref: not answered yet
	inboxes  map[string]*inbox           // by room, Direct or Everyone; kept after a leave until Close
	received int                         // messages in all inboxes, at most InboxLimit
	heard    func(string, Message, *Gap) // takes them instead: see Listen
}

// newClient makes a client whose goroutine, receive, the caller starts.
func newClient(w wire, welcome frame) *Client {
	ctx, end := context.WithCancelCause(context.Background())
	return &Client{
		User:    welcome.User,
		Server:  welcome.ServerID,
		refs:    rand.Text(),
		wire:    w,
		ctx:     ctx,
		end:     end,
		stopped: make(chan struct{}),
		window:  make(chan struct{}, Window),
		asked:   make(map[string]*question),
		inboxes: make(map[string]*inbox),
	}
}

// Done is closed when the connection has ended; Err then says why.
func (c *Client) Done() <-chan struct{} { return c.ctx.Done() }

// Err is nil while the connection lives, then the cause of its end.
func (c *Client) Err() error { return context.Cause(c.ctx) }

// Close says goodbye, ends the connection and returns when nothing of it is left.
func (c *Client) Close() {
	c.end(ErrClosed)
	c.wire.goodbye()
	c.wire.close()
	<-c.stopped
}

func (c *Client) write(r request) error {
	// Not json.Marshal, which writes <, > and & as six bytes each: a text that is
	// within the protocol's limit would make a frame that is not.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.wire.write(b.Bytes())
}

// broken ends the connection after a failed write and returns the cause. That is
// preferably the server's own, which may have arrived and not been read yet: a
// write fails as soon as the other side has closed.
func (c *Client) broken(failed error) error {
	select {
	case <-c.stopped:
	case <-time.After(time.Second):
		c.end(failed)
		c.wire.close()
		<-c.stopped
	}
	return c.Err()
}
