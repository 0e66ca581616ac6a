package hub_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// A lagging is a Memory that hands out general's messages when it is told to: an
// instance that is slower than others.
type lagging struct {
	*hub.Memory
	mu      sync.Mutex
	deliver func(hub.Batch)
	waiting []hub.Batch
}

func (l *lagging) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	if to != hub.Room("general") {
		return l.Memory.Subscribe(ctx, to, deliver)
	}
	l.deliver = deliver
	return l.Memory.Subscribe(ctx, to, func(b hub.Batch) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.waiting = append(l.waiting, b)
	})
}

// catchUp hands out the next n batches.
func (l *lagging) catchUp(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.waiting[:n] {
		l.deliver(b)
	}
	l.waiting = l.waiting[n:]
}

// A client that comes from a faster instance has seen more than its room here
// has; it does not hear it again.
func TestAClientAheadOfItsRoomHearsWhatIsNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := &lagging{Memory: new(hub.Memory)}
		h := hub.New("server-2", plane)
		slow, alice, bob := connect(t, h, "slow"), connect(t, h, "alice"), connect(t, h, "bob")
		slow.says(joinGeneral)
		slow.takes()
		alice.takes()
		fill(plane.Memory, 10)
		alice.says(resumeAt(hub.Position{Epoch: epochOf(t, plane.Memory), Offset: 8}))
		alice.wantsGist(t, "joined 10 true", "messages 9-10")
		alice.says(joinGeneral)
		alice.wantsGist(t, "joined 10 ") // and not where its room is
		bob.says(joinGeneral)
		alice.wantsAll(t, present("join", "bob", 3)) // presence does not wait
		plane.catchUp(9)
		alice.wantsGist(t)
		slow.wantsGist(t, "messages 1-9")
		fill(plane.Memory, 2)
		plane.catchUp(3)
		alice.wantsGist(t, "messages 11-12")
		slow.wantsGist(t, "messages 10-12")
		closeAll(slow, alice, bob)
		nothingLeft(t, h)
	})
}

// The batches that follow, up to the one by which the room has caught up.
func TestAClientAheadOfItsRoomPassesOverWhatItHasSeen(t *testing.T) {
	tests := []struct {
		name    string
		batches []hub.Batch // after offset 0; alice has seen 10
		want    []string
	}{
		{"a part of a batch", []hub.Batch{{Payloads: his(12)}}, []string{"messages 11-12"}},
		{"all of a batch", []hub.Batch{{Payloads: his(10)}}, nil},
		{"the end of a gap", []hub.Batch{{After: after(7), Gap: true, Payloads: his(4)}}, []string{"messages 11-11"}},
		{"a gap that ends beyond", []hub.Batch{{After: after(12), Gap: true, Payloads: his(1)}}, []string{"joined 12 false", "messages 13-13"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plane := &lagging{Memory: new(hub.Memory)}
				h := hub.New("server-2", plane)
				alice, slow := connect(t, h, "alice"), connect(t, h, "slow")
				slow.says(joinGeneral)
				alice.takes()
				fill(plane.Memory, 10)
				at := hub.Position{Epoch: epochOf(t, plane.Memory), Offset: 10}
				alice.says(resumeAt(at))
				alice.wantsGist(t, "joined 10 true")
				for _, b := range test.batches {
					b.After.Epoch = at.Epoch
					plane.deliver(b)
					at = b.End()
				}
				alice.wantsGist(t, test.want...)
				plane.deliver(hub.Batch{After: at, Payloads: his(1)})
				alice.wantsGist(t, fmt.Sprintf("messages %d-%[1]d", at.Offset+1))
				closeAll(slow, alice)
				nothingLeft(t, h)
			})
		})
	}
}

// A lost is a Memory that has lost everything: there is another history.
type lost struct {
	*pager
	old     *hub.Memory
	deliver func(hub.Batch)
}

