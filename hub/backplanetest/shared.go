package backplanetest

import (
	"fmt"

	"secondserver/hub"
)

// heardElsewhere is what phase 2 cannot do. The fence is the listener's own
// message: had the other's been published for it too, it would have come first.
// Many rooms, because a subscription that stands a moment too late is seen only
// in a new one.
func heardElsewhere(t *trial) error {
	talker, listener := t.Join(), t.Join()
	for n := range 50 {
		room := hub.Room(fmt.Sprint("room-", n))
		tape, err := t.record(listener, room)
		if err != nil {
			return err
		}
		if _, err := t.say(talker, room, "hello"); err != nil {
			return err
		}
		if _, err := t.say(listener, room, "fence"); err != nil {
			return err
		}
		if err := tape.hears("hello", "fence"); err != nil {
			return fmt.Errorf("in %s: %w", room, err)
		}
	}
	return nil
}

func countTogether(t *trial) error {
	instances := []hub.Backplane{t.Join(), t.Join(), t.Join()}
	var epoch string
	for n := range 9 {
		at, err := t.say(instances[n%3], topic, fmt.Sprint("message ", n))
		if err != nil {
			return err
		}
		if n == 0 {
			epoch = at.Epoch
		}
		if want := (hub.Position{Epoch: epoch, Offset: uint64(n + 1)}); at != want {
			return fmt.Errorf("message %d, by instance %d, got position %v, want %v", n, n%3, at, want)
		}
	}
	return nil
}

func sameOrderEverywhere(t *trial) error { return t.sameOrder(t.Join(), t.Join()) }
