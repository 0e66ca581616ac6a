//go:build !unix

package stack

import (
	"os"
	"os/exec"
	"syscall"
)

// Windows knows neither SIGTERM nor SIGSTOP: Stop, Freeze and Thaw return an error there (inside WSL they work).
const (
	freezeSignal = syscall.Signal(-1)
	thawSignal   = syscall.Signal(-1)
)

func bindToLab(*exec.Cmd, syscall.Signal) {}

func awaitStopped(*os.Process) error { return nil }

func killGroup(leader *os.Process) error { return leader.Kill() }

func setNonblock(*os.File) error { return nil }

func lives(int) bool { return true }
