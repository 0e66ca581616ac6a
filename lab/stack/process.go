package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"syscall"
	"time"
)

// A process is a program that the lab runs, again and again if wanted. Its output is kept.
//
// It leads a process group of its own, so that Ctrl-C at the terminal reaches the lab alone, which then ends its parts
// in order. If the lab is killed, the kernel ends the process too (process_linux.go).
type process struct {
	name string
	output
	command *exec.Cmd     // nil before the first run
	ended   chan struct{} // closed when the process is gone
	err     error         // how it ended; set before
	asked   bool          // it was killed or stopped: that it ended is no surprise
}

// run starts command. signal is what the kernel sends it if the lab dies.
func (p *process) run(command *exec.Cmd, signal syscall.Signal) error {
	if p.running() != nil {
		return fmt.Errorf("%s is running already", p.name)
	}
	command.Stdout, command.Stderr = &p.output, &p.output
	command.WaitDelay = time.Second // for whoever still holds the pipe after the process has ended
	bindToLab(command, signal)
	started, ended := make(chan error), make(chan struct{})
	// Ends with the process. The kernel's promise to end a child with its parent is about the parent's *thread*: so
	// the goroutine keeps the thread that starts the process to itself, for as long as the process lives.
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		if started <- err; err != nil {
			return
		}
		p.err = command.Wait()
		close(ended)
	}()
	if err := <-started; err != nil {
		return err
	}
	p.command, p.ended, p.asked = command, ended, false
	return nil
}

// says waits until the process writes something that matches, from the given place in its output on.
func (p *process) says(ctx context.Context, from int, re *regexp.Regexp) ([]string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, StartWithin, fmt.Errorf("not said within %v", StartWithin))
	defer cancel()
	match, err := p.await(ctx, from, re, p.ended)
	if errors.Is(err, errEnded) {
		err = fmt.Errorf("it ended (%v)", p.err)
	}
	if err != nil {
		return nil, WithLog(fmt.Errorf("%s: waiting for %q: %w", p.name, re, err), p.Log())
	}
	return match, nil
}

// running returns the process, or nil if there is none (any more).
func (p *process) running() *os.Process {
	if p.command == nil {
		return nil
	}
	select {
	case <-p.ended:
		return nil
	default:
		return p.command.Process
	}
}

// Kill ends the process and whatever it has started.
func (p *process) Kill() error {
	running := p.running()
	if running == nil {
		return nil
	}
	p.asked = true
	if err := killGroup(running); err != nil {
		return fmt.Errorf("kill %s: %w", p.name, err)
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(StopWithin): // it is stuck inside the kernel; nobody can do more
		return fmt.Errorf("kill %s: still there %v after SIGKILL", p.name, StopWithin)
	}
}

// Stop sends SIGTERM and waits for a clean end.
func (p *process) Stop(ctx context.Context) error {
	running := p.running()
	if running == nil {
		return nil
	}
	p.asked = true
	ctx, cancel := context.WithTimeoutCause(ctx, StopWithin, fmt.Errorf("still there %v after SIGTERM", StopWithin))
	defer cancel()
	err := running.Signal(syscall.SIGTERM)
	if err == nil {
		select {
		case <-p.ended:
			err = p.err
		case <-ctx.Done():
			err = errors.Join(context.Cause(ctx), p.Kill())
		}
	}
	if err != nil {
		return WithLog(fmt.Errorf("stop %s: %w", p.name, err), p.Log())
	}
	return nil
}

// Freeze sends SIGSTOP and waits until nothing moves any more.
func (p *process) Freeze() error {
	if err := p.signal("freeze", freezeSignal); err != nil {
		return err
	}
	if err := awaitStopped(p.command.Process); err != nil {
		return fmt.Errorf("freeze %s: %w", p.name, err)
	}
	return nil
}

// Thaw sends SIGCONT.
func (p *process) Thaw() error { return p.signal("thaw", thawSignal) }

func (p *process) signal(verb string, signal os.Signal) error {
	running := p.running()
	if running == nil {
		return fmt.Errorf("%s %s: it is not running", verb, p.name)
	}
	if err := running.Signal(signal); err != nil {
		return fmt.Errorf("%s %s: %w", verb, p.name, err)
	}
	return nil
}

// close ends the process for good. If it was gone already without having been asked, that is an error worth reading:
// a panic, most likely.
func (p *process) close() error {
	if p.running() != nil {
		return p.Kill()
	}
	if p.command == nil || p.asked {
		return nil
	}
	return WithLog(fmt.Errorf("%s had ended by itself (%v)", p.name, p.err), p.Log())
}
