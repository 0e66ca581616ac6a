package story_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/stack"
	"secondserver/lab/story"

	"github.com/gorilla/websocket"
)

// silence is how long a test waits where nothing should come.
const silence = 500 * time.Millisecond

func play(t *testing.T, name string, c *chat, phase int, o story.Options) *story.Result {
	t.Helper()
	r, err := named(t, name).Play(t.Context(), c.start(t), stack.Phases[phase-1], o)
	if err != nil {
		t.Fatalf("%s in phase %d: got error %v, want a verdict", name, phase, err)
	}
	return r
}

func named(t *testing.T, name string) story.Story {
	t.Helper()
	s, err := story.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheMessageIsHeardAsEachPhasePromises(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		phase   int
		stack   *chat
		servers int
		summary string
		users   string // name@server, with a ! where something arrived
	}{
		{1, &chat{servers: 1}, 0, "As expected: 2 of 2 delivered. Everybody is on server-1.",
			"alice@server-1! charlie@server-1! bob@server-1!"},
		{2, &chat{servers: 2}, 0, "As expected: 1 of 2 delivered. The message never left server-1.",
			"alice@server-1! charlie@server-1! bob@server-2 canary@server-2!"},
		{3, &chat{servers: 2, crosses: true}, 0, "As expected: 2 of 2 delivered. Redis carried it from server-1 to the others.",
			"alice@server-1! charlie@server-1! bob@server-2!"},
		{2, &chat{servers: 4}, 4, "As expected: 1 of 4 delivered. The message never left server-1.",
			"alice@server-1! charlie@server-1! bob@server-2 canary@server-2! dave@server-3 canary@server-3! frank@server-4 canary@server-4!"},
		{3, &chat{servers: 4, crosses: true}, 4, "As expected: 4 of 4 delivered. Redis carried it from server-1 to the others.",
			"alice@server-1! charlie@server-1! bob@server-2! dave@server-3! frank@server-4!"},
	} {
		t.Run(fmt.Sprintf("%s on %d servers", stack.Phases[test.phase-1].Name, test.stack.servers), func(t *testing.T) {
			t.Parallel()
			r := play(t, "message", test.stack, test.phase, story.Options{Timeout: silence, Servers: test.servers})
			if r.Verdict != story.AsExpected || r.Summary != test.summary {
				t.Errorf("got %s: %s %q\nwant as_expected: %s", r.Verdict, r.Summary, r.Reasons, test.summary)
			}
			if got := seen(r); got != test.users {
				t.Errorf("got  %s\nwant %s", got, test.users)
			}
		})
	}
}

func seen(r *story.Result) string {
	var all []string
	for _, u := range r.Users {
		s := u.Name + "@" + u.Server
		if u.Received {
			s += "!"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// What would pass for a broken phase 2, or a working phase 3, if one looked less closely.
func TestAMessageThatIsHeardOtherwiseIsNotAsExpected(t *testing.T) {
	t.Parallel()
	not := func(name, from string) func(to, by *peer) bool {
		return func(to, by *peer) bool { return to.user != name || from != "" && by.user != from }
	}
	for name, test := range map[string]struct {
		phase  int
		stack  *chat
		reason string
	}{
		"phase 2 works":                   {2, &chat{servers: 2, crosses: true}, "bob on server-2 heard alice on server-1: nothing should have crossed"},
		"phase 3 is broken":               {3, &chat{servers: 2}, "bob on server-2 did not hear alice on server-1"},
		"phase 1 is two servers":          {1, &chat{servers: 2}, "charlie on server-2: alice is on server-1, so this is not one server"},
		"bob hears another alice":         {3, &chat{servers: 2, crosses: true, deliver: anotherForBob}, "bob on server-2 did not hear alice on server-1"},
		"charlie hears nothing":           {2, &chat{servers: 2, deliver: not("charlie", "alice")}, "charlie on server-1 did not hear alice on server-1"},
		"the canary does not come":        {2, &chat{servers: 2, deliver: not("bob", "")}, "the canary on server-2 did not reach bob: his silence proves nothing (it never came)"},
		"alice is refused":                {2, &chat{servers: 2, refuse: "unavailable"}, "alice on server-1 got no ack: alice: say in general: unavailable: told to"},
		"bob hears alice after his time":  {2, &chat{servers: 2, deliver: lateForBob}, "bob on server-2 heard alice on server-1: nothing should have crossed"},
		"bob hears alice late in phase 3": {3, &chat{servers: 2, deliver: lateForBob}, "bob on server-2 heard alice on server-1 too late"},
		"bob is thrown out":               {2, &chat{servers: 2, crosses: true, deliver: endBob}, "bob on server-2 stopped hearing: bob: next message of general: websocket: close 1012: over"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := play(t, "message", test.stack, test.phase, story.Options{Timeout: silence})
			if r.Verdict != story.NotAsExpected || !strings.Contains(strings.Join(r.Reasons, "\n"), test.reason) {
				t.Errorf("got %s, %q\nwant not_as_expected, %q", r.Verdict, r.Reasons, test.reason)
			}
		})
	}
}

// lateForBob lets Alice's message reach Bob just before the canary's.
func lateForBob(to, by *peer) bool {
	if to.user == "bob" && by.user == "canary" {
		to.hears("alice", "server-1", by.realm.said[0], 1) // they say the same
	}
	return true
}

// anotherForBob has Bob hear another play's Alice.
func anotherForBob(to, by *peer) bool {
	if to.user != "bob" || by.user != "alice" {
		return true
	}
	to.hears("alice", "server-1", "hello another", 1)
	return false
}

func endBob(to, _ *peer) bool {
	if to.user == "bob" {
		_ = to.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1012, "over"))
	}
	return to.user != "bob"
}

func TestWhatCannotBePlayedIsNotJudged(t *testing.T) {
	t.Run("nobody lands on another server", func(t *testing.T) {
		c := &chat{servers: 1}
		_, err := named(t, "message").Play(t.Context(), c.start(t), stack.Phases[1], story.Options{})
		if !errors.Is(err, client.ErrNotPlaced) {
			t.Errorf("got error %v, want %v", err, client.ErrNotPlaced)
		}
	})
	t.Run("nothing listens there", func(t *testing.T) {
		gone := httptest.NewServer(nil)
		gone.Close()
		if _, err := named(t, "message").Play(t.Context(), gone.URL, stack.Phases[1], story.Options{}); err == nil {
			t.Error("got a verdict, want an error")
		}
	})
	t.Run("it is interrupted", func(t *testing.T) {
		c := &chat{servers: 2}
		ctx, cancel := context.WithCancel(t.Context())
		_, err := named(t, "message").Play(ctx, c.start(t), stack.Phases[1], story.Options{Timeout: time.Hour, Audience: interrupts{cancel}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want %v", err, context.Canceled)
		}
	})
}

// interrupts loses patience when it is Bob's turn.
type interrupts struct{ cancel func() }

func (i interrupts) Doing(string)               {}
func (i interrupts) Awaiting(string, time.Time) {}
func (i interrupts) Saw(story.User)             {}
func (i interrupts) Waiting(u story.User, _ time.Time) {
	if u.Name == "bob" {
		i.cancel()
	}
}
