package dialecttest

import (
	"fmt"
	"strings"
	"time"
)

// The faults. Where nothing else is said a third of the messages has it.
const (
	None     = ""
	Loses    = "loses"
	Doubles  = "doubles"
	Reorders = "reorders"
	Mixes    = "mixes"    // what is said in one room is heard in another one as well
	Keeps    = "keeps"    // who has left still hears the room that it was in last
	Alters   = "alters"   // the last character arrives as another one
	Forges   = "forges"   // a message names another sender
	Repeats  = "repeats"  // a message comes once more, late
	Refuses  = "refuses"  // a message is not taken, and its sender is told
	Slights  = "slights"  // of the first 48 messages Alice hears none
	Swallows = "swallows" // nobody hears anything, and everything is acknowledged
	Grips    = "grips"    // nobody can leave: there is no answer
)

// late is after what time a message is repeated.
const late = 500 * time.Millisecond

// deliver sends a message to the members of a room, with the fault if it has one. It
// is called with the mutex held.
func (f *Foreign) deliver(from *member, room, text string) {
	third := f.said%3 == 0
	by := from.name
	switch {
	case f.fault == Alters && third:
		text = alter(text)
	case f.fault == Forges && third:
		by = f.another(from)
	}
	i := 0
	for _, m := range f.members {
		i++
		heard := m.room == room || m.left == room || f.fault == Mixes && third && m.room != ""
		slighted := f.fault == Slights && f.said <= 48 && strings.HasPrefix(m.name, "alice")
		if !heard || slighted || f.fault == Swallows || f.fault == Loses && third && i%2 == 0 && m != from {
			continue
		}
		in := m.room
		if m.left == room {
			in = room
		}
		frame := fmt.Sprintf(`{"said":%q,"channel":%q,"by":%q}`, text, in, by)
		if f.fault == Reorders && third && m.held == "" && m != from {
			m.held = frame
			continue
		}
		m.write("%s", frame)
		if f.fault == Doubles && third {
			m.write("%s", frame)
		}
		if f.fault == Repeats && third {
			f.repeat(m, frame)
		}
		if m.held != "" {
			m.write("%s", m.held)
			m.held = ""
		}
	}
}

// repeat sends a frame once more, late, to a member that is still connected then. The
// timer keeps nobody waiting: once all have gone it finds nobody.
func (f *Foreign) repeat(m *member, frame string) {
	time.AfterFunc(late, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.members[m.conn] == m {
			m.write("%s", frame)
		}
	})
}

// alter puts another character in the place of the last one.
func alter(text string) string {
	r := []rune(text)
	if len(r) == 0 {
		return "x"
	}
	if last := &r[len(r)-1]; *last == 'x' {
		*last = 'y'
	} else {
		*last = 'x'
	}
	return string(r)
}

// another is the name of somebody else, if there is one.
func (f *Foreign) another(than *member) string {
	for _, m := range f.members {
		if m.name != than.name {
			return m.name
		}
	}
	return "nobody"
}
