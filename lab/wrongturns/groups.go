package main

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

// The thought of one-group: a log with consumer groups is what serious systems
// have (Kafka, Redis Streams), and all instances do the same work, so they are one
// group. But a group shares events out, so that work is done once, and a chat
// message has to be heard by all: each message reaches the members on one instance
// and nobody else, a different one each time. With one instance it works, as it
// does on the laptop where it is tried.
//
// The thought of group-each: then every instance is a group of its own. Now
// everybody hears everything, in one order. The price: every instance reads,
// copies and acknowledges every event of the whole system, so that with each one
// that is added all the others' work stays the same, and Redis's grows: N
// instances can take no more messages than one. Nobody tells Redis that an
// instance is gone for good, so its group stays; and an instance that starts again
// under its name reads first what it has missed, for nobody.

const (
	blockFor  = time.Second // how long Redis may keep one question for events
	readAgain = 100 * time.Millisecond
)

// A group is a bus that is read as a member of a consumer group.
type group struct {
	events
	name, consumer string
}

func openOneGroup(ctx context.Context, client *redis.Client, config server.Config) (plane, error) {
	return openGroup(ctx, client, config, "instances")
}

func openGroupEach(ctx context.Context, client *redis.Client, config server.Config) (plane, error) {
	return openGroup(ctx, client, config, config.ServerID)
}

func openGroup(ctx context.Context, client *redis.Client, config server.Config, name string) (plane, error) {
	g := &group{events: newEvents(client), name: name, consumer: config.ServerID}
	if err := g.create(ctx); err != nil {
		return nil, err
	}
	return newBridge(client, config, g), nil
}

// create makes the group begin at the stream's end, if there is none yet.
func (g *group) create(ctx context.Context) error {
	err := g.client.XGroupCreateMkStream(ctx, eventsKey, g.name, "$").Err()
	if redis.HasErrorPrefix(err, "BUSYGROUP") {
		return nil
	}
	return err
}

func (g *group) receive(ctx context.Context, heard func(topic, payload string)) {
	for ctx.Err() == nil {
		err := g.read(ctx, heard)
		if ctx.Err() != nil {
			return
		}
		g.outage.tell(err)
		if err != nil {
			select {
			case <-time.After(readAgain):
			case <-ctx.Done():
			}
			_ = g.create(ctx) // an emptied Redis has no groups; what else is wrong, read says
		}
	}
}

// read asks for events once. They are acknowledged when members have them in
// their queues; one who dies before that keeps them in Redis's list of what is
// pending, where nobody looks.
func (g *group) read(ctx context.Context, heard func(topic, payload string)) error {
	ctx, stop := context.WithTimeout(ctx, blockFor+hub.PublishTimeout)
	defer stop()
	answer, err := g.client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: g.name, Consumer: g.consumer, Streams: []string{eventsKey, ">"}, Count: eventsRead, Block: blockFor,
	}).Result()
	if errors.Is(err, redis.Nil) {
		return nil // nothing new
	}
	if err != nil {
		return err
	}
	return g.client.XAck(ctx, eventsKey, g.name, hand(answer, heard)...).Err()
}
