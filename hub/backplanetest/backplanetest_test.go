package backplanetest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// This is phase 2. Each instance has a Memory, each Memory keeps all that it can
// promise alone, and every promise about instances together is broken. No error
// is reported anywhere: only this test, or a user who waits for an answer, can
// tell.
func TestTwoMemoriesBreakExactlyWhatIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // what they wait for in vain takes no time
		broken := backplanetest.Broken(t, func(testing.TB) backplanetest.Rig {
			return backplanetest.Rig{Join: func() hub.Backplane { return new(hub.Memory) }}
		})
		want := []string{
			"a key that one instance has published is known to every other",
			"a user is reached on every instance that hears him",
			"a user on several instances leaves with the last",
			"everyone is reached, on every instance",
			"instances count a topic's offsets together",
			"members of different instances hear the same order",
			"watchers on all instances who follow the changes know who is there",
			"what one instance publishes is heard on every other",
			"what was acknowledged, or delivered, is in the history of every instance",
			"who enters on one instance is seen on every other, once",
		}
		if got := slices.Sorted(maps.Keys(broken)); !slices.Equal(got, want) {
			t.Errorf("broken promises: got %q, want %q", got, want)
		}
		for sentence, err := range broken {
			t.Logf("%s: %v", sentence, err)
		}
	})
}

// Backplanes with the defects that real ones have. The suite is worth something
// only if it rejects each of them, for its own reason.
func TestBrokenBackplanesAreRejected(t *testing.T) {
	tests := []struct {
		defect string
		rig    func() backplanetest.Rig
		want   string // a promise that must be among the broken ones
	}{
		{"drops while subscribing", dropsWhileSubscribing, "once Subscribe has returned nothing is missed"},
		{"doubles after a reconnect", doublesAfterReconnect, "a broken connection leaves neither a hole nor a double"},
		{"mixes rooms", mixesRooms, "topics do not mix"},
		{"loses order", losesOrder, "a subscriber hears every message after its position, once and in order"},
		{"does not come back", doesNotComeBack, "an instance is ready, and within 3 s of a broken connection again"},

		{"keeps too little", keepsTooLittle, "as much history is kept as was agreed, and a tenth more at most"},
		{"forgets the last of a page", forgetsTheLast, "history goes on from any position, page by page, in order and complete"},
		{"takes one epoch for another", takesAnyEpoch, "history that does not go on from a position is a gap"},
		{"has keys of one instance", keysOfOneInstance, "a key that one instance has published is known to every other"},
		{"looks for a key, then publishes", looksThenPublishes, "of many publications of one key at once exactly one is heard"},
		{"has keys with the messages only", keysOfTheHistory, "a key outlives its message"},
		{"has keys of one connection", keysOfOneConnection, "a key that is published again after a lost answer makes no second copy"},
		{"speaks to nobody", speaksToNobody, "a message to a user whom nobody hears is refused, and leaves no trace"},

		{"has users leave with any connection", leavesWithAny, "a user leaves a room with the last of his leaves"},
		{"tells changes twice", tellsTwice, "who has entered a room is a participant, and its watchers have heard so, once"},
		{"tells changes late", tellsLate, "who has entered a room is a participant, and its watchers have heard so, once"},
		{"loses a leave", losesALeave, "a broken connection takes nobody out of a room, and hides no change"},
		{"forgets who is there", forgetsWhoIsThere, "when everything was lost, those who are still there come back by themselves"},
		{"counts the dead", countsTheDead, "an instance that dies is out of its rooms within 6 s, and nobody else is"},

		{"nothing", healthy, ""},
	}
	for _, test := range tests {
		t.Run(test.defect, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // some of the others are broken by silence
				broken := backplanetest.Broken(t, func(testing.TB) backplanetest.Rig { return test.rig() })
				if test.want == "" {
					if len(broken) != 0 {
						t.Errorf("a healthy backplane is rejected: %v", broken)
					}
					return
				}
				err, found := broken[test.want]
				if !found {
					t.Fatalf("the promise %q was found kept; broken were %v", test.want, broken)
				}
				if strings.Contains(err.Error(), "never came") {
					t.Errorf("found by waiting, not by what was heard: %v", err)
				}
				t.Log(err)
			})
		})
	}
}
