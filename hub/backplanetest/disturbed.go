package backplanetest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"secondserver/hub"
)

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
		fence = fmt.Sprint("fence ", n)
		if _, err := t.insist(listener, topic, fence); err != nil {
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
	texts := numbered("after ", 3)
	for _, text := range texts {
		if _, err := t.insist(talker, topic, text); err != nil {
			return err
		}
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

// readyAgain also has the instance do something, so that what it says is true.
func readyAgain(t *trial) error {
	b := t.Join()
	if err := b.Ready(); err != nil {
		return fmt.Errorf("an instance has joined, and is not ready: %w", err)
	}
	if t.Break == nil {
		return nil
	}
	for n := range 5 {
		t.Break()
		broken := time.Now()
		for b.Ready() != nil {
			if since := time.Since(broken); since > 3*time.Second {
				return fmt.Errorf("not ready %v after break %d: %w", since.Round(time.Second), n, b.Ready())
			}
			if err := t.pause(); err != nil {
				return err
			}
		}
		if _, err := t.insist(b, topic, fmt.Sprint("message ", n)); err != nil {
			return err
		}
	}
	return nil
}
