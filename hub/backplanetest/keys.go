package backplanetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"secondserver/hub"
)

// keyed is a publication in topic.
func keyed(key, text string) hub.Publication {
	return hub.Publication{To: topic, Payload: []byte(text), Key: key}
}

// keyAgain says some things again: at once, and later. The first text stays.
func keyAgain(t *trial) error {
	b := t.Join()
	tape, err := t.record(b, topic)
	if err != nil {
		return err
	}
	binary := strings.Repeat("\x00\xff\r\n ", 28) // the longest, of any bytes
	first, err := t.publish(b, keyed("1", "one"), keyed(binary, "two"), keyed("1", "one, at once"), keyed("3", "three"))
	if err != nil {
		return err
	}
	later, err := t.publish(b, keyed("3", "three, later"), keyed(binary, "two, later"), keyed("1", "one, later"), keyed("4", "fence"))
	if err != nil {
		return err
	}
	if first[2] != first[0] || later[0] != first[3] || later[1] != first[1] || later[2] != first[0] {
		return fmt.Errorf("published at %v; then again, in another order, at %v", first, later)
	}
	return tape.hears("one", "two", "three", "fence")
}

func keyAtOnce(t *trial) error { return t.sameKeyAtOnce(t.Join()) }

// keyShared publishes what another instance has published, before and at once.
func keyShared(t *trial) error {
	instances := []hub.Backplane{t.Join(), t.Join(), t.Join()}
	first, err := t.publish(instances[0], keyed("early", "early"))
	if err != nil {
		return err
	}
	again, err := t.publish(instances[1], keyed("early", "early, elsewhere"))
	if err != nil {
		return err
	}
	if again[0] != first[0] {
		return fmt.Errorf("published at %v by one instance, and at %v by another", first[0], again[0])
	}
	return t.sameKeyAtOnce(instances...)
}

// sameKeyAtOnce has many say the same, key after key, on all of the instances.
func (t *trial) sameKeyAtOnce(instances ...hub.Backplane) error {
	const talkers, keys = 8, 10
	tape, err := t.record(instances[0], topic)
	if err != nil {
		return err
	}
	for n := range keys {
		key := fmt.Sprint("key ", n)
		var talking sync.WaitGroup
		var positions [talkers]hub.Position
		var errs [talkers]error
		for m := range talkers {
			talking.Go(func() {
				at, err := t.publish(instances[m%len(instances)], keyed(key, key))
				if errs[m] = err; err == nil {
					positions[m] = at[0]
				}
			})
		}
		talking.Wait()
		if err := errors.Join(errs[:]...); err != nil {
			return err
		}
		for _, at := range positions {
			if at != positions[0] {
				return fmt.Errorf("one key, published at once, got the positions %v", positions)
			}
		}
	}
	if _, err := t.say(instances[0], topic, "fence"); err != nil {
		return err
	}
	var want []string
	for n := range keys {
		want = append(want, fmt.Sprint("key ", n))
	}
	return tape.hears(append(want, "fence")...)
}

func keyOfItsTopic(t *trial) error {
	b := t.Join()
	rooms := []hub.Destination{hub.Room("a"), hub.Room("b"), hub.Everyone, hub.User("a")}
	for _, room := range rooms {
		tape, err := t.record(b, room)
		if err != nil {
			return err
		}
		texts := numbered("message ", 6)
		for i, key := range []string{"1", "11", "a", "A", "", ""} {
			if _, err := t.publish(b, hub.Publication{To: room, Payload: []byte(texts[i]), Key: key}); err != nil {
				return err
			}
		}
		if err := tape.hears(texts...); err != nil {
			return fmt.Errorf("in %s: %w", room, err)
		}
	}
	return nil
}

func keyOutlives(t *trial) error {
	b := t.Join()
	first, err := t.publish(b, keyed("first", "first"))
	if err != nil {
		return err
	}
	if _, err := t.sayAtLength(b, numbered("message ", 2*t.Retention.OrDefault().Messages)); err != nil {
		return err
	}
	if err := t.isGap(b, hub.Position{Epoch: first[0].Epoch}); err != nil {
		return err
	}
	again, err := t.publish(b, keyed("first", "first, again"))
	if err != nil {
		return err
	}
	if again[0] != first[0] {
		return fmt.Errorf("published at %v, and again at %v, when the history had no longer reached back to it", first[0], again[0])
	}
	return nil
}

func keyAfterBreak(t *trial) error { return t.insistThroughBreaks(topic) }

// insistThroughBreaks says things until they are acknowledged, while connections
// break. All of them are heard, once, in order, and where they were acknowledged.
func (t *trial) insistThroughBreaks(to hub.Destination) error {
	if t.Break == nil {
		return errNotApplicable
	}
	const breaks, messages = 5, 20
	talker, listener := t.Join(), t.Join()
	tape, err := t.record(listener, to)
	if err != nil {
		return err
	}
	var texts []string
	var positions []hub.Position
	insist := func(text string) error {
		at, err := t.insist(talker, to, text)
		texts, positions = append(texts, text), append(positions, at)
		return err
	}
	for n := range breaks {
		var breaking sync.WaitGroup
		breaking.Go(t.Break) // while messages are under way
		for m := range messages {
			if err := insist(fmt.Sprintf("message %d.%d", n, m)); err != nil {
				return err
			}
		}
		breaking.Wait()
		if err := insist(fmt.Sprint("fence ", n)); err != nil { // and just after it
			return err
		}
		if err := tape.hears(texts...); err != nil {
			return fmt.Errorf("after break %d: %w", n, err)
		}
	}
	heard, err := tape.until(texts[len(texts)-1])
	for i, m := range heard {
		if m.at != positions[i] {
			return fmt.Errorf("%q was heard at %v, and acknowledged at %v", m.text, m.at, positions[i])
		}
	}
	return err
}
