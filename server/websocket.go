package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"secondserver/hub"
)

// One ping every 54 s; a peer that answers none is noticed 60 s after its last
// sign of life, a pong or a frame.
const (
	pongWait  = 60 * time.Second
	pingEvery = pongWait * 9 / 10
)

// upgrader: small buffers and no own write buffer (socket writes by itself) make
// an idle connection cost about 5 KB instead of 29. Without CheckOrigin it lets
// in the same origin only.
var upgrader = websocket.Upgrader{
	ReadBufferSize:  512,
	WriteBufferSize: 1024,
	WriteBufferPool: &writeBuffers,
	Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
		code := "bad_handshake"
		if status == http.StatusForbidden {
			code = "forbidden_origin"
		}
		fail(w, status, code, reason.Error())
	},
}

// notUTF8 is what RFC 6455 has for text that is none.
var notUTF8 = &hub.CloseError{Code: websocket.CloseInvalidFramePayloadData, Reason: "text is not UTF-8"}

// ws makes a request a client of the hub. It returns at once and the reader runs
// on in a goroutine of its own: a handler that stays would hold the request and
// its buffers for as long as the connection lives.
func (s *Server) ws(w http.ResponseWriter, r *http.Request) {
	user, join, err := parse(r.URL)
	if err != nil {
		fail(w, http.StatusBadRequest, "bad_request", err.Error())
		return
	}
	if errors.Is(s.hub.Ready(), hub.ErrDraining) {
		fail(w, http.StatusServiceUnavailable, "draining", hub.ErrDraining.Error())
		return
	}
	s.readers.Add(1) // while Shutdown still waits for this handler
	conn, err := upgrader.Upgrade(w, r, http.Header{serverIDHeader: {s.hub.ServerID()}})
	if err != nil {
		s.readers.Done()
		return // Upgrade has answered
	}
	go s.read(newSocket(conn), user, join)
}

// read is a connection's one reading goroutine, from its first frame to its
// last. It ends when the peer goes, or when the hub closes the socket.
func (s *Server) read(sock *socket, user string, join []byte) {
	defer s.readers.Done()
	client, err := s.hub.Connect(user, sock)
	if err != nil { // a drain that began just now
		close(sock.unread)
		sock.Close(hub.Restart)
		return
	}
	if join != nil {
		client.Handle(join)
	}
	cause := sock.readInto(client)
	close(sock.unread)
	client.Close(cause)
	slog.Info("disconnected", "user", user, "cause", client.Cause())
}

// readInto hands frames to client until there are no more, and says why.
func (s *socket) readInto(client *hub.Client) error {
	for {
		kind, frame, err := s.conn.ReadMessage()
		switch {
		case err != nil:
			return err
		case kind == websocket.BinaryMessage:
			client.Handle(nil) // no JSON object: a bad_frame
		case !utf8.Valid(frame):
			return notUTF8
		default:
			client.Handle(frame)
		}
		// What was handled may have waited for the backplane, and pongs behind it.
		if err := s.alive(); err != nil {
			return err
		}
	}
}

// parse checks a connection's query. With a room it is as if the first frame
// were a join.
func parse(u *url.URL) (user string, join []byte, err error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", nil, fmt.Errorf("query: %w", err)
	}
	user = query.Get("user")
	if !hub.ValidName(user) {
		return "", nil, errors.New("user: give a name of 1 to 64 of A-Z a-z 0-9 _ . -")
	}
	if query.Has("offset") != query.Has("epoch") || query.Has("offset") && !query.Has("room") {
		return "", nil, errors.New("room, offset and epoch go together")
	}
	if !query.Has("room") {
		return user, nil, nil
	}
	frame := map[string]any{"type": "join", "room": query.Get("room")}
	if !hub.ValidName(query.Get("room")) {
		return "", nil, errors.New("room: give a name of 1 to 64 of A-Z a-z 0-9 _ . -")
	}
	if query.Has("offset") {
		offset, err := strconv.ParseUint(query.Get("offset"), 10, 64)
		if err != nil || query.Get("epoch") == "" {
			return "", nil, errors.New("offset is an unsigned 64-bit integer, epoch what came with it")
		}
		frame["offset"], frame["epoch"] = offset, query.Get("epoch")
	}
	join, err = json.Marshal(frame)
	return user, join, err
}
