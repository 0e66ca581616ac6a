package redisbackplane_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// Where Redis is not: what a program says of it, and how soon.

func TestOpenNamesTheAddressAndNoPassword(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	guarded := startMiniredisWithPassword(t)
	for name, test := range map[string]struct{ url, names string }{
		"nobody there":            {"redis://user:s3cret@" + freeAddr(t), "127.0.0.1:"},
		"nobody answers":          {"redis://:s3cret@" + silent.Addr().String(), silent.Addr().String()},
		"wrong password":          {"redis://:s3cret@" + guarded, guarded},
		"no such host":            {"redis://:s3cret@no.such.host.invalid:6379", "no.such.host.invalid:6379"},
		"bad port":                {"redis://user:s3cret@host:port", "host:port"},
		"bad escape":              {"redis://user:s3cret%zz@host:1", "host:1"},
		"bad scheme":              {"http://user:s3cret@host:1", "host:1"},
		"at in a password":        {"redis://user:s3cret@s3cret%zz@host:1", "host:1"},
		"no URL":                  {"localhost", "localhost"},
		"password in the query":   {"redis://127.0.0.1:1?password=s3cret", "127.0.0.1:1"},
		"password for an address": {"redis://:s3cret", ""},
		"hash in a password":      {"redis://:12345#s3cret@127.0.0.1:1", "127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
			defer stop()
			b, err := redisbackplane.Open(ctx, test.url)
			if err == nil {
				b.Close()
				t.Fatal("it opened")
			}
			if ctx.Err() != nil {
				t.Error("it took 5 s")
			}
			if !strings.Contains(err.Error(), test.names) || !strings.Contains(err.Error(), "REDIS_URL") {
				t.Errorf("%q names neither %s nor REDIS_URL", err, test.names)
			}
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "12345") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q tells the password, or has more than one line", err)
			}
		})
	}
}

// A frozen Redis accepts connections and what is written to them. Everything is
// answered all the same, each caller within its own time, and all is well again
// after the thaw.
func TestAFrozenRedisKeepsNobodyWaiting(t *testing.T) {
	server, process := startRedis(t)
	b := server.join(t)
	heard := make(chan string, 1000)
	_, cancel, err := b.Subscribe(t.Context(), hub.Room("general"), func(batch hub.Batch) {
		for _, payload := range batch.Payloads {
			heard <- string(payload)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()

	if err := process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	frozen := time.Now()
	var answers, subscribing sync.WaitGroup
	publish := func(n int) {
		for range n {
			answers.Add(1)
			published := time.Now()
			b.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("lost")}, func(_ hub.Position, err error) {
				defer answers.Done()
				if !errors.Is(err, hub.ErrUnavailable) {
					t.Errorf("publish: %v, want %v", err, hub.ErrUnavailable)
				}
				if age, most := time.Since(published), hub.PublishTimeout+500*time.Millisecond; age > most {
					t.Errorf("answered after %v, want at most %v: waiting behind others is waiting too", age, most)
				}
			})
		}
	}
	publish(25)
	for n := range 8 {
		subscribing.Go(func() {
			ctx, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			_, _, err := b.Subscribe(ctx, hub.Room(fmt.Sprint("room-", n)), func(hub.Batch) {})
			if !errors.Is(err, hub.ErrUnavailable) {
				t.Errorf("subscribe: %v, want %v", err, hub.ErrUnavailable)
			}
		})
	}
	subscribing.Wait()
	publish(25) // behind the first ones, which have another second to wait
	answers.Wait()
	waitReady(t, b, false)
	t.Logf("not ready %v after the freeze", time.Since(frozen))

	if err := process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	thawed := time.Now()
	waitReady(t, b, true)
	t.Logf("ready %v after the thaw", time.Since(thawed))
	if _, cancel, err := b.Subscribe(t.Context(), hub.Room("room-0"), func(hub.Batch) {}); err != nil {
		t.Errorf("subscribe after the thaw: %v", err)
	} else {
		cancel()
	}
	published := make(chan error)
	b.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("fence")}, func(_ hub.Position, err error) { published <- err })
	if err := <-published; err != nil {
		t.Fatalf("publish after the thaw: %v", err)
	}
	for text := range heard {
		if text == "fence" {
			break
		}
	}
}

