package server

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// pairOf are both ends of a connection.
func pairOf(t testing.TB) (*socket, *websocket.Conn) {
	t.Helper()
	sockets := make(chan *socket, 1)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := &handshake{ResponseWriter: w}
		conn, err := upgrader.Upgrade(h, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		sockets <- newSocket(conn, h.reader, new(lobby))
	}))
	t.Cleanup(web.Close)
	peer, _, err := websocket.DefaultDialer.Dial(strings.Replace(web.URL, "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { peer.Close() })
	s := <-sockets
	t.Cleanup(func() { s.ping.Stop(); s.cut() })
	return s, peer
}

// A kernel takes a frame in parts. Whoever pings meanwhile waits until all of it is out.
func TestNothingComesBetweenThePartsOfAFrame(t *testing.T) {
	for _, size := range []int{100, 125, 126, 1000, 8000, 60_000} {
		t.Run(fmt.Sprint(size, " bytes"), func(t *testing.T) {
			s, peer := pairOf(t)
			frames := func(from int) (frames [][]byte) {
				for n := range 3 {
					frames = append(frames, fmt.Appendf(nil, "%0*d", size, from+n))
				}
				return frames
			}
			sent := 0
			for all := true; all; sent += 3 { // until the kernel is full
				var err error
				if all, err = s.TrySend(frames(sent)); err != nil {
					t.Fatal(err)
				}
			}
			done := make(chan error, 2)
			go func() { done <- s.control(websocket.PingMessage, []byte("ping"), writeWait) }()
			go func() { done <- s.Send(frames(sent)) }()

			pinged := make(chan struct{})
			peer.SetPingHandler(func(data string) error { close(pinged); return nil })
			for n := range sent + 3 {
				_, frame, err := peer.ReadMessage()
				if want := fmt.Appendf(nil, "%0*d", size, n); err != nil || !bytes.Equal(frame, want) {
					t.Fatalf("frame %d: %.20q…, %v, want %.20q…", n, frame, err, want)
				}
			}
			for range 2 {
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
			if sent, err := s.TrySend([][]byte{[]byte("after")}); !sent || err != nil { // the ping may be behind all others
				t.Errorf("sent: %v, %v", sent, err)
			}
			if _, frame, err := peer.ReadMessage(); string(frame) != "after" {
				t.Errorf("read %q, %v", frame, err)
			}
			<-pinged
		})
	}
}

// Deadlines are for who waits: one that has passed since does not stop who does not.
func TestADeadlineThatHasPassedStopsNoSend(t *testing.T) {
	s, peer := pairOf(t)
	const wait = 100 * time.Millisecond
	if err := s.control(websocket.PingMessage, nil, wait); err != nil {
		t.Fatal(err)
	}
	<-time.After(wait)
	for _, text := range []string{"one", "two"} {
		if sent, err := s.TrySend([][]byte{[]byte(text)}); !sent || err != nil {
			t.Fatalf("%s: %v, %v, want it sent", text, sent, err)
		}
		if _, frame, err := peer.ReadMessage(); string(frame) != text {
			t.Errorf("read %q, %v, want %s", frame, err, text)
		}
	}
}

// While a ping is on its way nothing else is, and nothing is lost.
func TestWhatAPingHoldsUpIsSentAfterIt(t *testing.T) {
	s, peer := pairOf(t)
	s.writing <- struct{}{}
	if sent, err := s.TrySend([][]byte{[]byte("one"), []byte("two")}); sent || err != nil {
		t.Fatalf("sent: %v, %v, want neither", sent, err)
	}
	<-s.writing
	if err := s.Send([][]byte{[]byte("three")}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"one", "two", "three"} {
		if _, frame, err := peer.ReadMessage(); string(frame) != want {
			t.Errorf("read %q, %v, want %s", frame, err, want)
		}
	}
}
