//go:build unix

package server

import "syscall"

// writeNow writes what the kernel takes without waiting, to a socket of Go's, which
// never blocks.
func writeNow(fd uintptr, b []byte) (n int, err error) {
	n, err = syscall.Write(int(fd), b)
	switch err {
	case nil:
		return n, nil
	case syscall.EAGAIN, syscall.EINTR:
		return 0, nil
	}
	return 0, err
}
