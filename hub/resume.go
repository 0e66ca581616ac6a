package hub

import (
	"context"
	"time"
)

// A member that resumes gets what it has missed from the history, page by page,
// and then what has come meanwhile, which is held back for it. Pages, and a wait
// for each to leave: what many members missed in an hour would not fit into the
// memory of one instance.

// pageSize is how many messages one page of a resuming member has.
const pageSize = 100

// historyAgain is the pause before a page that could not be read is tried again.
const historyAgain = 500 * time.Millisecond

// catchingUp is the state of a member that does not yet hear what comes at once:
// it joins, and perhaps reads the history (after and held), or it has seen more
// than its room here has, which happens to those who come from a faster instance
// (ahead).
type catchingUp struct {
	came     bool     // its user did, since its join began
	answered bool     // its join was
	after    Position // held[0] is the message after it
	held     [][]byte // what came since: at most outboxLimit bytes
	bytes    int      // of held
	lost     bool     // the room's own continuity was, meanwhile
	ahead    *Position
}

// pass takes a batch for the member, and tells whether the member has caught up
// by it. The caller holds the audience's mu.
func (m *catchingUp) pass(c *Client, b Batch, frames, all [][]byte) (live bool) {
	switch {
	case m.ahead == nil:
		m.hold(b, frames)
		return false
	case b.After.Epoch != m.ahead.Epoch && !b.Gap:
		return false // the rest of a history that the member has left behind
	case b.After.Epoch != m.ahead.Epoch || b.After.Offset > m.ahead.Offset:
		c.out.deliver(all)
		c.hub.counters.delivered.Add(uint64(messages(frames)))
		return true
	}
	seen := m.ahead.Offset - b.After.Offset
	c.hear(frames[min(seen, uint64(len(frames))):])
	return seen <= uint64(len(frames))
}

// hold keeps a batch. When too much is held, and where continuity is lost, it
// begins anew: the history has the rest, or says that it has not.
func (m *catchingUp) hold(b Batch, frames [][]byte) {
	if b.Gap || m.bytes > outboxLimit {
		m.after, m.held, m.bytes = b.After, nil, 0
	}
	m.lost = m.lost || b.Gap
	m.held = append(m.held, frames...)
	for _, f := range frames {
		m.bytes += len(f)
	}
}

// resume answers c's join and replays what c has missed since req.resume. With an
// error it has done neither.
func (a *audience) resume(ctx context.Context, c *Client, req request) error {
	page, last, err := c.hub.plane.History(ctx, a.to, *req.resume, pageSize)
	if err != nil {
		return err
	}
	if page.Gap {
		a.giveUp(c, req)
		return nil
	}
	a.mu.Lock()
	answer := a.joined(last)
	answer.Recovered = new(true)
	a.greet(c, req, answer)
	a.mu.Unlock()
	for !a.replay(c, page) {
		if page, err = a.next(c, page); err != nil {
			return nil // it has ended: it will come again, and resume
		}
		if page.Gap {
			a.giveUp(c, request{})
			break
		}
	}
	return nil
}

// next reads the page that follows one, once that one has left. There is none
// where the history has ended before what is held begins, and where another one
// has begun. While the backplane is away, or the client takes its time to read, it
// tries again: the history is still there. The error is the cause of c's end.
func (a *audience) next(c *Client, page Batch) (next Batch, err error) {
	if len(page.Payloads) == 0 || a.lost(c) {
		return Batch{Gap: true}, nil
	}
	for c.Cause() == nil {
		ctx, stop := c.end.during(joinTimeout)
		if err = c.out.emptied(ctx); err == nil {
			next, _, err = c.hub.plane.History(ctx, a.to, page.End(), pageSize)
		}
		stop()
		if err == nil {
			return next, nil
		}
		pause, stop := c.end.during(historyAgain)
		<-pause.Done()
		stop()
	}
	return Batch{}, c.Cause()
}

func (a *audience) lost(c *Client) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.member(c).behind.lost
}

// replay sends c a page, and behind it what was held, if that goes on where the
// page ends. It tells whether c has caught up so far as to need no further page.
// Where the room lost its own continuity meanwhile, offsets may have been given
// out twice, and nothing can be said of what c has seen.
func (a *audience) replay(c *Client, page Batch) (done bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c.hear(a.frames(page))
	m, at := a.member(c).behind, page.End()
	if m.lost {
		return false
	}
	switch here := at.Epoch == m.after.Epoch; {
	case here && at.Offset >= m.after.Offset && at.Offset <= m.after.Offset+uint64(len(m.held)):
		c.hear(m.held[at.Offset-m.after.Offset:])
		a.member(c).behind = nil
		return true
	case here && at.Offset > m.after.Offset, !here && len(page.Payloads) == 0:
		*m = catchingUp{answered: true, ahead: &at}
		return true
	}
	return false
}

// giveUp tells c that it cannot have what it has missed, and lets it hear what
// comes. req is a join that has not been answered, or nothing.
func (a *audience) giveUp(c *Client, req request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.member(c)
	answer := a.joined(m.behind.after)
	answer.Recovered = new(false)
	a.greet(c, req, answer)
	c.hear(m.behind.held)
	m.behind = nil
}
