package stack

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const late = 10 * time.Second // in a bubble, where it takes no time

// delayed runs a test with both ends of a lane, in virtual time.
func delayed(t *testing.T, test func(t *testing.T, l *lane, redis, server net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		l := &lane{frozen: new(gate)}
		l.late.set(late)
		redis, in := net.Pipe()
		out, server := net.Pipe()
		ctx, end := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			l.carry(ctx, end, out, in)
			close(done)
		}()
		test(t, l, redis, server)
		end()
		redis.Close()
		server.Close()
		<-done
	})
}

// arrives reads want and says how long that took.
func arrives(t *testing.T, server net.Conn, want string) time.Duration {
	t.Helper()
	from, got := time.Now(), make([]byte, len(want))
	if _, err := io.ReadFull(server, got); err != nil || string(got) != want {
		t.Fatalf("got %.100q (%v), want %.100q", got, err, want)
	}
	return time.Since(from)
}

func wantAfter(t *testing.T, got, want time.Duration) {
	t.Helper()
	if got != want {
		t.Errorf("arrived after %v, want %v", got, want)
	}
}

func TestADelayIsForEachByItself(t *testing.T) {
	delayed(t, func(t *testing.T, l *lane, redis, server net.Conn) {
		for range 3 {
			send(t, redis, "ping ")
			time.Sleep(time.Second)
		}
		wantAfter(t, arrives(t, server, "ping "), late-3*time.Second)
		wantAfter(t, arrives(t, server, "ping "), time.Second)
		wantAfter(t, arrives(t, server, "ping "), time.Second)
	})
}

func TestADelayCostsNoThroughput(t *testing.T) {
	delayed(t, func(t *testing.T, l *lane, redis, server net.Conn) {
		line := strings.Repeat("x", 99) + "\n"
		const lines = 10_000
		for range lines {
			send(t, redis, line)
		}
		wantAfter(t, arrives(t, server, strings.Repeat(line, lines)), late)
	})
}

func TestWhatIsUnderwayHasABound(t *testing.T) {
	delayed(t, func(t *testing.T, l *lane, redis, server net.Conn) {
		began := time.Now()
		go io.Copy(io.Discard, server)
		send(t, redis, strings.Repeat("x", mostUnderway))
		wantAfter(t, time.Since(began), 0)
		send(t, redis, "one more is read, and ")
		send(t, redis, "this waits")
		wantAfter(t, time.Since(began), late)
	})
}

func TestAnEndOfTheDelayIsForWhatIsUnderwayToo(t *testing.T) {
	delayed(t, func(t *testing.T, l *lane, redis, server net.Conn) {
		send(t, redis, "one ")
		send(t, redis, "two ")
		synctest.Wait()
		l.late.set(0)
		send(t, redis, "three")
		wantAfter(t, arrives(t, server, "one two three"), 0)
	})
}

func TestACutHoldsWhatIsUnderway(t *testing.T) {
	delayed(t, func(t *testing.T, l *lane, redis, server net.Conn) {
		send(t, redis, "one ")
		l.cut.close()
		time.Sleep(2 * late)
		send(t, redis, "two")
		time.AfterFunc(time.Second, l.cut.open)
		wantAfter(t, arrives(t, server, "one "), time.Second)
		wantAfter(t, arrives(t, server, "two"), late-time.Second)
	})
}

// These have sockets, and so real time.

func TestADelayIsOfWhatRedisSays(t *testing.T) {
	p, server, redis := cabled(t)
	p.fromRedis.late.set(time.Hour)
	send(t, server, "PING")
	hears(t, redis, "PING")
	send(t, redis, "PONG")
	redis.Close() // this is late too
	hearsNothing(t, server)
	p.heal()
	hears(t, server, "PONG")
	if n, err := server.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("got %d bytes (%v), want EOF", n, err)
	}
}

func TestAProxyWithMuchUnderwayCanBeClosed(t *testing.T) {
	p, _, redis := cabled(t)
	p.fromRedis.late.set(time.Hour)
	send(t, redis, strings.Repeat("x", mostUnderway)) // and the Close of the proxy, in cabled, must not wait for it
}
