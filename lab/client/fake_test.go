package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"secondserver/lab/client"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A script plays a server's side of one connection, after the welcome. The
// connection ends with it.
type script func(*peer)

// A peer is what a script sees of the connection. Its wire is a WebSocket, or
// the fake of poll_test.go.
type peer struct {
	peerWire
	t *testing.T
}

type peerWire interface {
	ReadMessage() (kind int, frame []byte, err error)
	WriteMessage(kind int, frame []byte) error
}

// A request is what scripts look at of a client's frame.
type request struct {
	Type, Ref, Room, To, Text, Epoch string
	Offset                           uint64
}

// heard returns the next request of the client, or nil when it has gone.
func (p *peer) heard() *request {
	var r request
	_, frame, err := p.ReadMessage()
	if err != nil || json.Unmarshal(frame, &r) != nil {
		return nil
	}
	return &r
}

// says sends one frame. $ stands for the ref of the request, if it answers one.
func (p *peer) says(answered *request, frame string) {
	if answered != nil {
		frame = strings.ReplaceAll(frame, "$", answered.Ref)
	}
	// A client that has gone is the test's own doing.
	_ = p.WriteMessage(websocket.TextMessage, []byte(frame))
}

// untilGone waits for the client to leave, and answers nothing.
func (p *peer) untilGone() {
	for p.heard() != nil {
	}
}

// serve runs a server that welcomes and then plays the script, and returns its URL.
func serve(t *testing.T, play script) string {
	return serveOn(t, func() string { return "server-1" }, play)
}

// serveOn asks, for each connection, which server it should pretend to be.
func serveOn(t *testing.T, server func() string, play script) string {
	return serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrade(w, r)
		if err != nil {
			return // it has replied
		}
		defer conn.Close()
		p := &peer{conn, t}
		p.welcomes(server(), r)
		play(p)
	})
}

func (p *peer) welcomes(server string, r *http.Request) {
	p.says(nil, `{"type":"welcome","server_id":"`+server+`","user":"`+r.FormValue("user")+`"}`)
}

func serveHTTP(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.URL
}

// joins answers the first request, a join, and returns; the room's last offset is 7,
// and somebody else is there.
func (p *peer) joins() {
	p.says(p.heard(), `{"type":"joined","room":"general","count":2,"offset":7,"epoch":"e1","ref":"$"}`)
}

// within is the limit of everything that a test waits for.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func dial(t *testing.T, url string) *client.Client {
	t.Helper()
	c, err := client.Dial(within(t), url, "alice")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// dialJoined is for scripts that begin with joins.
func dialJoined(t *testing.T, url string) *client.Client {
	t.Helper()
	c := dial(t, url)
	if _, err := c.Join(within(t), "general"); err != nil {
		t.Fatal(err)
	}
	return c
}

func awaitEnd(t *testing.T, c *client.Client) {
	t.Helper()
	select {
	case <-c.Done():
	case <-within(t).Done():
		t.Fatal("the connection still lives, want its end")
	}
}

// wantError fails the test unless err is, or wraps, want.
func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	if refused, ok := errors.AsType[*client.Error](err); !ok || refused.Code != code {
		t.Errorf("%s: got error %v, want the refusal %s", what, err, code)
	}
}

func wantClose(t *testing.T, what string, err error, code int, reason string) {
	t.Helper()
	if end, ok := errors.AsType[*client.CloseError](err); !ok || end.Code != code || end.Text != reason {
		t.Errorf("%s: got error %v, want close code %d and reason %q", what, err, code, reason)
	}
}

// closes says goodbye and waits for the client to have heard it.
func (p *peer) closes(code int, reason string) {
	_ = p.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
	p.untilGone()
}

func upgrade(w http.ResponseWriter, r *http.Request) (*websocket.Conn, error) {
	return (&websocket.Upgrader{}).Upgrade(w, r, nil)
}
