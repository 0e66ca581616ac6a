package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"secondserver/lab/ledger"
)

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

func TestAnEchoOfWhoDoesNotLookIsUnknown(t *testing.T) {
	h := play(t, ledger.Options{Echo: true}, three+`
		alice says m1 general
		m1 acked
		bob hears m1 general
		charlie hears m1 general
		alice unseen`)
	if got, want := summary(h.Judge()), "unknown due 2 delivered 2 echoes unseen 1"; got != want {
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

func TestWhatIsSlowIsSlowUntilTheLastHasHeardIt(t *testing.T) {
	for _, test := range []struct {
		name, lines string
		slow        string // the last one; "": none is
	}{
		{"quick", "alice says m1 general\nm1 acked\nbob hears m1 general\ncharlie hears m1 general", ""},
		{"one is late", "alice says m1 general\nm1 acked\nbob hears m1 general\nwait 1s\ncharlie hears m1 general", "m1"},
		{"not acknowledged", "alice says m1 general\nbob hears m1 general\ncharlie hears m1 general", "m1"},
		{"heard by nobody", "alice says m1 general\nm1 acked", "m1"},
		{"the last of several", "alice says m1 general\nalice says m2 general\nwait 1s\nm1 acked\nm2 acked\nbob hears m1 general\nbob hears m2 general", "m2"},
		{"quick again", "alice says m1 general\nwait 1s\nm1 acked\nbob hears m1 general\nalice says m2 general\nm2 acked\nbob hears m2 general", "m1"},
		{"a canary is none", "alice sings m1 general", ""},
	} {
		h := play(t, ledger.Options{}, three)
		began := h.now
		sent := map[string]time.Time{"": {}}
		for line := range strings.Lines(test.lines) {
			h.now = h.now.Add(time.Millisecond)
			words := strings.Fields(line)
			h.line(words)
			if words[1] == "says" {
				sent[words[2]] = h.now
			}
		}
		if got, want := h.SlowUntil(100*time.Millisecond), sent[test.slow]; !got.Equal(want) {
			t.Errorf("%s: got %v after the beginning, want that of %q, %v", test.name, got.Sub(began), test.slow, want.Sub(began))
		}
	}
}

func TestWhoWasToldOfALossIsCounted(t *testing.T) {
	h := play(t, ledger.Options{}, three+"alice gap general\nbob gap general")
	middle := h.now
	h.now = h.now.Add(time.Second)
	for _, line := range []string{"bob gap general", "bob gap general"} {
		h.line(strings.Fields(line))
	}
	if all, since := h.Told(time.Time{}), h.Told(middle); all != 2 || since != 1 {
		t.Errorf("got %d users in all and %d since, want 2 and 1", all, since)
	}
}

func TestAMessageIsHeardWhenTheLastHasIt(t *testing.T) {
	h := play(t, ledger.Options{}, three)
	began := h.now
	for _, line := range []string{
		"alice says m1 general", "m1 acked", "bob hears m1 general", "wait 100ms", "charlie hears m1 general",
		"alice sings m2 general", "wait 1s", "bob hears m2 general",
		"alice says m3 general", "wait 1s",
	} {
		h.now = h.now.Add(time.Millisecond)
		h.line(strings.Fields(line))
	}
	middle := h.now
	for _, line := range []string{"alice says m4 general", "bob hears m4 general"} {
		h.now = h.now.Add(time.Millisecond)
		h.line(strings.Fields(line))
	}
	if got := h.Heard(began, middle); got.Max < 103 || got.Max > 105 || got.P50 != got.Max {
		t.Errorf("got %v, want the one message that was heard, after 104 ms", got)
	}
	if got := h.Heard(middle, h.now.Add(time.Second)); got.Max != 1 {
		t.Errorf("got %v, want 1 ms", got)
	}
}
