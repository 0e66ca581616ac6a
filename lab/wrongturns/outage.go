package main

import (
	"context"
	"log/slog"
	"sync"
)

// An outage is told when it begins, and when it is over: a line for each call
// that fails meanwhile would say no more.
type outage struct {
	what string // what fails: "publish"

	mu sync.Mutex
	on bool
}

func (o *outage) tell(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil && !o.on:
		slog.Warn("cannot "+o.what, "cause", err)
	case err == nil && o.on:
		slog.Info("can " + o.what + " again")
	}
	o.on = err != nil
}

// silent keeps go-redis from telling each dial that fails.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}
