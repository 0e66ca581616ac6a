package main

import (
	"fmt"
	"slices"
	"testing"

	"secondserver/hub"
)

var general = hub.Room("general")

// all are the buses whose events reach every instance that has a subscriber.
var all = []string{"polled", "group-each", "pubsub", "one-channel", "local-first", "counter"}

func onEachOf(t *testing.T, names []string, test func(t *testing.T, r testRedis, name string)) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onEachRedis(t, func(t *testing.T, r testRedis) { test(t, r, name) })
		})
	}
}

func TestEachWithASubscriberHearsEverythingOnceInOrder(t *testing.T) {
	onEachOf(t, all, func(t *testing.T, r testRedis, name string) {
		const n = 600 // more than one batch
		one, two, three := r.join(t, name, "one"), r.join(t, name, "two"), r.join(t, name, "three")
		ears := []*ear{listen(t, one, general), listen(t, one, general), listen(t, two, general)}
		other := listen(t, three, hub.Room("other"))

		speakers := []speaker{{"alice", one}, {"bob", three}}
		first, second := speakers[0].says(general, n), speakers[1].says(general, n)
		allAcked(t, first)
		allAcked(t, second)
		fence(t, one, general, "alice's end")
		fence(t, three, general, "bob's end")
		var orders [][]string
		for i, e := range ears {
			e.until(t, "alice's end")
			e.until(t, "bob's end")
			texts, _ := e.heard()
			if len(texts) != 2*n+2 {
				t.Errorf("listener %d: got %d messages, want %d", i, len(texts), 2*n+2)
			}
			for _, s := range speakers {
				if got := s.of(texts); !slices.Equal(got, s.texts(n)) {
					t.Errorf("listener %d: got %d messages of %s, want the %d that were said, in order", i, len(got), s.name, n)
				}
			}
			orders = append(orders, texts)
		}
		if name != "local-first" && !slices.Equal(orders[0], orders[2]) {
			t.Error("the two instances heard different orders, want the same")
		}
		fence(t, three, hub.Room("other"), "fence")
		if got := other.until(t, "fence"); len(got) != 0 {
			t.Errorf("who is in another room heard %d messages, want none", len(got))
		}
	})
}

func TestAnEventOfOneGroupIsHeardOnExactlyOneInstance(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		const n = 100
		var ears []*ear
		var planes []plane
		for _, id := range []string{"one", "two", "three"} {
			p := r.join(t, "one-group", id)
			planes = append(planes, p)
			ears = append(ears, listen(t, p, general))
		}
		alice := speaker{"alice", planes[0]}
		allAcked(t, alice.says(general, n))
		// The last fence reaches only one of them, like everything. Each reads in
		// the order of the stream, so who has heard any has heard what was before.
		for i, fenced := 0, false; !fenced; i++ {
			fence(t, planes[1], general, fmt.Sprint("fence ", i))
			fenced = true
			for _, e := range ears {
				texts, _ := e.heard()
				fenced = fenced && len(alice.of(texts)) < len(texts)
			}
			if i == 10_000 {
				t.Fatalf("after %d fences: not every instance has heard one", i)
			}
		}
		for i := range n {
			heard := 0
			for _, e := range ears {
				heard += e.count(alice.text(i))
			}
			if heard != 1 {
				t.Errorf("%s: heard on %d instances, want 1", alice.text(i), heard)
			}
		}
	})
}

func TestWhatNobodyHereListensToIsDropped(t *testing.T) {
	onEachOf(t, []string{"polled", "group-each", "one-channel"}, func(t *testing.T, r testRedis, name string) {
		one, two := r.join(t, name, "one"), r.join(t, name, "two")
		other := listen(t, two, hub.Room("other"))
		fence(t, one, general, "hello")
		fence(t, one, hub.Room("other"), "fence") // the bus has brought both
		if got := other.until(t, "fence"); len(got) != 0 {
			t.Errorf("heard %q, want nothing", got)
		}
		page, _, err := two.History(t.Context(), general, hub.Position{}, 10)
		if err != nil || len(page.Payloads) != 0 {
			t.Errorf("got a history of %d messages, %v, want none", len(page.Payloads), err)
		}
	})
}

