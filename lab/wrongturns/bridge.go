package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

// A bus carries events between instances, each in its own way, and promises
// nothing. An event is a topic and a payload: the hub's own JSON, unchanged.
type bus interface {
	// put adds the command that puts an event on the bus to a pipeline.
	put(ctx context.Context, pipe redis.Pipeliner, topic string, payload []byte) redis.Cmder

	// listen asks for a topic's events, and unlisten for no more of them. The
	// channel is closed when nothing that is put on the bus from then on passes
	// this instance by.
	listen(topic string) (listening <-chan struct{})
	unlisten(topic string)

	// receive hands what the bus brings to heard, one event at a time, until ctx
	// ends and the client is closed. It may bring topics that nobody asked for.
	receive(ctx context.Context, heard func(topic, payload string))
}

// A bridge makes a hub.Backplane of a bus and a Memory: what the bus brings is
// published on the Memory, whose subscribers are the members on this instance.
// History and presence are the Memory's, that is, this instance's own.
type bridge struct {
	*hub.Memory
	bus    bus
	client *redis.Client
	queue  *queue

	stop    context.CancelFunc
	closed  <-chan struct{} // closed by Close
	running sync.WaitGroup

	// asking is held from a change of topics until the bus has been asked for it,
	// so that it is asked in the order of the changes. That may wait for Redis, so
	// what the bus brings never takes it.
	asking sync.Mutex

	mu     sync.Mutex // guards topics; nothing waits under it
	topics map[string]*topic
}

var _ plane = (*bridge)(nil)

// A topic is one that has subscribers here.
type topic struct {
	to          hub.Destination
	subscribers int
	listening   <-chan struct{} // as the bus says
}

// newBridge takes over the client.
func newBridge(client *redis.Client, config server.Config, bus bus) *bridge {
	ctx, stop := context.WithCancel(context.Background())
	b := &bridge{
		Memory: hub.NewMemory(config.Retention),
		bus:    bus,
		client: client,
		queue:  newQueue(client),
		stop:   stop,
		closed: ctx.Done(),
		topics: make(map[string]*topic),
	}
	b.running.Go(func() { bus.receive(ctx, b.heard) })
	return b
}

// Close sends what waits, and returns when nothing runs any more.
func (b *bridge) Close() {
	b.queue.close()
	b.stop()
	b.client.Close() // ends who waits for Redis; nothing is left to lose
	b.running.Wait()
}

// Publish answers when the bus has p, with no position: where it is going to be
// is each instance's own affair.
func (b *bridge) Publish(p hub.Publication, answered func(hub.Position, error)) {
	b.put(p, func(err error) { answered(hub.Position{}, err) })
}

// put queues p for the bus; done is called when it has it, or is not going to.
func (b *bridge) put(p hub.Publication, done func(error)) {
	b.queue.add(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder {
		return b.bus.put(ctx, pipe, p.To.String(), p.Payload)
	}, done)
}

// heard publishes what the bus brings. What nobody here is subscribed to is read
// and dropped: the price of a bus that brings everything.
func (b *bridge) heard(name, payload string) {
	b.mu.Lock()
	t := b.topics[name]
	b.mu.Unlock()
	if t == nil {
		return
	}
	ignore := func(hub.Position, error) {} // the last subscriber may have gone just now
	b.Memory.Publish(hub.Publication{To: t.to, Payload: []byte(payload)}, ignore)
}

// Subscribe returns once the bus brings the topic.
func (b *bridge) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	t := b.enter(to)
	select {
	case <-t.listening:
	case <-ctx.Done():
		b.exit(t)
		return hub.Position{}, nil, unavailable(fmt.Errorf("subscribe to %s: %w", to, ctx.Err()))
	case <-b.closed:
		b.exit(t)
		return hub.Position{}, nil, unavailable(redis.ErrClosed)
	}
	from, cancel, err := b.Memory.Subscribe(ctx, to, deliver) // never fails
	return from, sync.OnceFunc(func() {
		cancel()
		b.exit(t)
	}), err
}

// enter counts a subscriber, who calls exit later. The first one asks the bus.
func (b *bridge) enter(to hub.Destination) *topic {
	b.asking.Lock()
	defer b.asking.Unlock()
	t, first := b.count(to)
	if first {
		t.listening = b.bus.listen(to.String())
	}
	return t
}

func (b *bridge) count(to hub.Destination) (t *topic, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t = b.topics[to.String()]
	if first = t == nil; first {
		t = &topic{to: to}
		b.topics[to.String()] = t
	}
	t.subscribers++
	return t, first
}

func (b *bridge) exit(t *topic) {
	b.asking.Lock()
	defer b.asking.Unlock()
	if b.discount(t) {
		b.bus.unlisten(t.to.String())
	}
}

func (b *bridge) discount(t *topic) (last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.subscribers--
	if last = t.subscribers == 0; last {
		delete(b.topics, t.to.String())
	}
	return last
}

// Ready is always nil. All that these know of Redis is how the last call went,
// and go-redis mends a broken subscription without a word. An instance that gets
// no clients because its last call failed would make no other call, and never
// come back. The price: who connects while Redis is away may wait 5 s for a
// subscription that does not come.
func (b *bridge) Ready() error { return nil }

// everything is the part of a bus that brings every instance everything: nobody
// has to ask.
type everything struct{}

func (everything) listen(string) <-chan struct{} { return already }
func (everything) unlisten(string)               {}

var already = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
