// Package backplanetest holds a hub.Backplane to its promises, as
// testing/slogtest does for slog handlers. A backplane's test is a constructor
// and one line:
//
//	func TestMemory(t *testing.T) {
//		backplanetest.Run(t, func(testing.TB) backplanetest.Rig {
//			shared := new(hub.Memory)
//			return backplanetest.Rig{Join: func() hub.Backplane { return shared }}
//		})
//	}
//
// Each promise is a sentence (promises.go), and the sentence is what a failing
// test prints. Silence is proved by a fence: after what must not arrive, a
// message that must, on the same path; so no test waits for time to pass, but for
// those of promises that have a time.
package backplanetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"secondserver/hub"
)

// A Rig is some instances' backplanes, and the means to disturb them. Whatever
// it starts is to be ended by the t.Cleanup of whoever made it.
type Rig struct {
	// Join returns the backplane of one more instance. All of one rig's share
	// what there is to share.
	Join func() hub.Backplane

	// Break cuts every connection between the instances and what they share;
	// new ones can be made at once. nil: there are none, and the promises about
	// it are skipped.
	Break func()

	// Forget makes the shared store lose everything. nil: as with Break.
	Forget func()

	// Die ends an instance as kill -9 does: it says no goodbye, and nothing of it
	// goes on. nil: as with Break.
	Die func(hub.Backplane)

	// Retention is what all of the instances keep of a topic: 200 messages at
	// least; a zero in it is the default.
	Retention hub.Retention

	// Patience bounds the test of one promise; 0 is 30 s, far more than any of
	// them needs, so that a slow machine breaks no promise.
	Patience time.Duration
}

// Run tests every promise, each on a rig of its own.
func Run(t *testing.T, newRig func(testing.TB) Rig) {
	for _, p := range promises {
		t.Run(p.sentence, func(t *testing.T) {
			if err := p.keep(newRig(t)); errors.Is(err, errNotApplicable) {
				t.Log("does not apply:", err)
			} else if err != nil {
				t.Errorf("the promise %q is broken: %v", p.sentence, err)
			}
		})
	}
}

// Broken returns the sentences of the promises that the rig's backplanes do not
// keep, each with what went wrong. It is for tests of this package, and for
// showing what a backplane lacks.
func Broken(t testing.TB, newRig func(testing.TB) Rig) map[string]error {
	broken := make(map[string]error)
	for _, p := range promises {
		if err := p.keep(newRig(t)); err != nil && !errors.Is(err, errNotApplicable) {
			broken[p.sentence] = err
		}
	}
	return broken
}

// A promise is a sentence of the contract, and how to see whether it is kept.
type promise struct {
	sentence string
	check    func(*trial) error
}

func (p promise) keep(rig Rig) error {
	ctx, stop := context.WithTimeout(context.Background(), cmp.Or(rig.Patience, 30*time.Second))
	defer stop()
	return p.check(&trial{Rig: rig, ctx: ctx})
}

var errNotApplicable = errors.New("this rig cannot do that")

// A trial is one promise's test on one rig.
type trial struct {
	Rig
	ctx context.Context
}

var topic = hub.Room("general")

// say publishes text and waits for its position.
func (t *trial) say(b hub.Backplane, to hub.Destination, text string) (hub.Position, error) {
	positions, err := t.sayAll(b, to, []string{text})
	if err != nil {
		return hub.Position{}, err
	}
	return positions[0], nil
}

func (t *trial) sayAll(b hub.Backplane, to hub.Destination, texts []string) ([]hub.Position, error) {
	publications := make([]hub.Publication, len(texts))
	for i, text := range texts {
		publications[i] = hub.Publication{To: to, Payload: []byte(text)}
	}
	return t.publish(b, publications...)
}

// publish publishes without waiting in between, then waits for all positions.
func (t *trial) publish(b hub.Backplane, publications ...hub.Publication) ([]hub.Position, error) {
	type answer struct {
		i   int
		at  hub.Position
		err error
	}
	answers := make(chan answer, len(publications))
	for i, p := range publications {
		b.Publish(p, func(at hub.Position, err error) { answers <- answer{i, at, err} })
	}
	positions := make([]hub.Position, len(publications))
	var failed error
	for _, p := range publications {
		select {
		case a := <-answers:
			positions[a.i] = a.at
			if a.err != nil {
				failed = fmt.Errorf("publish %q: %w", publications[a.i].Payload, a.err)
			}
		case <-t.ctx.Done():
			return nil, fmt.Errorf("publish to %s: no answer", p.To)
		}
	}
	return positions, failed
}

// insist publishes text until it is acknowledged. Its key makes sure that it is
// heard once, whatever became of the tries before.
func (t *trial) insist(b hub.Backplane, to hub.Destination, text string) (hub.Position, error) {
	for {
		positions, err := t.publish(b, hub.Publication{To: to, Payload: []byte(text), Key: text})
		if err == nil {
			return positions[0], nil
		}
		if t.pause() != nil {
			return hub.Position{}, err
		}
	}
}

// pause passes between two looks at what nobody tells of.
func (t *trial) pause() error {
	select {
	case <-time.After(10 * time.Millisecond):
		return nil
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
}

// numbered returns prefix1, prefix2, …
func numbered(prefix string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprint(prefix, i+1)
	}
	return texts
}
