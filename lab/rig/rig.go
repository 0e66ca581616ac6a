// Package rig is what experiments and game days are run on: stacks, crowds, and a
// clock. What cannot be done ends the run, by a panic that [Run] turns into an error:
// so an experiment can be written, and read, from top to bottom.
package rig

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/stack"
)

// Options of a run.
type Options struct {
	Engine stack.Engine // embedded or host; it stays open

	// Fast makes the run smaller, for tests: some seconds, and fewer rows. The
	// numbers mean the same.
	Fast bool

	Doing func(string) // is told what goes on; may be nil
}

// A Rig is for one goroutine, but for what its crowds do.
type Rig struct {
	Ctx context.Context
	Options

	now     string // what goes on
	closers []func() error
}

// Run does something on a rig and leaves nothing behind. Its error is that of the
// Must that ended it, together with what could not be closed.
func Run(ctx context.Context, o Options, do func(*Rig)) (err error) {
	r := &Rig{Ctx: ctx, Options: o}
	if r.Options.Doing == nil {
		r.Options.Doing = func(string) {}
	}
	return errors.Join(r.Try(func() { do(r) }), r.close())
}

// A failure is why a run could not go on.
type failure struct{ error }

// Must ends the run where there is an error.
func (r *Rig) Must(err error) {
	if err != nil {
		panic(failure{err})
	}
}

// Try does something that may end by a Must, and returns why. The run goes on, with
// what was started until then.
func (r *Rig) Try(do func()) (err error) {
	defer func() {
		gaveUp := recover()
		failed, ok := gaveUp.(failure)
		if gaveUp != nil && !ok {
			panic(gaveUp)
		}
		err = failed.error
	}()
	do()
	return nil
}

// Doing tells what goes on from here on.
func (r *Rig) Doing(what string) {
	r.now = what
	r.Options.Doing(what)
}

// Start starts a stack, which is closed with the rig at the latest. The engine tells
// of its own work, a program that it builds; what goes on is told again after that.
func (r *Rig) Start(p stack.Phase, servers int, env ...string) *stack.Stack {
	s, err := stack.Start(r.Ctx, r.Engine, p, servers, env...)
	r.Must(err)
	r.closers = append(r.closers, s.Close)
	r.Options.Doing(r.now)
	return s
}

// Gather brings a crowd to a stack, by its balancer if no other way is given. It is
// closed with the rig at the latest.
func (r *Rig) Gather(s *stack.Stack, o load.Options) *load.Crowd {
	if o.URLs == nil {
		o.URLs = []string{s.URL()}
	}
	c, err := load.Gather(r.Ctx, o)
	r.Must(err)
	r.closers = append(r.closers, func() error { c.Close(); return nil })
	return c
}

// Talk lets the crowd talk until all has been answered and has come that will.
func (r *Rig) Talk(c *load.Crowd, p load.Pace) *ledger.Report {
	return r.Meanwhile(c, p, func() {})
}

// Meanwhile lets the crowd talk while f goes on, and settles when both have ended.
func (r *Rig) Meanwhile(c *load.Crowd, p load.Pace, f func()) *ledger.Report {
	var talking sync.WaitGroup
	var err error
	ctx, stop := context.WithCancel(r.Ctx)
	defer talking.Wait()
	defer stop() // before: where f gives up, nobody talks on
	talking.Go(func() { err = c.Talk(ctx, p) })
	f()
	talking.Wait()
	r.Must(err)
	c.Settle(r.Ctx, r.Patience())
	r.Must(context.Cause(r.Ctx))
	return c.Judge()
}

// Patience is how long nothing may come before it is believed that nothing will.
func (r *Rig) Patience() time.Duration { return Pick(r, 2*time.Second, 500*time.Millisecond) }

// Pass waits, unless the run is interrupted.
func (r *Rig) Pass(d time.Duration) {
	select {
	case <-time.After(d):
	case <-r.Ctx.Done():
		r.Must(context.Cause(r.Ctx))
	}
}

// Until waits until something is so, and returns how long that took.
func (r *Rig) Until(limit time.Duration, what string, so func() bool) time.Duration {
	began := time.Now()
	for !so() {
		if time.Since(began) > limit {
			r.Must(fmt.Errorf("not within %v: %s", limit, what))
		}
		r.Pass(10 * time.Millisecond)
	}
	return time.Since(began)
}

// End closes what was started and gathered since the last End.
func (r *Rig) End() { r.Must(r.close()) }

func (r *Rig) close() error {
	var errs []error
	for i := len(r.closers) - 1; i >= 0; i-- {
		errs = append(errs, r.closers[i]())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// Pick is the first in a full run, the second in a fast one.
func Pick[T any](r *Rig, full, fast T) T {
	if r.Fast {
		return fast
	}
	return full
}
