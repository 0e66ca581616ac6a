package tests

import (
	"sync"
	"testing"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/stack"
)

// What the accounts that the lab follows tested by hand, with a ledger for a judge.

// 100 users talk while a third server comes and goes: 100 % throughout.
func TestAHundredUsersLoseNothingWhileServersComeAndGo(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		s := start(t, e, 3, 2)
		c := gather(t, s, load.Options{Users: 100, Return: load.Resume})
		var scaling sync.WaitGroup
		scaling.Go(func() {
			third, err := s.AddServer(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			c.Move(50) // a new server has nobody until somebody comes
			if err := third.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
		err := c.Talk(t.Context(), load.Pace{Rate: 50, For: 3 * time.Second})
		scaling.Wait()
		if err != nil {
			t.Fatal(err)
		}
		r := judge(t, c)
		wantTrue(t, r)
		if r.Acked != 150 || r.Due != 150*99 {
			t.Errorf("got %d acknowledged, %d due, want 150 and 14,850", r.Acked, r.Due)
		}
		if got := c.Servers(); got["server-3"] != 0 || got["server-1"]+got["server-2"] != 100 {
			t.Errorf("got %v, want all 100 on the two servers that are left", got)
		}
	}, "embedded", "host")
}

// 1,000 users on 3 servers, each with a room and a personal channel.
func TestAThousandUsersWithARoomAndAPersonalChannelEach(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		s := start(t, e, 3, 3)
		c := gather(t, s, load.Options{Users: 1000, Rooms: 100, Return: load.Resume}) // a slow machine may refuse, and is asked again
		for _, pace := range []load.Pace{{Rate: 200, Count: 1000}, {Rate: 200, Count: 1000, Direct: true}} {
			if err := c.Talk(t.Context(), pace); err != nil {
				t.Fatal(err)
			}
		}
		r := judge(t, c)
		wantTrue(t, r)
		if r.Acked != 2000 || r.Due != 1000*9+1000 {
			t.Errorf("got %d acknowledged, %d due, want 2,000 and 10,000; refused: %v, ended: %v", r.Acked, r.Due, c.Refusals(), c.Ends())
		}
		for server, users := range c.Servers() {
			if users < 330 || users > 340 {
				t.Errorf("%s has %d users, want a third of 1,000", server, users)
			}
		}
	}, "host")
}

func gather(t *testing.T, s *stack.Stack, o load.Options) *load.Crowd {
	t.Helper()
	o.URLs = []string{s.URL()}
	c, err := load.Gather(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func judge(t *testing.T, c *load.Crowd) *ledger.Report {
	t.Helper()
	c.Settle(t.Context(), 10*time.Second)
	return c.Judge()
}

func wantTrue(t *testing.T, r *ledger.Report) {
	t.Helper()
	if r.Verdict != ledger.True {
		t.Errorf("got %s: %+v\n%v", r.Verdict, r, r.First)
	}
}
