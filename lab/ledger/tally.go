package ledger

import "time"

// A Pair is a message and a user who is owed it.
type Pair struct {
	Sent time.Time // the message
	From string    // the server that its sender was connected to
	To   string    // the user
}

// A Tally is what came of some pairs. Where messages that nobody acknowledged count
// too, see [Ledger.Reached].
type Tally struct{ Due, Delivered int }

// Lost is how many did not arrive.
func (t Tally) Lost() int { return t.Due - t.Delivered }

// Share is the delivered part, 0 to 1; 0 where nothing is due.
func (t Tally) Share() float64 {
	if t.Due == 0 {
		return 0
	}
	return float64(t.Delivered) / float64(t.Due)
}

// Tally counts the pairs that which says true of: of a part of the time, or of the
// users. All that are due count if which is nil.
func (l *Ledger) Tally(which func(Pair) bool) (t Tally) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.eachDue(func(id ID, m *message, u *User, own bool) {
		if own || which != nil && !which(Pair{m.sent, m.server, u.Name}) {
			return
		}
		t.Due++
		if u.heard.has(id) {
			t.Delivered++
		}
	})
	return t
}

// A Reach is what came of some messages, acknowledged or not.
type Reach struct {
	Sent, Acked int // messages
	Heard       int // copies that others than their senders heard, of all of them together
}

// AckedShare is the acknowledged part of the messages, 0 to 1; 0 where there is none.
func (r Reach) AckedShare() float64 {
	if r.Sent == 0 {
		return 0
	}
	return float64(r.Acked) / float64(r.Sent)
}

// HeardShare is the part of the copies that was heard where each message was for so
// many others, 0 to 1; 0 where there is none.
func (r Reach) HeardShare(others int) float64 {
	if r.Sent*others == 0 {
		return 0
	}
	return float64(r.Heard) / float64(r.Sent*others)
}

// Reached counts what came of the messages that were sent in a part of the time.
func (l *Ledger) Reached(from, until time.Time) (r Reach) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.messages {
		if !m.canary && !m.sent.Before(from) && m.sent.Before(until) {
			r.Sent++
			r.Heard += m.heard
			if m.acked {
				r.Acked++
			}
		}
	}
	return r
}

// Heard is how long it took until the last of its hearers had a message, of those that
// were sent in a part of the time, and that anybody has heard.
func (l *Ledger) Heard(from, until time.Time) Quantiles {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := newHistogram()
	for _, m := range l.messages {
		if !m.canary && !m.last.IsZero() && !m.sent.Before(from) && m.sent.Before(until) {
			record(h, m.last.Sub(m.sent))
		}
	}
	return quantiles(h)
}

// SlowUntil is when the last message was sent that took longer than limit until the
// last of its hearers had it, or that was never acknowledged or heard by anybody; zero
// if there was none. From then on everything flows.
func (l *Ledger) SlowUntil(limit time.Duration) (last time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.messages {
		slow := !m.acked || m.last.IsZero() || m.last.Sub(m.sent) > limit
		if slow && !m.canary && m.sent.After(last) {
			last = m.sent
		}
	}
	return last
}

// Told counts the users whom a server has told, since some time, that it has lost
// something of a room.
func (l *Ledger) Told(since time.Time) (users int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, u := range l.users {
		told := false
		for _, gaps := range u.gaps {
			told = told || gaps[len(gaps)-1].After(since)
		}
		if told {
			users++
		}
	}
	return users
}

// LastHeard is when the last copy of the messages that were sent in a part of the
// time was heard by somebody else; zero if none was.
func (l *Ledger) LastHeard(from, until time.Time) (last time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.messages {
		if !m.canary && !m.sent.Before(from) && m.sent.Before(until) && m.last.After(last) {
			last = m.last
		}
	}
	return last
}
