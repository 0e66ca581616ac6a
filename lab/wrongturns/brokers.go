package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

const (
	openTimeout = 4 * time.Second // for Redis to answer when the program starts
	dialTimeout = 2 * time.Second // of each connection
)

// A plane is what a hub is on, and what has to be closed after it.
type plane interface {
	hub.Backplane
	Close()
}

// A broker is one wrong turn. open takes the client over when it succeeds.
type broker struct {
	name, what string
	open       func(context.Context, *redis.Client, server.Config) (plane, error)
}

var brokers = []broker{
	{"polled", "a table that every instance asks for what is new, all the time", openPolled},
	{"one-group", "a log, read by one consumer group: each event goes to one instance", openOneGroup},
	{"group-each", "a log, read by a group an instance: each event goes to all of them", openGroupEach},
	{"pubsub", "Redis Pub/Sub as in tutorials: fire and forget", openPubsub},
	{"one-channel", "the same, with one channel for everything", openOneChannel},
	{"local-first", "members here hear it at once, the others by Redis Pub/Sub", openLocalFirst},
	{"counter", "as pubsub, and who is in a room is counted in Redis", openCounter},
}

// open takes the turn called name, by the Redis that config names.
func open(ctx context.Context, name string, config server.Config) (plane, error) {
	b, err := brokerNamed(name)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, openTimeout)
	defer stop()
	client, err := connect(ctx, config.RedisURL)
	if err != nil {
		return nil, err
	}
	p, err := b.open(ctx, client, config)
	if err != nil {
		client.Close() // the first error is the one that tells
		return nil, fmt.Errorf("open broker %s: %w", name, err)
	}
	return p, nil
}

func brokerNamed(name string) (broker, error) {
	names := make([]string, len(brokers))
	for i, b := range brokers {
		if b.name == name {
			return b, nil
		}
		names[i] = b.name
	}
	known := strings.Join(names, ", ")
	if name == "" {
		return broker{}, fmt.Errorf("BROKER is not set: want one of %s", known)
	}
	return broker{}, fmt.Errorf("BROKER %q: want one of %s", name, known)
}

// connect returns a client of a Redis that has answered. Its errors do not quote
// the URL, nor ParseURL's, which do: it may hold a password.
func connect(ctx context.Context, url string) (*redis.Client, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("REDIS_URL is malformed: want one Redis, redis://[user:password@]host:port[/db]")
	}
	options.Protocol = 2 // Pub/Sub needs no more
	options.DisableIdentity = true
	options.DialTimeout = dialTimeout
	options.DialerRetries = 1
	options.ReadTimeout = hub.PublishTimeout
	options.WriteTimeout = hub.PublishTimeout
	options.MaxRetries = -1 // what is sent twice would be there twice
	options.ContextTimeoutEnabled = true
	client := redis.NewClient(options)
	if err := client.Ping(ctx).Err(); err != nil {
		client.Close() // the first error is the one that tells
		return nil, fmt.Errorf("no Redis at %s: %w (set REDIS_URL)", options.Addr, err)
	}
	return client, nil
}
