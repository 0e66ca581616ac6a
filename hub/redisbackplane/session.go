package redisbackplane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	pingEvery      = time.Second
	silenceLimit   = 3 * time.Second       // without anything the connection is dead
	deafTicks      = 4                     // of pingEvery without a pong (the first may be just after one): not ready
	lostTicks      = 11                    // likewise: whatever else comes, Redis may never hear us again on it
	reconnectFirst = 50 * time.Millisecond // then twice as long each time …
	reconnectMost  = time.Second           // … up to this; halved at random, so that instances spread
)

// errSessionOver keeps go-redis from reconnecting behind our back.
var errSessionOver = errors.New("one session has one connection")

// sessions runs one session after the other until ctx ends.
func (s *shard) sessions(ctx context.Context) {
	pause := reconnectFirst
	for failures := 0; ctx.Err() == nil; failures++ {
		heard, err := s.session(ctx)
		err = sayable(err)
		if ctx.Err() != nil {
			return
		}
		s.setReady(fmt.Errorf("no subscription to Redis at %s: %w", s.addr, err))
		if heard {
			pause, failures = reconnectFirst, 0
		}
		if failures == 0 { // and not once a second for as long as it lasts
			slog.Warn("lost Redis, trying to come back", "addr", s.addr, "cause", err)
		}
		signal(s.doubts)
		select {
		case <-time.After(pause/2 + rand.N(pause/2)):
		case <-ctx.Done():
		}
		pause = min(2*pause, reconnectMost)
	}
}

// session is the life of one connection to Redis, from dialling to its first
// error, which it returns; heard tells whether Redis had ever answered.
//
// go-redis would reconnect and subscribe again by itself, silently, and what was
// published meanwhile would be lost. So a session has a client of its own that
// can dial once: after an error there is a new session, and its confirmations
// make every topic catch up.
func (s *shard) session(ctx context.Context) (heard bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	options := *s.options
	options.OnConnect = nil
	options.Dialer = dialOnce(redis.NewDialer(s.options))
	client := redis.NewClient(&options)
	defer client.Close() // the subscription is closed on its own
	subscription := client.Subscribe(ctx)

	if err := subscription.Ping(ctx); err != nil { // dials
		return false, errors.Join(err, subscription.Close())
	}
	pongs := make(chan struct{}, 1)
	asking := make(chan struct{})
	go func() { // ends with ctx, or when Redis does not hear it, and ends the receiver
		defer close(asking)
		s.ask(ctx, subscription, pongs)
		subscription.Close() // nothing is left to lose
	}()
	for err == nil {
		var what any
		what, err = subscription.ReceiveTimeout(ctx, silenceLimit)
		if _, answered := errors.AsType[redis.Error](err); answered {
			s.refused(err)
			err = nil // the connection is as good as before
		}
		switch what := what.(type) {
		case *redis.Pong:
			signal(pongs)
			if !heard {
				heard = true
				s.subscribed()
				slog.Info("subscribed to Redis", "addr", s.addr)
			}
		case *redis.Subscription:
			what.Channel = s.topicOf(what.Channel)
			switch what.Kind {
			case "subscribe", "ssubscribe":
				s.confirm(what.Channel)
				s.inbox.put(ctx, received{s, what})
			case "sunsubscribe":
				s.lost(what.Channel)
			}
		case *redis.Message:
			what.Channel = s.topicOf(what.Channel)
			s.inbox.put(ctx, received{s, what})
		}
	}
	stop()
	<-asking
	return heard, err
}

// ask tells Redis what this instance wants to be subscribed to: everything at
// first, then the changes. It never waits for an answer; those come to receive.
// It also pings, as a dead connection is silent, and one that is dead in one
// direction is not: whoever hears Redis, and is not heard, can publish nothing.
//
// A second counts only if this instance was not too busy in it to ping, or to read:
// then the pong is behind what it has not read yet, and tells nothing of Redis.
func (s *shard) ask(ctx context.Context, subscription *redis.PubSub, pongs <-chan struct{}) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	s.begin()
	silent := 0                 // ticks without a pong that count
	full := s.inbox.fullTimes() // as of the last tick
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-pongs:
			if silent >= deafTicks {
				s.setReady(nil)
				slog.Info("Redis answers again", "addr", s.addr)
			}
			silent = 0
		case <-ping.C:
			if now := s.inbox.fullTimes(); now != full {
				full = now
			} else if silent++; silent == deafTicks {
				s.setReady(fmt.Errorf("no answer from Redis at %s, and %d pings were sent", s.addr, deafTicks-1))
				slog.Warn("Redis does not answer", "addr", s.addr)
			} else if silent == lostTicks {
				return
			}
			err = subscription.Ping(ctx)
		case <-s.changed:
			wanted, unwanted := s.changes()
			err = errors.Join(
				s.each(ctx, subscription, s.commands.subscribe, wanted),
				s.each(ctx, subscription, s.commands.unsubscribe, unwanted))
		}
		if err != nil {
			return
		}
	}
}

// each does it to all the topics, as many at a time as one command may name.
func (s *shard) each(ctx context.Context, subscription *redis.PubSub, do subscribing, topics []string) error {
	for i, topic := range topics {
		topics[i] = s.channel(topic)
	}
	for batch := range slices.Chunk(topics, s.commands.batch) {
		if err := do(subscription, ctx, batch...); err != nil {
			return err
		}
	}
	return nil
}

type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

func dialOnce(dial dialer) dialer {
	var dialled atomic.Bool
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dialled.Swap(true) {
			return nil, errSessionOver
		}
		return dial(ctx, network, addr)
	}
}
