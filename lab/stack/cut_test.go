package stack_test

import (
	"testing"
	"time"

	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

// The people are in a room already, and the servers still believe in their connections: what gets through does so
// before anybody has noticed the cut.
func TestAServerThatIsCutOffOneWaySpeaksOrHears(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			s := stacktest.Start(t, engine, "3")
			cut := s.Servers[0]
			alice, bob := arrive(t, "alice", "lobby", cut), arrive(t, "bob", "lobby", s.Servers[1])
			alice.says(frame{Room: "lobby", Text: "hello"}) // teaches Redis the script, which takes an answer
			bob.hears("hello")
			alice.hears("hello")

			// Where a heartbeat is under way as the cut comes, it holds the one connection
			// that can be heard, and a new one takes an answer: then there is another cut.
			for tries := 1; ; tries++ {
				must(t, cut.CutRedis(stack.FromRedis))
				alice.says(frame{Room: "lobby", Text: "alice can be heard"})
				alice.awaits(func(f frame) bool { return f.Type == "error" }) // nobody can tell her that it was said
				bob.says(frame{Room: "lobby", Text: "a fence"})
				if bob.next("alice can be heard", "a fence") == "alice can be heard" {
					break
				}
				if tries == 5 {
					t.Fatal("bob has heard nothing of alice in 5 cuts")
				}
				must(t, cut.HealRedis())
			}
			must(t, cut.HealRedis())
			alice.hears("alice can be heard")

			must(t, cut.CutRedis(stack.ToRedis))
			bob.says(frame{Room: "lobby", Text: "alice can hear"})
			alice.hears("alice can hear")
			alice.says(frame{Room: "lobby", Text: "alice is held back"})
			bob.says(frame{Room: "lobby", Text: "the fence"})
			if got := bob.next("alice is held back", "the fence"); got != "the fence" {
				t.Errorf("bob hears %q first, want the fence: the other is cut off", got)
			}
			must(t, cut.HealRedis())
			bob.hears("alice is held back")
		})
	}
}

func TestADelayIsForTheServerThatItIsSetFor(t *testing.T) {
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			s := stacktest.Start(t, engine, "3")
			alice, bob := arrive(t, "alice", "lobby", s.Servers[0]), arrive(t, "bob", "lobby", s.Servers[1])
			const by = 700 * time.Millisecond
			must(t, s.Servers[0].DelayRedis(by))
			from := time.Now()
			bob.says(frame{Room: "lobby", Text: "hello"})
			bob.hears("hello")
			bobs := time.Since(from)
			alice.hears("hello")
			if alices := time.Since(from); alices < by || bobs >= alices {
				t.Errorf("bob hears it after %v and alice after %v, want her %v late", bobs, alices, by)
			}
			must(t, s.Servers[0].DelayRedis(time.Hour))
			bob.says(frame{Room: "lobby", Text: "hello again"})
			must(t, s.Servers[0].HealRedis())
			alice.hears("hello again")
		})
	}
}
