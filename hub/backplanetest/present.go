package backplanetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"secondserver/hub"
)

// participants checks who is in topic, by asking.
func (t *trial) participants(b hub.Backplane, want ...string) error {
	got, err := b.Participants(t.ctx, topic)
	if err != nil {
		return fmt.Errorf("participants of %s: %w", topic, err)
	}
	if err := sameUsers(got, want); err != nil {
		return fmt.Errorf("asked: %w", err)
	}
	return nil
}

// enter makes users participants of topic.
func (t *trial) enter(b hub.Backplane, users ...string) (leave []func(), err error) {
	for _, user := range users {
		l, err := b.Enter(t.ctx, topic, user)
		if err != nil {
			return nil, fmt.Errorf("enter %s: %w", user, err)
		}
		leave = append(leave, l)
	}
	return leave, nil
}

// entered: when Enter returns nothing has to be waited for any more.
func entered(t *trial) error {
	b := t.Join()
	if err := t.participants(b); err != nil {
		return err
	}
	r, err := t.watch(b, topic)
	if err != nil {
		return err
	}
	var users []string
	var leaves []func()
	for _, user := range numbered("user-", 20) {
		leave, err := t.enter(b, user)
		if err != nil {
			return err
		}
		leaves = append(leaves, leave...)
		users = append(users, user)
		if err := r.has(users...); err != nil {
			return fmt.Errorf("%s has entered: %w", user, err)
		}
		if err := t.participants(b, users...); err != nil {
			return fmt.Errorf("%s has entered: %w", user, err)
		}
	}
	for i, leave := range leaves {
		leave()
		if err := r.ends(users[i+1:]...); err != nil {
			return fmt.Errorf("%s has left: %w", users[i], err)
		}
		if err := t.participants(b, users[i+1:]...); err != nil {
			return fmt.Errorf("%s has left: %w", users[i], err)
		}
	}
	return nil
}

func leavesLast(t *trial) error { b := t.Join(); return t.leaves(b, b) }

func leavesLastInstance(t *trial) error { return t.leaves(t.Join(), t.Join()) }

// leaves has alice enter twice and leave twice. That she is still there after the
// first time is proved by two fences, one who leaves after her and one who comes.
func (t *trial) leaves(one, other hub.Backplane) error {
	var rolls []*roll
	for _, b := range []hub.Backplane{one, other} {
		r, err := t.watch(b, topic)
		if err != nil {
			return err
		}
		rolls = append(rolls, r)
	}
	first, err := t.enter(one, "alice", "fence-1")
	if err != nil {
		return err
	}
	second, err := t.enter(other, "alice")
	if err != nil {
		return err
	}
	if err := rolls[1].knows("alice"); err != nil { // though she had come before
		return fmt.Errorf("alice has entered here too: %w", err)
	}
	first[0]()
	first[1]()
	for _, r := range rolls {
		if err := r.ends("alice"); err != nil {
			return fmt.Errorf("alice has entered twice and left once: %w", err)
		}
	}
	if _, err := t.enter(one, "fence-2"); err != nil {
		return err
	}
	for _, r := range rolls {
		if err := r.ends("alice", "fence-2"); err != nil {
			return fmt.Errorf("alice has entered twice and left once: %w", err)
		}
	}
	if err := t.participants(one, "alice", "fence-2"); err != nil {
		return fmt.Errorf("alice has entered twice and left once: %w", err)
	}
	second[0]()
	for _, r := range rolls {
		if err := r.ends("fence-2"); err != nil {
			return fmt.Errorf("alice has left twice: %w", err)
		}
		if got, want := r.told("alice"), []string{"came", "left"}; !slices.Equal(got, want) {
			return fmt.Errorf("told that alice %q, want %q", got, want)
		}
	}
	return t.participants(other, "fence-2")
}

func watchBegins(t *trial) error {
	b := t.Join()
	if _, err := t.enter(b, "alice", "bob", "bob"); err != nil {
		return err
	}
	goes, err := t.watch(b, topic)
	if err != nil {
		return err
	}
	if err := goes.has("alice", "bob"); err != nil {
		return fmt.Errorf("told before Watch has returned: %w", err)
	}
	stays, err := t.watch(b, topic)
	if err != nil {
		return err
	}
	goes.cancel()
	goes.cancel() // once more does no harm
	if _, err := t.enter(b, "charlie"); err != nil {
		return err
	}
	if err := stays.ends("alice", "bob", "charlie"); err != nil {
		return err
	}
	if err := goes.has("alice", "bob"); err != nil {
		return fmt.Errorf("told after cancel: %w", err)
	}
	return nil
}

