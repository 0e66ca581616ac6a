package redisbackplane

import (
	"context"
	"maps"
	"slices"
	"time"
)

// The subscriptions of this instance are desired state: the map of topics says
// what Redis should be subscribed to, and each session's ask makes it so.

// enter counts a user of the topic, who calls exit later.
func (b *Backplane) enter(name string) *topic {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil {
		t = newTopic(name, b.reads)
		b.topics[name] = t
		b.mark(name)
	}
	t.users++
	return t
}

func (b *Backplane) exit(t *topic) {
	b.mu.Lock()
	t.users--
	last := t.users == 0
	if last {
		delete(b.topics, t.name)
		b.mark(t.name)
	}
	b.mu.Unlock()
	if last {
		t.end()
	}
}

// mark has ask look at the topic. The caller holds mu.
func (b *Backplane) mark(name string) {
	b.marked[name] = struct{}{}
	signal(b.changed)
}

func (b *Backplane) markAll() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name := range b.topics {
		b.mark(name)
	}
}

// changes compares what a connection was asked for with what is wanted, and
// notes in asked what it returns. A topic that went and came again is asked for
// again: its confirmation is what makes it live.
func (b *Backplane) changes(asked map[string]*topic) (wanted, unwanted []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name := range b.marked {
		switch t := b.topics[name]; {
		case t == nil && asked[name] != nil:
			delete(asked, name)
			unwanted = append(unwanted, name)
		case t != nil && asked[name] != t:
			asked[name] = t
			wanted = append(wanted, name)
		}
	}
	clear(b.marked)
	return wanted, unwanted
}

func (b *Backplane) topic(name string) *topic {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.topics[name]
}

// renew has every topic look at its stream now and then, which keeps it: a room
// that is quiet for longer than historyKept, but not left, goes on where it was.
func (b *Backplane) renew(ctx context.Context) {
	again := time.NewTicker(historyKept / 4)
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
			t.catchUp()
		}
	}
}
