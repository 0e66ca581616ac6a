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

func read(t testing.TB, conn *websocket.Conn) string {
	t.Helper()
	_, frame, err := conn.ReadMessage()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(frame)
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
	conn := dial(t, start(t, hub.NewMemory()), "user=alice&room=general")
	if got, want := read(t, conn), `{"type":"welcome","server_id":"server-1","user":"alice"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := read(t, conn); !strings.HasPrefix(got, `{"type":"joined","room":"general","offset":0,"epoch":"`) {
		t.Errorf("got %s, want joined", got)
	}
	conn = dial(t, start(t, hub.NewMemory()), "user=alice&room=general&offset=1&epoch=%22%3C")
	read(t, conn)
	if got := read(t, conn); !strings.HasSuffix(got, `"recovered":false}`) {
		t.Errorf("got %s, want joined, not recovered", got)
	}
}

// Frames of every length that has a form of its own on the wire, out by our own
// framing and in by gorilla's reading of it.
func TestFramesOfEveryLengthArriveWhole(t *testing.T) {
	conn := dial(t, start(t, hub.NewMemory()), "user=alice&room=general")
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

func TestBinaryIsABadFrameAndTheConnectionStays(t *testing.T) {
	conn := dial(t, start(t, hub.NewMemory()), "user=alice")
	read(t, conn)
	if err := conn.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"join","room":"general"}`)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, conn); !strings.Contains(got, `"code":"bad_frame"`) {
		t.Errorf("got %s, want bad_frame", got)
	}
	write(t, conn, `{"type":"join","room":"general"}`)
	if got := read(t, conn); !strings.Contains(got, `"joined"`) {
		t.Errorf("got %s, want joined", got)
	}
}

func TestCloseCodes(t *testing.T) {
	text := func(s string) []byte { // one masked text frame of less than 64 KiB; the mask is zero
		return append([]byte{0x81, 0xfe, byte(len(s) >> 8), byte(len(s)), 0, 0, 0, 0}, s...)
	}
	tests := []struct {
		name string
		sent []byte
		code int
	}{
		{"text that is not UTF-8", text("\xff"), 1007},
		{"more than 8 KiB", text(strings.Repeat(" ", 8<<10+1)), 1009},
		{"more than 8 KiB in fragments", append(append([]byte{0x01, 0xfe, 0x10, 0x00, 0, 0, 0, 0}, strings.Repeat(" ", 0x1000)...),
			append([]byte{0x80, 0xfe, 0x10, 0x01, 0, 0, 0, 0}, strings.Repeat(" ", 0x1001)...)...), 1009},
		{"no mask", []byte{0x81, 0x02, '{', '}'}, 1002},
		{"a reserved bit: compression that was not agreed on", []byte{0xc1, 0x82, 0, 0, 0, 0, '{', '}'}, 1002},
		{"a continuation of nothing", []byte{0x80, 0x82, 0, 0, 0, 0, '{', '}'}, 1002},
		{"an unknown opcode", []byte{0x83, 0x80, 0, 0, 0, 0}, 1002},
		{"an orderly end", []byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8}, 1000},
	}
	url := start(t, hub.NewMemory())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := dial(t, url, "user=alice")
			read(t, conn)
			// More than it is going to read follows: the close frame must come through.
			if _, err := conn.NetConn().Write(append(test.sent, make([]byte, 1<<10)...)); err != nil {
				t.Fatal(err)
			}
			if got, reason := closing(t, conn); got != test.code {
				t.Errorf("close code %d %q, want %d", got, reason, test.code)
			}
		})
	}
	// Exactly 8 KiB is not too much.
	conn := dial(t, url, "user=alice")
	read(t, conn)
	write(t, conn, `{"type":"join","room":"general"}`+strings.Repeat(" ", 8<<10-len(`{"type":"join","room":"general"}`)))
	if got := read(t, conn); !strings.Contains(got, `"joined"`) {
		t.Errorf("8 KiB: got %s, want joined", got)
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
func serveTCP(t *testing.T, plane hub.Backplane) (addr string, stop func(), served <-chan error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.New(hub.New("server-1", plane)).Serve(ctx, listener) }()
	return listener.Addr().String(), cancel, ended
}

func TestDrain(t *testing.T) {
	plane := held{hub.NewMemory(), make(chan struct{})}
	addr, stop, served := serveTCP(t, plane)
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
	addr, stop, served := serveTCP(t, hub.NewMemory())
	var clients sync.WaitGroup
	flood := make(chan struct{})
	for n := range 20 {
		conn := dial(t, "http://"+addr, fmt.Sprint("user=user-", n))
		read(t, conn)
		clients.Go(func() {
			<-flood
			for conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"leave","room":"general"}`)) == nil {
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
