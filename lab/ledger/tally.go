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

// Reached counts the messages that were sent in a part of the time, acknowledged or
// not, and how many other users heard each, all together.
func (l *Ledger) Reached(from, until time.Time) (sent, heard int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.messages {
		if !m.canary && !m.sent.Before(from) && m.sent.Before(until) {
			sent++
			heard += m.heard
		}
	}
	return sent, heard
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
