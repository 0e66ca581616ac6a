package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// buildWithin bounds one `go build`, which may have to download and compile everything on a slow machine.
const buildWithin = 5 * time.Minute

// programs builds what the phases run, each once.
type programs struct {
	progress func(string)

	mu    sync.Mutex // guards the rest; held while building, so that nobody builds twice
	dir   string     // empty until the first build
	built map[Phase]bool
}

// path returns the program of a phase.
func (p *programs) path(ctx context.Context, phase Phase) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dir == "" {
		dir, err := tempDir()
		if err != nil {
			return "", err
		}
		p.dir, p.built = dir, map[Phase]bool{}
	}
	program := filepath.Join(p.dir, phase.program())
	if p.built[phase] {
		return program, nil
	}
	root, err := ModuleRoot()
	if err != nil {
		return "", err
	}
	if p.progress != nil {
		p.progress("building " + phase.Name)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, buildWithin, fmt.Errorf("not done within %v", buildWithin))
	defer cancel()
	build := exec.CommandContext(ctx, "go", "build", "-o", p.dir, "./"+phase.folder())
	build.Dir = root
	// Ctrl-C is for the lab, which then cancels the build: that go has ended is no error of the build.
	bindToLab(build, syscall.SIGINT)
	build.Cancel = func() error { return build.Process.Signal(os.Interrupt) } // so that go clears up
	build.WaitDelay = 5 * time.Second
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./%s: %w\n%s", phase.folder(), errors.Join(err, context.Cause(ctx)), output)
	}
	p.built[phase] = true
	return program, nil
}

func (p *programs) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dir == "" {
		return nil
	}
	return os.RemoveAll(p.dir)
}

var moduleLine = regexp.MustCompile(`(?m)^module secondserver$`)

// ModuleRoot finds the folder of this module's go.mod, from the working directory upwards.
func ModuleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && moduleLine.Match(bytes.ReplaceAll(mod, []byte("\r"), nil)) {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside the secondserver module: its programs cannot be built from here", start)
		}
	}
}
