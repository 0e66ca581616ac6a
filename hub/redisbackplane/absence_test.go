package redisbackplane_test

import (
	"bufio"
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
		"bad database":            {"redis://:s3cret@host:1/s3cret", "the database number"},
		"nobody there, sentinels": {"redis://:s3cret@127.0.0.1:1?master_name=mymaster&password=s3cret&addr=127.0.0.1:2", "127.0.0.1:1, 127.0.0.1:2"},
		"sentinel without port":   {"redis://:s3cret@host:1?master_name=mymaster&addr=s3cret", "an addr"},
		"password for an addr":    {"redis://host:1?master_name=mymaster&addr=:s3cret@host:2", ""},
		"at in a query":           {"redis://host:1?master_name=mymaster&password=s3cret@12345", ""},
		"question mark unescaped": {"redis://:12345?s3cret@host:1", ""},
		"no such option":          {"redis://host:1?master_name=mymaster&s3cret=1", "an unknown option"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
			defer stop()
			b, err := redisbackplane.Open(ctx, redisbackplane.Config{URL: test.url})
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
	r, server := startRedis(t)
	b := r.join(t)
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

	server.signal(t, syscall.SIGSTOP)
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

	server.signal(t, syscall.SIGCONT)
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

// waitReady waits until the backplane is ready, or is not.
func waitReady(t *testing.T, b *redisbackplane.Backplane, want bool) {
	t.Helper()
	eventually(t, fmt.Sprintf("ready: %v", want), func() bool { return (b.Ready() == nil) == want })
}

// Nobody's subscription is left in Redis when nobody wants it, and one is enough
// for many.
func TestOneSubscriptionAnInstanceAndTopic(t *testing.T) {
	r, server := startRedis(t)
	b := r.join(t)
	var cancels []func()
	for range 3 {
		_, cancel, err := b.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {})
		if err != nil {
			t.Fatal(err)
		}
		cancels = append(cancels, cancel)
	}
	for i, cancel := range cancels {
		if got := server.subscriptions(t, "NUMSUB", "room:general"); got != 1 {
			t.Errorf("with %d subscribers: %d subscriptions in Redis, want 1", len(cancels)-i, got)
		}
		cancel()
	}
	eventually(t, "unsubscribed after the last subscriber", func() bool {
		return server.subscriptions(t, "NUMSUB", "room:general") == 0
	})
}

// A stream lives on while somebody looks at it, and begins anew when it was
// emptied by hand.
func TestStreamsAreKeptAndBegunAnew(t *testing.T) {
	r, server := startRedis(t)
	control := server.client
	subscribe := func() {
		if _, _, err := r.join(t).Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {}); err != nil {
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
		r.join(t).Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(_ hub.Position, err error) { answer <- err })
		if err := <-answer; err != nil {
			t.Errorf("publish to an emptied stream: %v", err)
		}
	}
}

// An operator who flushes the scripts fails what is under way, and no more.
func TestFlushedScriptsAreLoadedAgain(t *testing.T) {
	r, server := startRedis(t)
	b := r.join(t)
	publish := func() error {
		answer := make(chan error)
		b.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(_ hub.Position, err error) { answer <- err })
		return <-answer
	}
	if err := publish(); err != nil {
		t.Fatal(err)
	}
	server.client.ScriptFlush(t.Context())
	if err := publish(); !errors.Is(err, hub.ErrUnavailable) {
		t.Errorf("the first publication after the flush: %v, want %v", err, hub.ErrUnavailable)
	}
	if err := publish(); err != nil {
		t.Errorf("the second: %v, want none", err)
	}
}

// A refused subscription costs neither the connection nor, once it is granted, the
// topic.
func TestARefusedSubscriptionIsAskedForAgain(t *testing.T) {
	r, server := startRedis(t)
	b := r.join(t)
	waitReady(t, b, true)
	server.do(t, "ACL", "SETUSER", "default", "resetchannels")
	subscribed := make(chan error)
	go func() {
		_, _, err := b.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) {})
		subscribed <- err
	}()
	eventually(t, "refused", func() bool { return len(server.do(t, "ACL", "LOG").([]any)) > 0 })
	server.do(t, "ACL", "SETUSER", "default", "allchannels")
	if err := <-subscribed; err != nil {
		t.Errorf("subscribe: %v", err)
	}
	if err := b.Ready(); err != nil {
		t.Errorf("not ready: %v", err)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	server := startMiniredis(t)
	b, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: server.url})
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

// A Redis that has just been started takes connections, and refuses everything until
// its data is loaded. That a call was never made is no answer to it: nobody is told
// that a user is away.
func TestARedisThatLoadsItsDataSaysNothingOfUsers(t *testing.T) {
	mini := runMiniredis(t)
	addr := mini.Addr()
	b := testRedis{url: "redis://" + addr}.join(t)
	mini.Close()
	loaded := refuses(t, addr, "LOADING Redis is loading the dataset in memory")
	for n := range 10 {
		for _, to := range []hub.Destination{hub.Room("general"), hub.User("bob")} {
			if _, err := say(b, to, "hi"); !errors.Is(err, hub.ErrUnavailable) || errors.Is(err, hub.ErrNobody) {
				t.Errorf("publication %d to %s: %v, want %v", n, to, err, hub.ErrUnavailable)
			}
		}
	}
	loaded()
	startAgain(t, mini)
	eventually(t, "a message is taken", func() bool {
		_, err := say(b, hub.Room("general"), "hi")
		return err == nil
	})
}

// refuses listens where Redis is expected, and answers every command with an error,
// until stop is called.
func refuses(t *testing.T, addr, answer string) (stop func()) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	context.AfterFunc(ctx, func() { listener.Close() })
	var answering sync.WaitGroup
	answering.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { conn.Close() })
			answering.Go(func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					if strings.HasPrefix(lines.Text(), "*") { // a command begins
						fmt.Fprintf(conn, "-%s\r\n", answer)
					}
				}
			})
		}
	})
	stop = func() {
		end()
		answering.Wait()
	}
	t.Cleanup(stop)
	return stop
}
