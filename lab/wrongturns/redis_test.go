package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"secondserver/server"
)

// A testRedis is a Redis of one test's own, of either kind. One that is stopped
// and started again is empty, and where it was.
type testRedis struct {
	addr        string
	stop, start func()
}

// onEachRedis runs a test on miniredis, and on the redis-server of PATH. Without
// one a laptop skips the latter, and CI fails.
func onEachRedis(t *testing.T, test func(*testing.T, testRedis)) {
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		test(t, startMiniredis(t))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, startRedis(t))
	})
}

func startMiniredis(t *testing.T) testRedis {
	mini := miniredis.NewMiniRedis()
	addr := freeAddr(t)
	start := func() {
		mini.Ctx, mini.CtxCancel = context.WithCancel(context.Background()) // or it would not block again for anybody
		eventually(t, "a miniredis at "+addr, func() bool {
			err := mini.StartAddr(addr)
			if err != nil && !errors.Is(err, syscall.EADDRINUSE) { // a process that is just being started has freeAddr's listener, too
				t.Fatal(err)
			}
			return err == nil
		})
	}
	stop := func() {
		mini.Close()
		mini.FlushAll()
	}
	start()
	t.Cleanup(mini.Close)
	return testRedis{addr, stop, start}
}

func startRedis(t *testing.T) testRedis {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no redis-server in PATH: install the package redis-server")
		}
		t.Skip("no redis-server in PATH: this test needs a real Redis")
	}
	r := testRedis{addr: freeAddr(t)}
	_, port, _ := net.SplitHostPort(r.addr)
	var running *exec.Cmd
	r.start = func() {
		running = exec.Command(path, "--port", port, "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "")
		if err := running.Start(); err != nil {
			t.Fatalf("start redis-server: %v", err)
		}
		client := r.client(t)
		eventually(t, "a redis-server at "+r.addr, func() bool { return client.Ping(context.Background()).Err() == nil })
	}
	r.stop = func() {
		running.Process.Kill() // it may be gone already
		running.Wait()
	}
	r.start()
	t.Cleanup(func() { r.stop() })
	return r
}

// client is a look at Redis beside those of the bridges.
func (r testRedis) client(t *testing.T) *redis.Client {
	client := redis.NewClient(&redis.Options{Addr: r.addr, Protocol: 2, DialerRetries: 1})
	t.Cleanup(func() { client.Close() })
	return client
}

// join returns one more instance.
func (r testRedis) join(t *testing.T, broker, id string) plane {
	t.Helper()
	p, err := open(t.Context(), broker, server.Config{ServerID: id, RedisURL: "redis://" + r.addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// lastPort is the one that freeAddr has tried last.
var lastPort atomic.Int64

// freeAddr is an address at which nobody listens. Its port is below those that the
// system gives to outgoing connections: one of them could take it before Redis
// does, or while it is stopped.
func freeAddr(t *testing.T) string {
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

// limit is how long a test waits for what has to come.
const limit = 20 * time.Second

// eventually waits until is, looking again and again.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	over := time.After(limit)
	for !is() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("after %v: not yet %s", limit, what)
		}
	}
}
