package backplanetest

import (
	"fmt"
	"slices"
	"sync"

	"secondserver/hub"
)

// The promises of hub.Backplane. The first ones are about one instance, then
// come those about several, then those about what happens when they are
// disturbed.
var promises = []promise{
	{"a topic's offsets are 1, 2, 3 and so on, in the order of the calls", offsetsCount},
	{"a subscriber hears every message after its position, once and in order", hearsAll},
	{"once Subscribe has returned nothing is missed", nothingMissed},
	{"payloads arrive as they were", payloadsUnchanged},
	{"topics do not mix", topicsDoNotMix},
	{"all subscribers hear the same order, whoever publishes", oneOrder},
	{"after cancel nothing is delivered, and others go on hearing", cancelEnds},
	{"what one instance publishes is heard on every other", heardElsewhere},
	{"instances count a topic's offsets together", countTogether},
	{"a broken connection leaves neither a hole nor a double", brokenConnection},
	{"lost history is told as a gap, once, and what follows it is heard", toldGap},
}

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
	talker, listener := t.Join(), t.Join()
	for round := range rounds {
		room := hub.Room(fmt.Sprint("room-", round))
		tape, err := t.record(listener, room)
		if err != nil {
			return err
		}
		if _, err := t.sayAll(listener, room, []string{"at once", "and again"}); err != nil {
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
				_, failed = t.say(talker, room, fmt.Sprint("message ", n))
			}
		}
	})
	tapes := make([]*tape, 0, rounds)
	var err error
	for range rounds {
		var tape *tape
		if tape, err = t.record(talker, room); err != nil {
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
	if _, err := t.say(talker, room, "fence"); err != nil {
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

func oneOrder(t *trial) error {
	const talkers, messages = 4, 100
	instances := []hub.Backplane{t.Join(), t.Join()}
	var tapes []*tape
	for range talkers {
		tape, err := t.record(instances[0], topic)
		if err != nil {
			return err
		}
		tapes = append(tapes, tape)
	}
	var talking sync.WaitGroup
	errs := make([]error, talkers)
	for n := range talkers {
		talking.Go(func() {
			_, errs[n] = t.sayAll(instances[0], topic, numbered(fmt.Sprint("talker ", n, " message "), messages))
		})
	}
	talking.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if _, err := t.say(instances[0], topic, "fence"); err != nil {
		return err
	}
	var first []string
	for _, tape := range tapes {
		all, err := tape.until("fence")
		if err != nil {
			return err
		}
		if first == nil {
			first = textsOf(all)
		}
		if got := textsOf(all); !slices.Equal(got, first) {
			return fmt.Errorf("one subscriber heard %q, another %q", first, got)
		}
	}
	for n := range talkers {
		want := numbered(fmt.Sprint("talker ", n, " message "), messages)
		got := slices.DeleteFunc(slices.Clone(first), func(s string) bool { return !slices.Contains(want, s) })
		if !slices.Equal(got, want) {
			return fmt.Errorf("talker %d said %q, heard was %q", n, want, got)
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

// heardElsewhere is what phase 2 cannot do. The fence is the listener's own
// message: had the other's been published for it too, it would have come first.
func heardElsewhere(t *trial) error {
	talker, listener := t.Join(), t.Join()
	tape, err := t.record(listener, topic)
	if err != nil {
		return err
	}
	if _, err := t.say(talker, topic, "hello"); err != nil {
		return err
	}
	if _, err := t.say(listener, topic, "fence"); err != nil {
		return err
	}
	return tape.hears("hello", "fence")
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

// brokenConnection counts acknowledged messages: each is there, once. One that
// was refused may be there too (it was sent, and the answer was lost), and then
// it has an offset as well: what is heard is always without holes.
func brokenConnection(t *trial) error {
	if t.Break == nil {
		return errNotApplicable
	}
	const breaks, messages = 5, 100
	talker, listener := t.Join(), t.Join()
	var tapes []*tape
	for _, b := range []hub.Backplane{talker, listener} {
		tape, err := t.record(b, topic)
		if err != nil {
			return err
		}
		tapes = append(tapes, tape)
	}
	acknowledged := make(map[hub.Position]string)
	fence := ""
	for n := range breaks {
		var breaking sync.WaitGroup
		breaking.Go(t.Break) // while messages are under way
		for m := range messages {
			text := fmt.Sprintf("message %d.%d", n, m)
			if at, err := t.say(talker, topic, text); err == nil {
				acknowledged[at] = text
			} else if t.ctx.Err() != nil {
				return err
			}
		}
		breaking.Wait()
		var err error
		if fence, err = t.insist(listener, topic, fmt.Sprint("fence ", n)); err != nil {
			return err
		}
		for _, tape := range tapes {
			if _, err := tape.until(fence); err != nil {
				return fmt.Errorf("after break %d: %w", n, err)
			}
		}
	}
	for _, tape := range tapes {
		heard, err := tape.until(fence)
		if err != nil {
			return err
		}
		at := make(map[hub.Position]string)
		texts := textsOf(heard)
		slices.Sort(texts)
		if once := slices.Compact(slices.Clone(texts)); len(once) != len(texts) {
			return fmt.Errorf("of %d messages only %d are different: one was published twice", len(texts), len(once))
		}
		for i, m := range heard {
			if want := tape.from.Offset + uint64(i) + 1; m.at.Offset != want {
				return fmt.Errorf("heard offset %d, want %d", m.at.Offset, want)
			}
			at[m.at] = m.text
		}
		for position, text := range acknowledged {
			if at[position] != text {
				return fmt.Errorf("%q was acknowledged at %v; heard there: %q", text, position, at[position])
			}
		}
		if tape.gaps != 0 {
			return fmt.Errorf("told of %d gaps, want none: the history was there", tape.gaps)
		}
	}
	return nil
}

func toldGap(t *trial) error {
	if t.Forget == nil {
		return errNotApplicable
	}
	talker, listener := t.Join(), t.Join()
	tape, err := t.record(listener, topic)
	if err != nil {
		return err
	}
	if _, err := t.say(talker, topic, "before"); err != nil {
		return err
	}
	if err := tape.hears("before"); err != nil {
		return err
	}
	t.Forget()
	var texts []string
	for _, text := range numbered("after ", 3) {
		said, err := t.insist(talker, topic, text)
		if err != nil {
			return err
		}
		texts = append(texts, said)
	}
	messages, err := tape.until(texts[2])
	if err != nil {
		return err
	}
	if got := textsOf(messages[1:]); !slices.Equal(got, texts) {
		return fmt.Errorf("after the loss: heard %q, want %q", got, texts)
	}
	tape.mu.Lock()
	defer tape.mu.Unlock()
	if tape.gaps != 1 {
		return fmt.Errorf("told of %d gaps, want 1", tape.gaps)
	}
	if old, now := messages[0].at.Epoch, messages[1].at.Epoch; old == now {
		return fmt.Errorf("the new history has the old one's epoch %s", old)
	}
	return nil
}
