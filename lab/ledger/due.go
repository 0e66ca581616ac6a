package ledger

import "time"

// UnderWay is for how long a message may be under way after its acknowledgement: on
// another server than the sender's it arrives later than its sender is told that it was
// taken. So long before a user asks to leave a room a message has to be acknowledged
// for the user to be owed it.
const UnderWay = time.Second

// eachDue calls f for each pair of a message and a user who is owed it, and with
// whether the message is the user's own. The caller holds mu.
func (l *Ledger) eachDue(f func(id ID, m *message, u *User, own bool)) {
	byDestination := make(map[Destination][]ID)
	for i, m := range l.messages {
		if m.acked && !m.canary {
			byDestination[m.to] = append(byDestination[m.to], ID(i))
		}
	}
	for _, u := range l.users {
		for _, id := range byDestination[One(u.Name)] {
			if m := l.messages[id]; len(u.connections) > 0 && !m.sent.Before(u.connections[0].since) {
				f(id, m, u, m.from == u)
			}
		}
		for room, stays := range u.memberships {
			for _, id := range byDestination[Room(room)] {
				if m := l.messages[id]; covers(stays, m) {
					f(id, m, u, m.from == u)
				}
			}
		}
	}
}

// covers tells whether a user who was in a room for these stays is owed a message.
func covers(stays []membership, m *message) bool {
	for _, s := range stays {
		if !s.joined.IsZero() && !m.sent.Before(s.joined) &&
			(s.leaves.IsZero() || !m.answered.Add(UnderWay).After(s.leaves)) {
			return true
		}
	}
	return false
}

// told tells whether the server said, after a message was sent, that it has lost
// something of the room.
func (u *User) told(m *message) bool {
	for _, gap := range u.gaps[m.to.room] {
		if gap.After(m.sent) {
			return true
		}
	}
	return false
}
