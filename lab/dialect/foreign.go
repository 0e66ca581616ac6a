package dialect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/ledger"

	"github.com/gorilla/websocket"
)

const (
	frameLimit = 1 << 20 // bytes of a frame
	writeWait  = 10 * time.Second

	// settleWait is how long one waits after a join that nobody confirms. A server
	// that does not say when it is done cannot be asked.
	settleWait = 300 * time.Millisecond
)

// A stranger is a connection to a server of a foreign dialect. It is made by Join,
// as the room may be a part of the URL.
type stranger struct {
	dialect   *foreign
	base, url string // as it was given; of the WebSocket, without a path
	user      string
	heard     func(Heard)

	socket *websocket.Conn
	server string
	ctx    context.Context
	end    context.CancelCauseFunc
	done   chan struct{} // closed by the reading goroutine

	writing sync.Mutex

	mu    sync.Mutex // guards what follows
	room  string     // joined last: that of messages which do not say
	waits []*wait
}

// Dial checks the URL and leaves the rest to Join.
func (f *foreign) Dial(_ context.Context, base, user string, heard func(Heard)) (Conn, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("connect %s to %s: %w", user, base, err)
	}
	scheme := map[string]string{"http": "ws", "https": "wss"}[u.Scheme]
	if scheme == "" {
		return nil, fmt.Errorf("connect %s to %s: it begins with neither http:// nor https://", user, base)
	}
	s := &stranger{
		dialect: f, base: base, url: scheme + "://" + u.Host + strings.TrimRight(u.Path, "/"),
		user: user, heard: heard, server: base, done: make(chan struct{}),
	}
	s.ctx, s.end = context.WithCancelCause(context.Background())
	return s, nil
}

func (s *stranger) Server() string { return s.server }

// Join connects for the first room. Nothing can be resumed: nobody knows how.
func (s *stranger) Join(ctx context.Context, room string, _ *client.Position) (client.Joined, error) {
	values := map[string]string{"user": s.user, "room": room}
	s.mu.Lock()
	s.room = room // before anything is heard
	s.mu.Unlock()
	if s.socket == nil {
		if err := s.connect(ctx, values); err != nil {
			return client.Joined{}, fmt.Errorf("connect %s to %s: %w", s.user, s.base, err)
		}
	}
	if err := s.ask(ctx, "join", "joined", values); err != nil {
		return client.Joined{}, fmt.Errorf("%s: join %s at %s: %w", s.user, room, s.base, err)
	}
	return client.Joined{Position: client.Position{Epoch: "none"}}, nil
}

func (s *stranger) Leave(ctx context.Context, room string) error {
	err := errors.ErrUnsupported
	if s.dialect.patterns["leave"] != nil {
		err = s.ask(ctx, "leave", "left", map[string]string{"user": s.user, "room": room})
	}
	if err != nil {
		return fmt.Errorf("%s: leave %s at %s: %w", s.user, room, s.base, err)
	}
	return nil
}

func (s *stranger) connect(ctx context.Context, values map[string]string) error {
	target := s.url + s.dialect.patterns["connect"].frame(values)
	socket, response, err := websocket.DefaultDialer.DialContext(ctx, target, nil)
	if err != nil && response != nil {
		return &client.Error{Status: response.StatusCode}
	}
	if ctx.Err() != nil && err != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	socket.SetReadLimit(frameLimit)
	s.socket = socket
	s.server = cmp.Or(response.Header.Get("X-Server-ID"), s.server)
	named := s.expect(values, "server")
	go s.read() // ends with the socket
	if hello := s.dialect.patterns["hello"]; hello != nil {
		if err := s.write(hello.frame(values)); err != nil {
			return err
		}
	}
	if named == nil {
		return nil
	}
	a, err := s.await(ctx, named)
	s.server = cmp.Or(a.values["server"], s.server)
	return err
}

// ask sends a frame and waits for its confirmation, where there are such.
func (s *stranger) ask(ctx context.Context, word, confirmation string, values map[string]string) error {
	confirmed := s.expect(values, confirmation)
	if p := s.dialect.patterns[word]; p != nil {
		if err := s.write(p.frame(values)); err != nil {
			return err
		}
	}
	if confirmed != nil {
		_, err := s.await(ctx, confirmed)
		return err
	}
	select {
	case <-time.After(settleWait):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// read is the connection's goroutine.
func (s *stranger) read() {
	defer close(s.done)
	for {
		_, frame, err := s.socket.ReadMessage()
		if err != nil {
			s.end(err)
			s.socket.Close()
			return
		}
		s.take(frame, time.Now())
	}
}

// take brings a frame to whoever waits for it, and hands over what was said.
func (s *stranger) take(frame []byte, at time.Time) {
	for _, word := range s.dialect.answers {
		if values, ok := s.dialect.patterns[word].match(frame); ok && s.answers(answer{word, values}) {
			return
		}
	}
	for _, word := range s.dialect.said {
		values, ok := s.dialect.patterns[word].match(frame)
		if !ok {
			continue
		}
		h := Heard{From: values["user"], Text: values["text"], Offset: ledger.NoOffset, At: at}
		if word == "message" {
			h.Room, h.Offset = cmp.Or(values["room"], s.lastRoom()), offset(values)
		}
		s.heard(h)
		return
	}
}

func (s *stranger) lastRoom() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room
}

// offset is what a frame says, or NoOffset.
func offset(values map[string]string) uint64 {
	if n, err := strconv.ParseUint(values["offset"], 10, 64); err == nil {
		return n
	}
	return ledger.NoOffset
}

func (s *stranger) write(frame string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.socket == nil {
		return errors.New("not connected")
	}
	_ = s.socket.SetWriteDeadline(time.Now().Add(writeWait)) // an error comes with the write
	return s.socket.WriteMessage(websocket.TextMessage, []byte(frame))
}

// Alive cannot be asked in a dialect that is not ours.
func (s *stranger) Alive(context.Context) error { return errors.ErrUnsupported }

func (s *stranger) Done() <-chan struct{} { return s.ctx.Done() }

func (s *stranger) Err() error { return context.Cause(s.ctx) }

func (s *stranger) Close() {
	s.end(client.ErrClosed)
	if s.socket != nil {
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = s.socket.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second)) // it ends anyway
		s.socket.Close()
		<-s.done
	}
}
