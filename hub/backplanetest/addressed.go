package backplanetest

import (
	"errors"
	"fmt"

	"secondserver/hub"
)

var bob = hub.User("bob")

// refused checks that nobody hears what is said to user. cancel does not wait for
// the broker, so what is said just after it may still be accepted.
func (t *trial) refused(b hub.Backplane, user hub.Destination, text string) error {
	for {
		at, err := t.say(b, user, text)
		switch {
		case errors.Is(err, hub.ErrNobody):
			return nil
		case err != nil:
			return err
		}
		if t.pause() != nil {
			return fmt.Errorf("nobody hears %s any more, but %q was accepted, at %v", user, text, at)
		}
	}
}

// nobodyHears: what is refused is not kept for one who comes later either, has no
// offset, and may be said again, with the same key.
func nobodyHears(t *trial) error {
	b := t.Join()
	saying := hub.Publication{To: bob, Payload: []byte("hello"), Key: "1"}
	if at, err := t.publish(b, saying); !errors.Is(err, hub.ErrNobody) {
		return fmt.Errorf("before anybody heard bob: published at %v, error %v, want %v", at, err, hub.ErrNobody)
	}
	tape, err := t.record(b, bob)
	if err != nil {
		return err
	}
	first, err := t.publish(b, saying)
	if err != nil {
		return fmt.Errorf("once somebody heard bob: %w", err)
	}
	if first[0].Offset != 1 {
		return fmt.Errorf("the first message that was published is at %v, want offset 1", first[0])
	}
	if err := tape.hears("hello"); err != nil {
		return err
	}
	tape.cancel()
	if err := t.refused(b, bob, "is anybody there?"); err != nil {
		return err
	}
	again, err := t.publish(b, saying) // its answer may have been lost
	if err != nil || again[0] != first[0] {
		return fmt.Errorf("published at %v, and again when nobody heard bob any more: %v, error %v", first[0], again, err)
	}
	for _, to := range []hub.Destination{topic, hub.Everyone} {
		if _, err := t.say(b, to, "hello"); err != nil {
			return fmt.Errorf("only a user has to be there to be spoken to: %w", err)
		}
	}
	return nil
}

func userReached(t *trial) error { b := t.Join(); return t.reached(b, b, b) }

func userReachedEverywhere(t *trial) error { return t.reached(t.Join(), t.Join(), t.Join()) }

// reached has two who hear a user, and who go one after the other. Many users,
// because a subscription that stands a moment too late is seen only in a new one.
func (t *trial) reached(talker, one, other hub.Backplane) error {
	for _, name := range numbered("user-", 20) {
		user := hub.User(name)
		goes, err := t.record(one, user)
		if err != nil {
			return err
		}
		if _, err := t.say(talker, user, "for one"); err != nil {
			return err
		}
		if err := goes.hears("for one"); err != nil { // else the other may still hear it too
			return err
		}
		stays, err := t.record(other, user)
		if err != nil {
			return err
		}
		if _, err := t.say(talker, user, "for both"); err != nil {
			return err
		}
		if err := goes.hears("for one", "for both"); err != nil {
			return err
		}
		goes.cancel()
		if _, err := t.say(talker, user, "for the other"); err != nil {
			return err
		}
		if err := stays.hears("for both", "for the other"); err != nil {
			return err
		}
		stays.cancel()
		if err := t.refused(talker, user, "for nobody"); err != nil {
			return err
		}
	}
	return nil
}

func everyoneReached(t *trial) error {
	instances := []hub.Backplane{t.Join(), t.Join(), t.Join()}
	var tapes []*tape
	for _, b := range instances {
		tape, err := t.record(b, hub.Everyone)
		if err != nil {
			return err
		}
		tapes = append(tapes, tape)
	}
	if _, err := t.say(instances[0], hub.Everyone, "hello"); err != nil {
		return err
	}
	for n, tape := range tapes {
		fence := fmt.Sprint("fence ", n)
		if _, err := t.say(instances[n], hub.Everyone, fence); err != nil {
			return err
		}
		messages, err := tape.until(fence)
		if err != nil {
			return err
		}
		if messages[0].text != "hello" {
			return fmt.Errorf("on instance %d: heard %q, want hello first", n, textsOf(messages))
		}
	}
	return nil
}

func userAfterBreak(t *trial) error { return t.insistThroughBreaks(bob) }
