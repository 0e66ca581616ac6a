package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"secondserver/lab/named"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

// A Bench is one thing to measure.
type Bench struct {
	Name     string // as people type it
	Question string
	run      func(*runner) *report.Result
}

// All are the benches. The first three compare phase 3 with the tutorial's hub; the
// others are curves, of phase 3 alone.
var All = []Bench{deliveries, latency, idle, rooms, connections, instances, direct}

// Comparisons are those that compare.
var Comparisons = All[:3]

// Named finds a bench.
func Named(name string) (Bench, error) {
	return named.Find("bench", name, All, func(x Bench) string { return x.Name }, "all")
}

// Options of a run. Its engine is [stack.Direct], and stays open.
type Options struct {
	rig.Options
	Times int // rounds, of those that compare; 0: 5, or 1 if Fast
}

// Run measures, on stacks of its own, and leaves nothing behind. An error means that
// it could not be measured, as where a message was lost.
func (b Bench) Run(ctx context.Context, o Options) (r *report.Result, err error) {
	began := time.Now()
	if o.Times == 0 {
		o.Times = 5
		if o.Fast {
			o.Times = 1
		}
	}
	err = rig.Run(ctx, o.Options, func(on *rig.Rig) {
		on.Doing(b.Name)
		r = b.run(&runner{Rig: on, bench: b.Name, times: o.Times})
	})
	if err != nil {
		return nil, fmt.Errorf("bench %s: %w", b.Name, err)
	}
	r.Name, r.Question, r.Engine = b.Name, b.Question, o.Engine.Name()
	r.Seconds = time.Since(began).Seconds()
	return r, nil
}

// A runner is what a bench is run on.
type runner struct {
	*rig.Rig
	bench string
	times int
}

// The contenders: what is measured, and what against.
var contenders = []stack.Phase{stack.Phases[2], stack.Tutorial}

// A measurement lasts long enough for 10 ms, the step in which a system counts
// processor time, to be less than a hundredth; what comes before it is not in it, as
// connections, buffers and garbage collectors find their size.
const (
	warmUp = 300 * time.Millisecond
	long   = 2 * time.Second
)

// rounds calls measure for each round and each contender, which take turns at going
// first.
func (r *runner) rounds(what string, measure func(contender int)) {
	for round := range r.times {
		order := []int{0, 1}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, c := range order {
			r.Doing(fmt.Sprintf("%s: %s, %s, round %d of %d", r.bench, what, contenders[c].Name, round+1, r.times))
			measure(c)
		}
	}
}

// serve starts servers. No limit is in the way of anybody, but it is looked at.
func (r *runner) serve(p stack.Phase, servers int) *stack.Stack {
	return r.Start(p, servers, "RATE_LIMIT=1000000")
}

// gather brings a crowd to servers, around their balancer.
func (r *runner) gather(s *stack.Stack, shape Shape) *crowd {
	var urls []string
	for _, server := range s.Servers {
		urls = append(urls, server.URL())
	}
	c, err := gather(r.Ctx, urls, shape)
	r.Must(err)
	return c
}

func (r *runner) measure(c *crowd, s *stack.Stack, p Pace) Cost {
	cost, err := c.measure(r.Ctx, s, p, rig.Pick(r.Rig, warmUp, warmUp/3), rig.Pick(r.Rig, long, warmUp))
	r.Must(err)
	return cost
}
