package ledger

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
)

// All members of a room are to hear its messages in one order, in which those of
// one sender stand as they were sent. Whether there is such an order at all is a
// question about a graph: an arrow from each message to the one that somebody heard
// next, and to the one that its sender sent next. Without a circle there is one.
// Where there are circles, each is cut at the message that was sent first, and whoever
// heard something after what follows it in the order so made heard it reordered.

// disorder finds, for each user, what it heard too late in the order. The caller
// holds mu.
func (l *Ledger) disorder() map[*User][]ID {
	heard := make(map[Destination]map[*User][]ID)
	for _, u := range l.users {
		for _, id := range u.order {
			m := l.messages[id]
			if m.canary || !m.acked {
				continue
			}
			if heard[m.to] == nil {
				heard[m.to] = make(map[*User][]ID)
			}
			heard[m.to][u] = append(heard[m.to][u], id)
		}
	}
	wrong := make(map[*User][]ID)
	for _, room := range heard {
		rank := l.order(room)
		for u, sequence := range room {
			last := -1
			for _, id := range sequence {
				if rank[id] < last {
					wrong[u] = append(wrong[u], id)
				}
				last = max(last, rank[id])
			}
		}
	}
	return wrong
}

// order gives each message that somebody heard its place.
func (l *Ledger) order(heard map[*User][]ID) (rank map[ID]int) {
	after := make(map[ID]map[ID]bool) // who comes after whom
	before := make(map[ID]int)        // how many come before
	arrow := func(a, b ID) {
		if after[a] == nil {
			after[a] = make(map[ID]bool)
		}
		if !after[a][b] {
			after[a][b] = true
			before[b]++
		}
	}
	for _, sequence := range heard {
		for i, id := range sequence {
			before[id] += 0 // it is there
			if i > 0 {
				arrow(sequence[i-1], id)
			}
		}
	}
	left := make([]ID, 0, len(before))
	for id := range before {
		left = append(left, id)
	}
	slices.Sort(left)
	said := make(map[*User]ID)
	for _, id := range left {
		m := l.messages[id]
		if m.again {
			continue // it may stand where its second try stands
		}
		if previous, ok := said[m.from]; ok {
			arrow(previous, id)
		}
		said[m.from] = id
	}

	rank = make(map[ID]int, len(left))
	var free ids // nobody is left who comes before them; in their order, and so a heap
	for _, id := range left {
		if before[id] == 0 {
			free = append(free, id)
		}
	}
	for len(rank) < len(before) {
		if len(free) == 0 { // all that is left is in circles, or behind one
			for _, placed := rank[left[0]]; placed; _, placed = rank[left[0]] {
				left = left[1:]
			}
			heap.Push(&free, left[0])
		}
		id := heap.Pop(&free).(ID)
		if _, placed := rank[id]; placed {
			continue
		}
		rank[id] = len(rank)
		for next := range after[id] {
			if before[next]--; before[next] == 0 {
				heap.Push(&free, next)
			}
		}
	}
	return rank
}

// ids is a heap: of those that could be next, the one that was sent first.
type ids []ID

func (h ids) Len() int           { return len(h) }
func (h ids) Less(i, j int) bool { return cmp.Less(h[i], h[j]) }
func (h ids) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ids) Push(id any)       { *h = append(*h, id.(ID)) }
func (h *ids) Pop() (id any) {
	last := len(*h) - 1
	id = (*h)[last]
	*h = (*h)[:last]
	return id
}

// Orders is in how many different orders the members of a room heard those
// messages that all of them heard.
func (l *Ledger) Orders(room string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	var members []*User
	common := make(map[ID]int)
	for _, u := range l.users {
		if u.memberships[room] == nil {
			continue
		}
		members = append(members, u)
		for _, id := range u.order {
			if m := l.messages[id]; m.to == Room(room) && !m.canary {
				common[id]++
			}
		}
	}
	orders := make(map[string]bool)
	for _, u := range members {
		var sequence []ID
		for _, id := range u.order {
			if common[id] == len(members) {
				sequence = append(sequence, id)
			}
		}
		orders[fmt.Sprint(sequence)] = true
	}
	return len(orders)
}
