package backplanetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"secondserver/hub"
)

func offsetsCount(t *trial) error {
	b := t.Join()
	positions, err := t.sayAll(b, topic, numbered("message ", 100))
	if err != nil {
		return err
	}
	for i, at := range positions {
		if want := (hub.Position{Epoch: positions[0].Epoch, Offset: uint64(i + 1)}); at != want || at.Epoch == "" {
			return fmt.Errorf("message %d got position %v, want %v and an epoch", i+1, at, want)
		}
	}
	return nil
}

func hearsAll(t *trial) error {
	b := t.Join()
	if _, err := t.sayAll(b, topic, numbered("before ", 3)); err != nil {
		return err
	}
	tape, err := t.record(b, topic)
	if err != nil {
		return err
	}
	texts := numbered("message ", 100)
	positions, err := t.sayAll(b, topic, texts)
	if err != nil {
		return err
	}
	if err := tape.hears(texts...); err != nil {
		return err
	}
	messages, err := tape.until(texts[99])
	for i, m := range messages {
		if m.at != positions[i] {
			return fmt.Errorf("%q was heard at %v, and published at %v", m.text, m.at, positions[i])
		}
	}
	return err
}

// nothingMissed publishes while it subscribes, many times: Pub/Sub libraries
// tend to return before the subscription stands.
func nothingMissed(t *trial) error {
	const rounds = 100
	b := t.Join()
	for round := range rounds {
		room := hub.Room(fmt.Sprint("room-", round))
		tape, err := t.record(b, room)
		if err != nil {
			return err
		}
		if _, err := t.sayAll(b, room, []string{"at once", "and again"}); err != nil {
			return err
		}
		if err := tape.hears("at once", "and again"); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}

	// And amid a stream of messages: whatever Subscribe returns, the next one
	// comes first.
	room, stop := hub.Room("busy"), make(chan struct{})
	var talking sync.WaitGroup
	var failed error
	talking.Go(func() {
		for n := 1; failed == nil; n++ {
			select {
			case <-stop:
				return
			default:
				_, failed = t.say(b, room, fmt.Sprint("message ", n))
			}
		}
	})
	tapes := make([]*tape, 0, rounds)
	var err error
	for range rounds {
		var tape *tape
		if tape, err = t.record(b, room); err != nil {
			break
		}
		tapes = append(tapes, tape)
	}
	close(stop)
	talking.Wait()
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	if _, err := t.say(b, room, "fence"); err != nil {
		return err
	}
	for _, tape := range tapes {
		messages, err := tape.until("fence")
		if err != nil {
			return err
		}
		for i, m := range messages {
			if want := tape.from.Offset + uint64(i) + 1; m.at.Offset != want {
				return fmt.Errorf("subscribed at offset %d, heard offset %d, want %d", tape.from.Offset, m.at.Offset, want)
			}
		}
	}
	return nil
}

// leftAndJoined: a subscription that is given up and wanted again before the
// broker has heard of either must still come to stand.
func leftAndJoined(t *trial) error {
	b := t.Join()
	for n := range 100 {
		left, err := t.record(b, topic)
		if err != nil {
			return fmt.Errorf("round %d: %w", n, err)
		}
		left.cancel()
		tape, err := t.record(b, topic)
		if err != nil {
			return fmt.Errorf("round %d, again: %w", n, err)
		}
		text := fmt.Sprint("message ", n)
		if _, err := t.say(b, topic, text); err != nil {
			return err
		}
		if err := tape.hears(text); err != nil {
			return fmt.Errorf("round %d: %w", n, err)
		}
		tape.cancel()
	}
	return nil
}

func payloadsUnchanged(t *trial) error {
	b := t.Join()
	tape, err := t.record(b, topic)
	if err != nil {
		return err
	}
	texts := []string{"", " ", "a b  c", "\r\n$3\r\n", "\x00\xff", `{"text":"héllo 👋"}`, string(make([]byte, 64<<10)), "end"}
	if _, err := t.sayAll(b, topic, texts); err != nil {
		return err
	}
	return tape.hears(texts...)
}

func topicsDoNotMix(t *trial) error {
	b := t.Join()
	rooms := []hub.Destination{hub.Room("a"), hub.Room("A"), hub.Room("a.b"), hub.Room("a-b")}
	for _, room := range rooms {
		tape, err := t.record(b, room)
		if err != nil {
			return err
		}
		for _, other := range rooms {
			if _, err := t.say(b, other, "for "+other.String()); err != nil {
				return err
			}
		}
		if _, err := t.say(b, room, "fence"); err != nil {
			return err
		}
		if err := tape.hears("for "+room.String(), "fence"); err != nil {
			return fmt.Errorf("in %s: %w", room, err)
		}
	}
	return nil
}

func oneOrder(t *trial) error { return t.sameOrder(t.Join()) }

// sameOrder has several talkers and listeners on each of the instances. A fence
// on each of them proves that its listeners have heard all that they will.
func (t *trial) sameOrder(instances ...hub.Backplane) error {
	const talkers, messages = 4, 100
	var tapes []*tape
	for n := range talkers {
		tape, err := t.record(instances[n%len(instances)], topic)
		if err != nil {
			return err
		}
		tapes = append(tapes, tape)
	}
	var talking sync.WaitGroup
	errs := make([]error, talkers)
	for n := range talkers {
		talking.Go(func() {
			_, errs[n] = t.sayAll(instances[n%len(instances)], topic, numbered(fmt.Sprint("talker ", n, " message "), messages))
		})
	}
	talking.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for n, b := range instances {
		if _, err := t.say(b, topic, fmt.Sprint("fence ", n)); err != nil {
			return err
		}
	}
	var first []string
	for n, tape := range tapes {
		all, err := tape.until(fmt.Sprint("fence ", n%len(instances)))
		if err != nil {
			return err
		}
		got := slices.DeleteFunc(textsOf(all), func(s string) bool { return strings.HasPrefix(s, "fence") })
		if n == 0 {
			first = got
		}
		if !slices.Equal(got, first) {
			return fmt.Errorf("one listener heard %d messages %.200q, another %d %.200q", len(first), first, len(got), got)
		}
	}
	for n := range talkers {
		want := numbered(fmt.Sprint("talker ", n, " message "), messages)
		got := slices.DeleteFunc(slices.Clone(first), func(s string) bool { return !slices.Contains(want, s) })
		if !slices.Equal(got, want) {
			return fmt.Errorf("talker %d said %.200q, heard was %.200q", n, want, got)
		}
	}
	return nil
}

func cancelEnds(t *trial) error {
	b := t.Join()
	stays, err := t.record(b, topic)
	if err != nil {
		return err
	}
	goes, err := t.record(b, topic)
	if err != nil {
		return err
	}
	if _, err := t.say(b, topic, "for both"); err != nil {
		return err
	}
	if err := goes.hears("for both"); err != nil {
		return err
	}
	goes.cancel()
	goes.cancel() // once more does no harm
	if _, err := t.say(b, topic, "for one"); err != nil {
		return err
	}
	if err := stays.hears("for both", "for one"); err != nil {
		return fmt.Errorf("the other subscriber: %w", err)
	}
	goes.mu.Lock()
	defer goes.mu.Unlock()
	if got := textsOf(goes.messages); !slices.Equal(got, []string{"for both"}) {
		return fmt.Errorf("after cancel: heard %q, want only what came before", got)
	}
	return nil
}
