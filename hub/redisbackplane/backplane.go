package redisbackplane

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// openTimeout bounds Open, so that a program with a wrong address says so
// instead of waiting.
const openTimeout = 4 * time.Second

// A Backplane joins this instance to all others with the same Redis.
//
// What it should be subscribed to is a map; one goroutine makes Redis match it,
// and another receives and releases whoever waits for a confirmation. To call
// go-redis's Subscribe for each join would be shorter, but with Redis hung those
// calls queue behind each other's redials: of eight joins at once the last was
// answered after 90 s, where here each one has its own deadline.
type Backplane struct {
	options   *redis.Options
	addr      string
	client    *redis.Client // for scripts; each session has one of its own
	publishes *pipe
	reads     *pipe // apart, so that a long catch-up does not hold up messages
	inbox     *inbox
	changed   chan struct{} // holds one token while marked is not empty

	stop    context.CancelFunc
	closed  <-chan struct{} // closed by Close
	running sync.WaitGroup

	mu     sync.Mutex // guards what follows; nothing waits under it
	topics map[string]*topic
	marked map[string]struct{} // topics whose subscription may have to change
	ready  error
}

var _ hub.Backplane = (*Backplane)(nil)

// Open joins the Redis at url, such as redis://user:password@host:6379/0. It
// returns within 5 s, with an error that names the address, and no password,
// where Redis does not answer. Close it after use. It must not be used under two
// hubs at once.
func Open(ctx context.Context, url string) (*Backplane, error) {
	options, err := parse(url)
	if err != nil {
		return nil, err
	}
	redis.SetLogger(silent{}) // go-redis's own; what matters is logged here
	ctx, stop := context.WithTimeout(ctx, openTimeout)
	defer stop()
	client := redis.NewClient(options)
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close() // the first error is the one that tells
		return nil, fmt.Errorf("no Redis at %s: %w (set REDIS_URL)", options.Addr, err)
	}
	b := &Backplane{
		options:   options,
		addr:      options.Addr,
		client:    client,
		publishes: newPipe(client, publishBatch),
		reads:     newPipe(client, readBatch),
		inbox:     newInbox(),
		changed:   make(chan struct{}, 1),
		topics:    make(map[string]*topic),
		marked:    make(map[string]struct{}),
		ready:     errors.New("not yet subscribed to Redis at " + options.Addr),
	}
	b.start()
	return b, nil
}

func (b *Backplane) start() {
	ctx, stop := context.WithCancel(context.Background())
	b.stop, b.closed = stop, ctx.Done()
	b.running.Go(func() { b.publishes.run(ctx) })
	b.running.Go(func() { b.reads.run(ctx) })
	b.running.Go(func() { b.sessions(ctx) })
	b.running.Go(func() { b.dispatch(ctx) })
	b.running.Go(func() { b.renew(ctx) })
}

// Close leaves Redis and waits until nothing runs any more. Publications that
// wait are answered with an error; subscribers hear nothing more.
func (b *Backplane) Close() error {
	b.stop()
	b.running.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.topics {
		t.end()
	}
	return b.client.Close()
}

// Publish appends and publishes p in one step: see publish.lua.
func (b *Backplane) Publish(p hub.Publication, answered func(hub.Position, error)) {
	err := b.publishes.call(publishScript, p.To.String(), publishArgs(p.Payload), func(answer any, err error) {
		if err != nil {
			answered(hub.Position{}, err)
			return
		}
		id, _ := answer.(string)
		at, err := parsePosition(id)
		if err != nil {
			err = unavailable(err)
		}
		answered(at, err)
	})
	if err != nil {
		answered(hub.Position{}, err)
	}
}

// Subscribe returns when Redis has confirmed the subscription and the stream has
// told where the topic is. Every further subscriber of the topic shares both.
func (b *Backplane) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	t := b.enter(to.String())
	select {
	case <-t.live:
	case <-ctx.Done():
		b.exit(t)
		return hub.Position{}, nil, unavailable(fmt.Errorf("subscribe to %s: %w", to, ctx.Err()))
	case <-b.closed:
		b.exit(t)
		return hub.Position{}, nil, unavailable(redis.ErrClosed)
	}
	s := &subscriber{deliver}
	cancel := sync.OnceFunc(func() {
		t.remove(s)
		b.exit(t)
	})
	return t.add(s), cancel, nil
}

// Ready is nil while the subscribing connection is alive.
func (b *Backplane) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ready
}

func (b *Backplane) setReady(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ready = err
}

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}
