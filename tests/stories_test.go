package tests

import (
	"testing"

	"secondserver/lab/stack"
	"secondserver/lab/story"
)

func TestPhase1_EverybodyHearsAlice(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		r := play(t, start(t, e, 1, 0), 1)
		wantVerdict(t, r, story.AsExpected)
		alice, charlie, bob := user(t, r, "alice"), user(t, r, "charlie"), user(t, r, "bob")
		wantServers(t, alice, charlie, true)
		wantServers(t, alice, bob, true)
		wantReceived(t, alice, true)
		wantReceived(t, charlie, true)
		wantReceived(t, bob, true)
	})
}

// Phase 2 has to fail, and for its own reason: Alice was acknowledged and heard on her own server, and Bob, who was
// not reached, was there: he hears whoever speaks on his. A phase 2 that works fails this test.
func TestPhase2_BobHearsOnlyHisOwnServer(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		s := start(t, e, 2, 0)
		r := play(t, s, 2)
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
		wantVerdict(t, play(t, s, 3), story.NotAsExpected)
	})
}

func TestPhase3_EverybodyHearsAliceThroughRedis(t *testing.T) {
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		t.Parallel()
		s := start(t, e, 3, 0)
		r := play(t, s, 3)
		wantVerdict(t, r, story.AsExpected)
		alice, charlie, bob := user(t, r, "alice"), user(t, r, "charlie"), user(t, r, "bob")
		wantServers(t, alice, charlie, true)
		wantServers(t, alice, bob, false)
		wantReceived(t, alice, true)
		wantReceived(t, charlie, true)
		wantReceived(t, bob, true)

		wantVerdict(t, play(t, s, 2), story.NotAsExpected)
	})
}

// With more servers there is a listener on each: of what is said, every server but one hears nothing.
func TestMoreServersMakePhase2WorseAndPhase3NoBetter(t *testing.T) {
	const servers = 4
	onEveryEngine(t, func(t *testing.T, e stack.Engine) {
		for phase, delivered := range map[int]int{2: 1, 3: servers} {
			t.Run(stack.Phases[phase-1].Name, func(t *testing.T) {
				t.Parallel()
				r := play(t, start(t, e, phase, servers), phase)
				wantVerdict(t, r, story.AsExpected)
				if r.Delivered != delivered || r.Listeners != servers {
					t.Errorf("got %d of %d delivered, want %d of %d", r.Delivered, r.Listeners, delivered, servers)
				}
			})
		}
	}, "embedded")
}

// play plays a stack as a phase, its own or another.
func play(t *testing.T, s *stack.Stack, phase int) *story.Result {
	t.Helper()
	r, err := story.Play(t.Context(), s.URL(), stack.Phases[phase-1], story.Options{Servers: len(s.Servers)})
	if err != nil {
		t.Fatalf("play %s as phase %d: %v", s.Phase.Name, phase, err)
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
		t.Errorf("got %s: %s %q\nwant %s", r.Verdict, r.Summary, r.Reasons, want)
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
