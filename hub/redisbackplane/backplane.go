package redisbackplane

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// openTimeout bounds Open, so that a program with a wrong address says so
// instead of waiting.
const openTimeout = 4 * time.Second

// A Backplane joins this instance to all others with the same Redis. Topics are
// spread over shards, of which a single Redis is the only one; each has its own
// connections and queues, so that one that hangs holds up nobody else's topics.
type Backplane struct {
	config   Config
	options  *redis.Options // for every connection to a shard, but for the address
	topology topology
	keep     hub.Retention
	heart    *heart
	inbox    *inbox
	counters counters
	doubts   chan struct{} // holds one token while somebody doubts the layout
	nowhere  *shard        // of topics that no Redis owns

	stop    context.CancelFunc
	closed  <-chan struct{} // closed by Close
	running sync.WaitGroup

	mu     sync.Mutex // guards what follows; nothing waits under it
	layout layout
	shards map[string]*shard // by address
	topics map[string]*topic
}

var (
	_ hub.Backplane = (*Backplane)(nil)
	_ hub.Counted   = (*Backplane)(nil)
)

// Open joins the Redis that config names. It returns within 5 s, with an error
// that names the address, and no password, where Redis does not answer. Close it
// after use. It must not be used under two hubs at once.
func Open(ctx context.Context, config Config) (*Backplane, error) {
	options, topology, err := parse(config.URL)
	if err != nil {
		return nil, err
	}
	redis.SetLogger(silent{}) // go-redis's own; what matters is logged here
	ctx, stop := context.WithTimeout(ctx, openTimeout)
	defer stop()
	layout, err := topology.look(ctx)
	if err == nil {
		err = reach(ctx, options, layout.masters)
	}
	if err != nil {
		topology.Close() // the first error is the one that tells
		return nil, fmt.Errorf("no Redis at %s: %w (set REDIS_URL)", topology, sayable(err))
	}
	b := &Backplane{
		config:   config,
		options:  options,
		topology: topology,
		keep:     config.Retention.OrDefault(),
		heart:    newHeart(),
		inbox:    newInbox(),
		doubts:   make(chan struct{}, 1),
		nowhere:  newNowhere(),
		shards:   make(map[string]*shard),
		topics:   make(map[string]*topic),
	}
	b.start(layout)
	b.awaitUp(ctx)
	return b, nil
}

func (b *Backplane) start(first layout) {
	ctx, stop := context.WithCancel(context.Background())
	b.stop, b.closed = stop, ctx.Done()
	b.settle(ctx, first)
	b.running.Go(func() { b.follow(ctx) })
	b.running.Go(func() { b.dispatch(ctx) })
	b.running.Go(func() { b.beats(ctx) })
	b.running.Go(func() { b.renew(ctx) })
}

// awaitUp gives the shards a moment to subscribe, so that what is said to the
// first users is heard. Those that are away are not waited for any longer.
func (b *Backplane) awaitUp(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	b.mu.Lock()
	shards := slices.Collect(maps.Values(b.shards))
	b.mu.Unlock()
	for _, s := range shards {
		select {
		case <-s.up:
		case <-ctx.Done():
		}
	}
}

// Close leaves Redis and waits until nothing runs any more. Publications that
// wait are answered with an error; subscribers hear nothing more.
func (b *Backplane) Close() error {
	b.sayGoodbye()
	b.stop()
	b.running.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.topics {
		t.end()
	}
	return b.topology.Close()
}

// Subscribe returns when Redis has confirmed the subscription and the stream has
// told where the topic is. Every further subscriber of the topic shares both.
func (b *Backplane) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	t := b.enter(to.String())
	select {
	case <-t.lives():
	case <-ctx.Done():
		b.exit(t)
		return hub.Position{}, nil, unavailable(fmt.Errorf("subscribe to %s: %w", to, ctx.Err()))
	case <-b.closed:
		b.exit(t)
		return hub.Position{}, nil, unavailable(redis.ErrClosed)
	}
	s := &subscriber{deliver}
	cancel := func() {
		if t.remove(s) {
			b.exit(t)
		}
	}
	return t.add(s), cancel, nil
}

// Ready is nil while every shard's subscribing connection is alive.
func (b *Backplane) Ready() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.shards {
		if err := s.Ready(); err != nil {
			return err
		}
	}
	return nil
}

// reach returns once one of the masters has answered. One is enough: a program
// should also start while another one is away.
func reach(ctx context.Context, options *redis.Options, masters []string) error {
	errs := make(chan error, len(masters))
	for _, addr := range masters {
		go func() { // ends with ctx, at the latest
			own := *options
			own.Addr = addr
			client := redis.NewClient(&own)
			defer client.Close()
			errs <- client.Ping(ctx).Err()
		}()
	}
	var err error
	for range masters {
		if err = <-errs; err == nil {
			return nil
		}
	}
	return err
}

type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}
