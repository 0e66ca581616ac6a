package hub

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

type memoryWatcher struct{ changed func([]Change) }

// Enter never fails.
func (m *Memory) Enter(_ context.Context, room Destination, user string) (leave func(), err error) {
	t := m.lock(room)
	defer t.mu.Unlock()
	t.present[user]++
	if t.present[user] == 1 {
		t.tell(Change{user, true})
	}
	leave = sync.OnceFunc(func() {
		t := m.lock(room) // the same one: while somebody is present it does not expire
		defer t.mu.Unlock()
		t.present[user]--
		if t.present[user] == 0 {
			delete(t.present, user)
			t.tell(Change{user, false})
		}
	})
	return leave, nil
}

func (t *memoryTopic) tell(change Change) {
	for w := range t.watchers {
		w.changed([]Change{change})
	}
}

// Watch never fails.
func (m *Memory) Watch(_ context.Context, room Destination, changed func([]Change)) (cancel func(), err error) {
	w := &memoryWatcher{changed}
	t := m.lock(room)
	defer t.mu.Unlock()
	t.watchers[w] = struct{}{}
	var present []Change
	for user := range t.present {
		present = append(present, Change{user, true})
	}
	changed(present)
	cancel = func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watchers, w)
		t.used = time.Now()
	}
	return cancel, nil
}

// Participants never fails.
func (m *Memory) Participants(_ context.Context, room Destination) ([]string, error) {
	t := m.find(room)
	if t == nil {
		return nil, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.present)), nil
}
