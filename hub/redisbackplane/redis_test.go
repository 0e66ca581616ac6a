package redisbackplane_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"secondserver/hub/redisbackplane"
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
	os.Exit(m.Run())
}

// A testRedis is a Redis of one test's own, of either kind.
type testRedis struct {
	url    string
	drop   func() // cuts every connection
	forget func() // and its data
}

// startMiniredis runs the Redis of the embedded engine.
func startMiniredis(t testing.TB) testRedis {
	t.Helper()
	mini := miniredis.RunT(t)
	restart := func() {
		mini.Close()
		if err := mini.Restart(); err != nil {
			t.Errorf("restart miniredis: %v", err)
		}
	}
	return testRedis{
		url:  "redis://" + mini.Addr(),
		drop: restart,
		forget: func() {
			mini.FlushAll()
			restart()
		},
	}
}

// startMiniredisWithPassword is one that no test knows the password of.
func startMiniredisWithPassword(t testing.TB) (addr string) {
	t.Helper()
	mini := miniredis.RunT(t)
	mini.RequireAuth("another")
	return mini.Addr()
}

// startRedis runs the redis-server of PATH. Without one a laptop skips the test,
// and CI fails.
func startRedis(t testing.TB) (testRedis, *os.Process) {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server in PATH: install the package redis-server")
		}
		t.Skip("no redis-server in PATH: this test needs a real Redis")
	}
	addr := freeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	server := exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", t.TempDir())
	if err := server.Start(); err != nil {
		t.Fatalf("start redis-server: %v", err)
	}
	processes.Store(server.Process, struct{}{})
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
		processes.Delete(server.Process)
	})
	control := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: 100, DialerRetries: 1, MaxRetryBackoff: 50 * time.Millisecond})
	t.Cleanup(func() { control.Close() })
	do := func(args ...any) {
		if err := control.Do(context.Background(), args...).Err(); err != nil {
			t.Errorf("redis %v: %v", args, err)
		}
	}
	do("PING") // waits for the start
	drop := func() {
		do("CLIENT", "KILL", "TYPE", "pubsub")
		do("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	}
	forget := func() {
		do("FLUSHALL")
		drop()
	}
	return testRedis{url: "redis://" + addr, drop: drop, forget: forget}, server.Process
}

func freeAddr(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// join returns one more instance on the Redis.
func (r testRedis) join(t testing.TB) *redisbackplane.Backplane {
	t.Helper()
	b, err := redisbackplane.Open(t.Context(), r.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// subscriptions is how many connections Redis knows to be subscribed to topic.
func (r testRedis) subscriptions(t testing.TB, topic string) int64 {
	t.Helper()
	counts, err := r.client(t).PubSubNumSub(t.Context(), topic).Result()
	if err != nil {
		t.Fatal(err)
	}
	return counts[topic]
}

// client is a look at the Redis beside the backplane's.
func (r testRedis) client(t testing.TB) *redis.Client {
	t.Helper()
	options, err := redis.ParseURL(r.url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	t.Cleanup(func() { client.Close() })
	return client
}

// goroutinesOf counts the goroutines with a function of that name in their stack.
func goroutinesOf(name string) int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	count := 0
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(stack, name) {
			count++
		}
	}
	return count
}
