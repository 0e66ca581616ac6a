package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// Window bounds the messages of one connection that are sent and not yet
	// answered; then Send waits. A server has a bound of its own: more than it
	// accepts would only wait in its socket.
	Window = 64

	// InboxLimit bounds the messages of one connection, all rooms together,
	// that have arrived and that nobody has taken by Next.
	InboxLimit = 4096

	// writeWait bounds one write to the socket. It is the connection's own: a
	// caller in a hurry must not end a connection that others use too.
	writeWait = 10 * time.Second
)

// Causes of an ended connection, as [Client.Err] gives them; what the server
// said in its close frame is a [CloseError].
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

// A CloseError has the code and the reason of a close frame; 1006 means that
// the connection ended without one.
type CloseError = websocket.CloseError

// A Client is one connection of one user. Its methods may be called from many
// goroutines, but Next from one at a time for each room. The order of messages
// is kept where they are sent from one goroutine.
type Client struct {
	User   string
	Server string // the instance that holds this connection, by its welcome

	conn *websocket.Conn

	// ctx ends with the connection; its cause is the reason.
	ctx     context.Context
	end     context.CancelCauseFunc
	stopped chan struct{} // closed by the receiving goroutine, when it is done

	writing sync.Mutex // held for one write
	window  chan struct{}

	// mu guards the rest. Nothing is written or waited for under it.
	mu       sync.Mutex
	lastRef  uint64
	asked    map[string]*question // by ref: not answered yet
	inboxes  map[string]*inbox    // by room; kept after a leave until Close
	received int                  // messages in all inboxes, at most InboxLimit
}

func newClient(conn *websocket.Conn, welcome frame) *Client {
	ctx, end := context.WithCancelCause(context.Background())
	c := &Client{
		User:    welcome.User,
		Server:  welcome.ServerID,
		conn:    conn,
		ctx:     ctx,
		end:     end,
		stopped: make(chan struct{}),
		window:  make(chan struct{}, Window),
		asked:   make(map[string]*question),
		inboxes: make(map[string]*inbox),
	}
	go c.receive()
	return c
}

// Done is closed when the connection has ended; Err then says why.
func (c *Client) Done() <-chan struct{} { return c.ctx.Done() }

// Err is nil while the connection lives, then the cause of its end.
func (c *Client) Err() error { return context.Cause(c.ctx) }

// Close says goodbye (1000), ends the connection and returns when nothing of it
// is left. It does not wait for the server to say goodbye as well.
func (c *Client) Close() {
	c.end(ErrClosed)
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	// A failure cannot matter: the socket is closed in the next line.
	_ = c.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
	_ = c.conn.Close()
	<-c.stopped
}

func (c *Client) write(r request) error {
	// Not WriteJSON, which writes <, > and & as six bytes each: a text that is
	// within the protocol's limit would make a frame that is not.
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeWait)) // an error comes with the write
	return c.conn.WriteMessage(websocket.TextMessage, b.Bytes())
}

// broken ends the connection after a failed write and returns the cause. That is
// preferably the server's close frame, which may have arrived and not been read
// yet: a write fails as soon as the other side has closed.
func (c *Client) broken(failed error) error {
	select {
	case <-c.stopped:
	case <-time.After(time.Second):
		c.end(failed)
		_ = c.conn.Close()
		<-c.stopped
	}
	return c.Err()
}
