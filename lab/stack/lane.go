package stack

import (
	"context"
	"io"
	"net"
)

// A lane is one direction of the cable between a server and Redis, with all connections that go over it.
type lane struct {
	cut    gate
	frozen *gate // of Redis itself, shared by all its proxies
	passed meter
}

// carry passes on what from sends, and at last that it has hung up: that too is noticed only over a whole cable. The
// other direction may go on. Anything worse than hanging up ends the link.
//
// If to does not take it, it has gone, and carry just returns: it is the other lane that brings the news to from, once
// it can. Ending the link here would tell somebody through a cable that is cut.
func (l *lane) carry(ctx context.Context, end context.CancelFunc, to, from net.Conn) {
	counted := &metered{Conn: to, meter: &l.passed}
	buffer := make([]byte, 32<<10)
	for {
		n, readErr := from.Read(buffer)
		if !l.pass(ctx) {
			return
		}
		if _, err := counted.Write(buffer[:n]); err != nil {
			return
		}
		switch {
		case readErr == io.EOF:
			to.(interface{ CloseWrite() error }).CloseWrite() // fails where the other side has gone too
			return
		case readErr != nil:
			end()
			return
		}
	}
}

// pass waits until bytes may pass, and says false if the link was ended instead.
func (l *lane) pass(ctx context.Context) bool {
	return l.cut.pass(ctx) && l.frozen.pass(ctx)
}
