package server_test

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"secondserver/hub"
	"secondserver/server"
)

// pipes is a listener whose connections are net.Pipes, so that a server with
// real WebSockets runs in virtual time.
type pipes struct {
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.accept:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// connect is the client's end of a new connection.
func (p *pipes) connect() net.Conn {
	ours, theirs := net.Pipe()
	p.accept <- &queued{theirs, make(chan struct{}, 1)}
	return ours
}

// queued is a pipe where one write waits for the other by a channel: one that waits
// by a mutex would stop the time.
type queued struct {
	net.Conn
	writing chan struct{}
}

func (q *queued) Write(b []byte) (int, error) {
	q.writing <- struct{}{}
	defer func() { <-q.writing }()
	return q.Conn.Write(b)
}

// serve runs a server in the bubble; dial connects to it, and stop drains it.
func serve(t *testing.T, plane hub.Backplane) (dial func() *websocket.Conn, stop func()) {
	listener, stop := listen(t, plane)
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		return listener.connect(), nil
	}}
	dial = func() *websocket.Conn {
		conn, _, err := dialer.DialContext(t.Context(), "ws://pipe/ws?user=alice", nil)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}
	return dial, stop
}

func listen(t *testing.T, plane hub.Backplane) (listener *pipes, stop func()) {
	return listenWith(t, server.Config{}, plane)
}

func listenWith(t *testing.T, config server.Config, plane hub.Backplane) (listener *pipes, stop func()) {
	listener = &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- server.New(config, hub.New("server-1", plane)).Serve(ctx, listener) }()
	stop = func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}
	return listener, stop
}

// bubble runs a test in virtual time, with a server that is drained at its end.
func bubble(t *testing.T, config server.Config, test func(t *testing.T, to *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		listener, stop := listenWith(t, config, new(hub.Memory))
		defer stop()
		test(t, listener)
	})
}

// A request whose body never comes is no client of ours to wait for.
func TestDrainDoesNotWaitForHalfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener, stop := listen(t, new(hub.Memory))
		conn := listener.connect()
		defer conn.Close()
		if _, err := conn.Write([]byte("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		go io.Copy(io.Discard, conn)
		synctest.Wait() // the server has the request, and waits for the rest of it
		began := time.Now()
		stop()
		if got := time.Since(began); got > 6*time.Second {
			t.Errorf("the drain took %v, want at most the 5 s that a request has to arrive, and a moment", got)
		}
	})
}

func TestAPeerThatAnswersPingsStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, stop := serve(t, new(hub.Memory))
		conn := dial()
		pings := 0
		answer := conn.PingHandler()
		conn.SetPingHandler(func(data string) error {
			pings++
			return answer(data)
		})
		began := time.Now()
		ended := make(chan time.Duration)
		go func() {
			for {
				if _, _, err := conn.ReadMessage(); err != nil {
					conn.Close()
					ended <- time.Since(began)
					return
				}
			}
		}()
		<-time.After(time.Hour)
		stop()
		if got := <-ended; got < time.Hour {
			t.Errorf("the connection ended after %v, want it to last", got)
		}
		if want := int(time.Hour / (54 * time.Second)); pings != want {
			t.Errorf("%d pings in an hour, want %d: one every 54 s", pings, want)
		}
	})
}

// The peer's machine takes what we send, and nobody there answers.
func TestADeadPeerIsNoticedWithin60s(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, stop := serve(t, new(hub.Memory))
		conn := dial().NetConn()
		began := time.Now()
		io.Copy(io.Discard, conn)
		if got := time.Since(began); got < 54*time.Second || got > 61*time.Second {
			t.Errorf("the connection ended after %v, want 60 s, and a second for the closing", got)
		}
		conn.Close()
		stop()
	})
}

// The peer's machine does not even take what we send.
func TestAPeerThatTakesNothingIsDroppedWithin10sAsASlowConsumer(t *testing.T) {
	lines := logged(t)
	synctest.Test(t, func(t *testing.T) {
		dial, stop := serve(t, new(hub.Memory))
		conn := dial().NetConn() // a pipe has no buffer: the welcome is stuck
		defer conn.Close()
		<-time.After(10 * time.Second)
		// Dropped: the server's end of the pipe is closed.
		conn.SetReadDeadline(time.Now())
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read after 10 s: %v, want the end of the connection", err)
		}
		stop()
		if want := `cause="write: slow consumer (1008)"`; !strings.Contains(lines.String(), want) {
			t.Errorf("the log has no %s:\n%s", want, lines)
		}
	})
}

// hung is a backplane where no subscription ever stands.
type hung struct{ *hub.Memory }

func (hung) Subscribe(ctx context.Context, _ hub.Destination, _ func(hub.Batch)) (hub.Position, func(), error) {
	<-ctx.Done()
	return hub.Position{}, nil, hub.ErrUnavailable
}

// While a join waits nothing is read, no pong either. That is not the peer's
// fault.
func TestAPeerThatWaitsForTheBackplaneStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial, stop := serve(t, hung{new(hub.Memory)})
		conn := dial()
		go func() {
			for range 20 { // 5 s each
				write(t, conn, `{"type":"join","room":"general"}`)
			}
		}()
		read(t, conn)
		for n := range 20 {
			if got := read(t, conn); !strings.Contains(got, "unavailable") {
				t.Fatalf("answer %d: %s, want unavailable", n, got)
			}
		}
		go func() {
			conn.ReadMessage()
			conn.Close()
		}()
		stop()
	})
}
