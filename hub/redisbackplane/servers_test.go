package redisbackplane_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// processes are those that tests have started. Ctrl-C reaches them as well as the
// tests, but one that is frozen does not hear it.
var processes sync.Map // *os.Process: struct{}

func TestMain(m *testing.M) {
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() { // ends with the program
		<-interrupted
		for process := range processes.Range {
			process.(*os.Process).Kill()
		}
		os.Exit(130)
	}()
	// go-redis looks once a second whether a server can be dialled again, and once more after its client has been closed.
	goleak.VerifyTestMain(m, goleak.IgnoreCurrent(),
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// A server is one redis-server of one test's own.
type server struct {
	addr   string
	client *redis.Client // a look at it beside the backplane's
	*os.Process
	killed atomic.Bool // whoever answers at addr since then is another's
}

// startServer runs the redis-server of PATH with these arguments and returns when
// it answers. Without one a laptop skips the test, and CI fails.
func startServer(t testing.TB, args ...string) *server {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server in PATH: install the package redis-server")
		}
		t.Skip("no redis-server in PATH: this test needs a real Redis")
	}
	addr := freeAddr(t)
	args = append(args, "--port", port(addr), "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "")
	command := exec.Command(path, args...)
	if err := command.Start(); err != nil {
		t.Fatalf("start redis-server: %v", err)
	}
	processes.Store(command.Process, struct{}{})
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
		processes.Delete(command.Process)
	})
	client := redis.NewClient(&redis.Options{
		Addr: addr, Protocol: 2, ContextTimeoutEnabled: true,
		MaxRetries: 100, DialerRetries: 1, MaxRetryBackoff: 50 * time.Millisecond,
	})
	t.Cleanup(func() { client.Close() })
	s := &server{addr: addr, client: client, Process: command.Process}
	s.do(t, "PING") // waits for the start
	return s
}

// do runs a command.
func (s *server) do(t testing.TB, args ...any) any {
	t.Helper()
	answer, err := s.client.Do(context.Background(), args...).Result()
	if err != nil {
		t.Errorf("redis %v: %v", args, err)
	}
	return answer
}

// signal stops, continues or kills the server.
func (s *server) signal(t testing.TB, what syscall.Signal) {
	t.Helper()
	s.killed.Store(what == syscall.SIGKILL)
	if err := s.Signal(what); err != nil {
		t.Fatalf("%v to the redis-server at %s: %v", what, s.addr, err)
	}
}

// drop cuts the server's connections to clients.
func (s *server) drop(t testing.TB) {
	s.do(t, "CLIENT", "KILL", "TYPE", "pubsub")
	s.do(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
}

// subscriptions is how many connections the server knows to be subscribed to the
// topic, in the way of a single Redis (NUMSUB) or of a cluster (SHARDNUMSUB).
func (s *server) subscriptions(t testing.TB, count, topic string) int64 {
	t.Helper()
	answer, _ := s.do(t, "PUBSUB", count, topic).([]any)
	if len(answer) != 2 {
		t.Fatalf("PUBSUB %s: %v", count, answer)
	}
	return answer[1].(int64)
}

// lastPort is the one that freeAddr has tried last.
var lastPort atomic.Int64

// freeAddr is an address at which nobody listens. Its port is below those that the
// system gives to outgoing connections: one of them could take it before the
// server does.
func freeAddr(t testing.TB) string {
	t.Helper()
	lastPort.CompareAndSwap(0, 10_000+rand.Int64N(10_000))
	for {
		listener, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", lastPort.Add(1)))
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		return listener.Addr().String()
	}
}

func port(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	return port
}

// eventually waits until is, looking again and again; what it waits for is told
// when that takes too long.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !is() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("after 20 s: not yet %s", what)
		}
	}
}
