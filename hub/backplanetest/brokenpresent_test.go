package backplanetest_test

import (
	"context"
	"sync"
	"time"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// enters is an instance with another way to leave.
type enters struct {
	instance
	alter func(user string, leave func()) func()
}

func (e enters) Enter(ctx context.Context, room hub.Destination, user string) (func(), error) {
	leave, err := e.instance.Enter(ctx, room, user)
	return e.alter(user, leave), err
}

// leavesWithAny: one connection's end takes the user out, though he has another.
func leavesWithAny() backplanetest.Rig {
	var mu sync.Mutex
	leaves := make(map[string][]func())
	return defective(func(i instance) hub.Backplane {
		return enters{i, func(user string, leave func()) func() {
			mu.Lock()
			defer mu.Unlock()
			leaves[user] = append(leaves[user], leave)
			return func() {
				mu.Lock()
				defer mu.Unlock()
				for _, leave := range leaves[user] {
					leave()
				}
			}
		}}
	})
}

// losesALeave: it is said into a broken connection, and never again.
func losesALeave() backplanetest.Rig {
	var mu sync.Mutex
	broken := false
	rig := defective(func(i instance) hub.Backplane {
		return enters{i, func(_ string, leave func()) func() {
			return func() {
				mu.Lock()
				defer mu.Unlock()
				if !broken {
					leave()
				}
				broken = false
			}
		}}
	})
	rig.Break = func() {
		mu.Lock()
		defer mu.Unlock()
		broken = true
	}
	return rig
}

// watches is an instance with another way to tell changes.
type watches struct {
	instance
	alter func(changed func([]hub.Change)) func([]hub.Change)
}

func (w watches) Watch(ctx context.Context, room hub.Destination, changed func([]hub.Change)) (func(), error) {
	return w.instance.Watch(ctx, room, w.alter(changed))
}

// tellsTwice: by the one who has made the change, and by what came back.
func tellsTwice() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane {
		return watches{i, func(changed func([]hub.Change)) func([]hub.Change) {
			return func(changes []hub.Change) {
				changed(changes)
				changed(changes)
			}
		}}
	})
}

// tellsLate: Enter returns before its change has come back.
func tellsLate() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane {
		return watches{i, func(changed func([]hub.Change)) func([]hub.Change) {
			return func(changes []hub.Change) {
				time.AfterFunc(time.Millisecond, func() { changed(changes) })
			}
		}}
	})
}

// forgetsWhoIsThere: who is there is said once, to a store that loses it.
func forgetsWhoIsThere() backplanetest.Rig {
	w := newWorld()
	rig := w.rig()
	rig.Forget = func() {
		w.mu.Lock()
		clear(w.present)
		w.mu.Unlock()
		w.forget()
	}
	return rig
}

// countsTheDead: who has not left is there for ever.
func countsTheDead() backplanetest.Rig {
	rig := newWorld().rig()
	rig.Die = func(hub.Backplane) {}
	return rig
}
