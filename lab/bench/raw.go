package bench

import (
	"errors"
	"io"
	"net"
	"time"
)

const (
	rawFrame  = 150    // bytes of a message's frame, about
	rawWrites = 20_000 // some 50 ms
)

// rawWrite is what a write of so many frames costs its writer, in µs a frame, over a
// loopback connection that somebody else reads: by the clock, which is processor time
// while nothing else runs.
func rawWrite(frames int) (micros float64, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	drained := make(chan error, 1)
	go func() { // ends with the connection
		conn, err := listener.Accept()
		if err == nil {
			_, err = io.Copy(io.Discard, conn)
			err = errors.Join(err, conn.Close())
		}
		drained <- err
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return 0, err
	}
	buffer := make([]byte, frames*rawFrame)
	began := time.Now()
	for range rawWrites {
		if _, err := conn.Write(buffer); err != nil {
			return 0, errors.Join(err, conn.Close())
		}
	}
	took := time.Since(began)
	err = errors.Join(conn.Close(), <-drained)
	return float64(took.Nanoseconds()) / 1000 / rawWrites / float64(frames), err
}