// waitReady asks until the backplane is ready, or is not; the test's own limit
// ends it otherwise.
func waitReady(t *testing.T, b *redisbackplane.Backplane, want bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for (b.Ready() == nil) != want {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("after 20 s: ready is %v, want ready: %v", b.Ready(), want)
		}
	}
}

// Nobody's subscription is left in Redis when nobody wants it, and one is enough
// for many.
func TestOneSubscriptionAnInstanceAndTopic(t *testing.T) {
	server, _ := startRedis(t)
	b := server.join(t)
	var cancels []func()
	for range 3 {
		_, cancel, err := b.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {})
		if err != nil {
			t.Fatal(err)
		}
		cancels = append(cancels, cancel)
	}
	for i, cancel := range cancels {
		if got := server.subscriptions(t, "room:general"); got != 1 {
			t.Errorf("with %d subscribers: %d subscriptions in Redis, want 1", len(cancels)-i, got)
		}
		cancel()
	}
	limit := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for server.subscriptions(t, "room:general") != 0 {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("the subscription is still in Redis 10 s after its last subscriber")
		}
	}
}

// A stream lives on while somebody looks at it, and begins anew when it was
// emptied by hand.
func TestStreamsAreKeptAndBegunAnew(t *testing.T) {
	server, _ := startRedis(t)
	control := server.client(t)
	subscribe := func() {
		if _, _, err := server.join(t).Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {}); err != nil {
			t.Fatal(err)
		}
	}
	subscribe()
	control.Expire(t.Context(), "room:general", time.Minute)
	subscribe()
	if got := control.TTL(t.Context(), "room:general").Val(); got < 59*time.Minute {
		t.Errorf("the stream expires in %v, want about an hour after the last look at it", got)
	}
	for range 8 { // a new epoch is random: it must not have to be larger
		control.XTrimMaxLen(t.Context(), "room:general", 0)
		answer := make(chan error)
		server.join(t).Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(_ hub.Position, err error) { answer <- err })
		if err := <-answer; err != nil {
			t.Errorf("publish to an emptied stream: %v", err)
		}
	}
}

// An operator who flushes the scripts fails what is under way, and no more.
func TestFlushedScriptsAreLoadedAgain(t *testing.T) {
	server, _ := startRedis(t)
	b := server.join(t)
	publish := func() error {
		answer := make(chan error)
		b.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(_ hub.Position, err error) { answer <- err })
		return <-answer
	}
	if err := publish(); err != nil {
		t.Fatal(err)
	}
	server.client(t).ScriptFlush(t.Context())
	if err := publish(); !errors.Is(err, hub.ErrUnavailable) {
		t.Errorf("the first publication after the flush: %v, want %v", err, hub.ErrUnavailable)
	}
	if err := publish(); err != nil {
		t.Errorf("the second: %v, want none", err)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	server := startMiniredis(t)
	b, err := redisbackplane.Open(t.Context(), server.url)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {}); err != nil {
		t.Fatal(err)
	}
	before := goroutinesOf("redisbackplane.(*")
	if err := b.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	if after := goroutinesOf("redisbackplane.(*"); before == 0 || after != 0 {
		t.Errorf("%d goroutines before Close and %d after, want some and none", before, after)
	}
	var refused error
	b.Publish(hub.Publication{To: hub.Room("general")}, func(_ hub.Position, err error) { refused = err })
	if !errors.Is(refused, hub.ErrUnavailable) {
		t.Errorf("publish after Close: %v, want %v", refused, hub.ErrUnavailable)
	}
}
