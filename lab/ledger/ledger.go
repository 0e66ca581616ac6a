package ledger

import (
	"math"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Options say what is a defect besides what always is one.
type Options struct {
	Within time.Duration // a message that arrives later is late; 0: none is
	Echo   bool          // a sender is to hear its own messages as well
}

// A Ledger is what happened. Its methods, and those of its users, may be called
// from many goroutines.
type Ledger struct {
	options Options
	began   time.Time

	mu       sync.Mutex // guards what follows, and all users
	users    []*User
	messages []*message
	members  map[Destination]int // how many are owed what is said now
	live     Live
	latency  *hdrhistogram.Histogram // of deliveries to others, in microseconds
	answers  *hdrhistogram.Histogram // of acknowledgements
}

// A histogram reaches from a microsecond to ten minutes, with three digits.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 600e6, 3) }

// New returns a ledger in which nothing has happened.
func New(o Options) *Ledger {
	return &Ledger{
		options: o,
		began:   time.Now(),
		members: make(map[Destination]int),
		latency: newHistogram(),
		answers: newHistogram(),
	}
}

// A Destination is whom a message is for.
type Destination struct{ room, user string }

// Room is everyone in a room.
func Room(name string) Destination { return Destination{room: name} }

// One is one user.
func One(user string) Destination { return Destination{user: user} }

func (d Destination) String() string {
	if d.user != "" {
		return "to " + d.user
	}
	return "in " + d.room
}

// An ID is a message's name in the ledger: 0, 1, 2, …
type ID uint32

// NoOffset is the offset of a message whose server gives none.
const NoOffset = math.MaxUint64

// A message is one that was sent, perhaps several times.
type message struct {
	from     *User
	to       Destination
	server   string    // that its sender was connected to
	sent     time.Time // when it should have been, where that was earlier
	answered time.Time // zero while nobody has
	acked    bool
	again    bool // it was sent more than once: its place among its sender's is open
	canary   bool
	offset   uint64    // NoOffset if unknown
	heard    int       // by how many others, so far
	last     time.Time // when the last of them did
}

// Sent notes that from says something, on the server that it is connected to, and
// names the message. A user's messages are noted in the order in which they are
// sent. at is when it was meant to be sent: a sender that is held up by a slow
// server makes messages late, and does not hide it.
func (l *Ledger) Sent(from *User, to Destination, at time.Time) ID {
	return l.add(&message{from: from, to: to, sent: at, offset: NoOffset})
}

// Canary notes a message that proves that its hearers are there. It is owed to
// nobody, and counts nowhere.
func (l *Ledger) Canary(from *User, to Destination, at time.Time) ID {
	return l.add(&message{from: from, to: to, sent: at, offset: NoOffset, canary: true})
}

func (l *Ledger) add(m *message) ID {
	l.mu.Lock()
	defer l.mu.Unlock()
	m.server = m.from.server()
	l.messages = append(l.messages, m)
	if !m.canary {
		l.live.Sent++
	}
	return ID(len(l.messages) - 1)
}

// Again notes that a message is sent once more, as its answer was lost or no.
func (l *Ledger) Again(id ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages[id].again = true
}

// Acked notes that the server has taken a message, at an offset or NoOffset.
func (l *Ledger) Acked(id ID, offset uint64, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.messages[id]
	if m.acked {
		return
	}
	m.acked, m.answered = true, at
	if offset != NoOffset && !m.at(offset) {
		m.from.misnumbered[id] = true
	}
	if m.canary {
		return
	}
	record(l.answers, at.Sub(m.sent))
	l.live.Acked++
	l.live.Delivered += m.heard
	l.live.Due += l.members[m.to]
	if m.from.owed[m.to] {
		l.live.Due--
		if l.options.Echo && !m.from.heard.has(id) {
			l.live.Echoes++
		}
	}
}

// Refused notes that the server has not taken a message, and has said so. It may
// be sent again, and then be taken.
func (l *Ledger) Refused(id ID, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := l.messages[id]; m.answered.IsZero() {
		m.answered = at
	}
}

// A Live is what can be said while messages are under way. Due is an estimate
// where users come and go.
type Live struct {
	Sent, Acked    int // messages
	Due, Delivered int // pairs of an acknowledged message and a user who is owed it
	Echoes         int // acknowledged messages that their senders have not heard, but are to
	P99            time.Duration
}

// Missing is how many deliveries and echoes are under way, or lost.
func (l Live) Missing() int { return l.Due - l.Delivered + l.Echoes }

// Live tells what has happened so far.
func (l *Ledger) Live() Live {
	l.mu.Lock()
	defer l.mu.Unlock()
	live := l.live
	live.P99 = time.Duration(l.latency.ValueAtQuantile(99)) * time.Microsecond
	return live
}

// record adds a duration to a histogram; one beyond its reach counts as its end.
func record(h *hdrhistogram.Histogram, d time.Duration) {
	// It fails for values out of reach only, and there are none.
	_ = h.RecordValue(min(max(d.Microseconds(), h.LowestTrackableValue()), h.HighestTrackableValue()))
}
