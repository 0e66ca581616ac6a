package hub_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

func TestResumingReplaysWhatWasMissed(t *testing.T) {
	tests := []struct {
		name  string
		after uint64
		want  []string
	}{
		{"several pages", 7, []string{"joined 250 true", "messages 8-250"}},
		{"everything", 0, []string{"joined 250 true", "messages 1-250"}},
		{"a full page", 150, []string{"joined 250 true", "messages 151-250"}},
		{"one message", 249, []string{"joined 250 true", "messages 250-250"}},
		{"nothing", 250, []string{"joined 250 true"}},
		{"what is still to come", 251, []string{"joined 250 false"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plane := new(hub.Memory)
				h := hub.New("server-1", plane)
				alice := connect(t, h, "alice")
				alice.takes()
				fill(plane, 250)
				alice.says(resumeAt(hub.Position{Epoch: epochOf(t, plane), Offset: test.after}))
				alice.wantsGist(t, test.want...)
				fill(plane, 2)
				alice.wantsGist(t, "messages 251-252")
				alice.Close(errGone)
				nothingLeft(t, h)
			})
		})
	}
}

// A history that does not reach back is not replayed, not even in part.
func TestWhatCannotBeResumedIsNotReplayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := hub.NewMemory(hub.Retention{Messages: 100})
		h := hub.New("server-1", plane)
		fill(plane, 250)
		epoch := epochOf(t, plane)
		for _, at := range []hub.Position{{Epoch: epoch, Offset: 149}, {Epoch: epoch, Offset: 0}, {Epoch: "another", Offset: 200}} {
			alice := connect(t, h, "alice")
			alice.takes()
			alice.says(resumeAt(at))
			alice.wantsGist(t, "joined 250 false")
			alice.Close(errGone)
		}
		alice := connect(t, h, "alice")
		alice.takes()
		alice.says(resumeAt(hub.Position{Epoch: epoch, Offset: 150}))
		alice.wantsGist(t, "joined 250 true", "messages 151-250")
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// Before and after each page is read, somebody says something.
func TestResumingAmidMessagesHasNeitherHoleNorDouble(t *testing.T) {
	for _, missed := range []int{1, 99, 100, 101, 250} {
		synctest.Test(t, func(t *testing.T) {
			plane := &pager{Memory: new(hub.Memory)}
			h := hub.New("server-1", plane)
			alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
			bob.says(joinGeneral)
			alice.takes()
			fill(plane.Memory, missed)
			said := missed
			plane.asked = func(int) error {
				fill(plane.Memory, 3)
				said += 3
				return nil
			}
			plane.read = func(int) {
				fill(plane.Memory, 2)
				said += 2
			}
			alice.says(resumeAt(hub.Position{Epoch: plane.epoch(t)}))
			fill(plane.Memory, 1)
			said++
			got := gist(alice.takes())
			if want := []string{"joined " + fmt.Sprint(missed+3) + " true", "messages 1-" + fmt.Sprint(said)}; !slices.Equal(got, want) {
				t.Errorf("missed %d: got %q, want %q", missed, got, want)
			}
			closeAll(alice, bob)
			nothingLeft(t, h)
		})
	}
}

// What comes during a long replay is held back up to a bound. Beyond it, the
// history is read again instead.
func TestWhatIsHeldBackForAResumingMemberIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		alice := connect(t, h, "alice")
		alice.takes()
		fill(plane.Memory, 150)
		epoch := plane.epoch(t)
		plane.read = func(n int) {
			if n == 1 {
				fillWith(plane.Memory, 600, strings.Repeat("x", 4096)) // 2.4 MB
			}
		}
		alice.says(resumeAt(hub.Position{Epoch: epoch}))
		alice.wantsGist(t, "joined 150 true", "messages 1-750")
		// What was held was let go twice, when it was more than 1 MB. What is held in
		// the end begins with a message of the seventh page.
		if plane.pages != 7 {
			t.Errorf("%d pages were read, want 7", plane.pages)
		}
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}

// The next page is read when the one before has left, so a slow reader costs a
// page, not a history; and it is not ended, as a full outbox would.
func TestAReplayWaitsForItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &pager{Memory: new(hub.Memory)}
		h := hub.New("server-1", plane)
		fillWith(plane.Memory, 900, strings.Repeat("x", 4096)) // 3.7 MB
		epoch := plane.epoch(t)
		alice := connectBy(t, h, "alice", stuckWire())
		var joining sync.WaitGroup
		joining.Go(func() { alice.says(resumeAt(hub.Position{Epoch: epoch})) })
		synctest.Wait()
		if plane.pages != 1 {
			t.Errorf("%d pages were read while the first was not", plane.pages)
		}
		close(alice.wire.stuck)
		joining.Wait()
		if got, want := gist(alice.takes()[1:]), []string{"joined 900 true", "messages 1-900"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q; ended by %v", got, want, alice.cause())
		}
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}
