package hub_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// What happens between a join and its answer is in the answer's count, and is not
// told before.
func TestWhoComesBeforeTheAnswerIsCountedInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice, alicesPhone, bob, charlie := connect(t, h, "alice"), connect(t, h, "alice"), connect(t, h, "bob"), connect(t, h, "charlie")
		alice.takesAll()
		alicesPhone.takesAll()
		comes := bob
		plane.asked = func(int) error {
			comes.says(joinGeneral)
			return nil
		}
		resumes := resumeAt(hub.Position{Epoch: plane.epoch(t)})
		answer := `{"type":"joined","room":"general","count":%d,"offset":0,"epoch":"","recovered":true}`
		alice.says(resumes)
		alice.wantsAll(t, fmt.Sprintf(answer, 2), present("join", "alice", 2))
		comes = charlie
		alicesPhone.says(resumes)
		alicesPhone.wantsAll(t, fmt.Sprintf(answer, 3)) // she has been there
		closeAll(alice, alicesPhone, bob, charlie)
		nothingLeft(t, h)
	})
}

// A user whose old connection ends while the new one joins has left and come
// again: everybody hears so, and he too.
func TestWhoComesAgainWhileJoiningHearsIt(t *testing.T) {
	for _, join := range []string{joinGeneral, `{"type":"join","room":"general","offset":0,"epoch":"any"}`} {
		synctest.Test(t, func(t *testing.T) {
			plane := &entered{Memory: new(hub.Memory)}
			h := hub.New("server-1", plane)
			bob, old, alice := connect(t, h, "bob"), connect(t, h, "alice"), connect(t, h, "alice")
			bob.says(joinGeneral)
			old.says(joinGeneral)
			bob.takesAll()
			alice.takesAll()
			plane.before = func() error {
				old.Close(errGone)
				return nil
			}
			alice.says(join)
			if got, want := alice.takesAll(), present("join", "alice", 2); len(got) != 2 || got[1] != want {
				t.Errorf("got %s, want joined and %s", got, want)
			}
			bob.wantsAll(t, present("leave", "alice", 1), present("join", "alice", 2))
			closeAll(bob, alice)
			nothingLeft(t, h)
		})
	}
}

// What is said while one joins is before the answer's offset, or after it.
func TestWhatIsSaidWhileOneJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &entered{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.takes()
		plane.before = func() error {
			fill(plane.Memory, 3)
			return nil
		}
		alice.says(joinGeneral)
		alice.wantsGist(t, "joined 3 ")
		fill(plane.Memory, 2)
		alice.wantsGist(t, "messages 4-5")
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// An entered is a Memory, and what happens before somebody enters.
type entered struct {
	*hub.Memory
	before func() error
}

func (e *entered) Enter(ctx context.Context, room hub.Destination, user string) (func(), error) {
	if e.before != nil {
		if err := e.before(); err != nil {
			return nil, err
		}
	}
	return e.Memory.Enter(ctx, room, user)
}

// One that resumes has an answer before it has caught up: from then on it hears
// who comes.
func TestAMemberThatCatchesUpHearsWhoComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		fill(plane.Memory, 101)
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		alice.takesAll()
		plane.asked = func(n int) error {
			if n == 2 {
				bob.says(joinGeneral)
			}
			return nil
		}
		alice.says(resumeAt(hub.Position{Epoch: plane.epoch(t)}))
		compare(t, gist(alice.takesAll()), []string{
			"joined 101 true", present("join", "alice", 1), "messages 1-100", present("join", "bob", 2), "messages 101-101"})
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}

func TestWhoCannotEnterHasNotJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &entered{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		bob.says(joinGeneral)
		bob.takesAll()
		alice.takes()
		plane.before = func() error { return hub.ErrUnavailable }
		alice.says(joinGeneral, hi)
		got := alice.takesAll()
		if len(got) != 2 || !strings.Contains(got[0], `"unavailable"`) || !strings.Contains(got[1], `"not_in_room"`) {
			t.Errorf("got %s, want unavailable, and not_in_room", got)
		}
		bob.wantsAll(t)
		wantsLeft(t, h, 4, 5) // of two users, of everyone with both, and the room with bob
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}
