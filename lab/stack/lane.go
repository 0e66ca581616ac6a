package stack

import (
	"context"
	"io"
	"net"
	"time"
)

// A lane is one direction of the cable between a server and Redis, with all connections that go over it.
type lane struct {
	late   delay
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
	under, stop := context.WithCancel(ctx)
	defer stop()
	w := &underway{lane: l, to: &metered{Conn: to, meter: &l.passed}, stop: stop, room: make(chan struct{}, 1)}
	defer w.flushing.Wait()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		news := chunk{bytes: buffer[:n], sent: time.Now()}
		if err == io.EOF {
			news.then = func() { to.(interface{ CloseWrite() error }).CloseWrite() } // fails where the other side has gone too
		} else if err != nil {
			news.then = end
		}
		if !w.send(under, news) || err != nil {
			return
		}
	}
}

// pass waits until what was sent at a moment may arrive, and says false if the link was ended instead.
func (l *lane) pass(ctx context.Context, sent time.Time) bool {
	return l.late.pass(ctx, sent) && l.open(ctx)
}

func (l *lane) open(ctx context.Context) bool { return l.cut.pass(ctx) && l.frozen.pass(ctx) }
