package load_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
	"secondserver/lab/load"
)

const patience = 2 * time.Second

func gather(t *testing.T, s *site, o load.Options) *load.Crowd {
	t.Helper()
	o.Dialect, o.URLs = s, []string{"http://site"}
	o.Dialing = 1 // in order
	c, err := load.Gather(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func talk(t *testing.T, c *load.Crowd, p load.Pace) *ledger.Report {
	t.Helper()
	if err := c.Talk(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	c.Settle(t.Context(), patience)
	return c.Judge()
}

func wantVerdict(t *testing.T, r *ledger.Report, want ledger.Verdict) {
	t.Helper()
	if r.Verdict != want {
		t.Errorf("got %s: %+v, want %s", r.Verdict, r, want)
	}
}

func TestEverybodyHearsEverybodyOnJoinedServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := gather(t, newSite(3, true), load.Options{Users: 12})
		r := talk(t, c, load.Pace{Rate: 10, For: 3 * time.Second})
		wantVerdict(t, r, ledger.True)
		if r.Sent != 30 || r.Due != 30*11 || r.Delivered != r.Due || r.Heard != 30*12 {
			t.Errorf("got %d sent, %d of %d delivered, %d heard, want 30, 330 of 330, 360", r.Sent, r.Delivered, r.Due, r.Heard)
		}
	})
}

func TestASeparateServerIsSeenAndItsUsersAreKnownToBeThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(3, false)
		c := gather(t, s, load.Options{Users: 12})
		began := time.Now()
		r := talk(t, c, load.Pace{Window: 1, Count: 24})
		wantVerdict(t, r, ledger.False)
		if r.Due != 24*11 || r.Delivered != 24*3 || r.Unseen != 0 {
			t.Errorf("got %d of %d delivered, %d unseen, want (12/3-1)/(12-1) of 264, so 72, and 0", r.Delivered, r.Due, r.Unseen)
		}
		if took := time.Since(began); took > patience {
			t.Errorf("it took %v: canaries end the wait, and not patience", took)
		}
	})
}

// A dead connection hears nothing either.
func TestWhoHearsNoCanaryAndDoesNotAnswerIsUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		c := gather(t, s, load.Options{Users: 3})
		s.deaf = s.conns[2].user
		r := talk(t, c, load.Pace{Window: 1, Count: 2})
		wantVerdict(t, r, ledger.Unknown)
		if r.Unseen != 2 || r.Lost != 0 {
			t.Errorf("got %d unseen, %d lost, want 2 and 0", r.Unseen, r.Lost)
		}
	})
}

// An open loop: a server that takes half a second for an answer does not make people
// speak less, and what they say is late from when it was due.
func TestARateIsKeptWhateverTheServerDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.stall = 500 * time.Millisecond
		c := gather(t, s, load.Options{Users: 4})
		began := time.Now()
		r := talk(t, c, load.Pace{Rate: 100, For: time.Second})
		if r.Sent != 100 || time.Since(began) > 1600*time.Millisecond {
			t.Errorf("got %d sent in %v, want 100 in 1.5 s", r.Sent, time.Since(began))
		}
		if r.Latency.P50 < 499 || r.Latency.Max > 502 {
			t.Errorf("got %v, want 500 ms each", r.Latency)
		}
	})
}

func TestAWindowBoundsWhatIsUnanswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.stall = 100 * time.Millisecond
		c := gather(t, s, load.Options{Users: 2})
		r := talk(t, c, load.Pace{Window: 3, For: time.Second})
		for user, most := range s.most {
			if most != 3 {
				t.Errorf("%s had up to %d unanswered messages, want 3", user, most)
			}
		}
		if r.Sent != 2*3*10 {
			t.Errorf("got %d sent, want 3 each in each tenth of a second, 60", r.Sent)
		}
	})
}

func TestOnlyTheSpeakersSpeakOnAllServersEvenly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, false)
		c := gather(t, s, load.Options{Users: 8})
		r := talk(t, c, load.Pace{Window: 1, Count: 20, Speakers: 2})
		if len(s.most) < 2 || len(r.Between) != 4 || r.Between[0].Due != 30 || r.Between[3].Due != 30 {
			t.Errorf("got %v, want 10 messages on each server", r.Between)
		}
	})
}

