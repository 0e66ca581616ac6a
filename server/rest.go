package server

import (
	"bufio"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Most clients are silent most of the time. One that is rests: in the lobby, where it
// has neither a goroutine nor a buffer, or, where there is no lobby, in a goroutine that
// has next to nothing on its stack, and keeps its buffer.

// restAfter is how long a client has been silent that rests.
const restAfter = 2 * time.Second

// readBuffers serve all connections. A bufio.Reader is a value: a socket's own, which gorilla reads
// by too, gets what one of these is, and gives it back.
var readBuffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readSize) }}

// newReader is a reader from conn, with a buffer.
func newReader(conn net.Conn) *bufio.Reader {
	r := readBuffers.Get().(*bufio.Reader)
	r.Reset(conn)
	return r
}

// release takes the buffer of a reader, if it has one, with nothing in it.
func release(r *bufio.Reader) {
	if r.Size() == 0 {
		return
	}
	buffer := new(bufio.Reader)
	*buffer, *r = *r, bufio.Reader{}
	readBuffers.Put(buffer)
}

// rest leaves it to the read that follows to say why it ended.
func (s *socket) rest(read func()) {
	s.alive()
	if s.reader.Buffered() > 0 {
		go read()
		return
	}
	s.pinged.Store(false)
	s.ping.Reset(pingEvery)
	release(s.reader)
	if !s.lobby.enter(s, read) {
		go s.peek(read)
	}
}

// peek is a rest without a lobby. It waits here and not in gorilla, which takes another
// 800 bytes of stack; and read gets a goroutine of its own, as one that has read has 4
// KiB of stack or 8, and keeps them: a stack is halved only while three quarters of it
// are unused.
func (s *socket) peek(read func()) {
	s.awake()
	s.reader.Peek(1)
	go read()
}

// awake gives the socket a buffer, if it has none.
func (s *socket) awake() {
	if s.reader.Size() == 0 {
		*s.reader = *newReader(s.conn.NetConn())
	}
}

// silent waits for something to read, and tells whether it waited in vain: for restAfter.
// Otherwise the peer is alive; what was handled before may have taken its time, so that
// a pong has waited.
func (s *socket) silent() bool {
	if s.reader.Buffered() == 0 {
		s.conn.NetConn().SetReadDeadline(time.Now().Add(restAfter)) // fails where reading does
		if _, err := s.reader.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
			return true
		}
	}
	s.alive()
	return false
}

// tick pings, and after answerIn has one that rests look whether the time for the answer
// is over: its deadline wakes nobody. It runs in the timer's goroutine, and for the last
// time when the connection has ended: what fails here fails in the reader too, within
// pongWait.
func (s *socket) tick() {
	if s.pinged.Swap(true) {
		s.pinged.Store(false)
		s.ping.Reset(pingEvery - answerIn)
		s.lobby.wake(s)
		return
	}
	s.ping.Reset(answerIn) // before the answer, which may be a rest's beginning
	if s.control(websocket.PingMessage, nil, writeWait) != nil {
		s.ping.Stop()
		s.lobby.wake(s)
	}
}
