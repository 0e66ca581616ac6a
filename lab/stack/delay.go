package stack

import (
	"context"
	"sync"
	"time"
)

// A delay holds everything up for as long as is set. The zero delay does not.
type delay struct {
	mu      sync.Mutex
	by      time.Duration
	changed chan struct{} // closed by the next set; nil if nobody has waited since the last one
}

func (d *delay) set(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.by = by
	if d.changed != nil {
		close(d.changed)
		d.changed = nil
	}
}

func (d *delay) none() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.by <= 0
}

// pass returns true once what was sent at a moment is due, by the delay as it is then, or false when ctx ends first.
func (d *delay) pass(ctx context.Context, sent time.Time) bool {
	for {
		left, changed := d.left(sent)
		if left <= 0 {
			return ctx.Err() == nil
		}
		select {
		case <-time.After(left):
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (d *delay) left(sent time.Time) (left time.Duration, changed <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changed == nil {
		d.changed = make(chan struct{})
	}
	return d.by - time.Since(sent), d.changed
}
