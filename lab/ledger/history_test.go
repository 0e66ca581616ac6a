package ledger_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"secondserver/lab/ledger"
)

// A history is written by hand: what happens, a line each, a millisecond after the
// other.
type history struct {
	*ledger.Ledger
	t     *testing.T
	now   time.Time
	users map[string]*ledger.User
	ids   map[string]ledger.ID
}

// play plays lines such as "bob hears m1 in general".
func play(t *testing.T, o ledger.Options, lines string) *history {
	t.Helper()
	h := &history{ledger.New(o), t, time.Now(), map[string]*ledger.User{}, map[string]ledger.ID{}}
	for line := range strings.Lines(lines) {
		if words := strings.Fields(line); len(words) > 0 {
			h.now = h.now.Add(time.Millisecond)
			h.line(words)
		}
	}
	return h
}

func (h *history) line(w []string) {
	h.t.Helper()
	u := h.users[w[0]]
	id, known := h.ids[w[0]]
	switch {
	case w[0] == "wait":
		d, err := time.ParseDuration(w[1])
		if err != nil {
			h.t.Fatal(err)
		}
		h.now = h.now.Add(d)
	case known && w[1] == "acked" && len(w) == 3: // m1 acked 7
		h.Acked(id, h.number(w[2]), h.now)
	case known && w[1] == "acked":
		h.Acked(id, uint64(len(h.ids)), h.now)
	case known && w[1] == "refused":
		h.Refused(id, h.now)
	case known && w[1] == "again":
		h.Again(id)
	case w[1] == "on": // alice on server-1
		if u == nil {
			u = h.User(w[0])
			h.users[w[0]] = u
		}
		u.Connected(w[2], h.now)
	case w[1] == "in": // alice in general
		u.Joins(w[2], h.now)
		u.Joined(w[2], h.now)
	case w[1] == "leaves":
		u.Leaves(w[2], h.now)
	case w[1] == "left":
		u.Left(w[2], h.now)
	case w[1] == "gap":
		u.Gap(w[2], h.now)
	case w[1] == "unseen":
		u.Unseen()
	case w[1] == "says": // alice says m1 general
		h.ids[w[2]] = h.Sent(u, ledger.Room(w[3]), h.now)
	case w[1] == "sings":
		h.ids[w[2]] = h.Canary(u, ledger.Room(w[3]), h.now)
	case w[1] == "tells": // alice tells m1 bob
		h.ids[w[2]] = h.Sent(u, ledger.One(w[3]), h.now)
	case w[1] == "hears": // bob hears m1: told to him alone; bob hears m1 general at 7 from alice altered
		c := ledger.Copy{Offset: ledger.NoOffset, At: h.now}
		for i, word := range w[3:] {
			switch {
			case i == 0:
				c.Room = word
			case word == "altered":
				c.Altered = true
			case w[2+i] == "at":
				c.Offset = h.number(word)
			case w[2+i] == "from":
				c.From = word
			}
		}
		u.Heard(h.ids[w[2]], c)
	default:
		h.t.Fatalf("no such line: %q", w)
	}
}

func (h *history) number(word string) uint64 {
	n, err := strconv.ParseUint(word, 10, 64)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

const three = `
	alice on server-1
	charlie on server-1
	bob on server-2
	alice in general
	charlie in general
	bob in general
`
