package ledger

import "time"

// A Copy is a message as it has arrived.
type Copy struct {
	Room    string // "": it was told to the user alone
	Offset  uint64 // NoOffset where it has none
	From    string // the user whom it names as its sender; "" where it names none
	Altered bool   // its text is not what was sent
	At      time.Time
}

// Heard notes that a copy of a message has arrived. The order of the calls is the
// order of arrival. A user's own direct message may come back to it: that is no defect.
func (u *User) Heard(id ID, c Copy) {
	l := u.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if int(id) >= len(l.messages) {
		return // no message of ours
	}
	m := l.messages[id]
	if !u.belongs(m, c.Room, c.At) {
		if m.from != u || c.Room != "" {
			u.strayed[id] = true
		}
		return // it is delivered only where it belongs
	}
	u.inspect(id, m, c)
	if !u.heard.add(id) {
		if !m.canary {
			u.doubled[id]++
		}
		return
	}
	u.order = append(u.order, id)
	if m.canary {
		return
	}
	if m.from == u {
		if l.options.Echo && m.acked && u.owed[m.to] {
			l.live.Echoes--
		}
		return
	}
	latency := c.At.Sub(m.sent)
	record(l.latency, latency)
	if limit := l.options.Within; limit > 0 && latency > limit {
		u.late[id] = true
	}
	m.heard++
	m.last = c.At
	if m.acked {
		l.live.Delivered++
	}
}

// inspect looks at what a copy says. Its offset has to be that of all other copies
// and of the answer, and more than that of the copy before.
func (u *User) inspect(id ID, m *message, c Copy) {
	if c.Altered || c.From != "" && c.From != m.from.Name {
		u.altered[id] = true
	}
	if c.Offset == NoOffset || u.heard.has(id) {
		return
	}
	if last, known := u.last[c.Room]; known && c.Offset <= last || !m.at(c.Offset) {
		u.misnumbered[id] = true
	}
	u.last[c.Room] = c.Offset
}

// at notes where a server says that a message is, and tells whether it says the same
// each time. One that was sent again may have been lost and be taken a second time.
func (m *message) at(offset uint64) bool {
	if m.offset == NoOffset {
		m.offset = offset
	}
	return m.offset == offset || m.again
}

// HasHeard tells whether a message has arrived where it belongs.
func (u *User) HasHeard(id ID) bool {
	u.ledger.mu.Lock()
	defer u.ledger.mu.Unlock()
	return u.heard.has(id)
}

// belongs tells whether the user may hear a message there.
func (u *User) belongs(m *message, room string, at time.Time) bool {
	if m.to != (Destination{room: room}) && m.to != One(u.Name) || m.to.user != "" && room != "" {
		return false
	}
	if room == "" {
		return true
	}
	for _, s := range u.memberships[room] {
		if !at.Before(s.joins) && (s.left.IsZero() || !at.After(s.left)) {
			return true
		}
	}
	return false
}