func newLost() *lost { return &lost{pager: &pager{Memory: new(hub.Memory)}} }

func (l *lost) Subscribe(ctx context.Context, to hub.Destination, deliver func(hub.Batch)) (hub.Position, func(), error) {
	if to == hub.Room("general") {
		l.deliver = deliver
	}
	return l.Memory.Subscribe(ctx, to, deliver)
}

// lose is what readers see; the subscriber is told later.
func (l *lost) lose() { l.old, l.Memory = l.Memory, new(hub.Memory) }

func (l *lost) tell(t testing.TB) {
	from, _, err := l.Memory.Subscribe(t.Context(), hub.Room("general"), l.deliver)
	if err != nil {
		t.Fatal(err)
	}
	l.deliver(hub.Batch{After: from, Gap: true})
}

// A client that comes from a faster instance with a new history's epoch, while
// the room here does not know yet that the old one is lost.
func TestAClientAheadByAnEpochHearsWhatIsNew(t *testing.T) {
	for _, missed := range []int{0, 1, 100, 250} {
		synctest.Test(t, func(t *testing.T) {
			plane := newLost()
			h := hub.New("server-1", plane)
			fill(plane.Memory, 7)
			slow, alice := connect(t, h, "slow"), connect(t, h, "alice")
			slow.says(joinGeneral)
			alice.takes()
			plane.lose()
			fill(plane.Memory, missed)
			alice.says(resumeAt(hub.Position{Epoch: plane.epoch(t)}))
			want := []string{"joined " + fmt.Sprint(missed) + " true"}
			if missed > 0 {
				want = append(want, "messages 1-"+fmt.Sprint(missed))
			}
			alice.wantsGist(t, want...)
			fill(plane.old, 1) // the rest of the old one
			alice.wantsGist(t)
			start := hub.Position{Epoch: plane.epoch(t)}
			plane.deliver(hub.Batch{After: start, Gap: true})
			plane.deliver(hub.Batch{After: start, Payloads: his(missed + 2)})
			alice.wantsGist(t, "messages "+fmt.Sprint(missed+1)+"-"+fmt.Sprint(missed+2))
			closeAll(slow, alice)
			nothingLeft(t, h)
		})
	}
}

// What the room loses between a page's being read and its replay is no sign of a
// client that is ahead: one that was taken for it would be deaf to what follows.
func TestAGapAmidAResumeIsToldAndWhatFollowsIsHeard(t *testing.T) {
	tests := []struct {
		name string
		lost func(*testing.T, *lost, hub.Position) // alice has all there was
		want []string
	}{
		{"a history that is lost", func(t *testing.T, plane *lost, _ hub.Position) {
			plane.lose()
			plane.tell(t)
			fill(plane.Memory, 3)
		}, []string{"joined 10 true", "joined 0 false", "messages 1-3"}},
		{"offsets that are given out a second time", func(_ *testing.T, plane *lost, end hub.Position) {
			plane.deliver(hub.Batch{After: hub.Position{Epoch: end.Epoch, Offset: 7}, Gap: true, Payloads: his(3)})
		}, []string{"joined 10 true", "joined 7 false", "messages 8-10"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				plane := newLost()
				h := hub.New("server-1", plane)
				slow, alice := connect(t, h, "slow"), connect(t, h, "alice")
				slow.says(joinGeneral)
				alice.takes()
				fill(plane.Memory, 10)
				end := hub.Position{Epoch: plane.epoch(t), Offset: 10}
				plane.read = func(int) { test.lost(t, plane, end) }
				alice.says(resumeAt(end))
				alice.wantsGist(t, test.want...)
				closeAll(slow, alice)
				nothingLeft(t, h)
			})
		})
	}
}

// his are n payloads of bob's.
func his(n int) [][]byte {
	return slices.Repeat([][]byte{[]byte(`{"from":"bob","text":"hi"}`)}, n)
}

func after(offset uint64) hub.Position { return hub.Position{Offset: offset} }
