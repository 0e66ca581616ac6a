//go:build unix && !linux

package stack

import (
	"os"
	"os/exec"
	"syscall"
)

// bindToLab puts the process into a group of its own. Only Linux also ends it after a `kill -9` of the lab; elsewhere
// that takes a `pkill` of its name.
func bindToLab(command *exec.Cmd, _ syscall.Signal) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// awaitStopped does not wait here: the process may answer for some microseconds more.
func awaitStopped(*os.Process) error { return nil }
