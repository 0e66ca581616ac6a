package backplanetest_test

import (
	"context"
	"sync"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// A world is instances on one Memory, and all that can happen to them. It keeps
// every promise.
type world struct {
	mu         sync.RWMutex // locked, not only for reading, where the world changes
	shared     *hub.Memory
	lostAnswer bool // the next publication's will be
	present    map[*hold]struct{}
	listening  map[*hold]struct{} // subscribers and watchers
}

// A hold is what an instance has to have again when everything was lost, and
// what ends when it dies.
type hold struct {
	of    hub.Backplane
	begin func(again bool) (end func())
	end   func()
}

// An instance is what Join returns.
type instance struct {
	*world
	number int
}

func newWorld() *world {
	return &world{shared: new(hub.Memory), present: make(map[*hold]struct{}), listening: make(map[*hold]struct{})}
}

func healthy() backplanetest.Rig { return newWorld().rig() }

func (w *world) rig() backplanetest.Rig {
	joined := 0
	return backplanetest.Rig{
		Join: func() hub.Backplane {
			joined++
			return instance{w, joined}
		},
		Break:  w.breaks,
		Forget: w.forget,
		Die:    w.die,
	}
}

func (w *world) breaks() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lostAnswer = true
}

// forget begins everything anew; who is present first, so that watchers have
// nothing to hear of it.
func (w *world) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shared = new(hub.Memory)
	for _, holds := range []map[*hold]struct{}{w.present, w.listening} {
		for h := range holds {
			h.end = h.begin(true)
		}
	}
}

func (w *world) die(b hub.Backplane) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, holds := range []map[*hold]struct{}{w.present, w.listening} {
		for h := range holds {
			if h.of == b {
				delete(holds, h)
				h.end()
			}
		}
	}
}

// hold begins something and returns what ends it.
func (i instance) hold(holds map[*hold]struct{}, begin func(again bool) (end func())) func() {
	i.mu.Lock()
	defer i.mu.Unlock()
	h := &hold{i, begin, begin(false)}
	holds[h] = struct{}{}
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		delete(holds, h)
		h.end()
	}
}

func (i instance) Ready() error { return nil }

func (i instance) Publish(p hub.Publication, answered func(hub.Position, error)) {
	i.mu.Lock()
	lost := i.lostAnswer
	i.lostAnswer = false
	i.mu.Unlock()
	i.mu.RLock()
	defer i.mu.RUnlock()
	i.shared.Publish(p, func(at hub.Position, err error) {
		if lost {
			at, err = hub.Position{}, hub.ErrUnavailable
		}
		answered(at, err)
	})
}

func (i instance) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (from hub.Position, cancel func(), err error) {
	cancel = i.hold(i.listening, func(again bool) func() {
		at, end, _ := i.shared.Subscribe(ctx, to, deliver)
		if again {
			deliver(hub.Batch{After: at, Gap: true})
		} else {
			from = at
		}
		return end
	})
	return from, cancel, nil
}

func (i instance) History(ctx context.Context, to hub.Destination, after hub.Position, limit int) (hub.Batch, hub.Position, error) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.shared.History(ctx, to, after, limit)
}

func (i instance) Enter(ctx context.Context, room hub.Destination, user string) (leave func(), err error) {
	return i.hold(i.present, func(bool) func() {
		end, _ := i.shared.Enter(ctx, room, user)
		return end
	}), nil
}

func (i instance) Watch(ctx context.Context, room hub.Destination, changed func([]hub.Change)) (cancel func(), err error) {
	return i.hold(i.listening, func(again bool) func() {
		quiet := again
		end, _ := i.shared.Watch(ctx, room, func(changes []hub.Change) {
			if !quiet {
				changed(changes)
			}
		})
		quiet = false
		return end
	}), nil
}

func (i instance) Participants(ctx context.Context, room hub.Destination) ([]string, error) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.shared.Participants(ctx, room)
}
