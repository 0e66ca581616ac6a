package backplanetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"secondserver/hub"
)

// presenceAfterBreak has users come and go just before, amid and just after each
// break; alice stays.
func presenceAfterBreak(t *trial) error {
	if t.Break == nil {
		return errNotApplicable
	}
	const breaks = 5
	here, there := t.Join(), t.Join()
	var rolls []*roll
	for _, b := range []hub.Backplane{here, there} {
		r, err := t.watch(b, topic)
		if err != nil {
			return err
		}
		rolls = append(rolls, r)
	}
	if _, err := t.enter(here, "alice"); err != nil {
		return err
	}
	for n := range breaks {
		going, err := t.enter(here, numbered("goes-", 5)...)
		if err != nil {
			return err
		}
		var breaking sync.WaitGroup
		breaking.Go(t.Break)
		for _, leave := range going[:4] {
			leave()
		}
		staying, err := t.enter(here, numbered("stays-", 5)...)
		if err != nil {
			return err
		}
		breaking.Wait()
		going[4]()
		for i, r := range rolls {
			if err := r.ends(append(numbered("stays-", 5), "alice")...); err != nil {
				return fmt.Errorf("after break %d, watcher %d: %w", n, i, err)
			}
			if got := r.told("alice"); !slices.Equal(got, []string{"came"}) {
				return fmt.Errorf("alice has stayed; told that she %q", got)
			}
		}
		if err := t.participants(there, append(numbered("stays-", 5), "alice")...); err != nil {
			return fmt.Errorf("after break %d: %w", n, err)
		}
		for _, leave := range staying {
			leave()
		}
		for i, r := range rolls {
			if err := r.ends("alice"); err != nil {
				return fmt.Errorf("after break %d, watcher %d: %w", n, i, err)
			}
		}
	}
	return nil
}

// presenceAfterForget looks again and again, as watchers need not notice that
// somebody was away.
func presenceAfterForget(t *trial) error {
	if t.Forget == nil {
		return errNotApplicable
	}
	here, there := t.Join(), t.Join()
	r, err := t.watch(there, topic)
	if err != nil {
		return err
	}
	if _, err := t.enter(here, "alice"); err != nil {
		return err
	}
	twice, err := t.enter(there, "bob", "charlie", "charlie")
	if err != nil {
		return err
	}
	t.Forget()
	for {
		err := t.participants(there, "alice", "bob", "charlie")
		if err == nil {
			break
		}
		if t.pause() != nil {
			return fmt.Errorf("everything was lost: %w", err)
		}
	}
	if err := r.ends("alice", "bob", "charlie"); err != nil {
		return fmt.Errorf("everything was lost, and they are there again: %w", err)
	}
	twice[1]()
	fence, err := t.enter(there, "fence")
	if err != nil {
		return err
	}
	if err := r.sees("fence"); err != nil {
		return err
	}
	if err := r.has("alice", "bob", "charlie", "fence"); err != nil {
		return fmt.Errorf("charlie had entered twice, and has left once: %w", err)
	}
	twice[2]()
	fence[0]()
	if err := r.ends("alice", "bob"); err != nil {
		return fmt.Errorf("charlie has left twice: %w", err)
	}
	return t.participants(here, "alice", "bob")
}

// presenceAfterDeath: an instance that is started anew, in the place of the dead
// one, does not revive whom that one has held.
func presenceAfterDeath(t *trial) error {
	if t.Die == nil {
		return errNotApplicable
	}
	dies, survives := t.Join(), t.Join()
	r, err := t.watch(survives, topic)
	if err != nil {
		return err
	}
	if _, err := t.enter(dies, "alice", "alice", "bob"); err != nil {
		return err
	}
	if _, err := t.enter(survives, "bob", "charlie"); err != nil {
		return err
	}
	t.Die(dies)
	within, stop := context.WithTimeout(t.ctx, 6*time.Second)
	defer stop()
	anew := t.Join()
	if _, err := t.enter(anew, "charlie", "dora"); err != nil {
		return err
	}
	left := []string{"bob", "charlie", "dora"}
	if err := r.await(within, func() error {
		if r.in["alice"] {
			return errors.New("alice is still in the room, 6 s after her instance died")
		}
		return nil
	}); err != nil {
		return err
	}
	if err := r.ends(left...); err != nil {
		return fmt.Errorf("an instance has died: %w", err)
	}
	if _, err := t.enter(survives, "fence"); err != nil {
		return err
	}
	if err := r.has(append(left, "fence")...); err != nil {
		return fmt.Errorf("an instance has died: %w", err)
	}
	for _, user := range left {
		if got := r.told(user); !slices.Equal(got, []string{"came"}) {
			return fmt.Errorf("%s has stayed; told that %q", user, got)
		}
	}
	return t.participants(anew, append(left, "fence")...)
}
