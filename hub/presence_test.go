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

const leaveGeneral = `{"type":"leave","room":"general"}`

func joined(count int) string {
	return fmt.Sprintf(`{"type":"joined","room":"general","count":%d,"offset":0,"epoch":""}`, count)
}

func present(event, user string, count int) string {
	return fmt.Sprintf(`{"type":"presence","room":"general","event":"%s","user":"%s","count":%d}`, event, user, count)
}

func TestMembersHearOfAUsersFirstConnectionAndOfTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		bob, alice, alicesPhone := connect(t, h, "bob"), connect(t, h, "alice"), connect(t, h, "alice")
		bob.says(joinGeneral)
		bob.takesAll()
		for _, p := range []peer{alice, alicesPhone} {
			p.takesAll()
		}

		alice.says(joinGeneral)
		alice.wantsAll(t, joined(2), present("join", "alice", 2)) // she hears it too
		bob.wantsAll(t, present("join", "alice", 2))

		alicesPhone.says(joinGeneral)
		alicesPhone.wantsAll(t, joined(2)) // she has been there
		alicesPhone.says(joinGeneral)
		alicesPhone.wantsAll(t, joined(2))
		alice.says(leaveGeneral)
		alice.wantsAll(t, `{"type":"left","room":"general"}`)
		alice.says(joinGeneral)
		alice.wantsAll(t, joined(2))
		alice.Close(errGone)
		bob.wantsAll(t)
		alicesPhone.wantsAll(t)

		alicesPhone.Close(errGone)
		bob.wantsAll(t, present("leave", "alice", 1))
		bob.Close(errGone)
		nothingLeft(t, h)
	})
}

// Two hubs on one Memory are what phase 3 is.
func TestPresenceIsOfAllInstances(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(hub.Memory)
		h1, h2 := hub.New("server-1", shared), hub.New("server-2", shared)
		bob, alice, alicesPhone := connect(t, h1, "bob"), connect(t, h1, "alice"), connect(t, h2, "alice")
		bob.says(joinGeneral)
		alice.says(joinGeneral)
		alicesPhone.takesAll()
		alicesPhone.says(joinGeneral)
		alicesPhone.wantsAll(t, joined(2))
		bob.takesAll()
		alice.Close(errGone)
		bob.wantsAll(t)
		alicesPhone.says(leaveGeneral)
		bob.wantsAll(t, present("leave", "alice", 1))
		alicesPhone.wantsAll(t, `{"type":"left","room":"general"}`)
		bob.says(leaveGeneral)
		alicesPhone.wantsAll(t)
		closeAll(bob, alicesPhone)
		nothingLeft(t, h1)
		nothingLeft(t, h2)
	})
}

func TestWhoHasLeftHearsNoMoreOfWhoComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		alice.says(joinGeneral, leaveGeneral)
		alice.takesAll()
		bob.says(joinGeneral, leaveGeneral)
		alice.wantsAll(t)
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}

// Each change counts one more or one less than the one before, however many there
// are at once: so the last one is right.
func TestPresenceComesInTheOrderOfTheCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const users, stay = 20, 5
		shared := new(hub.Memory)
		hubs := []*hub.Hub{hub.New("server-1", shared), hub.New("server-2", shared)}
		var watchers, others []peer
		for _, h := range hubs {
			p := connect(t, h, "watcher")
			p.says(joinGeneral)
			p.takesAll()
			watchers = append(watchers, p)
		}
		var going sync.WaitGroup
		for n := range users {
			p := connect(t, hubs[n%2], fmt.Sprint("user-", n))
			others = append(others, p)
			going.Go(func() {
				p.says(joinGeneral, leaveGeneral, joinGeneral)
				if n >= stay {
					p.says(leaveGeneral)
				}
			})
		}
		going.Wait()
		for _, p := range watchers {
			count := 1
			for _, frame := range p.takesAll() {
				if strings.Contains(frame, `"event":"join"`) {
					count++
				} else {
					count--
				}
				if !strings.HasSuffix(frame, fmt.Sprintf(`"count":%d}`, count)) {
					t.Fatalf("got %s, want the count %d", frame, count)
				}
			}
			if count != stay+1 {
				t.Errorf("the last count is %d, want %d", count, stay+1)
			}
		}
		closeAll(watchers...)
		closeAll(others...)
		for _, h := range hubs {
			nothingLeft(t, h)
		}
	})
}

func TestParticipantsAreSorted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		var peers []peer
		for _, user := range []string{"charlie", "alice", "bob", "alice"} {
			p := connect(t, h, user)
			p.says(joinGeneral)
			peers = append(peers, p)
		}
		got, err := h.Participants(t.Context(), "general")
		if want := []string{"alice", "bob", "charlie"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, error %v, want %q", got, err, want)
		}
		closeAll(peers...)
		if got, err := h.Participants(t.Context(), "general"); err != nil || len(got) != 0 {
			t.Errorf("when all are gone: got %q, error %v", got, err)
		}
		nothingLeft(t, h)
	})
}
