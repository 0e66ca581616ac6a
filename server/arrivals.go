package server

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

const (
	manyArrivals = 1000            // clients whose handshakes are worth a collection
	quietFor     = 3 * time.Second // since the last of them
)

// arrivals have the memory of handshakes given back to the system: the garbage of
// a crowd that comes at once is about as large as what the crowd then needs, and
// clients that are silent bring about no collection that would find it. It takes
// about 0.1 s of one core for 5,000 clients, twice. So it waits for a quiet moment, and for
// many: those that come one by one leave nothing worth the while.
type arrivals struct {
	mu    sync.Mutex // guards what follows
	n     int        // since memory was given back
	quiet *time.Timer
}

// freeMemory is a variable for a test.
var freeMemory = func() {
	runtime.GC() // what a sync.Pool holds goes with the second collection
	debug.FreeOSMemory()
}

// add counts a client.
func (a *arrivals) add() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.n++
	switch {
	case a.n < manyArrivals:
	case a.quiet == nil:
		a.quiet = time.AfterFunc(quietFor, a.giveBack)
	default:
		a.quiet.Reset(quietFor)
	}
}

// giveBack runs in the timer's goroutine.
func (a *arrivals) giveBack() {
	a.mu.Lock()
	a.n = 0
	a.mu.Unlock()
	freeMemory()
}

// stop is called when nobody comes any more. What runs then ends by itself.
func (a *arrivals) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.quiet != nil {
		a.quiet.Stop()
	}
}
