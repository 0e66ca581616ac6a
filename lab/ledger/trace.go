package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Trace is the way of the first message that something is wrong with.
type Trace struct {
	Defect   string   `json:"defect"`  // lost, doubled, wrong room, altered, echo lost, misnumbered, reordered, late
	Message  int      `json:"message"` // 1 is the first that was sent
	From     string   `json:"from"`
	Server   string   `json:"server"`   // that its sender was connected to
	To       string   `json:"to"`       // "in general", "to bob"
	Offset   *uint64  `json:"offset"`   // null where the server gave none
	SentMS   float64  `json:"sent_ms"`  // after the beginning
	AckedMS  *float64 `json:"acked_ms"` // after it was sent; null if it never was
	Had      []Group  `json:"had"`
	HadNot   []Group  `json:"had_not"`
	Affected []Group  `json:"affected,omitempty"` // who has the defect, where that is not HadNot
}

// A Group is users on one server.
type Group struct {
	Server string   `json:"server"`
	Count  int      `json:"count"`
	Users  []string `json:"users"` // the first few
}

// shown is how many of a group are named.
const shown = 3

// An offence is the first message that something is wrong with. Of several
// defects of one message the gravest counts.
type offence struct {
	id     ID
	defect string
}

var gravity = []string{"", "late", "reordered", "misnumbered", "echo lost", "altered", "wrong room", "doubled", "lost"}

func (o *offence) add(id ID, defect string) {
	if o.defect == "" || id < o.id || id == o.id && slices.Index(gravity, defect) > slices.Index(gravity, o.defect) {
		*o = offence{id, defect}
	}
}

func (l *Ledger) trace(o offence) *Trace {
	m := l.messages[o.id]
	t := &Trace{
		Defect: o.defect, Message: int(o.id) + 1,
		From: m.from.Name, Server: m.server, To: m.to.String(),
		SentMS: milliseconds(m.sent.Sub(l.began)),
	}
	if m.offset != NoOffset {
		t.Offset = &m.offset
	}
	if m.acked {
		t.AckedMS = new(milliseconds(m.answered.Sub(m.sent)))
	}
	var had, hadNot, affected []*User
	disorder := l.disorder()
	for _, u := range l.users {
		if o.concerns(u, m, disorder) {
			affected = append(affected, u)
		}
	}
	l.eachDue(func(id ID, _ *message, u *User, own bool) {
		switch {
		case id != o.id || own:
		case u.heard.has(id):
			had = append(had, u)
		default:
			hadNot = append(hadNot, u)
		}
	})
	t.Had, t.HadNot, t.Affected = groups(had, m), groups(hadNot, m), groups(affected, m)
	return t
}

// concerns tells whether a user's copy has the defect, where one has to ask:
// whoever has lost it is in HadNot.
func (o offence) concerns(u *User, m *message, disorder map[*User][]ID) bool {
	switch o.defect {
	case "doubled":
		return u.doubled[o.id] > 0
	case "late":
		return u.late[o.id]
	case "wrong room":
		return u.strayed[o.id]
	case "altered":
		return u.altered[o.id]
	case "misnumbered":
		return u.misnumbered[o.id]
	case "echo lost":
		return m.from == u
	case "reordered":
		return slices.Contains(disorder[u], o.id)
	}
	return false
}

func groups(users []*User, m *message) (all []Group) {
	for _, u := range users {
		server := u.serverAt(m.sent)
		i := slices.IndexFunc(all, func(g Group) bool { return g.Server == server })
		if i < 0 {
			i = len(all)
			all = append(all, Group{Server: server})
		}
		if all[i].Count++; len(all[i].Users) < shown {
			all[i].Users = append(all[i].Users, u.Name)
		}
	}
	slices.SortFunc(all, func(a, b Group) int { return cmp.Compare(a.Server, b.Server) })
	return all
}

// String tells the trace in a few lines.
func (t *Trace) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The first %s: message %d, %s, by %s on %s", t.Defect, t.Message, t.To, t.From, t.Server)
	if t.Offset != nil {
		fmt.Fprintf(&b, ", offset %d", *t.Offset)
	}
	if t.AckedMS != nil {
		fmt.Fprintf(&b, ", acknowledged after %.1f ms", *t.AckedMS)
	}
	for _, part := range []struct {
		title  string
		groups []Group
	}{{"had it", t.Had}, {"had it not", t.HadNot}, {t.Defect, t.Affected}} {
		for _, g := range part.groups {
			fmt.Fprintf(&b, "\n  %-11s %s", part.title, g)
		}
	}
	return b.String()
}

func (g Group) String() string {
	names := strings.Join(g.Users, ", ")
	if more := g.Count - len(g.Users); more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return names + " on " + g.Server
}
