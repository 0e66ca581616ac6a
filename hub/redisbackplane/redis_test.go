package redisbackplane_test

import (
	"errors"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"secondserver/hub/redisbackplane"
)

// A testRedis is a Redis of one test's own, of either kind.
type testRedis struct {
	url    string
	drop   func() // cuts every connection
	forget func() // and its data
}

// runMiniredis is a miniredis that can be restarted: nobody takes its address
// meanwhile.
func runMiniredis(t testing.TB) *miniredis.Miniredis {
	t.Helper()
	mini := miniredis.NewMiniRedis()
	if err := mini.StartAddr(freeAddr(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mini.Close)
	return mini
}

// startMiniredis runs the Redis of the embedded engine.
func startMiniredis(t testing.TB) testRedis {
	t.Helper()
	mini := runMiniredis(t)
	restart := func() {
		mini.Close()
		startAgain(t, mini)
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

// startAgain starts a miniredis where it was. A process that another test starts
// just now has the old listener too, for the moment between its fork and its exec,
// so the address may still be in use.
func startAgain(t testing.TB, mini *miniredis.Miniredis) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	err := mini.Restart()
	for limit := time.Now().Add(10 * time.Second); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(limit); err = mini.Restart() {
		<-tick.C
	}
	if err != nil {
		t.Errorf("restart miniredis: %v", err)
	}
}

// startMiniredisWithPassword is one that no test knows the password of.
func startMiniredisWithPassword(t testing.TB) (addr string) {
	t.Helper()
	mini := runMiniredis(t)
	mini.RequireAuth("another")
	return mini.Addr()
}

// startRedis runs a single redis-server.
func startRedis(t testing.TB) (testRedis, *server) {
	t.Helper()
	s := startServer(t)
	forget := func() {
		s.do(t, "FLUSHALL")
		s.drop(t)
	}
	return testRedis{url: "redis://" + s.addr, drop: func() { s.drop(t) }, forget: forget}, s
}

// join returns one more instance on the Redis.
func (r testRedis) join(t testing.TB) *redisbackplane.Backplane {
	t.Helper()
	return r.joinWith(t, redisbackplane.Config{URL: r.url})
}

func (r testRedis) joinWith(t testing.TB, config redisbackplane.Config) *redisbackplane.Backplane {
	t.Helper()
	b, err := redisbackplane.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
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
