package server

import (
	"sync"
	"syscall"
)

// writeSize is how many bytes one write has, or a frame more.
const writeSize = 64 << 10

// An outgoing is text frames on their way out: those of one write, which may be all
// that wait for a client.
type outgoing struct {
	bytes []byte

	try     func(fd uintptr) (done bool) // writes them; kept, as a new one would be allocated each time
	written int
	err     error
}

// outgoings serve all connections: only one that is writing holds any.
var outgoings = sync.Pool{New: func() any {
	out := new(outgoing)
	out.try = func(fd uintptr) bool {
		out.written, out.err = writeNow(fd, out.bytes)
		return true
	}
	return out
}}

// take takes the first frames for one write, and returns the others.
func (out *outgoing) take(frames [][]byte) (next [][]byte) {
	out.bytes = out.bytes[:0]
	for i, frame := range frames {
		if len(out.bytes) >= writeSize {
			return frames[i:]
		}
		out.bytes = appendTextFrame(out.bytes, frame)
	}
	return nil
}

// write writes what the kernel takes at once, which may be nothing.
func (out *outgoing) write(raw syscall.RawConn) (n int, err error) {
	if raw == nil {
		return 0, nil
	}
	if err := raw.Write(out.try); err != nil {
		return 0, err
	}
	return out.written, out.err
}

// An unsent is what the kernel did not take at once.
type unsent struct {
	begun []byte   // the rest of a frame; nil where none was begun
	later [][]byte // those behind it
}

// unsent is what is left of frames of which n bytes were written.
func (out *outgoing) unsent(frames [][]byte, n int) *unsent {
	end := 0
	for i, frame := range frames {
		if end == n {
			return &unsent{later: frames[i:]}
		}
		if end += textFrameSize(frame); end > n {
			return &unsent{append([]byte(nil), out.bytes[n:end]...), frames[i+1:]}
		}
	}
	return new(unsent)
}

// appendTextFrame appends payload as one unfragmented, unmasked text frame: RFC
// 6455, section 5.2. A hub's frames are shorter than 64 KiB.
func appendTextFrame(buf, payload []byte) []byte {
	const finalText = 0x81
	if n := len(payload); n < 126 {
		buf = append(buf, finalText, byte(n))
	} else {
		buf = append(buf, finalText, 126, byte(n>>8), byte(n))
	}
	return append(buf, payload...)
}

// textFrameSize is how many bytes appendTextFrame appends.
func textFrameSize(payload []byte) int {
	if len(payload) < 126 {
		return 2 + len(payload)
	}
	return 4 + len(payload)
}
