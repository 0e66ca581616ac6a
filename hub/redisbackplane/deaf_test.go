package redisbackplane_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// A relay is a way to Redis that can be cut in one direction: what is sent to Redis
// is held, and what Redis sends arrives.
type relay struct {
	addr string
	way  sync.RWMutex // locked while the way is cut
}

func startRelay(t *testing.T, redis string) *relay {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{addr: listener.Addr().String()}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", redis)
			if err != nil {
				near.Close()
				continue
			}
			work.Go(func() { r.pass(far, near, &r.way) })
			work.Go(func() { r.pass(near, far, new(sync.RWMutex)) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		work.Wait() // whoever uses the relay has closed its connections before
	})
	return r
}

// cut cuts the way, until heal or the end of the test.
func (r *relay) cut(t *testing.T) (heal func()) {
	r.way.Lock()
	heal = sync.OnceFunc(r.way.Unlock)
	t.Cleanup(heal)
	return heal
}

func (r *relay) pass(to, from net.Conn, cut *sync.RWMutex) {
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		cut.RLock()
		_, failed := to.Write(buffer[:n])
		cut.RUnlock()
		if err != nil || failed != nil {
			if err != io.EOF {
				from.Close()
			}
			return
		}
	}
}

// Whoever hears Redis and is not heard looks alive, and can publish nothing. It says
// that it is not ready, and its members go on hearing what others say.
func TestAnInstanceThatRedisDoesNotHearIsNotReady(t *testing.T) {
	t.Parallel()
	r, _ := startRedis(t)
	way := startRelay(t, strings.TrimPrefix(r.url, "redis://"))
	b, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: "redis://" + way.addr})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var heard atomic.Int64
	_, cancel, err := b.Subscribe(t.Context(), hub.Room("general"), func(batch hub.Batch) { heard.Add(int64(len(batch.Payloads))) })
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()

	// Another instance, which has Redis, speaks all the time.
	other := r.join(t)
	speak := time.NewTicker(20 * time.Millisecond)
	var speaking sync.WaitGroup
	done := make(chan struct{})
	defer speaking.Wait()
	defer close(done)
	speaking.Go(func() {
		for {
			select {
			case <-speak.C:
				other.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(hub.Position, error) {})
			case <-done:
				return
			}
		}
	})

	heal := way.cut(t)
	cut := time.Now()
	waitReady(t, b, false)
	if took := time.Since(cut); took > 5*time.Second {
		t.Errorf("not ready after %v, want within 5 s", took)
	}
	before := heard.Load()
	eventually(t, "more is heard", func() bool { return heard.Load() > before })
	heal()
	healed := time.Now()
	waitReady(t, b, true)
	if took := time.Since(healed); took > 3*time.Second {
		t.Errorf("ready after %v, want within 3 s", took)
	}
	eventually(t, "ready for as long as a silence may last", func() bool {
		if err := b.Ready(); err != nil {
			t.Fatalf("not ready again, %v after the way was healed: %v", time.Since(healed), err)
		}
		return time.Since(healed) > 4500*time.Millisecond
	})
	if n := b.Counts().Reconnects; n != 0 {
		t.Errorf("%d reconnects, want none: the connection was good", n)
	}
}

// For how long nobody knows whether Redis will ever hear us on this connection: after
// 10 s another one is tried.
func TestAConnectionThatRedisDoesNotHearIsGivenUp(t *testing.T) {
	t.Parallel()
	r, _ := startRedis(t)
	way := startRelay(t, strings.TrimPrefix(r.url, "redis://"))
	b, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: "redis://" + way.addr})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var heard atomic.Int64
	if _, _, err := b.Subscribe(t.Context(), hub.Room("general"), func(hub.Batch) { heard.Add(1) }); err != nil {
		t.Fatal(err)
	}
	other := r.join(t)
	way.cut(t)
	cut, last, before := time.Now(), time.Now(), int64(0)
	eventually(t, "nothing is heard any more", func() bool {
		other.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(hub.Position, error) {})
		if now := heard.Load(); now != before {
			before, last = now, time.Now()
		}
		return time.Since(last) > time.Second
	})
	if took := last.Sub(cut); took < 8*time.Second || took > 13*time.Second {
		t.Errorf("it was given up after %v, want about 10 s", took)
	}
}

// Whoever reads late finds Redis's answers late: that is no silence of Redis.
func TestAnInstanceThatIsBusyDoesNotTakeRedisForDeaf(t *testing.T) {
	t.Parallel()
	r, _ := startRedis(t)
	b, other := r.join(t), r.join(t)
	goOn := make(chan struct{})
	var heard atomic.Int64
	_, cancel, err := b.Subscribe(t.Context(), hub.Room("general"), func(batch hub.Batch) {
		<-goOn
		heard.Add(int64(len(batch.Payloads)))
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	var said atomic.Int64
	for said.Load() < 20_000 { // more than the inbox holds
		var answers sync.WaitGroup
		for range 1000 {
			answers.Add(1)
			other.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte("{}")}, func(_ hub.Position, err error) {
				if err == nil {
					said.Add(1)
				}
				answers.Done()
			})
		}
		answers.Wait()
	}
	busy := time.Now()
	eventually(t, "busy for longer than a silence may be", func() bool {
		if err := b.Ready(); err != nil {
			t.Errorf("not ready, %v after it was too busy: %v", time.Since(busy), err)
			return true
		}
		return time.Since(busy) > (redisbackplane.DeafTicks+2)*time.Second
	})
	close(goOn)
	eventually(t, "all is heard", func() bool { return heard.Load() == said.Load() })
	if n := b.Counts().Reconnects; n != 0 {
		t.Errorf("%d reconnects, want none: the connection was good", n)
	}
}
