package main

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"

	"secondserver/server"
)

// The thought: subscribing and unsubscribing with each join and leave is a
// nuisance, and a channel for each user is thousands of them, so all instances
// subscribe to one channel, once, and look what is for them. It is less code, and
// there is one order of everything. The price grows with the square: every event
// of every room and every user goes to every instance, which reads it, finds that
// it has nobody for it, and drops it. With three instances two of three deliveries
// of a direct message are for nothing; with thirty, 29 of 30. Adding instances adds
// no room for more messages: each of them has to read them all.

// allEvents is the channel of everything.
const allEvents = "events"

// oneChannel is Pub/Sub with one channel; a message has its topic in front, and a
// space.
type oneChannel struct {
	*pubsub
	listening <-chan struct{} // to allEvents
}

func openOneChannel(_ context.Context, client *redis.Client, config server.Config) (plane, error) {
	p := newPubsub(client)
	o := oneChannel{p, p.listen(allEvents)}
	return newForgetful(newBridge(client, config, o)), nil
}

func (oneChannel) put(ctx context.Context, pipe redis.Pipeliner, topic string, payload []byte) redis.Cmder {
	return pipe.Publish(ctx, allEvents, topic+" "+string(payload))
}

func (o oneChannel) listen(string) <-chan struct{} { return o.listening }
func (o oneChannel) unlisten(string)               {}

func (o oneChannel) receive(ctx context.Context, heard func(topic, payload string)) {
	o.pubsub.receive(ctx, func(_, message string) {
		topic, payload, _ := strings.Cut(message, " ")
		heard(topic, payload)
	})
}
