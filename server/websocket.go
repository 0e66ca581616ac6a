package server

import (
	"bufio"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"secondserver/hub"
)

// One ping every 54 s; a peer that answers none is noticed 60 s after its last pong, or
// after restAfter and 60 s without a frame.
const (
	pongWait  = 60 * time.Second
	pingEvery = pongWait * 9 / 10
	answerIn  = pongWait - pingEvery
)

// upgrader: a small buffer for reading (handshake) and none for writing (socket
// writes by itself), in the place of net/http's 8 KiB, which a connection would keep.
var upgrader = websocket.Upgrader{
	HandshakeTimeout: writeWait, // for the 101 to leave: hijacked, the connection has no deadline of net/http's any more
	WriteBufferSize:  1024,
	WriteBufferPool:  &writeBuffers,
	CheckOrigin:      func(*http.Request) bool { return true }, // admit has looked
}

// What RFC 6455 has for text that is none, and for a message over the limit. (Of
// the latter gorilla tells the peer too, unless the length is over every limit.)
var (
	notUTF8 = &hub.CloseError{Code: websocket.CloseInvalidFramePayloadData, Reason: "text is not UTF-8"}
	tooBig  = &hub.CloseError{Code: websocket.CloseMessageTooBig, Reason: "a frame is at most 8 KiB"}
)

// ws makes a request a client of the hub. It returns at once and the reader runs
// on in a goroutine of its own: a handler that stays would hold the request and
// its buffers for as long as the connection lives.
func (s *Server) ws(w http.ResponseWriter, r *http.Request) {
	user, join, ok := s.admit(w, r)
	if !ok {
		return
	}
	upgrader := upgrader
	upgrader.Error = func(w http.ResponseWriter, _ *http.Request, _ int, reason error) {
		s.turnAway(w, codeBadHandshake, reason.Error())
	}
	h := &handshake{ResponseWriter: w}
	conn, err := upgrader.Upgrade(h, r, w.Header())
	if err != nil {
		s.leave()
		return // Upgrade has answered
	}
	release(h.reader)
	go s.run(newSocket(conn, h.reader, &s.lobby), user, join)
}

// A handshake gives gorilla a reader, in the place of net/http's: one that can be looked
// into, and that needs no buffer while the client rests.
type handshake struct {
	http.ResponseWriter
	reader *bufio.Reader
}

func (h *handshake) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err == nil && buffers.Reader.Buffered() == 0 { // else Upgrade refuses a peer that is too fast
		h.reader = newReader(conn)
		buffers.Reader = h.reader
	}
	return conn, buffers, err
}

// readInto takes a rest after a while of silence, and after each ping or pong: a silent
// client sends nothing else, and for one that is not a new goroutine now and then is
// nothing.
func (s *socket) readInto(client *hub.Client) error {
	s.awake()
	s.listen(client)
	for {
		if s.beat(client) {
			return nil
		}
		kind, frame, err := s.conn.ReadMessage()
		switch {
		case errors.Is(err, websocket.ErrReadLimit):
			return tooBig
		case err != nil:
			return unspoken(err)
		case kind == websocket.BinaryMessage:
			client.Handle(nil) // no JSON object: a bad_frame
		case !utf8.Valid(frame):
			return notUTF8
		default:
			client.Handle(frame)
		}
		if s.silent() {
			return nil
		}
	}
}

// beat takes what is to be read next, if it is a ping or a pong. One within a message of
// several frames is gorilla's: see listen.
func (s *socket) beat(client *hub.Client) bool {
	const final, masked = 0x80, 0x80
	head, err := s.reader.Peek(2)
	if err != nil {
		return false
	}
	kind, size := int(head[0]^final), int(head[1]^masked) // with any other bit they are too large
	if kind != websocket.PingMessage && kind != websocket.PongMessage || size > 125 {
		return false
	}
	frame, err := s.reader.Peek(2 + 4 + size)
	if err != nil {
		return false
	}
	key, data := frame[2:6], slices.Clone(frame[6:])
	for i := range data {
		data[i] ^= key[i%len(key)]
	}
	s.reader.Discard(len(frame))
	s.count(client, kind, data)
	return true
}

// count counts a ping or a pong. A ping over the limit is not answered.
func (s *socket) count(client *hub.Client, kind int, data []byte) {
	if client.Control() && kind == websocket.PingMessage {
		s.control(websocket.PongMessage, data, writeWait) // what fails here fails in the reader too
	}
}

// listen has control frames counted, which gorilla hands over as it reads.
func (s *socket) listen(client *hub.Client) {
	s.conn.SetPongHandler(func(string) error {
		s.count(client, websocket.PongMessage, nil)
		return s.alive()
	})
	// gorilla's own handler would set a deadline while Send is writing, and change
	// Send's by it: a peer could put off its end by asking for pongs.
	s.conn.SetPingHandler(func(data string) error {
		s.count(client, websocket.PingMessage, []byte(data))
		return nil
	})
}

// unspoken leaves out what the peer says in a close frame: that is a user's text,
// and causes are logged.
func unspoken(err error) error {
	if end, ok := errors.AsType[*websocket.CloseError](err); ok {
		return &websocket.CloseError{Code: end.Code}
	}
	return err
}
