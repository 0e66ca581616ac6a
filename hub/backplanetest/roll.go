package backplanetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"secondserver/hub"
)

// A roll is who is in a room, as one watcher knows it: by what it has been told.
type roll struct {
	t      *trial
	cancel func()

	mu      sync.Mutex
	in      map[string]bool
	changes []hub.Change
	wrong   error         // the first change that changed nothing
	more    chan struct{} // closed and renewed with each call
}

// watch begins a roll.
func (t *trial) watch(b hub.Backplane, room hub.Destination) (*roll, error) {
	r := &roll{t: t, in: make(map[string]bool), more: make(chan struct{})}
	cancel, err := b.Watch(t.ctx, room, r.changed)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", room, err)
	}
	r.cancel = cancel
	return r, nil
}

func (r *roll) changed(changes []hub.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range changes {
		if r.in[c.User] == c.Came && r.wrong == nil {
			r.wrong = fmt.Errorf("told that %s %s, who did so before", c.User, verb(c))
		}
		if c.Came {
			r.in[c.User] = true
		} else {
			delete(r.in, c.User)
		}
	}
	r.changes = append(r.changes, changes...)
	close(r.more)
	r.more = make(chan struct{})
}

func verb(c hub.Change) string {
	if c.Came {
		return "came"
	}
	return "left"
}

// has checks, without waiting, that exactly these users are in.
func (r *roll) has(users ...string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wrong != nil {
		return r.wrong
	}
	return sameUsers(slices.Collect(maps.Keys(r.in)), users)
}

// knows checks, without waiting, that user is in.
func (r *roll) knows(user string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.in[user] {
		return fmt.Errorf("%s is not in, but %q", user, slices.Sorted(maps.Keys(r.in)))
	}
	return r.wrong
}

// ends waits until exactly these users are in.
func (r *roll) ends(users ...string) error {
	return r.await(r.t.ctx, func() error { return sameUsers(slices.Collect(maps.Keys(r.in)), users) })
}

// sees waits until user is in.
func (r *roll) sees(user string) error {
	return r.await(r.t.ctx, func() error {
		if !r.in[user] {
			return fmt.Errorf("%s never came; in the room are %q", user, slices.Sorted(maps.Keys(r.in)))
		}
		return nil
	})
}

// await waits until the roll is as it should be; else the error says how it is.
func (r *roll) await(ctx context.Context, as func() error) error {
	for {
		r.mu.Lock()
		err, wrong, more := as(), r.wrong, r.more
		r.mu.Unlock()
		if wrong != nil {
			return wrong
		}
		if err == nil {
			return nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return err
		}
	}
}

// told returns what the watcher was told of user.
func (r *roll) told(user string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var told []string
	for _, c := range r.changes {
		if c.User == user {
			told = append(told, verb(c))
		}
	}
	return told
}

// sameUsers compares two lists without regard to their order.
func sameUsers(got, want []string) error {
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		return fmt.Errorf("in the room are %q, want %q", got, want)
	}
	return nil
}