func TestFewMessagesAreSpreadOverAllServers(t *testing.T) {
	for _, pace := range []load.Pace{{Window: 1, Count: 6}, {Rate: 6, For: time.Second}, {Rate: 60, For: time.Second, Count: 6}} {
		synctest.Test(t, func(t *testing.T) {
			r := talk(t, gather(t, newSite(3, true), load.Options{Users: 12}), pace)
			for _, x := range r.Between {
				if x.From == x.To && x.Due != 2*3 || x.From != x.To && x.Due != 2*4 {
					t.Errorf("%+v: got %v, want 2 messages on each server", pace, r.Between)
					break
				}
			}
		})
	}
}

func TestOnlyThoseOnOneServerSpeak(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := gather(t, newSite(2, true), load.Options{Users: 8})
		r := talk(t, c, load.Pace{Window: 1, Count: 12, On: "server-2"})
		if want := "[{server-2 server-1 48 48 0} {server-2 server-2 36 36 0}]"; fmt.Sprint(r.Between) != want {
			t.Errorf("got %v, want %s", r.Between, want)
		}
	})
}

func TestRoomsAreOnAllServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := gather(t, newSite(2, true), load.Options{Users: 8, Rooms: 4})
		r := talk(t, c, load.Pace{Window: 1, Count: 8})
		wantVerdict(t, r, ledger.True)
		if want := "[{server-1 server-2 4 4 0} {server-2 server-1 4 4 0}]"; fmt.Sprint(r.Between) != want {
			t.Errorf("got %v, want %s", r.Between, want)
		}
	})
}

func TestDirectMessagesGoToAnotherServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, servers := range []int{2, 3} {
			c := gather(t, newSite(servers, true), load.Options{Users: 12, Rooms: 2})
			r := talk(t, c, load.Pace{Window: 1, Count: 24, Direct: true})
			wantVerdict(t, r, ledger.True)
			if r.Due != 24 || r.Heard != 24 {
				t.Errorf("got %d due, %d heard, want 24 and 24", r.Due, r.Heard)
			}
			for _, x := range r.Between {
				if x.From == x.To {
					t.Errorf("%d servers: got %v, want none to the sender's own", servers, r.Between)
				}
			}
		}
	})
}

func TestWhoComesBackGetsWhatHeAsksFor(t *testing.T) {
	for _, test := range []struct {
		back load.Return
		want ledger.Verdict
	}{{load.Resume, ledger.True}, {load.Rejoin, ledger.False}, {load.Away, ledger.False}} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(2, true)
			s.delay = time.Millisecond
			c := gather(t, s, load.Options{Users: 6, Return: test.back})
			time.AfterFunc(1005*time.Millisecond, func() { s.kill(0) })
			r := talk(t, c, load.Pace{Rate: 200, For: 2 * time.Second})
			wantVerdict(t, r, test.want)
			if got := c.Ends()["broken"]; got != 3 {
				t.Errorf("got %d broken connections, want 3: %v", got, c.Ends())
			}
			if back := len(c.Comebacks()); (back == 3) != (test.back != load.Away) {
				t.Errorf("got %d who came back", back)
			}
			if test.back == load.Resume && (r.Unanswered != 0 || r.Doubled != 0) {
				t.Errorf("got %d unanswered, %d doubled, want 0", r.Unanswered, r.Doubled)
			}
		})
	}
}

// Who cannot have what he missed was told so, and it is lost all the same.
func TestWhoCannotResumeIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, true)
		s.forgets = true
		c := gather(t, s, load.Options{Users: 6, Return: load.Resume})
		time.AfterFunc(505*time.Millisecond, func() { s.kill(0) })
		r := talk(t, c, load.Pace{Rate: 200, For: time.Second})
		wantVerdict(t, r, ledger.False)
		if r.Lost == 0 || r.Told != r.Lost {
			t.Errorf("got %d lost, %d told, want all of them told", r.Lost, r.Told)
		}
	})
}

// After a gap, offsets begin again, and one resumes from there.
func TestWhoWasToldOfAGapResumesBehindIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, true)
		c := gather(t, s, load.Options{Users: 6, Return: load.Resume})
		wantVerdict(t, talk(t, c, load.Pace{Window: 1, Count: 30}), ledger.True)
		s.forget()
		c.Move(6)
		synctest.Wait()
		r := talk(t, c, load.Pace{Window: 1, Count: 30})
		wantVerdict(t, r, ledger.True)
		if r.Acked != 60 || r.Due != 60*5 {
			t.Errorf("got %d acknowledged, %d due, want 60 and 300", r.Acked, r.Due)
		}
	})
}

