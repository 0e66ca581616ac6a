package main

import (
	"context"

	"github.com/redis/go-redis/v9"
)

const (
	eventsKey  = "events"
	eventsKept = 10_000 // about; whoever is further behind misses events, and is not told
	eventsRead = 512    // in one answer
)

// events is the Redis stream that polled and the groups keep all events in: a row
// each, with an id that is given and shown in one step, for everybody to read.
type events struct {
	everything
	client *redis.Client
	outage outage // of reading
}

func newEvents(client *redis.Client) events {
	return events{client: client, outage: outage{what: "read events"}}
}

func (*events) put(ctx context.Context, pipe redis.Pipeliner, topic string, payload []byte) redis.Cmder {
	return pipe.XAdd(ctx, &redis.XAddArgs{
		Stream: eventsKey, MaxLen: eventsKept, Approx: true,
		Values: []any{"topic", topic, "payload", payload},
	})
}

// hand gives what was read to heard.
func hand(answer []redis.XStream, heard func(topic, payload string)) (ids []string) {
	for _, s := range answer {
		for _, event := range s.Messages {
			topic, _ := event.Values["topic"].(string)
			payload, _ := event.Values["payload"].(string)
			heard(topic, payload)
			ids = append(ids, event.ID)
		}
	}
	return ids
}
