// Package tests holds what attendees should see in each phase, once for every engine, and the lab's commands as
// people use them.
//
// In reading order: engines_test.go, stories_test.go, offsets_test.go, commands_test.go and testdata/script.
package tests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"secondserver/lab/stack"
	"secondserver/tests/dockerengine"
)

// engines is the one list of what stories run on. Each is opened when the first test needs it and closed by TestMain,
// so that it builds its programs once. Where one cannot run, open says why.
var engines = []*engine{
	{name: "embedded", open: func() (stack.Engine, error) { return stack.Embedded(nil), nil }},
	{name: "host", open: openHost},
	{name: "docker", open: openDocker},
}

// errAbsent: what an engine needs is not installed here.
var errAbsent = errors.New("not here")

func openHost() (stack.Engine, error) {
	e, err := stack.Host(nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAbsent, err)
	}
	return e, nil
}

func openDocker() (stack.Engine, error) {
	e, err := dockerengine.New(context.Background())
	if errors.Is(err, dockerengine.ErrNoDocker) {
		return nil, fmt.Errorf("%w: %w", errAbsent, err)
	}
	return e, err
}

// An engine is a stack.Engine, or the reason why there is none.
type engine struct {
	name string
	open func() (stack.Engine, error)

	once   sync.Once
	opened stack.Engine
	err    error
}

// onEveryEngine runs a test on the engines that are named, or on all.
func onEveryEngine(t *testing.T, test func(*testing.T, stack.Engine), only ...string) {
	for _, e := range engines {
		if len(only) > 0 && !slices.Contains(only, e.name) {
			continue
		}
		t.Run(e.name, func(t *testing.T) { test(t, e.need(t)) })
	}
}

// need opens the engine. Where it is absent, the test is left out on a laptop, which is said; on CI it fails.
func (e *engine) need(t *testing.T) stack.Engine {
	t.Helper()
	e.once.Do(func() { e.opened, e.err = e.open() })
	if errors.Is(e.err, errAbsent) && os.Getenv("CI") == "" {
		t.Skipf("left out, no %s engine: %v", e.name, e.err)
	}
	if e.err != nil {
		t.Fatalf("no %s engine: %v", e.name, e.err)
	}
	return e.opened
}

// start starts a phase, and ends it with the test. What the servers have logged is shown if the test fails.
func start(t *testing.T, e stack.Engine, phase, servers int, env ...string) *stack.Stack {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // the first one builds
	defer cancel()
	s, err := stack.Start(ctx, e, stack.Phases[phase-1], servers, env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, server := range s.Servers {
				log := server.Log()
				t.Logf("the end of what %s logged:\n%s", server.ID, log[max(0, len(log)-2000):])
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
