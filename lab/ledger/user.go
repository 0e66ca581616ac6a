package ledger

import "time"

// A User is one who sends and hears, by one connection after the other.
type User struct {
	Name   string
	ledger *Ledger

	connections []connection
	memberships map[string][]membership // by room
	owed        map[Destination]bool    // what is said there now
	gaps        map[string][]time.Time  // by room: when the server said that it has lost something
	unseen      bool                    // nobody has looked to the end at what it hears

	heard   bits              // messages that it has heard
	order   []ID              // … in the order in which they came, first copies only
	last    map[string]uint64 // by room: the offset of the last one since a join or a gap
	doubled map[ID]int        // further copies

	late, strayed, altered, misnumbered map[ID]bool // copies with a defect
}

type connection struct {
	server string
	since  time.Time
}

// A membership is one stay in a room. Zero times have not come yet.
type membership struct{ joins, joined, leaves, left time.Time }

// User adds a user.
func (l *Ledger) User(name string) *User {
	u := &User{
		Name: name, ledger: l,
		memberships: make(map[string][]membership),
		owed:        make(map[Destination]bool),
		gaps:        make(map[string][]time.Time),
		last:        make(map[string]uint64),
		doubled:     make(map[ID]int),
		late:        make(map[ID]bool),
		strayed:     make(map[ID]bool),
		altered:     make(map[ID]bool),
		misnumbered: make(map[ID]bool),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users = append(l.users, u)
	return u
}

// Connected notes that a server holds the user's connection, for the first time or
// again. From the first time on the user is owed what is told to it alone.
func (u *User) Connected(server string, at time.Time) {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	u.connections = append(u.connections, connection{server, at})
	u.owes(One(u.Name), true)
}

// Joins notes that the user asks to join a room: messages of it may come. One whose
// leave was never confirmed begins a new stay.
func (u *User) Joins(room string, at time.Time) {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	delete(u.last, room) // offsets may begin again
	m := u.staying(room)
	if m != nil && !m.leaves.IsZero() {
		m.left, m = at, nil
	}
	if m == nil {
		u.memberships[room] = append(u.memberships[room], membership{joins: at})
	}
}

// Joined notes that the join was confirmed: the user is owed what is sent from now
// on. Joining again, after a reconnect, goes on with the same stay.
func (u *User) Joined(room string, at time.Time) {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	if m := u.staying(room); m != nil && m.joined.IsZero() {
		m.joined = at
		u.owes(Room(room), true)
	}
}

// Leaves notes that the user asks to leave a room.
func (u *User) Leaves(room string, at time.Time) {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	if m := u.staying(room); m != nil {
		m.leaves = at
		u.owes(Room(room), false)
	}
}

// Left notes that the leave was confirmed: nothing of the room may come any more.
func (u *User) Left(room string, at time.Time) {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	if m := u.staying(room); m != nil {
		m.left = at
	}
}

// Gap notes that the server said to have lost something of a room: what is missing
// up to now is lost all the same, but not silently.
func (u *User) Gap(room string, at time.Time) {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	u.gaps[room] = append(u.gaps[room], at)
	delete(u.last, room)
}

// Unseen notes that nobody has looked to the end at what the user hears, and that it
// was not the server's fault. What it has not heard cannot be judged, unless something
// that was said later in the same room has come.
func (u *User) Unseen() {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	u.unseen = true
}

// staying is the stay in a room that has not ended.
func (u *User) staying(room string) *membership {
	all := u.memberships[room]
	if len(all) == 0 || !all[len(all)-1].left.IsZero() {
		return nil
	}
	return &all[len(all)-1]
}

func (u *User) owes(to Destination, owed bool) {
	if owed == u.owed[to] {
		return
	}
	u.owed[to] = owed
	if owed {
		u.ledger.members[to]++
	} else {
		u.ledger.members[to]--
	}
}

// server is where the user is connected now, or was last.
func (u *User) server() string {
	if len(u.connections) == 0 {
		return ""
	}
	return u.connections[len(u.connections)-1].server
}

// serverAt is where the user was connected at some time, or came first.
func (u *User) serverAt(at time.Time) string {
	server := ""
	for _, c := range u.connections {
		if server == "" || !c.since.After(at) {
			server = c.server
		}
	}
	return server
}

// bits is a set of IDs.
type bits []uint64

// add tells whether the ID was not there yet.
func (b *bits) add(id ID) bool {
	for int(id/64) >= len(*b) {
		*b = append(*b, 0)
	}
	word, bit := &(*b)[id/64], uint64(1)<<(id%64)
	fresh := *word&bit == 0
	*word |= bit
	return fresh
}

func (b bits) has(id ID) bool { return int(id/64) < len(b) && b[id/64]&(1<<(id%64)) != 0 }
