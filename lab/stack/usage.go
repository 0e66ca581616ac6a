package stack

import (
	"errors"
	"fmt"
	"time"

	gopsutil "github.com/shirou/gopsutil/v4/process"
)

// A Usage is what a part takes of the machine, together with its children, as nginx has workers.
type Usage struct {
	Part   string        // "server-1", "redis", "nginx"
	CPU    time.Duration // user and system time since its start; the system counts in steps, of 10 ms on Linux
	Memory int64         // bytes that are in RAM now; those that processes share are counted for each
}

// Usage says what each part costs that is a process: the servers, then Redis and the balancer. In an embedded stack
// these two are missing: they are inside the lab, and cost the lab's own process. A part that is down is missing too.
// It is [errors.ErrUnsupported] for a stack that was joined, or that runs in containers.
//
// It is for the goroutine that breaks the stack, as who is up must not change meanwhile. Two answers tell what was used
// in between, unless a part has been started again, or nginx has been reloaded: a worker that retires takes its time
// with it.
func (s *Stack) Usage() ([]Usage, error) {
	var parts []any
	for _, server := range s.Servers {
		parts = append(parts, server.ServerPart)
	}
	parts = append(parts, s.Redis, s.balancer)

	var all []Usage
	processes := 0
	for _, part := range parts {
		p, ok := part.(interface{ usage() (Usage, error) })
		if !ok {
			continue
		}
		processes++
		u, err := p.usage()
		if errors.Is(err, errEnded) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	if processes == 0 {
		return nil, fmt.Errorf("usage of the stack at %s: it has no processes that the lab has started: %w", s.URL(), errors.ErrUnsupported)
	}
	return all, nil
}

func (p *process) usage() (Usage, error) {
	u := Usage{Part: p.name}
	err := errEnded
	if running := p.running(); running != nil {
		err = u.add(int32(running.Pid))
	}
	if err != nil {
		return u, fmt.Errorf("usage of %s: %w", p.name, err)
	}
	return u, nil
}

// add adds a process, and its children. Where there is no such process any more it adds nothing and says errEnded.
func (u *Usage) add(pid int32) error {
	p := gopsutil.Process{Pid: pid}
	times, timesErr := p.Times()
	memory, memoryErr := p.MemoryInfo()
	children, childrenErr := p.Children()
	if err := errors.Join(timesErr, memoryErr, childrenErr); err != nil {
		if exists, _ := gopsutil.PidExists(pid); !exists {
			return errEnded
		}
		return err
	}
	u.CPU += time.Duration((times.User + times.System) * float64(time.Second))
	u.Memory += int64(memory.RSS)
	for _, child := range children {
		if err := u.add(child.Pid); err != nil && !errors.Is(err, errEnded) {
			return err
		}
	}
	return nil
}
