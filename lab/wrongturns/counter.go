package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

// The thought: who is in a room is a number that goes up with a join and down with
// a leave, Redis can count, and a count for each user tells when his last
// connection is gone. It is right for as long as every instance says goodbye. One
// that is killed does not, and what it has counted up nobody counts down: its
// users stay in the room for ever, and each crash adds more. So does a leave while
// Redis is away, and a join whose answer is lost; and where Redis starts empty,
// nobody is there any more. A time to live for the room's hash only makes those
// vanish, too, who are there. What is missing is who has counted, and whether he
// still lives.

const watchAgain = 250 * time.Millisecond // after Redis did not say who is there

// leaveRoom counts a user down, and answers how often he is still there.
const leaveRoom = `
local n = redis.call('HINCRBY', KEYS[1], ARGV[1], -1)
if n <= 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return n`

// counter has for each room a hash in Redis: user to how often he has entered, on
// all instances. All its calls go through the bridge's queue, so that changes are
// told here in the order in which Redis has made them; those made by others are
// not told here at all.
type counter struct {
	forgetful
	leaves outage

	mu       sync.Mutex // guards watchers and what they know
	watchers map[hub.Destination]map[*watcher]struct{}
}

// A watcher hears of changes that it does not know yet.
type watcher struct {
	changed func([]hub.Change)
	present map[string]bool
}

func openCounter(_ context.Context, client *redis.Client, config server.Config) (plane, error) {
	return &counter{
		forgetful: newForgetful(newBridge(client, config, newPubsub(client))),
		leaves:    outage{what: "count users who leave"},
		watchers:  make(map[hub.Destination]map[*watcher]struct{}),
	}, nil
}

// presentKey is the room's hash.
func presentKey(room hub.Destination) string { return "present:" + room.String() }

// Enter counts user up. It waits for the answer and not for ctx: the queue is
// quicker than those who join are impatient.
func (c *counter) Enter(_ context.Context, room hub.Destination, user string) (leave func(), err error) {
	err = c.ask(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder {
		return pipe.HIncrBy(ctx, presentKey(room), user, 1)
	}, func() { c.tell(room, hub.Change{User: user, Came: true}) })
	if err != nil {
		return nil, fmt.Errorf("enter %s: %w", room, err)
	}
	return sync.OnceFunc(func() { c.leave(room, user) }), nil
}

// leave does not wait. Where it fails, the user stays.
func (c *counter) leave(room hub.Destination, user string) {
	var left *redis.Cmd
	c.queue.add(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder {
		left = pipe.Eval(ctx, leaveRoom, []string{presentKey(room)}, user)
		return left
	}, func(err error) {
		c.leaves.tell(err)
		if err != nil {
			return
		}
		if n, err := left.Int(); err == nil && n <= 0 {
			c.tell(room, hub.Change{User: user, Came: false})
		}
	})
}

// Watch tells who is there now, and then what changes by this instance. It fails
// only when ctx ends, or with Close.
func (c *counter) Watch(ctx context.Context, room hub.Destination, changed func([]hub.Change)) (cancel func(), err error) {
	w := &watcher{changed: changed, present: make(map[string]bool)}
	for {
		_, err := c.users(room, func(users []string) { c.add(room, w, users) })
		if err == nil {
			return func() { c.remove(room, w) }, nil
		}
		select {
		case <-time.After(watchAgain):
		case <-ctx.Done():
			return nil, unavailable(fmt.Errorf("watch %s: %w", room, ctx.Err()))
		case <-c.closed:
			return nil, unavailable(redis.ErrClosed)
		}
	}
}

// Participants is everyone in the hash.
func (c *counter) Participants(_ context.Context, room hub.Destination) ([]string, error) {
	return c.users(room, func([]string) {})
}

// users reads a room's hash; read is called before any later change is told.
func (c *counter) users(room hub.Destination, read func([]string)) ([]string, error) {
	var users *redis.StringSliceCmd
	err := c.ask(func(ctx context.Context, pipe redis.Pipeliner) redis.Cmder {
		users = pipe.HKeys(ctx, presentKey(room))
		return users
	}, func() { read(users.Val()) })
	if err != nil {
		return nil, err
	}
	return users.Val(), nil
}

// ask makes one call and waits for it; then, where it succeeds, is called in its
// turn.
func (c *counter) ask(add func(context.Context, redis.Pipeliner) redis.Cmder, then func()) error {
	answer := make(chan error, 1)
	c.queue.add(add, func(err error) {
		if err == nil {
			then()
		}
		answer <- err
	})
	return <-answer
}

func (c *counter) add(room hub.Destination, w *watcher, users []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watchers[room] == nil {
		c.watchers[room] = make(map[*watcher]struct{})
	}
	c.watchers[room][w] = struct{}{}
	var present []hub.Change
	for _, user := range users {
		w.present[user] = true
		present = append(present, hub.Change{User: user, Came: true})
	}
	w.changed(present)
}

func (c *counter) remove(room hub.Destination, w *watcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.watchers[room], w)
	if len(c.watchers[room]) == 0 {
		delete(c.watchers, room)
	}
}

// tell passes a change on to those of the room's watchers for whom it is one.
func (c *counter) tell(room hub.Destination, change hub.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range c.watchers[room] {
		w.tell(change)
	}
}

func (w *watcher) tell(change hub.Change) {
	if w.present[change.User] == change.Came {
		return
	}
	if change.Came {
		w.present[change.User] = true
	} else {
		delete(w.present, change.User)
	}
	w.changed([]hub.Change{change})
}