// What was refused is sent again, and is one copy in the end.
func TestWhoResumesInsists(t *testing.T) {
	for _, test := range []struct {
		back    load.Return
		refused int
	}{{load.Resume, 0}, {load.Rejoin, 5}} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(1, true)
			s.refuse = 5
			c := gather(t, s, load.Options{Users: 4, Return: test.back})
			r := talk(t, c, load.Pace{Rate: 100, Count: 20})
			wantVerdict(t, r, ledger.True)
			if got := c.Refusals()["unavailable"]; got != 5 {
				t.Errorf("got %v refusals, want 5 of unavailable", c.Refusals())
			}
			if r.Refused != test.refused || r.Acked != 20-test.refused || s.taken != 20-test.refused {
				t.Errorf("got %d refused, %d acknowledged, %d taken, want %d refused", r.Refused, r.Acked, s.taken, test.refused)
			}
		})
	}
}

func TestWhoMovesLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, true)
		c := gather(t, s, load.Options{Users: 6, Return: load.Resume})
		time.AfterFunc(500*time.Millisecond, func() {
			if got := len(c.Move(3)); got != 3 {
				t.Errorf("got %d who move, want 3", got)
			}
		})
		wantVerdict(t, talk(t, c, load.Pace{Rate: 100, For: time.Second}), ledger.True)
		if got := c.Ends()["moved"]; got != 3 {
			t.Errorf("got %v, want 3 who moved", c.Ends())
		}
	})
}

func TestSendersAreToHearThemselvesWhereTheDialectSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.others = true
		r := talk(t, gather(t, s, load.Options{Users: 3}), load.Pace{Window: 1, Count: 6})
		wantVerdict(t, r, ledger.False)
		if r.EchoesLost != 6 || r.Lost != 0 {
			t.Errorf("got %d echoes lost, %d lost, want 6 and 0", r.EchoesLost, r.Lost)
		}
	})
}

func TestWhatArrivesTooLateIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.delay = 300 * time.Millisecond
		c := gather(t, s, load.Options{Users: 3, Within: 200 * time.Millisecond})
		r := talk(t, c, load.Pace{Window: 1, Count: 3})
		wantVerdict(t, r, ledger.False)
		if r.Late != 6 || r.Lost != 0 {
			t.Errorf("got %d late, %d lost, want 6 and 0", r.Late, r.Lost)
		}
	})
}

func TestAnEndedContextEndsATalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.stall = time.Hour // nothing is ever answered
		c := gather(t, s, load.Options{Users: 3})
		ctx, stop := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		time.AfterFunc(time.Second, func() { stop(enough) })
		began := time.Now()
		if err := c.Talk(ctx, load.Pace{Window: 2, For: time.Minute}); !errors.Is(err, enough) || time.Since(began) != time.Second {
			t.Errorf("got %v after %v, want %v after 1 s", err, time.Since(began), enough)
		}
	})
}

func TestATextIsAsLongAsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		c := gather(t, s, load.Options{Users: 2})
		talk(t, c, load.Pace{Window: 1, Count: 2, Size: 200})
		for _, h := range s.history[c.Room()] {
			if len(h.Text) != 200 {
				t.Errorf("got %d bytes, want 200", len(h.Text))
			}
		}
	})
}

// What is due is due, also while its user is away: nothing of a stall is hidden.
func TestWhatCannotBeSaidIsUnanswered(t *testing.T) {
	for _, back := range []load.Return{load.Away, load.Rejoin, load.Resume} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(1, true)
			c := gather(t, s, load.Options{Users: 4, Return: back})
			time.AfterFunc(505*time.Millisecond, func() { s.goDown(true); s.kill(0) })
			began := time.Now()
			r := talk(t, c, load.Pace{Rate: 100, For: 2 * time.Second})
			wantVerdict(t, r, ledger.Unknown)
			if r.Sent != 200 || r.Acked != 51 || r.Unanswered != 149 {
				t.Errorf("%v: got %d sent, %d acknowledged, %d unanswered, want 200, 51 and 149", back, r.Sent, r.Acked, r.Unanswered)
			}
			if took := time.Since(began); took > 40*time.Second {
				t.Errorf("%v: it took %v, want at most some 15 s after the last", back, took)
			}
		})
	}
}

// Nobody who resumes falls silent because a server was away for longer than a message waits.
func TestWhoIsBackGoesOnSpeaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		c := gather(t, s, load.Options{Users: 4, Return: load.Resume})
		time.AfterFunc(505*time.Millisecond, func() { s.goDown(true); s.kill(0) })
		time.AfterFunc(20*time.Second, func() { s.goDown(false) })
		r := talk(t, c, load.Pace{Rate: 10, For: 30 * time.Second})
		if r.Sent != 300 || r.Unanswered < 30 || r.Unanswered > 70 || r.Lost != 0 {
			t.Errorf("got %d sent, %d unanswered, %d lost, want 300, those of some 5 s, and none", r.Sent, r.Unanswered, r.Lost)
		}
	})
}

