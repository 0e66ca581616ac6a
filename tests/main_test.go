package tests

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// bin is the folder of the program lab, built once: scripts run the real one.
var bin string

// TestMain builds the lab, runs the tests and looks for what they may have left: goroutines, processes, folders.
func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "around the tests:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	temp, err := os.MkdirTemp("", "tests-")
	if err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	bin = filepath.Join(temp, "bin")
	build := exec.Command("go", "build", "-o", bin+"/", "secondserver/lab")
	if output, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("go build lab: %w\n%s", err, output)
	}

	// Every temporary file of the tests, and of the labs that they start, is in here.
	inside := filepath.Join(temp, "inside")
	if err := errors.Join(os.Mkdir(inside, 0o700), os.Setenv("TMPDIR", inside)); err != nil {
		return 1, err
	}
	code = m.Run()
	for _, e := range engines {
		if e.opened != nil {
			err = errors.Join(err, e.opened.Close())
		}
	}
	return code, errors.Join(err, goleak.Find(), leftIn(inside))
}

// leftIn finds the files in a folder, and the processes that have it in their command line: every server of the lab
// runs from there.
func leftIn(folder string) error {
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline") // none where there is no /proc
	for _, file := range lines {
		// A process that has gone in the meantime is none that was left.
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), folder) {
			left = append(left, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	if len(left) > 0 {
		err = errors.Join(err, fmt.Errorf("left behind: %q", left))
	}
	return err
}
