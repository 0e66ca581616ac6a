package stack

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// bindToLab puts the process into a group of its own and has the kernel signal it when the lab dies, however it dies.
func bindToLab(command *exec.Cmd, signal syscall.Signal) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: signal}
}

// awaitStopped returns when the last thread of a process that was sent SIGSTOP has stopped: until then it may answer.
// It has no limit: the kernel stops it within moments, unless somebody else has it go on (SIGCONT) before we look.
func awaitStopped(process *os.Process) error {
	for {
		// WNOWAIT: just looking. The news of its end is for exec.Cmd.
		err := unix.Waitid(unix.P_PID, process.Pid, nil, unix.WSTOPPED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err
		}
	}
}
