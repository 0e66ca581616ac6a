package stack_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"secondserver/lab/stack"
)

// engines are shared by all tests, so that every program is built once for each.
var engines []stack.Engine

// hostMissing is why the host engine cannot be used here, if so.
var hostMissing error

// TestMain runs the tests and then looks for what they may have left: goroutines, processes, temporary folders.
func TestMain(m *testing.M) {
	if engine := os.Getenv("STACK_TEST_LAB"); engine != "" {
		beLab(engine)
	}
	engines = []stack.Engine{stack.Embedded(nil)}
	host, err := stack.Host(nil)
	if err == nil {
		engines = append(engines, host)
	}
	hostMissing = err

	code := m.Run()
	var left error
	for _, engine := range engines {
		left = errors.Join(left, engine.Close())
	}
	left = errors.Join(left, goleak.Find(), leftovers(os.Getpid()))
	if code == 0 && left != nil {
		fmt.Fprintln(os.Stderr, "after the tests:", left)
		code = 1
	}
	os.Exit(code)
}

// leftovers finds the folders of a lab, and the processes that have such a folder in their command line.
func leftovers(lab int) error {
	mark := fmt.Sprintf("secondserver-%d-", lab)
	found, err := filepath.Glob(filepath.Join(os.TempDir(), mark+"*"))
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline") // none where there is no /proc
	for _, file := range lines {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), mark) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	if len(found) > 0 {
		err = errors.Join(err, fmt.Errorf("left behind: %q", found))
	}
	return err
}

// beLab is what this test binary does when it is started as a lab of its own, to be killed: it says where its stack
// is and waits.
func beLab(engine string) {
	e := stack.Embedded(nil)
	if engine == "host" {
		e, _ = stack.Host(nil)
	}
	phase, _ := stack.PhaseNamed("3")
	s, err := stack.Start(context.Background(), e, phase, 0)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.URL(), s.Servers[0].URL(), s.Servers[1].URL())
	select {}
}
