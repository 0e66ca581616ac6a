package redisbackplane

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"secondserver/hub"
)

// newTestRoster is room:general's on an instance called me, whose calls of Redis
// the test answers. An instance called other lives as well.
func newTestRoster() *roster {
	s := newNowhere()
	s.commands = simple
	s.entrances, s.reads = newPipe(nil, publishBatch, nil), newPipe(nil, readBatch, nil)
	b := &Backplane{
		keep:   hub.Retention{}.OrDefault(),
		heart:  newHeart(),
		layout: oneMaster("redis"),
		shards: map[string]*shard{"redis": s},
		topics: make(map[string]*topic),
	}
	b.heart.self = "me"
	b.heart.others["other"] = 0
	return b.rosterOf(b.enter("room:general"))
}

// knownRoster is one whose first read is answered, and what a watcher is told.
func knownRoster(t *testing.T, users ...string) (r *roster, told *[]string) {
	t.Helper()
	r = newTestRoster()
	r.begin()
	answerRead(t, r, users...)
	wantsKnown(t, r, true)
	told = new([]string)
	r.watch(&watcher{func(changes []hub.Change) {
		for _, c := range changes {
			*told = append(*told, sign(c.Came)+c.User)
		}
	}})
	*told = nil
	return r, told
}

func sign(came bool) string {
	if came {
		return "+"
	}
	return "-"
}

// answerRead answers the one read that must be under way: users, each with the
// instances that have him. No change has been told by then.
func answerRead(t *testing.T, r *roster, users ...string) {
	t.Helper()
	answerReadAt(t, r, 0, users...)
}

// answerReadAt is answerRead after some changes.
func answerReadAt(t *testing.T, r *roster, changes int, users ...string) {
	t.Helper()
	fields := []any{"@epoch", "1", "@changes", fmt.Sprint(changes)}
	for _, f := range users {
		fields = append(fields, f)
	}
	take(t, r.plane.shards["redis"].reads).done(fields, nil)
}

// answerTold answers the call that waits first, and returns what it tells: the
// instance, and who has come there or left it.
func answerTold(t *testing.T, r *roster, err error) string {
	t.Helper()
	p := r.plane.shards["redis"].entrances
	if len(p.waiting) == 0 {
		t.Fatal("Redis is told nothing")
	}
	c := p.waiting[0]
	p.waiting = p.waiting[1:]
	c.done(nil, err)
	var events []string
	for users := range slices.Chunk(c.args[6:], 2) {
		events = append(events, fmt.Sprint(users...))
	}
	slices.Sort(events)
	return fmt.Sprint(c.args[5], " ", strings.Join(events, " "))
}

// take returns the one call that must wait.
func take(t *testing.T, p *pipe) call {
	t.Helper()
	if len(p.waiting) != 1 {
		t.Fatalf("%d calls wait, want 1", len(p.waiting))
	}
	c := p.waiting[0]
	p.waiting = nil
	return c
}

// beats does what waits for the next beat of the heart.
func beats(r *roster) {
	for _, w := range r.plane.heart.takeWaiting() {
		w.then()
	}
}

// hears is change n of the room's channel, such as +alice.
func hears(r *roster, n uint64, event string) {
	r.receive([]change{{version{"1", n}, event[1:], event[0] == '+', "other"}})
}

func wantsTold(t *testing.T, r *roster, want string) {
	t.Helper()
	if got := answerTold(t, r, nil); got != want {
		t.Errorf("Redis is told %s, want %s", got, want)
	}
}

