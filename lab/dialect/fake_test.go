package dialect_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"secondserver/lab/dialect"

	"github.com/gorilla/websocket"
)

// A peer is a server's side of one connection.
type peer struct {
	*websocket.Conn
	t *testing.T
}

// serve runs a server that plays each connection by a script, and returns its URL. A
// connection ends with its script.
func serve(t *testing.T, play func(*peer)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return // it has replied
		}
		defer conn.Close()
		play(&peer{conn, t})
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// says sends a frame. Who has gone is the test's own doing.
func (p *peer) says(format string, args ...any) {
	_ = p.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...))
}

// hears returns the next frame, or "" when the other side has gone.
func (p *peer) hears() string {
	_, frame, err := p.ReadMessage()
	if err != nil {
		return ""
	}
	return string(frame)
}

// wants fails the test unless the next frame is this one.
func (p *peer) wants(want string) {
	p.t.Helper()
	if got := p.hears(); got != want {
		p.t.Errorf("got frame %s, want %s", got, want)
	}
}

// untilGone answers nothing more.
func (p *peer) untilGone() {
	for p.hears() != "" {
	}
}

// An ear takes what a connection hears.
type ear chan dialect.Heard

func (e ear) next(t *testing.T) dialect.Heard {
	t.Helper()
	select {
	case h := <-e:
		return h
	case <-within(t).Done():
		t.Fatal("heard nothing, want a message")
	}
	panic("unreachable")
}

// within is the limit of everything that a test waits for.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func parse(t *testing.T, text string) dialect.Dialect {
	t.Helper()
	d, err := dialect.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func dial(t *testing.T, d dialect.Dialect, url, user string) (dialect.Conn, ear) {
	t.Helper()
	e := make(ear, 16)
	c, err := d.Dial(within(t), url, user, func(h dialect.Heard) { e <- h })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, e
}

func join(t *testing.T, c dialect.Conn, room string) {
	t.Helper()
	if _, err := c.Join(within(t), room, nil); err != nil {
		t.Fatal(err)
	}
}

// say sends a message, to a room or to a user, and waits for its answer.
func say(t *testing.T, c dialect.Conn, room, user, text string) (offset uint64, err error) {
	t.Helper()
	sent, err := c.Send(within(t), room, user, text)
	if err != nil {
		t.Fatal(err)
	}
	return sent.Wait(within(t))
}

func wantHeard(t *testing.T, got, want dialect.Heard) {
	t.Helper()
	if got.At.IsZero() {
		t.Errorf("got no time of arrival with %+v", got)
	}
	got.At = want.At
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