func TestATalkEndsWhereNothingIsAnswered(t *testing.T) {
	for _, test := range []struct {
		pace load.Pace
		back load.Return
		sent int
		most time.Duration
	}{
		{load.Pace{Rate: 1000, For: time.Second}, load.Rejoin, 1000, 20 * time.Second},
		{load.Pace{Rate: 1000, For: time.Second}, load.Resume, 1000, 71 * time.Second},
		{load.Pace{Window: 2, Count: 1000}, load.Rejoin, 2 * 4, 11 * time.Second},
		{load.Pace{Window: 2, Count: 1000}, load.Resume, 2 * 4, 61 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(1, true)
			s.mute = true
			c := gather(t, s, load.Options{Users: 4, Return: test.back})
			began := time.Now()
			if err := c.Talk(t.Context(), test.pace); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > test.most {
				t.Errorf("%+v, %v: it took %v, want at most %v", test.pace, test.back, took, test.most)
			}
			if r := c.Judge(); r.Sent != test.sent || r.Unanswered != test.sent {
				t.Errorf("%+v, %v: got %d sent, %d unanswered, want %d", test.pace, test.back, r.Sent, r.Unanswered, test.sent)
			}
		})
	}
}

// A server that hangs closes nothing. Who resumes leaves it when it does not answer.
func TestWhoGetsNoAnswerGoesElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, true)
		c := gather(t, s, load.Options{Users: 6, Return: load.Resume})
		time.AfterFunc(505*time.Millisecond, func() { s.freeze(0) })
		r := talk(t, c, load.Pace{Rate: 100, For: 2 * time.Second})
		wantVerdict(t, r, ledger.True)
		if got := c.Ends()["no answer within 10s"]; got != 3 || r.Acked != 200 {
			t.Errorf("got %v, %d acknowledged, want 3 without an answer, 200", c.Ends(), r.Acked)
		}
		if got := c.SlowestAnswer(); got < 10*time.Second {
			t.Errorf("the slowest answer took %v, want the 10 s that nobody answered", got)
		}
	})
}

func TestWhoHasLeftIsOwedNothingAndHearsNothing(t *testing.T) {
	for keeps, want := range map[bool]ledger.Verdict{false: ledger.True, true: ledger.False} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(2, true)
			s.keeps = keeps
			c := gather(t, s, load.Options{Users: 12, Rooms: 2})
			if err := c.Leave(t.Context(), 4); err != nil {
				t.Fatal(err)
			}
			c.Listen(t.Context(), time.Millisecond) // what comes in the moment of the leave is nobody's fault
			r := talk(t, c, load.Pace{Window: 1, Count: 16})
			wantVerdict(t, r, want)
			if r.Due != 16*3 || r.Delivered != r.Due || r.WrongRoom != map[bool]int{false: 0, true: 16 * 2}[keeps] {
				t.Errorf("got %d of %d delivered, %d in the wrong room, want 48 of 48 for the 4 who stay in each room", r.Delivered, r.Due, r.WrongRoom)
			}
		})
	}
}

// They are not waited for, and do not come back into the room.
func TestWhoHasLeftStaysOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, false)
		c := gather(t, s, load.Options{Users: 6, Return: load.Rejoin})
		if err := c.Leave(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		c.Listen(t.Context(), time.Millisecond)
		began := time.Now()
		r := talk(t, c, load.Pace{Window: 1, Count: 8})
		if took := time.Since(began); r.Due != 8*3 || r.Delivered != 8 || took > time.Second {
			t.Errorf("got %d of %d delivered after %v, want 8 of 24 at once", r.Delivered, r.Due, took)
		}
		s.kill(0)
		c.Listen(t.Context(), 10*time.Second)
		if got := len(c.Comebacks()); got != 2 {
			t.Errorf("got %d who came back, want the 2 of 3 who have not left", got)
		}
	})
}

func TestALeaveThatIsNotConfirmedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.grips = true
		c := gather(t, s, load.Options{Users: 300})
		began := time.Now()
		err := c.Leave(t.Context(), 100)
		if err == nil || !strings.Contains(err.Error(), "not within 10s") {
			t.Errorf("got %v, want for how long it was waited", err)
		}
		if took := time.Since(began); took > 21*time.Second {
			t.Errorf("100 leaves took %v, want 10 s for every 64", took)
		}
	})
}

