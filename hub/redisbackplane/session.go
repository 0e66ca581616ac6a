package redisbackplane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	pingEvery      = time.Second
	silenceLimit   = 3 * time.Second       // without a pong or anything else the connection is dead
	reconnectFirst = 50 * time.Millisecond // then twice as long each time …
	reconnectMost  = time.Second           // … up to this; halved at random, so that instances spread
	subscribeBatch = 500                   // topics in one SUBSCRIBE
)

// errSessionOver keeps go-redis from reconnecting behind our back.
var errSessionOver = errors.New("one session has one connection")

// sessions runs one session after the other until ctx ends.
func (b *Backplane) sessions(ctx context.Context) {
	pause := reconnectFirst
	for failures := 0; ctx.Err() == nil; failures++ {
		heard, err := b.session(ctx)
		if ctx.Err() != nil {
			return
		}
		b.setReady(fmt.Errorf("no subscription to Redis at %s: %w", b.addr, err))
		if heard {
			pause, failures = reconnectFirst, 0
		}
		if failures == 0 { // and not once a second for as long as it lasts
			slog.Warn("lost Redis, trying to come back", "addr", b.addr, "cause", err)
		}
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
func (b *Backplane) session(ctx context.Context) (heard bool, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	options := *b.options
	options.OnConnect = nil
	options.Dialer = dialOnce(redis.NewDialer(b.options))
	client := redis.NewClient(&options)
	defer client.Close() // the subscription is closed on its own
	subscription := client.Subscribe(ctx)

	if err := subscription.Ping(ctx); err != nil { // dials
		return false, errors.Join(err, subscription.Close())
	}
	asking := make(chan struct{})
	go func() { // ends with ctx, or when it cannot write, and ends the receiver
		defer close(asking)
		b.ask(ctx, subscription)
		subscription.Close() // nothing is left to lose
	}()
	for err == nil {
		var received any
		received, err = subscription.ReceiveTimeout(ctx, silenceLimit)
		switch received := received.(type) {
		case *redis.Pong:
			if !heard {
				heard = true
				b.setReady(nil)
				slog.Info("subscribed to Redis", "addr", b.addr)
			}
		case *redis.Message, *redis.Subscription:
			b.inbox.put(ctx, received)
		}
	}
	stop()
	<-asking
	return heard, err
}

// ask tells Redis what this instance wants to be subscribed to: everything at
// first, then the changes. It never waits for an answer; those come to receive.
// It also pings, as a dead connection is silent.
func (b *Backplane) ask(ctx context.Context, subscription *redis.PubSub) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	asked := make(map[string]*topic)
	b.markAll()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-ping.C:
			err = subscription.Ping(ctx)
		case <-b.changed:
			wanted, unwanted := b.changes(asked)
			err = errors.Join(
				inBatches(ctx, subscription.Subscribe, wanted),
				inBatches(ctx, subscription.Unsubscribe, unwanted))
		}
		if err != nil {
			return
		}
	}
}

func inBatches(ctx context.Context, do func(context.Context, ...string) error, names []string) error {
	for len(names) > 0 {
		n := min(len(names), subscribeBatch)
		if err := do(ctx, names[:n]...); err != nil {
			return err
		}
		names = names[n:]
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
