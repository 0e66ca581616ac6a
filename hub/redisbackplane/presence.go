package redisbackplane

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// Enter tells Redis of user, if this instance has not yet, and waits until that
// has come back by the room's channel, as everybody else hears it.
func (b *Backplane) Enter(ctx context.Context, room hub.Destination, user string) (leave func(), err error) {
	r, err := b.attend(ctx, room)
	if err != nil {
		return nil, err
	}
	in := r.enter(user)
	var left atomic.Bool // as sync.OnceFunc, which is larger, for every member of a room
	leave = func() {
		if !left.Swap(true) {
			r.leave(user)
			b.exit(r.topic)
		}
	}
	if err := b.await(ctx, in); err != nil {
		leave()
		return nil, fmt.Errorf("enter %s: %w", room, err)
	}
	return leave, nil
}

// Watch follows the room's channel.
func (b *Backplane) Watch(ctx context.Context, room hub.Destination, changed func([]hub.Change)) (cancel func(), err error) {
	r, err := b.attend(ctx, room)
	if err != nil {
		return nil, err
	}
	w := &watcher{changed}
	r.watch(w)
	return func() {
		if r.unwatch(w) {
			b.exit(r.topic)
		}
	}, nil
}

// Participants reads who is in the room from Redis.
func (b *Backplane) Participants(ctx context.Context, room hub.Destination) ([]string, error) {
	if err := b.await(ctx, b.heart.begun); err != nil {
		return nil, err
	}
	name := room.String()
	answer, err := b.read(ctx, name, participantsScript, presenceKeys(name), []any{seconds(b.keep.For)})
	if err != nil {
		return nil, err
	}
	s, err := parseSnapshot(answer)
	if err != nil {
		return nil, unavailable(err)
	}
	if b.heart.anyUnknown(s) {
		if err := b.await(ctx, b.heart.nextBeat(ctx)); err != nil {
			return nil, err
		}
	}
	return s.living(b.heart), nil
}

// attend counts a user of the room's topic, who calls exit later, and returns
// when it is known who is there.
func (b *Backplane) attend(ctx context.Context, room hub.Destination) (*roster, error) {
	t := b.enter(room.String())
	r := b.rosterOf(t)
	err := b.await(ctx, b.heart.begun)
	if err == nil {
		err = b.await(ctx, t.lives()) // its channel is heard: nothing is missed between a read and what follows
	}
	if err == nil {
		r.begin()
		err = b.await(ctx, r.known)
	}
	if err != nil {
		b.exit(t)
		return nil, fmt.Errorf("participants of %s: %w", room, err)
	}
	return r, nil
}

func (b *Backplane) await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return unavailable(ctx.Err())
	case <-b.closed:
		return unavailable(redis.ErrClosed)
	}
}

// rosterOf is the topic's roster; the first one who asks makes it.
func (b *Backplane) rosterOf(t *topic) *roster {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t.roster == nil {
		t.roster = newRoster(b, t)
	}
	return t.roster
}

// rosters are all there are.
func (b *Backplane) rosters() []*roster {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []*roster
	for _, t := range b.topics {
		if t.roster != nil {
			all = append(all, t.roster)
		}
	}
	return all
}
