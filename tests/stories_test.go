package tests

import (
	"testing"

	"secondserver/lab/stack"
	"secondserver/lab/story"
)

func TestPhase1_EverybodyHearsAlice(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		s := start(t, e, 1, 0)
		r := play(t, "message", s, 1)
		wantVerdict(t, r, story.AsExpected)
		alice, charlie, bob := user(t, r, "alice"), user(t, r, "charlie"), user(t, r, "bob")
		wantServers(t, alice, charlie, true)
		wantServers(t, alice, bob, true)
		wantReceived(t, alice, true)
		wantReceived(t, charlie, true)
		wantReceived(t, bob, true)

		wantState(t, s, 1)
	})
}

// Phase 2 has to fail, and for its own reason: Alice was acknowledged and heard on her own server, and Bob, who was
// not reached, was there: he hears whoever speaks on his. A phase 2 that works fails this test.
func TestPhase2_BobHearsOnlyHisOwnServer(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		s := start(t, e, 2, 0)
		r := play(t, "message", s, 2)
		wantVerdict(t, r, story.AsExpected)
		alice, charlie, bob, canary := user(t, r, "alice"), user(t, r, "charlie"), user(t, r, "bob"), user(t, r, "canary")
		wantServers(t, alice, charlie, true)
		wantServers(t, alice, bob, false)
		wantServers(t, canary, bob, true)
		wantReceived(t, alice, true)
		wantReceived(t, charlie, true)
		wantReceived(t, bob, false)
		wantReceived(t, canary, true)
		if bob.Error != "" || bob.Late {
			t.Errorf("got bob late: %v, error %q, want only silence", bob.Late, bob.Error)
		}

		// Judged as a phase 3, the same stack must not pass, or this test could not fail.
		wantVerdict(t, play(t, "message", s, 3), story.NotAsExpected)
		wantState(t, s, 2)
	})
}

func TestPhase3_EverybodyHearsAliceThroughRedis(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		s := start(t, e, 3, 0)
		r := play(t, "message", s, 3)
		wantVerdict(t, r, story.AsExpected)
		alice, charlie, bob := user(t, r, "alice"), user(t, r, "charlie"), user(t, r, "bob")
		wantServers(t, alice, charlie, true)
		wantServers(t, alice, bob, false)
		wantReceived(t, alice, true)
		wantReceived(t, charlie, true)
		wantReceived(t, bob, true)

		wantVerdict(t, play(t, "message", s, 2), story.NotAsExpected)
		wantState(t, s, 3)
	})
}

// With more servers there is a listener on each: of what is said, every server but one hears nothing.
func TestMoreServersMakePhase2WorseAndPhase3NoBetter(t *testing.T) {
	const servers = 4
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		for phase, delivered := range map[int]int{2: 1, 3: servers} {
			t.Run(stack.Phases[phase-1].Name, func(t *testing.T) {
				t.Parallel()
				r := play(t, "message", start(t, e, phase, servers), phase)
				wantVerdict(t, r, story.AsExpected)
				if r.Delivered != delivered || r.Listeners != servers {
					t.Errorf("got %d of %d delivered, want %d of %d", r.Delivered, r.Listeners, delivered, servers)
				}
			})
		}
	}, "embedded")
}

// works is the table of the course: what becomes of each piece of state in phase 1, 2 and 3.
var works = map[string][3]bool{
	"count":     {true, false, true},
	"history":   {true, false, true},
	"direct":    {true, false, true},
	"resend":    {true, false, true},
	"handshake": {true, false, false},
	"instance":  {true, false, false},
}

// wantState tells every other story on a stack, as its own phase and as each other one. It must not pass for one that
// promises something else, or these tests could not fail.
func wantState(t *testing.T, s *stack.Stack, phase int) {
	t.Helper()
	for _, told := range story.All[1:] {
		cells := works[told.Name]
		for as := 1; as <= 3; as++ {
			if as != phase && phase == 1 {
				continue // there is no second server to play on
			}
			r := play(t, told.Name, s, as)
			want := story.NotAsExpected
			if as == phase || cells[as-1] == cells[phase-1] && as != 1 {
				want = story.AsExpected
			}
			wantVerdict(t, r, want)
			if as == phase && r.Works != cells[phase-1] {
				t.Errorf("%s in %s: got works %v (%s), want %v", told.Name, s.Phase.Name, r.Works, r.Summary, cells[phase-1])
			}
		}
	}
}

// play plays a stack as a phase, its own or another.
func play(t *testing.T, name string, s *stack.Stack, phase int) *story.Result {
	t.Helper()
	told, err := story.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := told.Play(t.Context(), s.URL(), stack.Phases[phase-1], story.Options{Servers: len(s.Servers), Kill: story.KillOn(s)})
	if err != nil {
		t.Fatalf("%s: play %s as phase %d: %v", name, s.Phase.Name, phase, err)
	}
	return r
}

func user(t *testing.T, r *story.Result, name string) story.User {
	t.Helper()
	for _, u := range r.Users {
		if u.Name == name {
			return u
		}
	}
	t.Fatalf("got no %s in %+v", name, r.Users)
	return story.User{}
}

func wantVerdict(t *testing.T, r *story.Result, want story.Verdict) {
	t.Helper()
	if r.Verdict != want {
		t.Errorf("%s as %s: got %s: %s %q\nwant %s", r.Story, r.Phase, r.Verdict, r.Summary, r.Reasons, want)
	}
}

func wantServers(t *testing.T, a, b story.User, same bool) {
	t.Helper()
	if got := a.Server == b.Server; got != same || a.Server == "" {
		t.Errorf("got %s on %q and %s on %q, want the same server: %v", a.Name, a.Server, b.Name, b.Server, same)
	}
}

func wantReceived(t *testing.T, u story.User, want bool) {
	t.Helper()
	if u.Received != want {
		t.Errorf("%s (%s): got received %v %s, want %v", u.Name, u.Role, u.Received, u.Error, want)
	}
}
