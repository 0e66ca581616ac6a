package main

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

// The thought: we have a database already, and every instance can read it. Each
// event is a row in one table, and each instance asks every 50 ms for the rows
// after the last one that it has seen. It works, what the table still has is not
// lost, and there is even one order. The price: half of those 50 ms, on average,
// before anybody hears anything; 20 questions a second from every instance, also
// at night; and every instance reads every row, of rooms that it has nobody in
// too. Asking less often costs latency, asking more often costs the database, and
// one table is one place that everything goes through. (The table here is a Redis
// stream. One in a database has a trap more: a row has its id before others can
// see it, so whoever asks in between goes past it and never comes back.)

const pollEvery = 50 * time.Millisecond

// polled is a table that everybody asks for what is new.
type polled struct {
	events
	seen string // the id of the last row; for receive alone
}

func openPolled(ctx context.Context, client *redis.Client, config server.Config) (plane, error) {
	p := &polled{events: newEvents(client), seen: "0-0"}
	last, err := client.XRevRangeN(ctx, eventsKey, "+", "-", 1).Result()
	if err != nil {
		return nil, err
	}
	if len(last) > 0 {
		p.seen = last[0].ID
	}
	return newBridge(client, config, p), nil
}

func (p *polled) receive(ctx context.Context, heard func(topic, payload string)) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if err := p.poll(ctx, heard); ctx.Err() == nil {
			p.outage.tell(err)
		}
	}
}

// poll asks until there is nothing new. It does not let Redis wait for news, as
// the groups do: few databases can.
func (p *polled) poll(ctx context.Context, heard func(topic, payload string)) error {
	ctx, stop := context.WithTimeout(ctx, hub.PublishTimeout)
	defer stop()
	for {
		answer, err := p.client.XRead(ctx, &redis.XReadArgs{
			Streams: []string{eventsKey, p.seen}, Count: eventsRead, Block: -1,
		}).Result()
		if errors.Is(err, redis.Nil) {
			return nil // nothing new
		}
		if err != nil {
			return err
		}
		ids := hand(answer, heard)
		p.seen = ids[len(ids)-1]
		if len(ids) < eventsRead {
			return nil
		}
	}
}
