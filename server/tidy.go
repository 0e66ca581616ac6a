package server

import (
	"runtime/debug"
	"sync/atomic"
	"time"
)

// A crowd that comes leaves behind what its handshakes needed. The runtime keeps it for
// the next ones, and once most clients are idle, and nothing asks for memory, for good:
// half as much again as what the clients themselves hold. So when many have come, and
// for a while nobody more has, it is given back to the system. That is a garbage
// collection that would not have been: some 10 ms of one processor for ten thousand
// clients.
const (
	tidyAfter = 5 * time.Second // without a new client
	tidyMany  = 1000            // of whom so many have come since the last time
)

// giveBack is a variable for tests.
var giveBack = debug.FreeOSMemory

type tidy struct {
	timer *time.Timer
	came  atomic.Int64
}

func newTidy() *tidy {
	t := new(tidy)
	t.timer = time.AfterFunc(tidyAfter, t.rest)
	t.timer.Stop()
	return t
}

// come is called for each client.
func (t *tidy) come() {
	t.came.Add(1)
	t.timer.Reset(tidyAfter)
}

func (t *tidy) rest() {
	if t.came.Load() >= tidyMany {
		t.came.Store(0)
		giveBack()
	}
}
