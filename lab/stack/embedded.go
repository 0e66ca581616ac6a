package stack

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Embedded is the engine that needs nothing but Go: the phases' programs as processes, miniredis and a round-robin
// balancer inside the lab. progress, if not nil, is told what takes long ("building phase2-broken").
func Embedded(progress func(string)) Engine {
	return &local{
		name:     "embedded",
		programs: programs{progress: progress},
		redis:    newMiniRedis,
		balancer: newRoundRobin,
	}
}

// A miniRedis is miniredis behind proxies, which hold everything back while it is frozen.
type miniRedis struct {
	mini   *miniredis.Miniredis
	addr   atomic.Value // a string: where miniredis listens; empty while it is down
	frozen gate
	front  *proxy // the lab's own way to it

	ended  chan struct{}
	ageing sync.WaitGroup
}

func newMiniRedis(ctx context.Context, _ string) (localRedis, error) {
	r := &miniRedis{mini: miniredis.NewMiniRedis(), ended: make(chan struct{})}
	if err := r.Start(ctx); err != nil {
		return nil, err
	}
	front, err := r.cable()
	if err != nil {
		r.mini.Close()
		return nil, err
	}
	r.front = front
	r.ageing.Go(r.age)
	return r, nil
}

// age lets keys expire by the clock, as in Redis. miniredis could do it by itself
// (ClockTTL), but then it looks at every key with every command, and there is a
// key for each message of the last minutes.
func (r *miniRedis) age() {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			r.mini.FastForward(time.Second)
		case <-r.ended:
			return
		}
	}
}

func (r *miniRedis) cable() (*proxy, error) { return newProxy(r.dial, &r.frozen) }

func (r *miniRedis) dial(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "tcp", r.addr.Load().(string))
}

func (r *miniRedis) Addr() string { return r.front.addr() }

// Start keeps the data. It takes any port: the proxies know where miniredis is.
func (r *miniRedis) Start(context.Context) error {
	r.mini.Ctx, r.mini.CtxCancel = context.WithCancel(context.Background()) // or it would not block again for anybody
	if err := r.mini.StartAddr(anyPort); err != nil {
		return err
	}
	r.addr.Store(r.mini.Addr())
	return nil
}

func (r *miniRedis) Kill() error {
	r.addr.Store("")
	r.mini.Close()
	return nil
}

func (r *miniRedis) Stop(context.Context) error { return r.Kill() }

func (r *miniRedis) Freeze() error {
	r.frozen.close()
	return nil
}

func (r *miniRedis) Thaw() error {
	r.frozen.open()
	return nil
}

func (r *miniRedis) Log() string { return "(miniredis writes no log)" }

// Flush is the same while miniredis is down: it has its data in memory.
func (r *miniRedis) Flush(context.Context) error {
	r.mini.FlushAll()
	return nil
}

func (r *miniRedis) KillPubSub(context.Context) error { return errors.ErrUnsupported }

func (r *miniRedis) close() error {
	close(r.ended)
	r.ageing.Wait()
	err := r.front.Close()
	return errors.Join(err, r.Kill())
}
