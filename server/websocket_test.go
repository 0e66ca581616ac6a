package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"secondserver/hub"
	"secondserver/server"
)

// dial connects to a server; query is user=… and so on.
func dial(t testing.TB, url, query string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), strings.Replace(url, "http", "ws", 1)+"/ws?"+query, nil)
	if err != nil {
		t.Fatalf("dial %s?%s: %v", url, query, err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// read is the next frame that is not about presence.
func read(t testing.TB, conn *websocket.Conn) string {
	t.Helper()
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		if !strings.Contains(string(frame), `"type":"presence"`) {
			return string(frame)
		}
	}
}

func write(t testing.TB, conn *websocket.Conn, frame string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// closing reads to the end, returns the close code and reason, and closes too.
// The end must be in order, not a reset, which can take the close frame with it.
func closing(t testing.TB, conn *websocket.Conn) (int, string) {
	t.Helper()
	defer conn.Close()
	for {
		_, _, err := conn.ReadMessage()
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			if _, err := conn.NetConn().Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("after the close frame: %v, want the end of the stream", err)
			}
			return closed.Code, closed.Text
		}
		if err != nil {
			t.Fatalf("the connection ended without a close frame: %v", err)
		}
	}
}

func TestARoomInTheQueryIsTheFirstJoin(t *testing.T) {
	conn := dial(t, start(t, new(hub.Memory)), "user=alice&room=general")
	if got, want := read(t, conn), `{"type":"welcome","server_id":"server-1","user":"alice"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := read(t, conn); !strings.HasPrefix(got, `{"type":"joined","room":"general","count":1,"offset":0,"epoch":"`) {
		t.Errorf("got %s, want joined", got)
	}
	conn = dial(t, start(t, new(hub.Memory)), "user=alice&room=general&offset=1&epoch=%22%3C")
	read(t, conn)
	if got := read(t, conn); !strings.HasSuffix(got, `"recovered":false}`) {
		t.Errorf("got %s, want joined, not recovered", got)
	}
}

// Frames of every length that has a form of its own on the wire, out by our own
// framing and in by gorilla's reading of it.
func TestFramesOfEveryLengthArriveWhole(t *testing.T) {
	conn := dial(t, start(t, new(hub.Memory)), "user=alice&room=general")
	read(t, conn)
	read(t, conn)
	for _, text := range []string{"x", strings.Repeat("x", 10), strings.Repeat("x", 100), strings.Repeat("x", 4096), strings.Repeat("\x01", 1300)} {
		quoted := fmt.Sprintf(`"%s"`, strings.ReplaceAll(text, "\x01", `\u0001`))
		write(t, conn, `{"type":"message","room":"general","text":`+quoted+`}`)
		if got := read(t, conn); !strings.Contains(got, `"text":`+quoted+`,`) {
			t.Errorf("%d bytes: got %.200s", len(text), got)
		}
	}
	for n := range 64 { // frames of 80 to 150 bytes: 126 is where the length moves
		room := strings.Repeat("r", n+1)
		write(t, conn, `{"type":"join","room":"`+room+`"}`)
		if got := read(t, conn); !strings.Contains(got, `"room":"`+room+`"`) {
			t.Errorf("joined %s: got %s", room, got)
		}
	}
}

// held is a backplane that answers publications when it is told to.
type held struct {
	*hub.Memory
	answer chan struct{}
}

func (h held) Publish(p hub.Publication, answered func(hub.Position, error)) {
	h.Memory.Publish(p, func(at hub.Position, err error) {
		go func() {
			<-h.answer
			answered(at, err)
		}()
	})
}

// serveTCP runs Serve, as a program does; stop is its SIGTERM, and served tells
// how it ended.
func serveTCP(t *testing.T, config server.Config, plane hub.Backplane) (addr string, stop func(), served <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.New(config, hub.New("server-1", plane)).Serve(ctx, listener) }()
	return listener.Addr().String(), cancel, ended
}

func TestDrain(t *testing.T) {
	plane := held{new(hub.Memory), make(chan struct{})}
	addr, stop, served := serveTCP(t, server.Config{}, plane)
	url := "http://" + addr

	alice := dial(t, url, "user=alice&room=general")
	read(t, alice)
	read(t, alice)
	idle := dial(t, url, "user=bob")
	write(t, alice, `{"type":"message","room":"general","text":"hi","ref":"1"}`)
	if got := read(t, alice); !strings.Contains(got, `"text":"hi"`) {
		t.Fatalf("got %s, want the message", got)
	}
	stop() // SIGTERM
	if code, reason := closing(t, idle); code != 1012 {
		t.Errorf("an idle client was closed by %d %q, want 1012", code, reason)
	}
	for path, want := range map[string]int{"/readyz": 503, "/healthz": 200, "/ws?user=charlie": 503} {
		response, err := http.Get(url + path)
		if err != nil {
			t.Fatalf("%s while draining: %v", path, err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s while draining: %d, want %d", path, response.StatusCode, want)
		}
	}
	close(plane.answer) // only now is alice's message answered
	if got := read(t, alice); !strings.Contains(got, `"ack"`) {
		t.Errorf("got %s, want the ack of what was read before the drain", got)
	}
	if code, reason := closing(t, alice); code != 1012 {
		t.Errorf("closed by %d %q, want 1012", code, reason)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// A close frame must reach a client that goes on sending: a socket that is
// closed while data waits to be read is reset, and the frame is lost with it.
func TestDrainIsToldToClientsThatGoOnSending(t *testing.T) {
	addr, stop, served := serveTCP(t, server.Config{}, new(hub.Memory))
	var clients sync.WaitGroup
	flood := make(chan struct{})
	for n := range 20 {
		conn := dial(t, "http://"+addr, fmt.Sprint("user=user-", n))
		read(t, conn)
		clients.Go(func() {
			<-flood
			for conn.WriteMessage(websocket.PingMessage, nil) == nil { // no queue holds the answers: whoever does not read them waits
			}
		})
		clients.Go(func() {
			if code, reason := closing(t, conn); code != 1012 {
				t.Errorf("closed by %d %q, want 1012", code, reason)
			}
		})
	}
	close(flood)
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	clients.Wait()
}
