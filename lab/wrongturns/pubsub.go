package main

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

// The thought: Redis has PUBLISH and SUBSCRIBE, go-redis has PubSub.Channel, and
// each tutorial shows the same ten lines, so that must be it. It nearly is:
// everybody hears everybody, at once, and each instance only what it has members
// for. The price is paid when something breaks. Redis forgets what it has
// published: go-redis connects and subscribes again by itself, and what was said
// meanwhile is lost for everybody on the instance, without a sign to them, as
// nothing is numbered. It may take long to notice, too: its health check writes
// pings and never waits for a pong. And the sender is acknowledged before anybody
// has it, or even Redis: an error of PUBLISH comes too late, for nobody.

// pubsub is Redis Pub/Sub, with a channel for each topic that has subscribers
// here.
type pubsub struct {
	subscription *redis.PubSub

	mu        sync.Mutex               // guards listening
	listening map[string]chan struct{} // by channel; closed once Redis has confirmed it
}

func newPubsub(client *redis.Client) *pubsub {
	return &pubsub{
		subscription: client.Subscribe(context.Background()), // to nothing yet
		listening:    make(map[string]chan struct{}),
	}
}

func openPubsub(_ context.Context, client *redis.Client, config server.Config) (plane, error) {
	return newForgetful(newBridge(client, config, newPubsub(client))), nil
}

func (p *pubsub) put(ctx context.Context, pipe redis.Pipeliner, topic string, payload []byte) redis.Cmder {
	return pipe.Publish(ctx, topic, payload)
}

// listen waits for no answer, and an error needs none: go-redis keeps the channel
// in mind, and asks again when it has a connection.
func (p *pubsub) listen(channel string) <-chan struct{} {
	listening := make(chan struct{})
	p.mu.Lock()
	p.listening[channel] = listening
	p.mu.Unlock()
	_ = p.subscription.Subscribe(context.Background(), channel)
	return listening
}

// unlisten needs no answer either: what comes nevertheless is dropped.
func (p *pubsub) unlisten(channel string) {
	p.mu.Lock()
	delete(p.listening, channel)
	p.mu.Unlock()
	_ = p.subscription.Unsubscribe(context.Background(), channel)
}

// receive takes what go-redis brings, in the manner of the tutorials: from a
// channel, and by a goroutine that go-redis has started. (This one is PubSub.Channel,
// but that it brings Redis's confirmations as well. Without them whoever has
// just joined would miss the first messages, and that is another story.)
func (p *pubsub) receive(ctx context.Context, heard func(topic, payload string)) {
	events := p.subscription.ChannelWithSubscriptions()
	for {
		select {
		case event := <-events:
			switch event := event.(type) {
			case *redis.Message:
				heard(event.Channel, event.Payload)
			case *redis.Subscription:
				if event.Kind == "subscribe" {
					p.confirm(event.Channel)
				}
			}
		case <-ctx.Done():
			p.subscription.Close() // nothing is left to lose
			for range events {     // go-redis closes it when its goroutine ends
			}
			return
		}
	}
}

// confirm is called again after each new connection.
func (p *pubsub) confirm(channel string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	listening := p.listening[channel]
	if listening == nil {
		return // unlisten was faster
	}
	select {
	case <-listening:
	default:
		close(listening)
	}
}

// A forgetful bridge acknowledges what the bus has not got yet, and tells only the
// log when it never will.
type forgetful struct {
	*bridge
	outage *outage
}

func newForgetful(b *bridge) forgetful { return forgetful{b, &outage{what: "publish"}} }

// Publish answers at once.
func (f forgetful) Publish(p hub.Publication, answered func(hub.Position, error)) {
	f.put(p, f.outage.tell)
	answered(hub.Position{}, nil)
}
