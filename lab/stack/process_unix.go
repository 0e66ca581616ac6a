//go:build unix

package stack

import (
	"errors"
	"os"
	"syscall"
)

const (
	freezeSignal = syscall.SIGSTOP
	thawSignal   = syscall.SIGCONT
)

// killGroup kills the leader of a process group and everybody in the group.
func killGroup(leader *os.Process) error {
	err := syscall.Kill(-leader.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil // it has just ended
	}
	return err
}

// setNonblock takes back what handing a file over to a process did to it.
func setNonblock(f *os.File) error { return syscall.SetNonblock(int(f.Fd()), true) }

// lives says whether there is a process of that number.
func lives(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}