func presenceOfItsRoom(t *trial) error {
	b := t.Join()
	r, err := t.watch(b, topic)
	if err != nil {
		return err
	}
	for _, room := range []hub.Destination{hub.Room("General"), hub.Room("general.2"), hub.Room("alice")} {
		if _, err := b.Enter(t.ctx, room, "stranger"); err != nil {
			return err
		}
	}
	if _, err := t.enter(b, "alice", "Alice", "alice.2"); err != nil {
		return err
	}
	if err := r.ends("alice", "Alice", "alice.2"); err != nil {
		return err
	}
	return t.participants(b, "alice", "Alice", "alice.2")
}

func watchersKnow(t *trial) error { return t.comeAndGo(t.Join()) }

func watchersKnowEverywhere(t *trial) error { return t.comeAndGo(t.Join(), t.Join(), t.Join()) }

// comeAndGo has users come and go on all of the instances at once, each with two
// connections. In the end every third one is there, with one of his. Some watch
// from the beginning, and some begin meanwhile.
func (t *trial) comeAndGo(instances ...hub.Backplane) error {
	const users, rounds = 12, 5
	var rolls []*roll
	watch := func() error {
		for _, b := range instances {
			r, err := t.watch(b, topic)
			if err != nil {
				return err
			}
			rolls = append(rolls, r)
		}
		return nil
	}
	if err := watch(); err != nil {
		return err
	}
	var going sync.WaitGroup
	errs := make([]error, 2*users)
	for n := range errs {
		user, b := fmt.Sprint("user-", n%users), instances[n%len(instances)]
		stays := n < users && n%3 == 0
		if n >= users { // the other connection, on another instance
			b = instances[(n+1)%len(instances)]
		}
		going.Go(func() {
			for round := range rounds {
				leave, err := t.enter(b, user)
				if err != nil {
					errs[n] = err
					return
				}
				if round < rounds-1 || !stays {
					leave[0]()
				}
			}
		})
	}
	watching := watch()
	going.Wait()
	if err := errors.Join(append(errs, watching)...); err != nil {
		return err
	}
	// Who has entered is in at the fence, at the latest; from there on users only
	// leave.
	if _, err := t.enter(instances[0], "fence"); err != nil {
		return err
	}
	want := []string{"fence", "user-0", "user-3", "user-6", "user-9"}
	for n, r := range rolls {
		if err := r.sees("fence"); err != nil {
			return fmt.Errorf("watcher %d: %w", n, err)
		}
		if err := r.ends(want...); err != nil {
			return fmt.Errorf("watcher %d, in the end: %w", n, err)
		}
	}
	for _, b := range instances {
		if err := t.participants(b, want...); err != nil {
			return err
		}
	}
	return nil
}

func seenElsewhere(t *trial) error {
	here, there := t.Join(), t.Join()
	r, err := t.watch(there, topic)
	if err != nil {
		return err
	}
	leave, err := t.enter(here, "alice")
	if err != nil {
		return err
	}
	if err := t.participants(there, "alice"); err != nil {
		return err
	}
	if _, err := t.enter(there, "fence"); err != nil {
		return err
	}
	if err := r.has("alice", "fence"); err != nil {
		return fmt.Errorf("alice has entered elsewhere: %w", err)
	}
	late, err := t.watch(t.Join(), topic)
	if err != nil {
		return err
	}
	if err := late.has("alice", "fence"); err != nil {
		return fmt.Errorf("told before Watch has returned: %w", err)
	}
	leave[0]()
	for _, r := range []*roll{r, late} {
		if err := r.ends("fence"); err != nil {
			return fmt.Errorf("alice has left elsewhere: %w", err)
		}
		if got, want := r.told("alice"), []string{"came", "left"}; !slices.Equal(got, want) {
			return fmt.Errorf("told that alice %q, want %q", got, want)
		}
	}
	return nil
}
