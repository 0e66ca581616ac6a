package story_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"secondserver/lab/stack"
	"secondserver/lab/story"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// works is what the table of the course says of each phase, from 1 to 3.
var works = map[string][3]bool{
	"message":   {true, false, true},
	"count":     {true, false, true},
	"history":   {true, false, true},
	"direct":    {true, false, true},
	"resend":    {true, false, true},
	"handshake": {true, false, false},
	"instance":  {true, false, false},
}

// A stack of each phase is judged as each phase: as itself it is as expected, and
// as another one only where the two promise the same.
func TestEachStoryTellsThePhasesApart(t *testing.T) {
	t.Parallel()
	stacks := [3]chat{{servers: 1}, {servers: 2}, {servers: 2, crosses: true}}
	for _, s := range story.All {
		for is := range 3 {
			for as := range 3 {
				if is == 0 && as > 0 {
					continue // there is no second server to play on
				}
				t.Run(fmt.Sprintf("%s, phase %d as phase %d", s.Name, is+1, as+1), func(t *testing.T) {
					t.Parallel()
					c := &chat{servers: stacks[is].servers, crosses: stacks[is].crosses}
					r := play(t, s.Name, c, as+1, story.Options{Timeout: silence, Kill: c.kill})
					same := works[s.Name][is] == works[s.Name][as] && (as > 0 || is == 0)
					if got := r.Verdict == story.AsExpected; got != same {
						t.Errorf("got %s: %s %q, want as expected: %v", r.Verdict, r.Summary, r.Reasons, same)
					}
					if is == as && r.Works != works[s.Name][is] {
						t.Errorf("got works %v (%s), want %v", r.Works, r.Summary, works[s.Name][is])
					}
				})
			}
		}
	}
}

// Each flaw would pass for what a phase promises, if one looked less closely.
func TestAPhaseThatIsWrongInAnotherWayIsNotAsExpected(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		story string
		phase int
		flaw  flaw
		says  string // the summary
	}{
		{"count", 2, tellsNobody, "is told of 1 users, and there are 5"},
		{"count", 3, tellsNobody, "is told of"},
		{"count", 3, countsTheDead, "6s after kill -9 of server-2: near1"},
		{"history", 2, keepsNothing, "not even server-1 gives bob what he missed"},
		{"history", 1, repeats, `gets ["one" "one" "two" "two" "three" "three"]`},
		{"history", 3, pretends, "recovered true, and gets []"},
		{"history", 2, pretends, "recovered true, and gets []"},
		{"direct", 2, hasNoUsers, "the canary on server-2 does not reach bob on server-2: user_offline"},
		{"direct", 3, losesDirect, `bob on server-2 waits for "canary" in vain`},
		{"resend", 1, copies, "copies on server-1: [{1 "},
		{"resend", 3, copies, "copies on server-1: [{1 "},
		{"handshake", 3, losesSessions, "20 of 20 second requests: session_not_found"},
		{"instance", 2, takesForOthers, "bob is welcomed by server-1, and server-9 takes his message"},
	} {
		t.Run(fmt.Sprintf("%s, phase %d, %s", test.story, test.phase, test.flaw), func(t *testing.T) {
			t.Parallel()
			c := &chat{servers: min(2, test.phase), crosses: test.phase == 3, flaw: test.flaw}
			r := play(t, test.story, c, test.phase, story.Options{Timeout: silence, Kill: c.kill})
			if r.Verdict != story.NotAsExpected || !strings.Contains(r.Summary, test.says) {
				t.Errorf("got %s: %s\nwant not_as_expected: %s", r.Verdict, r.Summary, test.says)
			}
		})
	}
}

// A balancer that sends what belongs together to one server hides a handshake's
// trouble, and then a phase 2 is not what it should be.
func TestAStickyBalancerIsNotTakenForTurns(t *testing.T) {
	r := play(t, "handshake", &chat{servers: 2, matches: true}, 2, story.Options{})
	if r.Verdict != story.NotAsExpected || !r.Works {
		t.Errorf("got %s, works: %v, want not_as_expected, because it works", r.Verdict, r.Works)
	}
}

// Where all comes from one server, one cannot tell a balancer that keeps to it from
// a phase whose other server is down.
func TestWhatWorksOnASingleServerIsNotJudged(t *testing.T) {
	for _, name := range []string{"handshake", "instance"} {
		for what, c := range map[string]*chat{"one is left": {servers: 1}, "the balancer keeps to one": {servers: 2, sticky: true}} {
			r, err := named(t, name).Play(t.Context(), c.start(t), stack.Phases[1], story.Options{})
			if !errors.Is(err, story.ErrOneServer) {
				t.Errorf("%s, %s: got %+v, %v, want %v", name, what, r, err, story.ErrOneServer)
			}
		}
	}
}

func TestTheStoriesFindTwoServersAmongMany(t *testing.T) {
	t.Parallel()
	for _, s := range story.All {
		for phase := 2; phase <= 3; phase++ {
			t.Run(fmt.Sprintf("%s, phase %d", s.Name, phase), func(t *testing.T) {
				t.Parallel()
				c := &chat{servers: 5, crosses: phase == 3}
				r := play(t, s.Name, c, phase, story.Options{Timeout: silence, Servers: 5, Kill: c.kill})
				if r.Verdict != story.AsExpected {
					t.Errorf("got %s: %s %q, want as_expected", r.Verdict, r.Summary, r.Reasons)
				}
			})
		}
	}
}

func TestWithoutKillThatPartIsLeftOutAndSaid(t *testing.T) {
	r := play(t, "count", &chat{servers: 2, crosses: true}, 3, story.Options{})
	if r.Verdict != story.AsExpected || !strings.HasSuffix(r.Summary, "kill -9 left out") {
		t.Errorf("got %s: %s", r.Verdict, r.Summary)
	}
}

func TestAStoryThatDoesNotExistNamesThoseThatDo(t *testing.T) {
	const want = `no story is called "sing": there are message, count, history, direct, resend, handshake, instance`
	if _, err := story.Named("sing"); err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}