// Who cannot be asked whether he is there can say something, and see whether it is taken.
func TestAnAnswerIsASignOfLife(t *testing.T) {
	for deaf, want := range map[bool]ledger.Verdict{false: ledger.False, true: ledger.Unknown} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(1, true)
			s.foreign = true
			c := gather(t, s, load.Options{Users: 3})
			silent := s.conns[2].user
			s.unheard = silent
			if err := c.Talk(t.Context(), load.Pace{Window: 1, Count: 2, Speakers: 2}); err != nil {
				t.Fatal(err)
			}
			if deaf {
				s.deafen(silent)
			}
			c.Settle(t.Context(), patience)
			wantVerdict(t, c.Judge(), want)
		})
	}
}

func TestAMessageThatNamesNobodyIsAltered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.names = true
		r := talk(t, gather(t, s, load.Options{Users: 3}), load.Pace{Window: 1, Count: 3})
		if r.Verdict != ledger.False || r.Altered != 9 {
			t.Errorf("got %s, %d altered, want false, 9", r.Verdict, r.Altered)
		}
	})
}

func TestWhatASayingBecomesIsLookedAt(t *testing.T) {
	for name, change := range map[string]func(*dialect.Heard){
		"a byte":         func(h *dialect.Heard) { h.Text = h.Text[:len(h.Text)-1] + "!" },
		"cut short":      func(h *dialect.Heard) { h.Text = h.Text[:len(h.Text)-1] },
		"its length":     func(h *dialect.Heard) { h.Text = strings.Replace(h.Text, " 64 ", " 999999999999 ", 1) },
		"another sender": func(h *dialect.Heard) { h.From = "mallory" },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newSite(1, true)
			s.change = change
			r := talk(t, gather(t, s, load.Options{Users: 3}), load.Pace{Window: 1, Count: 3})
			wantVerdict(t, r, ledger.False)
			if r.Altered != 9 || r.Lost != 0 {
				t.Errorf("%s: got %d altered, %d lost, want 9 and 0", name, r.Altered, r.Lost)
			}
		})
	}
}

// A message that is refused, and sent again, is answered twice: the pause in between is
// nobody's but the sender's.
func TestTheSlowestAnswerCountsFromTheSendThatItAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(1, true)
		s.stall, s.refuse = 300*time.Millisecond, 5
		c := gather(t, s, load.Options{Users: 4, Return: load.Resume})
		if got := c.SlowestAnswer(); got != 0 {
			t.Errorf("before anybody speaks: got %v, want 0", got)
		}
		wantVerdict(t, talk(t, c, load.Pace{Rate: 100, Count: 20}), ledger.True)
		if got := c.SlowestAnswer(); got != s.stall {
			t.Errorf("got %v, want %v", got, s.stall)
		}
	})
}

func TestWhoComesBackSaysWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(2, true)
		c := gather(t, s, load.Options{Users: 6, Return: load.Resume})
		killed := time.Now()
		s.kill(0)
		c.Listen(t.Context(), 5*time.Second)
		all := c.Comebacks()
		if len(all) != 3 {
			t.Fatalf("got %d comebacks, want 3", len(all))
		}
		for i, back := range all {
			if !back.Ended.Equal(killed) || back.Took() <= 0 || i > 0 && back.Took() < all[i-1].Took() {
				t.Errorf("comeback %d: ended %v after the kill, took %v; want 0, and longer than the one before", i, back.Ended.Sub(killed), back.Took())
			}
		}
	})
}

func TestATalkEndsWhenItIsToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := gather(t, newSite(1, true), load.Options{Users: 4})
		enough := make(chan struct{})
		time.AfterFunc(950*time.Millisecond, func() { close(enough) })
		r := talk(t, c, load.Pace{Rate: 10, Until: enough})
		wantVerdict(t, r, ledger.True)
		if r.Sent != 10 {
			t.Errorf("got %d sent, want the 10 that were due before the end", r.Sent)
		}
	})
}

// Whoever moves is chosen anew each time, or those who are first would move for all.
func TestOtherUsersMoveEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := gather(t, newSite(2, true), load.Options{Users: 40, Return: load.Resume})
		all := make(map[string]bool)
		for range 20 {
			for name := range c.Move(4) {
				all[name] = true
			}
			c.Listen(t.Context(), time.Second)
		}
		if len(all) < 20 {
			t.Errorf("%d of 40 users have moved in 80 moves, want most of them", len(all))
		}
	})
}
