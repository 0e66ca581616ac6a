package redisbackplane

import (
	"context"
	"maps"
	"slices"
	"time"
)

// The subscriptions of this instance are desired state: the topics say what it
// uses, each shard's map what that Redis should be subscribed to (asked.go), and
// its session makes it so.

// enter counts a user of the topic, who calls exit later.
func (b *Backplane) enter(name string) *topic {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		s := b.owner(name)
		t = newTopic(name, s.reads, b.keep, &b.counters)
		t.shard = s
		b.topics[name] = t
		s.want(t)
	}
	t.users++
	return t
}

// retain is enter for a topic that is at hand, unless nobody uses it any more.
func (b *Backplane) retain(t *topic) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.topics[t.name] != t {
		return false
	}
	t.users++
	return true
}

func (b *Backplane) exit(t *topic) {
	b.mu.Lock()
	t.users--
	last := t.users == 0
	if last {
		delete(b.topics, t.name)
		t.shard.unwant(t)
	}
	b.mu.Unlock()
	if last {
		t.end()
	}
}

// topic is the one of that name, if there is, and its shard.
func (b *Backplane) topic(name string) (*topic, *shard) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.topics[name]; t != nil {
		return t, t.shard
	}
	return nil, nil
}

// roster is that of a topic that has one; and the topic's shard.
func (b *Backplane) roster(name string) (*roster, *shard) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.topics[name]; t != nil {
		return t.roster, t.shard
	}
	return nil, nil
}

// renew has every topic look at its stream now and then, which keeps it: a room
// that is quiet for longer than streams are kept, but not left, goes on where it was.
func (b *Backplane) renew(ctx context.Context) {
	again := time.NewTicker(b.keep.For / 4)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
		b.mu.Lock()
		topics := slices.Collect(maps.Values(b.topics))
		b.mu.Unlock()
		for _, t := range topics {
			t.look()
		}
		for _, r := range b.rosters() {
			r.read()
		}
	}
}
