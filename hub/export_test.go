package hub

// Left counts the audiences of the hub, and the members of all of them: clients
// that are gone leave none behind.
func (h *Hub) Left() (audiences, members int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.audiences {
		a.mu.Lock()
		members += len(a.members)
		a.mu.Unlock()
	}
	return len(h.audiences), members
}

// KeysKept counts the keys of publications that m remembers for a topic.
func (m *Memory) KeysKept(to Destination) int {
	t := m.lock(to)
	defer t.mu.Unlock()
	return max(len(t.keys.positions), len(t.keys.order))
}
