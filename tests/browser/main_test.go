// The page, as people see it: in a real browser, on stacks of the embedded engine.
package browser_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"secondserver/lab/stack"
	"secondserver/tests/browser"
)

// One browser, which the first test starts, and one engine, which builds the programs once.
var (
	chromium = sync.OnceValues(func() (*browser.Browser, error) { return browser.New(context.Background()) })
	engine   = stack.Embedded(nil)
)

// TestMain looks for what the tests may have left: goroutines and files, those of the browser among them.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "around the tests:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	temp, err := os.MkdirTemp("", "page-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	if err := os.Setenv("TMPDIR", temp); err != nil {
		return 1, err
	}
	code = m.Run()
	if b, failed := chromium(); failed == nil {
		err = b.Close()
	}
	err = errors.Join(err, engine.Close(), goleak.Find())
	left, _ := filepath.Glob(filepath.Join(temp, "*")) // the pattern is right
	if len(left) > 0 {
		err = errors.Join(err, fmt.Errorf("left behind: %q", left))
	}
	return code, err
}

// start starts a phase, and ends it with the test.
func start(t *testing.T, phase, servers int, env ...string) *stack.Stack {
	t.Helper()
	s, err := stack.Start(t.Context(), engine, stack.Phases[phase-1], servers, env...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
