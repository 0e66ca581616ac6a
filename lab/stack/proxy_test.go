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
	for name, does := range map[string]struct{ cut, heal func(*proxy) }{
		"cut":    {func(p *proxy) { p.cut(BothWays) }, (*proxy).heal},
		"frozen": {func(p *proxy) { p.toRedis.frozen.close() }, func(p *proxy) { p.toRedis.frozen.open() }},
	} {
		t.Run(name, func(t *testing.T) {
			p, server, redis := cabled(t)
			send(t, server, "PING")
			hears(t, redis, "PING")
			does.cut(p)
			send(t, redis, "PONG")
			send(t, server, "QUIT")
			server.(*net.TCPConn).CloseWrite()
			hearsNothing(t, server)
			hearsNothing(t, redis)
			does.heal(p)
			hears(t, redis, "QUIT")
			hears(t, server, "PONG")
		})
	}
}

func TestACableThatIsCutOneWayIsWholeTheOther(t *testing.T) {
	for name, way := range map[string]Way{"to Redis": ToRedis, "from Redis": FromRedis} {
		t.Run(name, func(t *testing.T) {
			p, server, redis := cabled(t)
			deaf, heard := redis, server
			if way == FromRedis {
				deaf, heard = server, redis
			}
			p.cut(way)
			send(t, heard, "one ")
			send(t, deaf, "uno ")
			hears(t, heard, "uno ")
			send(t, heard, "two ")
			hearsNothing(t, deaf)
			p.heal()
			hears(t, deaf, "one two ")
			send(t, heard, "three")
			hears(t, deaf, "three")
		})
	}
}

func TestCutsAddUp(t *testing.T) {
	p, server, redis := cabled(t)
	p.cut(ToRedis)
	p.cut(FromRedis)
	send(t, server, "PING")
	send(t, redis, "PONG")
	hearsNothing(t, redis)
	hearsNothing(t, server)
	p.heal()
	hears(t, redis, "PING")
	hears(t, server, "PONG")
}

// Whose words get through learns of the other's end only when the way back is whole again, and hears first what the
// other had still said.
func TestAnEndIsNoNewsThroughACutCable(t *testing.T) {
	p, server, redis := cabled(t)
	p.cut(FromRedis)
	send(t, redis, "PONG")
	redis.Close()
	for range 100 { // the first is sent to somebody who has gone, and the next ones fail
		send(t, server, "PING")
	}
	hearsNothing(t, server)
	p.heal()
	hears(t, server, "PONG")
	if n, err := server.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got %d bytes (%v), want an end", n, err)
	}
}

func TestNobodyMeetsOverACableThatIsCutOneWay(t *testing.T) {
	for name, way := range map[string]Way{"to Redis": ToRedis, "from Redis": FromRedis} {
		t.Run(name, func(t *testing.T) {
			dialed := make(chan struct{}, 1)
			p, err := newProxy(func(context.Context) (net.Conn, error) {
				dialed <- struct{}{}
				return nil, errors.New("nobody is there")
			}, new(gate))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			p.cut(way)
			late, err := net.Dial("tcp", p.addr())
			if err != nil {
				t.Fatal(err)
			}
			defer late.Close()
			select {
			case <-dialed:
				t.Error("Redis was reached, want nothing to get there")
			case <-time.After(50 * time.Millisecond): // no fence passes a cut cable
				p.heal()
				<-dialed
			}
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
	p.cut(BothWays)
	send(t, server, "PING")
	waiting, err := net.Dial("tcp", p.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer waiting.Close() // and the Close of the proxy, in cabled, must not wait for either
}
