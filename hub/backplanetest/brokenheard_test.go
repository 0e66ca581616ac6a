package backplanetest_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// defective is a rig whose instances have some methods of their own.
func defective(alter func(instance) hub.Backplane) backplanetest.Rig {
	rig := newWorld().rig()
	join := rig.Join
	rig.Join = func() hub.Backplane { return alter(join().(instance)) }
	rig.Die = nil // the world knows them as they were
	return rig
}

// hears is an instance with another way to deliver.
type hears struct {
	instance
	alter func(deliver func(hub.Batch)) func(hub.Batch)
}

func (h hears) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	return h.instance.Subscribe(ctx, to, h.alter(deliver))
}

// dropsWhileSubscribing: Subscribe returns before the subscription stands, as
// most Pub/Sub clients' does; the first message is gone.
func dropsWhileSubscribing() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane {
		return hears{i, func(deliver func(hub.Batch)) func(hub.Batch) {
			stands := false
			return func(b hub.Batch) {
				if stands {
					deliver(b)
				}
				stands = true
			}
		}}
	})
}

// doublesAfterReconnect: after a broken connection it begins again one message
// too early.
func doublesAfterReconnect() backplanetest.Rig {
	var mu sync.Mutex
	breaks := 0
	rig := defective(func(i instance) hub.Backplane {
		return hears{i, func(deliver func(hub.Batch)) func(hub.Batch) {
			var last hub.Batch
			seen := 0
			return func(b hub.Batch) {
				mu.Lock()
				again := breaks > seen
				seen = breaks
				mu.Unlock()
				if again {
					deliver(last)
				}
				deliver(b)
				last = b
			}
		}}
	})
	rig.Break = func() {
		mu.Lock()
		defer mu.Unlock()
		breaks++
	}
	return rig
}

// losesOrder: the second message overtakes the third.
func losesOrder() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane {
		return hears{i, func(deliver func(hub.Batch)) func(hub.Batch) {
			count := 0
			var held hub.Batch
			return func(b hub.Batch) {
				switch count++; count {
				case 2:
					held = b
				case 3:
					deliver(hub.Batch{After: held.After, Payloads: slices.Concat(b.Payloads, held.Payloads)})
				default:
					deliver(b)
				}
			}
		}}
	})
}

// mixesRooms: a key that forgets which room it is for.
type oneTopic struct{ instance }

func mixesRooms() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane { return oneTopic{i} })
}

func (o oneTopic) Publish(p hub.Publication, answered func(hub.Position, error)) {
	p.To = hub.Room("all")
	o.instance.Publish(p, answered)
}

func (o oneTopic) Subscribe(ctx context.Context, _ hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	return o.instance.Subscribe(ctx, hub.Room("all"), deliver)
}

// doesNotComeBack: it has noticed the loss, and nothing tells it of the return.
type lostForGood struct {
	instance
	broken *atomic.Bool
}

func doesNotComeBack() backplanetest.Rig {
	broken := new(atomic.Bool)
	rig := defective(func(i instance) hub.Backplane { return lostForGood{i, broken} })
	rig.Break = func() { broken.Store(true) }
	return rig
}

func (l lostForGood) Ready() error {
	if l.broken.Load() {
		return hub.ErrUnavailable
	}
	return nil
}
