package stack

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// cabled gives both ends of a connection through a new proxy.
func cabled(t *testing.T) (p *proxy, server, redis net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", anyPort)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	p, err = newProxy(func(context.Context) (net.Conn, error) {
		return net.Dial("tcp", listener.Addr().String())
	}, new(gate))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	server, err = net.Dial("tcp", p.addr())
	if err != nil {
		t.Fatal(err)
	}
	redis, err = listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close(); redis.Close() })
	return p, server, redis
}

func send(t *testing.T, to net.Conn, text string) {
	t.Helper()
	if _, err := to.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func hears(t *testing.T, who net.Conn, want string) {
	t.Helper()
	who.SetReadDeadline(time.Now().Add(5 * time.Second))
	got := make([]byte, len(want))
	if _, err := io.ReadFull(who, got); err != nil || string(got) != want {
		t.Fatalf("got %q (%v), want %q", got, err, want)
	}
}

// hearsNothing waits a moment. A fence cannot prove this silence: over a cut cable it would not come either.
func hearsNothing(t *testing.T, who net.Conn) {
	t.Helper()
	who.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	got := make([]byte, 100)
	if n, err := who.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("got %q (%v), want silence", got[:n], err)
	}
}

func TestACutCableIsSilentAndLosesNothing(t *testing.T) {
	for name, g := range map[string]func(*proxy) *gate{
		"cut":    func(p *proxy) *gate { return &p.cable },
		"frozen": func(p *proxy) *gate { return p.frozen },
	} {
		t.Run(name, func(t *testing.T) {
			p, server, redis := cabled(t)
			send(t, server, "PING")
			hears(t, redis, "PING")
			g(p).close()
			send(t, redis, "PONG")
			send(t, server, "QUIT")
			server.(*net.TCPConn).CloseWrite()
			hearsNothing(t, server)
			hearsNothing(t, redis)
			g(p).open()
			hears(t, redis, "QUIT")
			hears(t, server, "PONG")
		})
	}
}

func TestAHangUpPassesTheCable(t *testing.T) {
	_, server, redis := cabled(t)
	redis.Close()
	if n, err := server.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %d bytes (%v), want EOF", n, err)
	}
}

func TestAResetEndsConnectionsAndNewOnesWork(t *testing.T) {
	p, server, redis := cabled(t)
	p.reset()
	if n, err := server.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the server got %d bytes (%v), want a reset", n, err)
	}
	if n, err := redis.Read(make([]byte, 1)); err == nil {
		t.Errorf("Redis got %d bytes, want an end", n)
	}
	again, err := net.Dial("tcp", p.addr())
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestAProxyWhoseCableIsCutCanBeClosed(t *testing.T) {
	p, server, _ := cabled(t)
	p.cable.close()
	send(t, server, "PING")
	waiting, err := net.Dial("tcp", p.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close() // and the Close of the proxy, in cabled, must not wait for either
}
