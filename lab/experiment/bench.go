package experiment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// A bench is what an experiment is run on. What it cannot do ends the experiment, by
// a panic that Run turns into an error: so an experiment can be written, and read,
// from top to bottom.
type bench struct {
	ctx    context.Context
	engine stack.Engine
	fast   bool
	tell   func(string) // what goes on
	now    string       // what does
	answer float64      // to what the attendee was asked

	closers []func() error
}

// A failure is why an experiment could not be run.
type failure struct{ error }

func (b *bench) must(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// patience is how long nothing may come before it is believed that nothing will.
func (b *bench) patience() time.Duration { return pick(b, 2*time.Second, 500*time.Millisecond) }

var phases = stack.Phases

// phase 2 is nothing shared, phase 3 is what this project does.
var nothingShared, withRedis = phases[1], phases[2]

// doing tells what goes on from here on.
func (b *bench) doing(what string) {
	b.now = what
	b.tell(what)
}

// start starts a stack, which is closed with the bench at the latest. The engine tells
// of its own work, a program that it builds; what goes on is told again after that.
func (b *bench) start(p stack.Phase, servers int, env ...string) *stack.Stack {
	s, err := stack.Start(b.ctx, b.engine, p, servers, env...)
	b.must(err)
	b.closers = append(b.closers, s.Close)
	b.tell(b.now)
	return s
}

// gather brings a crowd to a stack, by its balancer if no other way is given. It is
// closed with the bench at the latest.
func (b *bench) gather(s *stack.Stack, o load.Options) *load.Crowd {
	if o.URLs == nil {
		o.URLs = []string{s.URL()}
	}
	c, err := load.Gather(b.ctx, o)
	b.must(err)
	b.closers = append(b.closers, func() error { c.Close(); return nil })
	return c
}

// talk lets the crowd talk until all has been answered and has come that will.
func (b *bench) talk(c *load.Crowd, p load.Pace) *ledger.Report {
	b.must(c.Talk(b.ctx, p))
	c.Settle(b.ctx, b.patience())
	b.must(context.Cause(b.ctx))
	return c.Judge()
}

// meanwhile lets the crowd talk while f goes on, and settles when both have ended.
func (b *bench) meanwhile(c *load.Crowd, p load.Pace, f func()) *ledger.Report {
	var talking sync.WaitGroup
	var err error
	ctx, stop := context.WithCancel(b.ctx)
	defer talking.Wait()
	defer stop() // before: where f gives up, nobody talks on
	talking.Go(func() { err = c.Talk(ctx, p) })
	f()
	talking.Wait()
	b.must(err)
	c.Settle(b.ctx, b.patience())
	b.must(context.Cause(b.ctx))
	return c.Judge()
}

// pass waits, unless the experiment is interrupted.
func (b *bench) pass(d time.Duration) {
	select {
	case <-time.After(d):
	case <-b.ctx.Done():
		b.must(context.Cause(b.ctx))
	}
}

// still waits until a count has not changed for a while.
func (b *bench) still(count func() int) {
	const still = 150 * time.Millisecond // three looks of a table that is polled
	before, since := count(), time.Now()
	b.until(10*time.Second, "that nothing changes", func() bool {
		if now := count(); now != before {
			before, since = now, time.Now()
		}
		return time.Since(since) > still
	})
}

// until waits until something is so, and returns how long that took.
func (b *bench) until(limit time.Duration, what string, so func() bool) time.Duration {
	began := time.Now()
	for !so() {
		if time.Since(began) > limit {
			b.must(fmt.Errorf("not within %v: %s", limit, what))
		}
		b.pass(10 * time.Millisecond)
	}
	return time.Since(began)
}

// end closes what was started and gathered since the last end.
func (b *bench) end() { b.must(b.close()) }

func (b *bench) close() error {
	var errs []error
	for i := len(b.closers) - 1; i >= 0; i-- {
		errs = append(errs, b.closers[i]())
	}
	b.closers = nil
	return errors.Join(errs...)
}

// pick is the first in a full run, the second in a fast one.
func pick[T any](b *bench, full, fast T) T {
	if b.fast {
		return fast
	}
	return full
}

// errorsLogged counts the lines that servers have logged and that are not of the
// usual course of things.
func errorsLogged(s *stack.Stack) (count int) {
	for _, server := range s.Servers {
		for line := range strings.Lines(server.Log()) {
			if !strings.Contains(line, " INFO ") {
				count++
			}
		}
	}
	return count
}

// claim says what the numbers have to show, with what was seen where they do not.
func claim(holds bool, text, seen string, args ...any) report.Claim {
	if !holds {
		text += "; but " + fmt.Sprintf(seen, args...)
	}
	return report.Claim{Text: text, Holds: holds}
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func milliseconds(ms float64) string { return fmt.Sprintf("%.1f ms", ms) }

func count(n int) string { return fmt.Sprint(n) }
