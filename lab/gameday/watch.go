package gameday

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/stack"
)

// lookEvery is how often servers are asked for their counts.
const lookEvery = 250 * time.Millisecond

// A watch looks at what servers log and count while a step is taken, as a person on call
// does.
type watch struct {
	stack   *stack.Stack
	end     context.CancelFunc
	looking sync.WaitGroup
	all     []*watched
}

// A watched is one server. rose is by how much each of its counts went up, in all; what
// fell, and came back, rose too. A server that is started again begins anew.
type watched struct {
	server *stack.Server
	url    string // of the server, which is started again where it was
	log    int    // where it was

	mu   sync.Mutex // guards what follows
	last map[string]float64
	rose map[string]float64
}

func (d *day) watch(s *stack.Stack) *watch {
	ctx, end := context.WithCancel(d.Ctx)
	w := &watch{stack: s, end: end}
	for _, server := range s.Servers {
		one := &watched{server: server, url: server.URL(), log: server.LogEnd(), rose: make(map[string]float64)}
		w.all = append(w.all, one)
		one.look(ctx)
		w.looking.Go(func() { one.lookOn(ctx) }) // ends with the step
	}
	return w
}

func (w *watched) lookOn(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look adds up what has risen. Of a server that does not answer there is nothing to see.
func (w *watched) look(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	now, err := client.Metrics(ctx, w.url)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, n := range now {
		if before, known := w.last[name]; known && n > before {
			w.rose[name] += n - before
		}
	}
	w.last = now
}

// risen is by how much a count has risen until now. A histogram has its count instead of
// itself.
func (w *watched) risen(ctx context.Context, name string) float64 {
	w.look(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rose[name] + w.rose[name+"_count"]
}

// seen claims that what the runbook says of logs and metrics could be seen.
func (d *day) seen(w *watch) {
	w.close()
	for _, server := range w.stack.Servers[len(w.all):] { // that have come since
		w.all = append(w.all, &watched{server: server, url: server.URL(), rose: make(map[string]float64)})
	}
	for _, line := range d.step.Logs {
		logged := 0
		for _, one := range w.all {
			if strings.Contains(one.server.LogFrom(one.log), line) {
				logged++
			}
		}
		d.claim(logged > 0, fmt.Sprintf("servers log %q", line), "%d of %d do", logged, len(w.all))
	}
	for _, name := range d.step.Metrics {
		moved := 0
		for _, one := range w.all {
			if one.risen(d.Ctx, name) > 0 {
				moved++
			}
		}
		d.claim(moved > 0, name+" goes up", "on %d of %d servers", moved, len(w.all))
	}
}

func (w *watch) close() {
	w.end()
	w.looking.Wait()
}

// ready asks a server whether it is ready. One that hangs is not.
func (d *day) ready(server *stack.Server) bool { return d.is(server, true) }

// unready tells whether a server says that it is not ready.
func (d *day) unready(server *stack.Server) bool { return d.is(server, false) }

func (d *day) is(server *stack.Server, want bool) bool {
	ctx, stop := context.WithTimeout(d.Ctx, 2*time.Second)
	defer stop()
	ready, err := client.Ready(ctx, server.URL())
	return ready == want && err == nil
}
