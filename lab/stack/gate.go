package stack

import (
	"context"
	"sync"
)

// A gate holds up whoever wants to pass while it is shut. The zero gate is open.
type gate struct {
	mu   sync.Mutex
	shut chan struct{} // nil: open; closed when it opens again
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		g.shut = make(chan struct{})
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		close(g.shut)
		g.shut = nil
	}
}

// pass returns true once the gate is open, or false when ctx ends first.
func (g *gate) pass(ctx context.Context) bool {
	for {
		g.mu.Lock()
		shut := g.shut
		g.mu.Unlock()
		if shut == nil {
			return ctx.Err() == nil
		}
		select {
		case <-shut:
		case <-ctx.Done():
			return false
		}
	}
}
