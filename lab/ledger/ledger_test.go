package ledger_test

import (
	"fmt"
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

func TestEachDefectIsSeen(t *testing.T) {
	tests := []struct {
		name  string
		lines string
		want  string // see summary
	}{
		{"nothing is wrong", three + `
			alice says m1 general
			m1 acked
			alice hears m1 general
			bob hears m1 general
			charlie hears m1 general`,
			"true due 2 delivered 2"},
		{"a message may come before its ack", three + `
			alice says m1 general
			bob hears m1 general
			charlie hears m1 general
			m1 acked`,
			"true due 2 delivered 2"},
		{"lost", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"lost, and told", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob gap general`,
			"false due 2 delivered 1 lost 1 told 1 first lost"},
		{"a gap before it was sent excuses nothing", three + `
			bob gap general
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"nobody looked", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob unseen`,
			"unknown due 2 delivered 1 unseen 1"},
		{"doubled", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			bob hears m1 general`,
			"false due 2 delivered 2 doubled 1 first doubled"},
		{"one's own copy doubled", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			alice hears m1 general
			alice hears m1 general`,
			"false due 2 delivered 2 doubled 1 first doubled"},
		{"reordered, of one sender", three + `
			alice says m1 general
			alice says m2 general
			m1 acked
			m2 acked
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general
			charlie hears m1 general`,
			"false due 4 delivered 4 reordered 2 first reordered"},
		{"two orders of two senders", three + `
			alice says m1 general
			bob says m2 general
			m1 acked
			m2 acked
			alice hears m1 general
			alice hears m2 general
			bob hears m2 general
			bob hears m1 general
			charlie hears m1 general
			charlie hears m2 general`,
			"false due 4 delivered 4 reordered 1 first reordered"},
		{"two senders may be heard in any order, if it is one", three + `
			alice says m1 general
			bob says m2 general
			m1 acked
			m2 acked
			alice hears m2 general
			alice hears m1 general
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general
			charlie hears m1 general`,
			"true due 4 delivered 4"},
		{"no two have the same pair, and yet there is no order", three + `
			alice says m1 general
			bob says m2 general
			charlie says m3 general
			m1 acked
			m2 acked
			m3 acked
			alice hears m1 general
			alice hears m2 general
			bob hears m2 general
			bob hears m3 general
			charlie hears m3 general
			charlie hears m1 general`,
			"false due 6 delivered 3 lost 3 reordered 1 first lost"},
		{"what was refused and comes late does no harm", three + `
			alice says m1 general
			alice says m2 general
			m1 refused
			m2 acked
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general`,
			"true due 2 delivered 2"},
		{"what is sent again stands where it was taken", three + `
			alice says m1 general
			m1 refused
			alice says m2 general
			m2 acked
			m1 again
			m1 acked
			bob hears m2 general
			bob hears m1 general
			charlie hears m2 general
			charlie hears m1 general`,
			"true due 4 delivered 4"},
		{"in another room", three + `
			alice in random
			alice says m1 random
			m1 acked
			bob hears m1 random`,
			"false due 0 wrong 1 first wrong room"},
		{"under another room's name", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob in random
			bob hears m1 random`,
			"false due 2 delivered 1 lost 1 wrong 1 first lost"},
		{"told to somebody else", three + `
			alice tells m1 bob
			m1 acked
			bob hears m1
			charlie hears m1`,
			"false due 1 delivered 1 wrong 1 first wrong room"},
		{"told, and lost", three + `
			alice tells m1 bob
			m1 acked`,
			"false due 1 lost 1 first lost"},
		{"after a leave was confirmed", three + `
			bob leaves general
			bob left general
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob hears m1 general`,
			"false due 1 delivered 1 wrong 1 first wrong room"},
		{"while leaving, both is right", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob leaves general
			alice says m2 general
			m2 acked
			charlie hears m2 general
			bob hears m2 general
			bob left general`,
			"true due 2 delivered 2"},
		{"long before leaving", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			wait 1s
			bob leaves general
			bob left general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"back in the room", three + `
			bob leaves general
			bob left general
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob in general
			alice says m2 general
			m2 acked
			charlie hears m2 general
			bob hears m2 general`,
			"true due 3 delivered 3"},
		{"a leave that was never confirmed ends with the next join", three + `
			bob leaves general
			bob on server-1
			bob in general
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"sent before the join was confirmed", three + `
			alice says m1 general
			dave on server-2
			dave in general
			m1 acked
			bob hears m1 general
			charlie hears m1 general`,
			"true due 2 delivered 2"},
		{"a reconnect is no excuse", three + `
			bob on server-1
			bob in general
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"false due 2 delivered 1 lost 1 first lost"},
		{"late", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			wait 2s
			bob hears m1 general`,
			"false due 2 delivered 2 late 1 first late"},
		{"refused is owed to nobody", three + `
			alice says m1 general
			m1 refused
			charlie hears m1 general`,
			"unknown due 0"},
		{"unanswered is owed to nobody", three + `
			alice says m1 general`,
			"unknown due 0"},
		{"heard before it asked to join", three + `
			dave on server-2
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			dave hears m1 general
			dave in general`,
			"false due 2 delivered 2 wrong 1 first wrong room"},
		{"told before the user was there", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			alice tells m2 dave
			m2 acked
			dave on server-2`,
			"true due 2 delivered 2"},
		{"acknowledged twice", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			wait 2s
			bob leaves general
			m1 acked`,
			"true due 2 delivered 2"},
		{"late, and never acknowledged", three + `
			alice says m1 general
			wait 2s
			bob hears m1 general`,
			"unknown due 0"},
		{"two behind one that came too early", three + `
			alice says m1 general
			alice says m2 general
			alice says m3 general
			m1 acked
			m2 acked
			m3 acked
			bob hears m3 general
			bob hears m1 general
			bob hears m2 general
			charlie hears m1 general
			charlie hears m2 general
			charlie hears m3 general`,
			"false due 6 delivered 6 reordered 2 first reordered"},
		{"what is said when nobody looks any more", three + `
			bob unseen
			alice says m1 general
			m1 acked
			charlie hears m1 general`,
			"unknown due 2 delivered 1 unseen 1"},
		{"a hole before the last that was seen is lost", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			alice says m2 general
			m2 acked
			charlie hears m2 general
			bob hears m2 general
			alice says m3 general
			m3 acked
			charlie hears m3 general
			bob unseen`,
			"false due 6 delivered 4 lost 1 unseen 1 first lost"},
		{"what was said before the answer may come after it", three + `
			alice says m1 general
			charlie says m2 general
			m1 acked
			m2 acked
			charlie hears m1 general
			alice hears m2 general
			bob hears m2 general
			bob unseen`,
			"unknown due 4 delivered 3 unseen 1"},
		{"of what is told to one there is no order of senders", three + `
			alice tells m1 bob
			m1 acked
			charlie tells m2 bob
			m2 acked
			bob hears m2
			bob unseen`,
			"unknown due 2 delivered 1 unseen 1"},
		{"another text", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general altered
			charlie hears m1 general`,
			"false due 2 delivered 2 altered 1 first altered"},
		{"another sender", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general from charlie
			charlie hears m1 general from alice`,
			"false due 2 delivered 2 altered 1 first altered"},
		{"numbered as it was acknowledged", three + `
			alice says m1 general
			bob hears m1 general at 7
			m1 acked 7
			charlie hears m1 general at 7
			charlie hears m1 general at 7`,
			"false due 2 delivered 2 doubled 1 first doubled"},
		{"numbered otherwise for another one", three + `
			alice says m1 general
			m1 acked 7
			bob hears m1 general at 8
			charlie hears m1 general at 7`,
			"false due 2 delivered 2 misnumbered 1 first misnumbered"},
		{"acknowledged under another number", three + `
			alice says m1 general
			bob hears m1 general at 8
			charlie hears m1 general at 8
			m1 acked 7`,
			"false due 2 delivered 2 misnumbered 1 first misnumbered"},
		{"two under one number", three + `
			alice says m1 general
			m1 acked 7
			bob hears m1 general at 7
			charlie hears m1 general at 7
			alice says m2 general
			m2 acked 7
			bob hears m2 general at 7
			charlie hears m2 general at 7`,
			"false due 4 delivered 4 misnumbered 2 first misnumbered"},
		{"after a gap, and after a join, numbers begin again", three + `
			alice says m1 general
			m1 acked 7
			bob hears m1 general at 7
			charlie hears m1 general at 7
			bob gap general
			charlie in general
			alice says m2 general
			m2 acked 1
			bob hears m2 general at 1
			charlie hears m2 general at 1`,
			"true due 4 delivered 4"},
		{"what is sent again may have two numbers", three + `
			alice says m1 general
			bob hears m1 general at 7
			charlie hears m1 general at 7
			m1 again
			m1 acked 1`,
			"true due 2 delivered 2"},
		{"one's own direct message may come back", three + `
			alice tells m1 bob
			m1 acked
			bob hears m1
			alice hears m1`,
			"true due 1 delivered 1"},
		{"one message has no answer", three + `
			alice says m1 general
			m1 acked
			bob hears m1 general
			charlie hears m1 general
			alice says m2 general`,
			"unknown due 2 delivered 2"},
		{"a canary counts nowhere", three + `
			alice says m1 general
			m1 acked
			charlie hears m1 general
			bob hears m1 general
			bob sings c1 general
			c1 acked
			bob hears c1 general`,
			"true due 2 delivered 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := play(t, ledger.Options{Within: time.Second}, test.lines)
			r := h.Judge()
			if got := summary(r); got != test.want {
				t.Errorf("got  %s\nwant %s\n%v", got, test.want, r.First)
			}
		})
	}
}

// summary is what is not zero.
func summary(r *ledger.Report) string {
	s := fmt.Sprintf("%s due %d", r.Verdict, r.Due)
	for _, part := range []struct {
		name  string
		count int
	}{
		{"delivered", r.Delivered}, {"lost", r.Lost}, {"told", r.Told}, {"unseen", r.Unseen}, {"doubled", r.Doubled},
		{"reordered", r.Reordered}, {"wrong", r.WrongRoom}, {"altered", r.Altered}, {"misnumbered", r.Misnumbered}, {"late", r.Late}, {"echoes lost", r.EchoesLost},
	} {
		if part.count != 0 {
			s += fmt.Sprintf(" %s %d", part.name, part.count)
		}
	}
	if r.First != nil {
		s += " first " + r.First.Defect
	}
	return s
}

func TestASenderMayBeOwedItsOwnMessages(t *testing.T) {
	lines := three + `
		alice says m1 general
		m1 acked
		bob hears m1 general
		charlie hears m1 general`
	for _, test := range []struct{ lines, want string }{
		{lines, "false due 2 delivered 2 echoes lost 1 first echo lost"},
		{lines + "\nalice hears m1 general", "true due 2 delivered 2"},
	} {
		if got := summary(play(t, ledger.Options{Echo: true}, test.lines).Judge()); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func TestTheFirstOffendingMessageIsTraced(t *testing.T) {
	r := play(t, ledger.Options{}, three+`
		dave on server-2
		dave in general
		alice says m1 general
		m1 acked
		charlie hears m1 general
		bob hears m1 general
		dave hears m1 general
		alice says m2 general
		m2 acked
		charlie hears m2 general
		alice says m3 general
		m3 acked`).Judge()
	want := `The first lost: message 2, in general, by alice on server-1, offset 2, acknowledged after 1.0 ms
  had it      charlie on server-1
  had it not  bob, dave on server-2`
	if got := r.First.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestATraceSaysWhoseCopyIsWrong(t *testing.T) {
	said := three + `
		alice says m1 general
		m1 acked
		charlie hears m1 general
		alice says m2 general
		m2 acked
		charlie hears m2 general
		bob hears m1 general
	`
	for _, test := range []struct{ lines, want string }{
		{"bob hears m2 general altered", "\n  altered     bob on server-2"},
		{"bob hears m2 general\nbob hears m1 general", "\n  doubled     bob on server-2"},
		{"bob hears m2 general\ndave on server-3\ndave hears m1 general", "\n  wrong room  dave on server-3"},
		{"bob hears m2 general\nalice hears m1 general at 9", "\n  misnumbered alice on server-1"},
	} {
		got := play(t, ledger.Options{}, said+test.lines).Judge().First.String()
		if !strings.HasSuffix(got, test.want) || !strings.Contains(got, "had it      bob on server-2") {
			t.Errorf("got %s, want it to end with %s", got, test.want)
		}
	}
}

func TestAnIDThatIsNotItsOwnIsNoMessage(t *testing.T) {
	h := play(t, ledger.Options{}, three)
	h.users["bob"].Heard(7, ledger.Copy{Room: "general", At: h.now})
	if r := h.Judge(); r.Heard != 0 || r.Verdict != ledger.Unknown {
		t.Errorf("got %+v, want nothing", r)
	}
}

func TestWhoDoesNotLookIsNotAskedForEchoes(t *testing.T) {
	h := play(t, ledger.Options{Echo: true}, three+`
		alice says m1 general
		m1 acked
		bob hears m1 general
		charlie hears m1 general
		alice unseen`)
	if got, want := summary(h.Judge()), "true due 2 delivered 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestManyWhoHadNotAreCounted(t *testing.T) {
	var lines strings.Builder
	for i := range 5 {
		fmt.Fprintf(&lines, "u%d on server-2\nu%d in general\n", i, i)
	}
	r := play(t, ledger.Options{}, three+lines.String()+"alice says m1 general\nm1 acked\n").Judge()
	if got, want := r.First.String(), "\n  had it not  bob, u0, u1 and 3 more on server-2"; !strings.HasSuffix(got, want) {
		t.Errorf("got %s, want it to end with %s", got, want)
	}
}

// In phase 2 this is the whole lesson: all of a server's own, nothing of another's.
func TestDeliveriesAreCountedFromServerToServer(t *testing.T) {
	r := play(t, ledger.Options{}, three+`
		alice says m1 general
		m1 acked
		charlie hears m1 general
		bob says m2 general
		m2 acked`).Judge()
	want := "[{server-1 server-1 1 1 0} {server-1 server-2 1 0 1} {server-2 server-1 2 0 2}]"
	if got := fmt.Sprint(r.Between); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Who has moved counts for where it was when the message was sent.
func TestWhoMovesIsCountedWhereItWas(t *testing.T) {
	r := play(t, ledger.Options{}, three+`
		alice says m1 general
		m1 acked
		charlie hears m1 general
		bob on server-3
		bob hears m1 general`).Judge()
	if got, want := fmt.Sprint(r.Between), "[{server-1 server-1 1 1 0} {server-1 server-2 1 1 0}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLatencyCountsFromWhenAMessageShouldHaveBeenSent(t *testing.T) {
	l := ledger.New(ledger.Options{})
	now := time.Now()
	alice, bob := l.User("alice"), l.User("bob")
	for _, u := range []*ledger.User{alice, bob} {
		u.Connected("server-1", now)
		u.Joins("general", now)
		u.Joined("general", now)
	}
	id := l.Sent(alice, ledger.Room("general"), now) // it should have been now, and it was a second later
	l.Acked(id, 1, now.Add(1001*time.Millisecond))
	bob.Heard(id, ledger.Copy{Room: "general", Offset: 1, At: now.Add(1002 * time.Millisecond)})
	r := l.Judge()
	if r.Latency.P50 < 1001 || r.Latency.P50 > 1003 || r.Answers.Max < 1000 {
		t.Errorf("got latency %+v, answers %+v, want 1002 and 1001 ms", r.Latency, r.Answers)
	}
}

func TestLiveCountsWhatIsUnderWay(t *testing.T) {
	h := play(t, ledger.Options{}, three+`
		alice says m1 general
		charlie hears m1 general`)
	if live := h.Live(); live.Sent != 1 || live.Due != 0 || live.Delivered != 0 {
		t.Errorf("before the ack: got %+v, want nothing due", live)
	}
	h.line([]string{"m1", "acked"})
	if live := h.Live(); live.Due != 2 || live.Delivered != 1 || live.Missing() != 1 {
		t.Errorf("after the ack: got %+v, want 2 due, 1 delivered", live)
	}
	h.line([]string{"bob", "hears", "m1", "general"})
	if live := h.Live(); live.Missing() != 0 {
		t.Errorf("at the end: got %+v, want nothing missing", live)
	}
}

// Its own copy is under way as well.
func TestLiveCountsEchoesWhereTheyAreDue(t *testing.T) {
	for _, lines := range []string{
		"alice says m1 general\nm1 acked\nbob hears m1 general\ncharlie hears m1 general\n",
		"alice says m1 general\nbob hears m1 general\ncharlie hears m1 general\nm1 acked\n",
	} {
		h := play(t, ledger.Options{Echo: true}, three+lines)
		if live := h.Live(); live.Missing() != 1 || live.Echoes != 1 {
			t.Errorf("got %+v, want an echo missing", live)
		}
		h.line([]string{"alice", "hears", "m1", "general"})
		if live := h.Live(); live.Missing() != 0 {
			t.Errorf("got %+v, want nothing missing", live)
		}
	}
	h := play(t, ledger.Options{Echo: true}, three+"alice says m1 general\nalice hears m1 general\nm1 acked\n")
	if live := h.Live(); live.Echoes != 0 || live.Missing() != 2 {
		t.Errorf("got %+v, want no echo missing: it came before the ack", live)
	}
}

func TestOrdersCountsThoseThatDiffer(t *testing.T) {
	one := three + `
		alice says m1 general
		bob says m2 general
		alice hears m1 general
		alice hears m2 general
		charlie hears m1 general
		charlie hears m2 general
	`
	for _, test := range []struct {
		lines string
		want  int
	}{
		{one + "bob hears m1 general\nbob hears m2 general", 1},
		{one + "bob hears m2 general\nbob hears m1 general", 2},
		{one + "bob hears m2 general", 1}, // what not all have heard says nothing
		{one + "bob sings c1 general\nalice hears c1 general\nbob hears c1 general\nbob hears m1 general\nbob hears m2 general\ncharlie hears c1 general", 1},
	} {
		if got := play(t, ledger.Options{}, test.lines).Orders("general"); got != test.want {
			t.Errorf("got %d orders, want %d:\n%s", got, test.want, test.lines)
		}
	}
}

func TestATallyIsOfAPart(t *testing.T) {
	h := play(t, ledger.Options{}, three+`
		alice says m1 general
		m1 acked
		charlie hears m1 general
		wait 1s
		alice says m2 general
		m2 acked
		charlie hears m2 general
		bob hears m2 general`)
	late := h.now.Add(-500 * time.Millisecond)
	for _, test := range []struct {
		name  string
		which func(ledger.Pair) bool
		want  string
	}{
		{"all", nil, "{4 3}"},
		{"late", func(p ledger.Pair) bool { return p.Sent.After(late) }, "{2 2}"},
		{"bob", func(p ledger.Pair) bool { return p.To == "bob" }, "{2 1}"},
		{"from elsewhere", func(p ledger.Pair) bool { return p.From != "server-1" }, "{0 0}"},
	} {
		if got := fmt.Sprint(h.Tally(test.which)); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestWhatNobodyAcknowledgedReachesSomebodyOrNot(t *testing.T) {
	h := play(t, ledger.Options{}, three+`
		alice says m1 general
		m1 refused
		alice hears m1 general
		charlie hears m1 general
		alice says m2 general`)
	got, want := h.Reached(h.now.Add(-time.Hour), h.now.Add(time.Hour)), ledger.Reach{Sent: 2, Heard: 1}
	if got != want {
		t.Errorf("got %+v, want %+v: one's own copy counts not", got, want)
	}
	if got, want := h.LastHeard(h.now.Add(-time.Hour), h.now), h.now.Add(-time.Millisecond); !got.Equal(want) {
		t.Errorf("got the last copy %v before the end, want %v", h.now.Sub(got), h.now.Sub(want))
	}
	if got := h.LastHeard(h.now, h.now.Add(time.Hour)); !got.IsZero() {
		t.Errorf("got a last copy at %v of what nobody heard", got)
	}
	if got := h.Reached(h.now, h.now.Add(time.Hour)); got.Sent != 1 {
		t.Errorf("got %d sent at last, want 1", got.Sent)
	}
}
