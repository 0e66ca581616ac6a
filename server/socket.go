package server

import (
	"bufio"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"secondserver/hub"
)

const (
	writeWait = 5 * time.Second // for one write to a peer that reads slowly; and for all of them, once a client ends
	closeWait = time.Second     // for the peer to answer a close frame
	readSize  = 4 << 10         // bytes of a buffer to read by, which a connection has unless it rests in the lobby
	sendSize  = 32 << 10        // bytes that the kernel keeps of them, of which it makes twice as many
)

// writeBuffers are gorilla's, and unused: without a pool each connection had a buffer.
var writeBuffers sync.Pool

// A socket is the hub.Transport of a WebSocket.
type socket struct {
	conn    *websocket.Conn
	reader  *bufio.Reader // conn's own: see rest.go
	lobby   *lobby
	fd      int             // guarded by the lobby's mu; and so is
	read    func()          // who waits for something to read; nil where nobody rests there
	ping    *time.Timer     // calls tick
	pinged  atomic.Bool     // tick has, and looks next whether there was an answer
	reading sync.WaitGroup  // one, until nobody reads from conn any more
	writing chan struct{}   // full while somebody writes: a deadline is the connection's, and must be his alone
	raw     syscall.RawConn // of conn; nil where there is none
	left    *unsent         // by TrySend; for who writes
	broken  bool            // a write has failed, perhaps within a frame; for who writes
}

var errBroken = errors.New("an earlier write has failed")

var (
	_ connection         = (*socket)(nil)
	_ hub.EagerTransport = (*socket)(nil)
)

func newSocket(conn *websocket.Conn, reader *bufio.Reader, lobby *lobby) *socket {
	s := &socket{conn: conn, reader: reader, lobby: lobby, writing: make(chan struct{}, 1)}
	s.reading.Add(1)
	if c, ok := conn.NetConn().(syscall.Conn); ok {
		s.raw, _ = c.SyscallConn() // without it every Send waits
	}
	// Linux lets a send buffer grow to 4 MB: memory for each connection, and a place
	// where a peer that does not read can hide for minutes.
	if kernel, ok := conn.NetConn().(interface{ SetWriteBuffer(int) error }); ok {
		kernel.SetWriteBuffer(sendSize) // fails where the peer is gone, which Send will notice
	}
	conn.SetReadLimit(hub.MaxFrame)
	// gorilla does not answer a close frame: Close does, when Send has ended. No
	// frame may follow it (RFC 6455, section 5.5.1), and browsers complain of one.
	conn.SetCloseHandler(func(int, string) error { return nil })
	s.alive() // fails where the peer is gone, which readInto will notice
	s.ping = time.AfterFunc(pingEvery, s.tick)
	return s
}

// alive puts off the peer's end: at each sign of its life, and as a rest begins.
func (s *socket) alive() error { return s.conn.SetReadDeadline(time.Now().Add(pongWait)) }

// control writes one of gorilla's frames when nothing else is being written.
func (s *socket) control(kind int, data []byte, wait time.Duration) error {
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	if s.broken {
		return errBroken
	}
	err := s.conn.WriteControl(kind, data, time.Now().Add(wait))
	s.conn.NetConn().SetWriteDeadline(time.Time{}) // as in write
	s.broken = err != nil
	return err
}

// TrySend puts all frames into one write: the system call is more than half of the
// cost of a delivery. It writes beside gorilla's own frame writer, which would make one
// call a frame. A ping or a pong may go out between two writes, but not within a frame:
// where the kernel takes a part of one, this socket goes on writing until Send has
// written the rest.
func (s *socket) TrySend(frames [][]byte) (sent bool, err error) {
	select {
	case s.writing <- struct{}{}:
	default: // a ping is on its way
		s.left = &unsent{later: frames}
		return false, nil
	}
	out := outgoings.Get().(*outgoing)
	defer outgoings.Put(out)
	for err == nil && len(frames) > 0 {
		if s.broken {
			err = errBroken
			break
		}
		next := out.take(frames)
		n, failed := out.write(s.raw)
		if failed == nil && n < len(out.bytes) {
			s.left = out.unsent(frames, n)
			if s.left.begun == nil {
				<-s.writing
			}
			return false, nil
		}
		s.broken, err, frames = failed != nil, failed, next
	}
	<-s.writing
	return true, err
}

// Send waits for a peer that reads slowly.
func (s *socket) Send(frames [][]byte) error {
	if s.left == nil {
		if sent, err := s.TrySend(frames); sent {
			return err
		}
		frames = nil
	}
	left := s.left
	s.left = nil
	if left.begun != nil { // TrySend is still writing
		err := s.write(left.begun)
		<-s.writing
		if err != nil {
			return err
		}
	}
	frames = append(left.later, frames...)
	out := outgoings.Get().(*outgoing)
	defer outgoings.Put(out)
	for len(frames) > 0 {
		frames = out.take(frames)
		s.writing <- struct{}{}
		err := s.write(out.bytes)
		<-s.writing
		if err != nil {
			return err
		}
	}
	return nil
}

// write tells a peer that reads too slowly from one that is gone. One that breaks
// the rules is neither: gorilla tells it so from the reading goroutine, and the
// second that it gives itself for that becomes this write's.
func (s *socket) write(buf []byte) error {
	if s.broken {
		return errBroken
	}
	conn, limit := s.conn.NetConn(), time.Now().Add(writeWait)
	if err := conn.SetWriteDeadline(limit); err != nil {
		return err
	}
	_, err := conn.Write(buf)
	s.broken = err != nil
	conn.SetWriteDeadline(time.Time{}) // one that has passed would fail TrySend, which waits for nothing
	if errors.Is(err, os.ErrDeadlineExceeded) && !time.Now().Before(limit) {
		return hub.SlowConsumer
	}
	return err
}

func (s *socket) transport() string { return overWebSocket }

func (s *socket) unread() { s.reading.Done() }

// cut ends what is being written and read. Closed, a connection has no deadline
// that anybody could put off.
func (s *socket) cut() {
	s.conn.NetConn().Close()
	s.lobby.wake(s)
}

// Close ends the connection in order: our close frame, our end of the stream,
// then the peer's. To close at once would reset a connection on which unread
// data waits, and the peer would never see the close frame.
func (s *socket) Close(cause error) {
	s.ping.Stop()
	if frame := closeMessage(cause); frame != nil {
		s.control(websocket.CloseMessage, frame, closeWait) // to a peer that may be gone
	}
	conn := s.conn.NetConn()
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite() // fails where the peer is gone, and that is the aim
	}
	limit := time.AfterFunc(closeWait, s.cut)
	s.reading.Wait()
	s.ping.Stop()             // a rest that began meanwhile has started it again
	io.Copy(io.Discard, conn) // until the peer has closed too
	limit.Stop()
	conn.Close()
}

// closeMessage is what a close frame says: why the hub ends the connection, or the
// code that the peer has ended it with. It is nil for a connection that broke
// (1006, which is never sent).
func closeMessage(cause error) []byte {
	if end, ok := errors.AsType[*hub.CloseError](cause); ok {
		return websocket.FormatCloseMessage(end.Code, end.Reason)
	}
	if end, ok := errors.AsType[*websocket.CloseError](cause); ok && end.Code != websocket.CloseAbnormalClosure {
		return websocket.FormatCloseMessage(end.Code, "")
	}
	return nil
}
