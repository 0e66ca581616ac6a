//go:build unix

package server

import "syscall"

// openFiles is how many files the process may have open. Go has raised it to the
// hard limit already.
var openFiles = func() (limit uint64, known bool) {
	var r syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r)
	return uint64(r.Cur), err == nil
}