func wantsKnown(t *testing.T, r *roster, want bool) {
	t.Helper()
	if got := isClosed(r.known); got != want {
		t.Errorf("who is there is known: %v, want %v", got, want)
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// An instance has died, and alice, whom it had, comes to this one just when it is
// buried. Redis has her all the time, and tells nothing, or tells that she has left
// and come.
func TestWhoComesBackAmidABurialIsIn(t *testing.T) {
	tests := []struct {
		name string
		does func(*testing.T, *roster) (in <-chan struct{})
		want string // of the watchers
	}{
		{"before", func(t *testing.T, r *roster) <-chan struct{} {
			in := r.enter("alice")
			answerRead(t, r, "alice", "other")
			beats(r)
			wantsTold(t, r, "me +alice")
			wantsTold(t, r, "other -alice")
			return in
		}, ""},
		{"after", func(t *testing.T, r *roster) <-chan struct{} {
			answerRead(t, r, "alice", "other")
			beats(r)
			in := r.enter("alice")
			wantsTold(t, r, "other -alice")
			wantsTold(t, r, "me +alice")
			hears(r, 1, "-alice")
			hears(r, 2, "+alice")
			return in
		}, "-alice +alice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, told := knownRoster(t, "alice", "other")
			delete(r.plane.heart.others, "other")
			r.read()
			if in := test.does(t, r); !isClosed(in) {
				t.Error("alice is not in")
			}
			if got := strings.Join(*told, " "); got != test.want {
				t.Errorf("watchers are told %q, want %q", got, test.want)
			}
		})
	}
}

// Whoever begins to watch is not told of those whom only the dead have.
func TestARoomIsKnownWhenTheDeadHaveLeftIt(t *testing.T) {
	r := newTestRoster()
	r.begin()
	answerRead(t, r, "alice", "dead", "bob", "dead other")
	beats(r)
	wantsTold(t, r, "dead -alice -bob")
	wantsKnown(t, r, false)
	answerRead(t, r, "bob", "other")
	wantsKnown(t, r, true)
	r.watch(&watcher{func(changes []hub.Change) {
		if want := []hub.Change{{User: "bob", Came: true}}; !slices.Equal(changes, want) {
			t.Errorf("told %v, want %v", changes, want)
		}
	}})
}

// The bound on what is held back is a bound; what lies beyond it is read.
func TestARosterHoldsAtMostItsLimit(t *testing.T) {
	r, told := knownRoster(t)
	r.read()
	for n := uint64(1); n <= 2*(heldLimit+1); n++ {
		hears(r, n, fmt.Sprint("+user-", n))
		if len(r.held) > heldLimit {
			t.Fatalf("after change %d it holds %d, want at most %d", n, len(r.held), heldLimit)
		}
	}
	answerRead(t, r)
	answerRead(t, r, "user-1", "other")
	if got := strings.Join(*told, " "); got != "+user-1" {
		t.Errorf("watchers are told %q, want what was read in the end", got)
	}
}

// A Redis that has lost everything is told again of those who are here. They have
// not left, and nobody is told so.
func TestNobodyIsToldOfHisOwnLeaving(t *testing.T) {
	r, told := knownRoster(t, "bob", "other")
	r.enter("alice")
	wantsTold(t, r, "me +alice")
	hears(r, 1, "+alice")
	r.read()
	answerRead(t, r) // nobody
	beats(r)
	wantsTold(t, r, "me +alice")
	hears(r, 1, "+alice")
	if got, want := strings.Join(*told, " "), "+alice -bob"; got != want {
		t.Errorf("watchers are told %q, want %q", got, want)
	}
}

// Redis has lost alice, and before it is told of her again she leaves: it tells
// nobody of that.
func TestWhoLeavesBeforeRedisIsToldAgainIsNoGhost(t *testing.T) {
	r, told := knownRoster(t)
	r.enter("alice")
	wantsTold(t, r, "me +alice")
	hears(r, 1, "+alice")
	r.read()
	answerRead(t, r) // nobody
	r.enter("bob")   // what is told of him is under way while that is installed
	beats(r)
	r.leave("alice")
	wantsTold(t, r, "me +bob")
	hears(r, 1, "+bob")
	wantsTold(t, r, "me +bob -alice")
	answerReadAt(t, r, 1, "bob", "me")
	if got, want := strings.Join(*told, " "), "+alice +bob -alice"; got != want {
		t.Errorf("watchers are told %q, want %q", got, want)
	}
}

// An instance came, said who is there, and went, all between two beats of ours: no
// beat tells of its end.
func TestWhoCameByAnInstanceThatNoBeatHasSeenIsNoGhost(t *testing.T) {
	r, told := knownRoster(t)
	r.receive([]change{{version{"1", 1}, "alice", true, "brief"}})
	answerReadAt(t, r, 1, "alice", "brief")
	beats(r)
	wantsTold(t, r, "brief -alice")
	hears(r, 2, "-alice")
	if got, want := strings.Join(*told, " "), "+alice -alice"; got != want {
		t.Errorf("watchers are told %q, want %q", got, want)
	}
}

// Anybody may ask, and as often as he likes: what the rooms have to read does not
// wait behind it, and a heart that cannot beat keeps those who wait still, not all.
func TestQuestionsHoldUpNoCatchUp(t *testing.T) {
	r := newTestRoster()
	b, s := r.plane, r.plane.shards["redis"]
	s.questions = newPipe(nil, readBatch, nil)
	gone, stop := context.WithCancel(t.Context())
	stop()
	b.History(gone, hub.Room("general"), hub.Position{}, 1000)
	if len(s.questions.waiting) != 1 || len(s.reads.waiting) != 0 {
		t.Errorf("%d questions wait, and %d reads, want 1 and none", len(s.questions.waiting), len(s.reads.waiting))
	}
	for range 100 {
		ctx, stop := context.WithCancel(t.Context())
		b.heart.nextBeat(ctx)
		stop()
		b.heart.wait(b.heart.takeWaiting()) // the beat has failed
	}
	b.heart.nextBeat(t.Context())
	b.heart.wait(b.heart.takeWaiting())
	if got := len(b.heart.waiting); got != 1 {
		t.Errorf("%d wait for the next beat, want the one who is there", got)
	}
}