func TestWhoHasCancelledHearsNothingMore(t *testing.T) {
	onEachOf(t, all, func(t *testing.T, r testRedis, name string) {
		p := r.join(t, name, "one")
		alice, bob := listen(t, p, general), listen(t, p, general)
		alice.cancel()
		fence(t, p, general, "hello")
		bob.until(t, "hello")
		if got, _ := alice.heard(); len(got) != 0 {
			t.Errorf("alice heard %q, want nothing", got)
		}
	})
}

// This is what group-each costs.
func TestGroupEach_EveryInstanceReadsEverything(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		one, client := r.join(t, "group-each", "one"), r.client(t)
		r.join(t, "group-each", "two")
		fence(t, one, general, "hello")
		last := client.XRevRangeN(t.Context(), eventsKey, "+", "-", 1).Val()[0].ID
		eventually(t, "read and acknowledged by two instances without members", func() bool {
			groups, err := client.XInfoGroups(t.Context(), eventsKey).Result()
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				if g.LastDeliveredID != last || g.Pending != 0 {
					return false
				}
			}
			return len(groups) == 2
		})
	})
}

// And this is what pubsub does not cost, and one-channel does.
func TestPubsub_IsSubscribedToWhatHasMembersHereAndOneChannelToEverything(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		client := r.client(t)
		subscribed := func(channel string) int64 {
			n, err := client.PubSubNumSub(t.Context(), channel).Result()
			if err != nil {
				t.Fatal(err)
			}
			return n[channel]
		}
		for i, id := range []string{"one", "two", "three"} {
			r.join(t, "one-channel", id)
			eventually(t, "subscribed to everything", func() bool { return subscribed(allEvents) == int64(i+1) })
		}
		one, two := r.join(t, "pubsub", "one"), r.join(t, "pubsub", "two")
		first, second := listen(t, one, general), listen(t, one, general)
		if got := subscribed("room:general"); got != 1 {
			t.Errorf("with two members on one instance: %d are subscribed, want 1", got)
		}
		third := listen(t, two, general)
		if got := subscribed("room:general"); got != 2 {
			t.Errorf("with members on both: %d are subscribed, want 2", got)
		}
		third.cancel()
		first.cancel()
		eventually(t, "one subscribed", func() bool { return subscribed("room:general") == 1 })
		second.cancel()
		second.cancel() // once more does no harm
		eventually(t, "nobody subscribed", func() bool { return subscribed("room:general") == 0 })
	})
}

func TestADirectMessageReachesTheUserAndNobodyKnowsWhetherHeIsThere(t *testing.T) {
	onEachOf(t, all, func(t *testing.T, r testRedis, name string) {
		one, two := r.join(t, name, "one"), r.join(t, name, "two")
		bob, everyone := listen(t, two, hub.User("bob")), listen(t, two, hub.Everyone)
		fence(t, one, hub.User("charlie"), "is anybody there?")
		fence(t, one, hub.User("bob"), "psst")
		fence(t, one, hub.Everyone, "listen, all")
		if got := bob.until(t, "psst"); len(got) != 0 {
			t.Errorf("bob heard %q before, want nothing", got)
		}
		if got := everyone.until(t, "listen, all"); len(got) != 0 {
			t.Errorf("everyone heard %q before, want nothing", got)
		}
	})
}

// Else what is said just after a join would be lost, and each bus would look worse
// than it is.
func TestWhatIsPublishedAfterSubscribeIsHeard(t *testing.T) {
	onEachOf(t, all, func(t *testing.T, r testRedis, name string) {
		one, two := r.join(t, name, "one"), r.join(t, name, "two")
		for member := range 4 { // who share a topic, each again and again the first or the last
			t.Run(fmt.Sprint("member ", member), func(t *testing.T) {
				t.Parallel()
				for i := range 5 {
					e := listen(t, one, general)
					text := fmt.Sprint(member, " ", i)
					fence(t, two, general, text)
					e.until(t, text)
					e.cancel()
				}
			})
		}
	})
}

func TestAnAckHasNoPosition(t *testing.T) {
	onEachOf(t, []string{"polled", "one-group", "group-each", "pubsub", "one-channel", "counter"}, func(t *testing.T, r testRedis, name string) {
		at, err := say(t, r.join(t, name, "one"), general, "hello")
		if err != nil || at != (hub.Position{}) {
			t.Errorf("got %v, %v, want no position: it is each instance's own", at, err)
		}
	})
}
