package server

import (
	"bytes"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"secondserver/hub"
)

// inLobby is a socket that rests in an open lobby, and tells when it reads again.
func inLobby(t *testing.T) (s *socket, peer *websocket.Conn, reads chan bool) {
	t.Helper()
	s, peer = pairOf(t)
	s.lobby.open()
	t.Cleanup(s.lobby.close)
	reads = make(chan bool, 2)
	s.rest(func() { reads <- true })
	rests(t, s)
	return s, peer, reads
}

// rests fails where a socket does not rest in its lobby, or does so with a buffer.
func rests(t *testing.T, s *socket) {
	t.Helper()
	s.lobby.mu.Lock()
	defer s.lobby.mu.Unlock()
	if s.read == nil || s.reader.Size() != 0 {
		t.Errorf("it rests in the lobby is %v, with a buffer of %d bytes", s.read != nil, s.reader.Size())
	}
}

func says(t *testing.T, peer *websocket.Conn, text string) {
	t.Helper()
	if err := peer.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestARestEndsWithWhatThePeerSays(t *testing.T) {
	s, peer, reads := inLobby(t)
	for _, text := range []string{"one", "two"} {
		rests(t, s)
		says(t, peer, text)
		<-reads
		s.awake()
		if _, frame, err := s.conn.ReadMessage(); string(frame) != text {
			t.Errorf("read %q, %v, want %s", frame, err, text)
		}
		s.rest(func() { reads <- true })
	}
}

func TestWhatHasBeenReadAlreadyLeavesNoTimeToRest(t *testing.T) {
	s, peer, reads := inLobby(t)
	says(t, peer, "one")
	<-reads
	s.awake()
	if _, err := s.reader.Peek(1); err != nil {
		t.Fatal(err)
	}
	s.rest(func() { reads <- true })
	<-reads // and no frame is lost
	if _, frame, err := s.conn.ReadMessage(); string(frame) != "one" {
		t.Errorf("read %q, %v", frame, err)
	}
}

func TestARestEndsWithTheConnection(t *testing.T) {
	for name, end := range map[string]func(s *socket, peer *websocket.Conn){
		"the peer's doing":       func(_ *socket, peer *websocket.Conn) { peer.Close() },
		"cut":                    func(s *socket, _ *websocket.Conn) { s.cut() },
		"the server's last hour": func(s *socket, _ *websocket.Conn) { s.lobby.close() },
	} {
		t.Run(name, func(t *testing.T) {
			s, peer, reads := inLobby(t)
			end(s, peer)
			<-reads
			s.rest(func() { reads <- true }) // and there is none any more; the lobby may be closed, and then it waits for the peer
			peer.Close()
			<-reads
		})
	}
}

// Nobody waits for the deadline of a peer that rests.
func TestARestEndsWhenAPingHasNoAnswer(t *testing.T) {
	s, _, reads := inLobby(t)
	s.tick()
	rests(t, s)
	s.tick()
	<-reads
}

func TestAnAnswerInTimeBeginsAnotherRest(t *testing.T) {
	s, peer, reads := inLobby(t)
	s.tick()
	peer.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
	<-reads
	s.rest(func() { reads <- true }) // without reading it, so that the next one is over at once
	<-reads
	s.awake()
	s.reader.Peek(1)
	s.reader.Discard(s.reader.Buffered())
	s.rest(func() { reads <- true })
	s.tick() // a ping again
	rests(t, s)
}

// A descriptor that is closed is soon another connection's, and the wake that follows the
// close may come after that.
func TestADescriptorsHeirRestsUntilItHasSomethingToRead(t *testing.T) {
	gone, _, goneReads := inLobby(t)
	heir, peer := pairOf(t)
	heir.lobby = gone.lobby
	reads := make(chan bool, 2)
	heir.rest(func() { reads <- true })
	gone.lobby.mu.Lock()
	gone.lobby.resting[gone.fd], gone.fd = nil, heir.fd
	gone.lobby.mu.Unlock()
	gone.cut()
	<-goneReads
	gone.lobby.wake(gone) // once more
	rests(t, heir)
	says(t, peer, "one")
	<-reads
}

func TestNobodyPingsWhatIsClosed(t *testing.T) {
	s, peer, reads := inLobby(t)
	closed := make(chan bool)
	go func() {
		s.Close(hub.Restart)
		close(closed)
	}()
	if _, _, err := peer.ReadMessage(); !websocket.IsCloseError(err, hub.Restart.Code) {
		t.Fatalf("read %v, want a close frame", err)
	}
	peer.Close()
	<-reads
	s.rest(func() { reads <- true }) // it had just read a pong
	<-reads
	s.unread()
	<-closed
	if s.ping.Stop() {
		t.Error("the timer of its pings runs")
	}
}

func TestAServerThatServesAgainHasALobbyAgain(t *testing.T) {
	s, peer, reads := inLobby(t)
	s.lobby.close()
	<-reads
	s.lobby.open()
	s.rest(func() { reads <- true })
	rests(t, s)
	says(t, peer, "one")
	<-reads
}

func TestNoTwoWhoReadShareABuffer(t *testing.T) {
	a, atA, aReads := inLobby(t)
	b, atB, bReads := inLobby(t)
	for range 10 {
		for _, peer := range []*websocket.Conn{atA, atB} {
			says(t, peer, "of its own, "+peer.LocalAddr().String())
		}
		<-aReads
		<-bReads
		a.awake()
		b.awake()
		a.reader.Peek(1)
		b.reader.Peek(1)
		for s, peer := range map[*socket]*websocket.Conn{a: atA, b: atB} {
			if _, frame, err := s.conn.ReadMessage(); !bytes.HasSuffix(frame, []byte(peer.LocalAddr().String())) {
				t.Errorf("read %q, %v", frame, err)
			}
		}
		a.rest(func() { aReads <- true })
		b.rest(func() { bReads <- true })
	}
}
