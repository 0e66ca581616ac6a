package server

import (
	"os"
	"sync"
	"syscall"
)

// A lobby is where sockets rest without a goroutine each: the kernel says which of them
// have something to read (epoll(7)), to one goroutine for all. A server's is open while
// it serves.
type lobby struct {
	mu      sync.Mutex // guards what follows, and each socket's fd and read
	isOpen  bool
	epoll   *os.File  // from the first rest on; waited for like a connection, and so without a thread
	fd      int       // of epoll
	resting []*socket // by file descriptor
}

// maxWoken is how many sockets the kernel names at once.
const maxWoken = 128

func (l *lobby) open() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isOpen = true
}

// close wakes all who rest. No others may come.
func (l *lobby) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isOpen = false
	for _, s := range l.resting {
		l.leave(s)
	}
	if l.epoll != nil {
		l.epoll.Close() // and attend ends
		l.epoll = nil
	}
}

// enter has read called, once and in a goroutine of its own, when s has something to
// read, or nothing any more, or is woken. It is false where that cannot be: the lobby is
// closed, or s is, or s is not the kernel's, or it has no file descriptor left.
func (l *lobby) enter(s *socket, read func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.isOpen || s.raw == nil || !l.ready() {
		return false
	}
	var err error
	if closed := s.raw.Control(func(fd uintptr) {
		s.fd = int(fd)
		err = l.watch(s.fd)
	}); closed != nil || err != nil {
		return false
	}
	for len(l.resting) <= s.fd {
		l.resting = append(l.resting, nil)
	}
	l.resting[s.fd], s.read = s, read
	return true
}

// ready tells whether there is an epoll, and makes one for the first rest.
func (l *lobby) ready() bool {
	if l.epoll != nil {
		return true
	}
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return false
	}
	syscall.SetNonblock(fd, true) // for os.File to wait for it
	l.epoll, l.fd = os.NewFile(uintptr(fd), "epoll"), fd
	go l.attend(l.epoll)
	return true
}

// watch asks for one event of a socket, which comes at once where there is something to
// read already. The kernel forgets a socket that is closed.
func (l *lobby) watch(fd int) error {
	event := &syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLONESHOT, Fd: int32(fd)}
	err := syscall.EpollCtl(l.fd, syscall.EPOLL_CTL_MOD, fd, event)
	if err == syscall.ENOENT { // its first rest
		err = syscall.EpollCtl(l.fd, syscall.EPOLL_CTL_ADD, fd, event)
	}
	return err
}

// attend wakes sockets that have something to read, until epoll is closed.
func (l *lobby) attend(epoll *os.File) {
	raw, err := epoll.SyscallConn()
	events := make([]syscall.EpollEvent, maxWoken)
	for err == nil {
		n := 0
		err = raw.Read(func(fd uintptr) (some bool) {
			n, _ = syscall.EpollWait(int(fd), events, 0)
			return n > 0
		})
		l.mu.Lock()
		for _, e := range events[:max(n, 0)] {
			l.leave(l.resting[e.Fd])
		}
		l.mu.Unlock()
	}
}

// wake ends the rest of s, if it rests: it is closed, or its deadline may have passed.
func (l *lobby) wake(s *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leave(s)
}

// leave is wake for who holds mu. A closed socket's file descriptor is soon another's. So
// an event may be late: s is nil, or has been woken, or will find nothing to read. And so
// may a wake be: the place is the other's.
func (l *lobby) leave(s *socket) {
	if s == nil || s.read == nil {
		return
	}
	go s.read()
	s.read = nil
	if l.resting[s.fd] == s {
		l.resting[s.fd] = nil
	}
}
