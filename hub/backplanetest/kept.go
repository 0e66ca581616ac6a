package backplanetest

import (
	"fmt"
	"slices"
	"sync"

	"secondserver/hub"
)

// historyGoesOn also begins with a topic that nobody has used yet. Once somebody
// subscribes the epoch is known, before the first message.
func historyGoesOn(t *trial) error {
	b := t.Join()
	page, none, err := b.History(t.ctx, topic, hub.Position{}, 10)
	if err != nil {
		return err
	}
	if page.Gap || len(page.Payloads) != 0 || none.Epoch == "" || none.Offset != 0 {
		return fmt.Errorf("a new topic's history: %v, and it ends at %v; want an empty page, an epoch and offset 0", page, none)
	}
	tape, err := t.record(b, topic)
	if err != nil {
		return err
	}
	start := tape.from
	if err := t.reads(b, start, 10); err != nil {
		return err
	}
	texts := numbered("message ", 25)
	positions, err := t.sayAll(b, topic, texts)
	if err != nil {
		return err
	}
	for _, limit := range []int{1, 10, 24, 25, 1000} {
		if err := t.reads(b, start, limit, texts...); err != nil {
			return err
		}
	}
	for i, at := range positions {
		if err := t.reads(b, at, 10, texts[i+1:]...); err != nil {
			return err
		}
	}
	return nil
}

func historyNewest(t *trial) error {
	b := t.Join()
	texts := numbered("message ", 25)
	positions, err := t.sayAll(b, topic, texts)
	if err != nil {
		return err
	}
	for _, limit := range []int{1, 10, 25, 1000} {
		page, last, err := b.History(t.ctx, topic, hub.Position{}, limit)
		if err != nil {
			return err
		}
		want := texts[max(0, len(texts)-limit):]
		if got := textsOf(messagesOf(page)); page.Gap || !slices.Equal(got, want) {
			return fmt.Errorf("the newest %d: got %q, gap %t, want %q", limit, got, page.Gap, want)
		}
		if page.End() != positions[24] || last != positions[24] {
			return fmt.Errorf("the newest %d end at %v, the history at %v, want %v", limit, page.End(), last, positions[24])
		}
	}
	return nil
}

func historyGap(t *trial) error {
	b := t.Join()
	at, err := t.say(b, topic, "message")
	if err != nil {
		return err
	}
	for _, elsewhere := range []hub.Position{
		{Epoch: at.Epoch, Offset: 2},
		{Epoch: at.Epoch, Offset: 1<<64 - 1},
		{Epoch: "another", Offset: 0},
		{Epoch: "another", Offset: 1},
		{Epoch: "", Offset: 1},
	} {
		if err := t.isGap(b, elsewhere); err != nil {
			return err
		}
	}
	return nil
}

func historyBounds(t *trial) error {
	b := t.Join()
	agreed := t.Retention.OrDefault().Messages
	texts := numbered("message ", 2*agreed)
	positions, err := t.sayAtLength(b, texts)
	if err != nil {
		return err
	}
	oldest := len(texts) - agreed // of those that are kept
	if err := t.reads(b, positions[oldest-1], 1000, texts[oldest:]...); err != nil {
		return err
	}
	return t.isGap(b, positions[oldest-agreed/10-2])
}

// sayAtLength is sayAll in topic for more than can be answered at once.
func (t *trial) sayAtLength(b hub.Backplane, texts []string) ([]hub.Position, error) {
	var all []hub.Position
	for some := range slices.Chunk(texts, 100) {
		positions, err := t.sayAll(b, topic, some)
		if err != nil {
			return nil, err
		}
		all = append(all, positions...)
	}
	return all, nil
}

// historyGrows reads page after page until it has seen the last message.
func historyGrows(t *trial) error {
	const talkers, each = 4, 50
	b := t.Join()
	tape, err := t.record(b, topic)
	if err != nil {
		return err
	}
	start := tape.from
	var talking sync.WaitGroup
	errs := make(chan error, talkers)
	for n := range talkers {
		talking.Go(func() {
			_, err := t.sayAll(b, topic, numbered(fmt.Sprint("talker ", n, " message "), each))
			errs <- err
		})
	}
	defer talking.Wait()
	after, count := start, 0
	for count < talkers*each {
		messages, err := t.read(b, topic, after, 7)
		if err != nil {
			return err
		}
		for _, m := range messages {
			if after.Offset++; m.at != after {
				return fmt.Errorf("read %q at %v, want %v", m.text, m.at, after)
			}
		}
		if count += len(messages); len(messages) > 0 {
			continue
		}
		if err := t.pause(); err != nil {
			return fmt.Errorf("%d messages can be read, want %d: %w", count, talkers*each, err)
		}
	}
	for range talkers {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

// historyShared is what resuming on another instance needs.
func historyShared(t *trial) error {
	talker, listener := t.Join(), t.Join()
	tape, err := t.record(listener, topic)
	if err != nil {
		return err
	}
	texts := numbered("message ", 20)
	before := tape.from
	for i, text := range texts {
		at, err := t.say(talker, topic, text)
		if err != nil {
			return err
		}
		if err := t.reads(listener, before, 10, text); err != nil {
			return fmt.Errorf("acknowledged: %w", err)
		}
		if err := tape.hears(texts[:i+1]...); err != nil {
			return err
		}
		before = at
	}
	for _, b := range []hub.Backplane{talker, listener, t.Join()} {
		if err := t.reads(b, tape.from, 7, texts...); err != nil {
			return err
		}
	}
	return nil
}

func historyLost(t *trial) error {
	if t.Forget == nil {
		return errNotApplicable
	}
	talker, reader := t.Join(), t.Join()
	positions, err := t.sayAll(talker, topic, numbered("before ", 3))
	if err != nil {
		return err
	}
	t.Forget()
	for _, at := range positions {
		if err := t.isGap(reader, at); err != nil {
			return err
		}
	}
	if _, err := t.insist(talker, topic, "after 0"); err != nil {
		return err
	}
	_, start, err := reader.History(t.ctx, topic, hub.Position{}, 10)
	if err != nil {
		return err
	}
	texts := numbered("after ", 5)
	for _, text := range texts {
		if _, err := t.insist(talker, topic, text); err != nil {
			return err
		}
	}
	if err := t.isGap(reader, positions[2]); err != nil {
		return err
	}
	if start.Offset != 1 {
		return fmt.Errorf("after one message the new history ends at %v, want offset 1", start)
	}
	return t.reads(reader, start, 2, texts...)
}
