package redisbackplane

import (
	"context"
	"log/slog"
	"time"
)

const (
	lookEvery   = time.Second
	lookTimeout = 2 * time.Second
	lookPause   = 100 * time.Millisecond // between two looks, however great the doubts
)

// follow keeps the shards like the layout, until ctx ends. It looks once in a
// while, and at once when somebody has doubts: a call was refused, a session has
// ended, a subscription was not granted or was taken away. Each of these may mean
// that a topic has another owner now, and what follows is the same for all.
func (b *Backplane) follow(ctx context.Context) {
	again := time.NewTicker(lookEvery)
	defer again.Stop()
	for failures := 0; ; {
		select {
		case <-again.C:
			b.askAgain()
		case <-b.doubts:
		case <-ctx.Done():
			return
		}
		if err := b.look(ctx); err == nil {
			failures = 0
		} else if failures++; failures == 1 && ctx.Err() == nil {
			slog.Warn("cannot find out where Redis is, going on with what is known", "addr", b.topology, "cause", sayable(err))
		}
		select {
		case <-time.After(lookPause):
		case <-ctx.Done():
		}
	}
}

func (b *Backplane) look(ctx context.Context) error {
	limited, stop := context.WithTimeout(ctx, lookTimeout)
	defer stop()
	now, err := b.topology.look(limited)
	if err == nil {
		b.settle(ctx, now)
	}
	return err
}

func (b *Backplane) askAgain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.shards {
		s.askAgain()
	}
}

// settle makes the shards those of the layout, and gives each topic to the one
// that owns it. A topic that moves goes on where it is: the confirmation of its
// subscription there makes it catch up, as after any broken connection.
func (b *Backplane) settle(ctx context.Context, now layout) {
	for t, s := range b.rearrange(ctx, now) {
		t.move(s.reads)
	}
}

func (b *Backplane) rearrange(ctx context.Context, now layout) (moved map[*topic]*shard) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.layout = now
	shards := make(map[string]*shard, len(now.masters))
	for _, addr := range now.masters {
		s := b.shards[addr]
		if s == nil {
			s = newShard(b, addr)
			s.start(ctx, &b.running)
		}
		shards[addr] = s
	}
	for addr, s := range b.shards {
		if shards[addr] == nil {
			slog.Info("no longer a Redis for topics", "addr", addr)
			s.stop()
		}
	}
	b.shards = shards
	moved = make(map[*topic]*shard)
	for _, t := range b.topics {
		if s := b.owner(t.name); s != t.shard {
			t.shard.unwant(t)
			s.want(t)
			t.shard, moved[t] = s, s
		}
	}
	return moved
}

// owner is the topic's shard. The caller holds mu.
func (b *Backplane) owner(topic string) *shard {
	if s := b.shards[b.layout.owner(topic)]; s != nil {
		return s
	}
	return b.nowhere
}

func (b *Backplane) shardOf(topic string) *shard {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.owner(topic)
}
