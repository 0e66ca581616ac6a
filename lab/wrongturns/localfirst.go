package main

import (
	"context"
	"strings"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

// The thought: most of those who talk to each other are on one instance, so why
// should a message to a neighbour go to Redis and back? Members here hear it at
// once, then it is published for the others, and one's own copy is ignored when it
// comes back. Neighbours save a round trip, and chat goes on while Redis is away.
// The price: there is no one order any more. Two who speak at the same time are
// heard in one order on the one instance and in the other on the other, for ever,
// and no offset could be right for both. And while Redis is away the
// members here have a message, those elsewhere never get it, and its sender was
// told that it was sent: two halves of a room that each believe to be the whole.

// localFirst publishes on the Memory before it does so on the bus.
type localFirst struct{ forgetful }

func openLocalFirst(_ context.Context, client *redis.Client, config server.Config) (plane, error) {
	t := tagged{newPubsub(client), config.ServerID}
	return localFirst{newForgetful(newBridge(client, config, t))}, nil
}

// Publish answers with the Memory's position when members here have p.
func (l localFirst) Publish(p hub.Publication, answered func(hub.Position, error)) {
	p.Key = "" // the others would not know it again
	l.Memory.Publish(p, func(at hub.Position, _ error) {
		answered(at, nil) // the only error is that the user is not here, and he may be elsewhere
	})
	l.put(p, l.outage.tell)
}

// tagged is Pub/Sub where a message has the id of the instance that it comes from
// in front, and a space, and does not come back to it.
type tagged struct {
	*pubsub
	self string
}

func (t tagged) put(ctx context.Context, pipe redis.Pipeliner, topic string, payload []byte) redis.Cmder {
	return pipe.Publish(ctx, topic, t.self+" "+string(payload))
}

func (t tagged) receive(ctx context.Context, heard func(topic, payload string)) {
	t.pubsub.receive(ctx, func(topic, message string) {
		if from, payload, _ := strings.Cut(message, " "); from != t.self {
			heard(topic, payload)
		}
	})
}
