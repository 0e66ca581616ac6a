package backplanetest_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// keepsTooLittle: its bound is not what was agreed.
func keepsTooLittle() backplanetest.Rig {
	w := newWorld()
	w.shared = hub.NewMemory(hub.Retention{Messages: 999})
	return w.rig()
}

// forgetsTheLast: a page ends one message too early.
type shortPages struct{ instance }

func forgetsTheLast() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane { return shortPages{i} })
}

func (s shortPages) History(ctx context.Context, to hub.Destination, after hub.Position, limit int) (hub.Batch, hub.Position, error) {
	page, last, err := s.instance.History(ctx, to, after, limit)
	if n := len(page.Payloads); n > 1 {
		page.Payloads = page.Payloads[:n-1]
	}
	return page, last, err
}

// takesAnyEpoch: an offset of another history is read as one of this.
type oneEpoch struct{ instance }

func takesAnyEpoch() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane { return oneEpoch{i} })
}

func (o oneEpoch) History(ctx context.Context, to hub.Destination, after hub.Position, limit int) (hub.Batch, hub.Position, error) {
	if after != (hub.Position{}) {
		_, last, _ := o.instance.History(ctx, to, hub.Position{}, 1)
		after.Epoch = last.Epoch
	}
	return o.instance.History(ctx, to, after, limit)
}

// keysOfOneInstance: each one remembers what it has published itself.
type ownKeys struct{ instance }

func keysOfOneInstance() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane { return ownKeys{i} })
}

func (o ownKeys) Publish(p hub.Publication, answered func(hub.Position, error)) {
	if p.Key != "" {
		p.Key = fmt.Sprint(o.number, p.Key)
	}
	o.instance.Publish(p, answered)
}

// looksThenPublishes: it looks for the key, publishes, and notes the key, and
// others can do so in between.
type looksFirst struct {
	instance
	mu        *sync.Mutex
	published map[string]hub.Position
}

func looksThenPublishes() backplanetest.Rig {
	mu, published := new(sync.Mutex), make(map[string]hub.Position)
	return defective(func(i instance) hub.Backplane { return looksFirst{i, mu, published} })
}

func (l looksFirst) Publish(p hub.Publication, answered func(hub.Position, error)) {
	key := p.To.String() + " " + p.Key
	l.mu.Lock()
	at, found := l.published[key]
	l.mu.Unlock()
	if found {
		answered(at, nil)
		return
	}
	keyed := p.Key != ""
	p.Key = ""
	l.instance.Publish(p, func(at hub.Position, err error) {
		time.AfterFunc(time.Millisecond, func() {
			if keyed && err == nil {
				l.mu.Lock()
				l.published[key] = at
				l.mu.Unlock()
			}
			answered(at, err)
		})
	})
}

// keysOfTheHistory: with a message its key is forgotten.
type trimmedKeys struct {
	instance
	published *atomic.Int64
}

func keysOfTheHistory() backplanetest.Rig {
	published := new(atomic.Int64)
	return defective(func(i instance) hub.Backplane { return trimmedKeys{i, published} })
}

func (k trimmedKeys) Publish(p hub.Publication, answered func(hub.Position, error)) {
	if n := k.published.Add(1); p.Key != "" {
		p.Key = fmt.Sprint(n/1000, p.Key)
	}
	k.instance.Publish(p, answered)
}

// keysOfOneConnection: with the connection they are lost, when they are needed.
type brokenKeys struct {
	instance
	connections *atomic.Int64
}

func keysOfOneConnection() backplanetest.Rig {
	connections := new(atomic.Int64)
	return defective(func(i instance) hub.Backplane { return brokenKeys{i, connections} })
}

func (b brokenKeys) Publish(p hub.Publication, answered func(hub.Position, error)) {
	if p.Key != "" {
		p.Key = fmt.Sprint(b.connections.Load(), p.Key)
	}
	b.instance.Publish(p, func(at hub.Position, err error) {
		if errors.Is(err, hub.ErrUnavailable) {
			b.connections.Add(1)
		}
		answered(at, err)
	})
}

// speaksToNobody: it does not ask whether somebody listens.
type speaks struct{ instance }

func speaksToNobody() backplanetest.Rig {
	return defective(func(i instance) hub.Backplane { return speaks{i} })
}

func (s speaks) Publish(p hub.Publication, answered func(hub.Position, error)) {
	s.instance.Publish(p, func(at hub.Position, err error) {
		if errors.Is(err, hub.ErrNobody) {
			at, err = hub.Position{Epoch: "any", Offset: 1}, nil
		}
		answered(at, err)
	})
}
