package redisbackplane

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// The last user leaves while a read is under way, which was too early to know.
func TestAReadThatComesTooLateRevivesNoTopic(t *testing.T) {
	tests := []struct {
		name string
		then func(*Backplane, *topic)
		want int // topics
	}{
		{"it has ended", func(b *Backplane, tp *topic) { b.exit(tp) }, 0},
		{"it is about to end", func(b *Backplane, tp *topic) { delete(b.topics, tp.name) }, 0}, // amid exit
		{"another one has begun", func(b *Backplane, tp *topic) { b.exit(tp); b.enter(tp.name) }, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := knownRoster(t)
				r.enter("alice")
				wantsTold(t, r, "me +alice")
				r.read()
				r.leave("alice")
				wantsTold(t, r, "me -alice")
				<-time.After(lastLook)
				synctest.Wait()
				test.then(r.plane, r.topic)
				answerRead(t, r, "alice", "me")
				if got := len(r.plane.topics); got != test.want {
					t.Errorf("%d topics are in use, want %d", got, test.want)
				}
				if got := len(r.plane.shards["redis"].entrances.waiting); got != 0 {
					t.Errorf("%d calls of a room that was left", got)
				}
			})
		})
	}
}

// Redis has answered that alice has left, and then a failover, to a replica that had
// not heard of it, brings her back.
func TestALeavingThatAFailoverLosesIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := knownRoster(t)
		r.enter("alice")
		wantsTold(t, r, "me +alice")
		r.leave("alice")
		r.plane.exit(r.topic) // nobody else uses it
		wantsTold(t, r, "me -alice")
		<-time.After(lastLook - 1)
		s := r.plane.shards["redis"]
		s.up = make(chan struct{})
		s.setReady(errSessionOver) // the failover begins …
		<-time.After(time.Minute)
		s.setReady(nil) // … and has ended …
		<-time.After(lastLook)
		synctest.Wait()
		if len(r.plane.topics) != 1 {
			t.Fatal("the room was forgotten meanwhile")
		}
		r.read() // … here too: its subscription is confirmed
		answerRead(t, r, "alice", "me")
		wantsTold(t, r, "me -alice")
		<-time.After(2*lastLook + 1)
		synctest.Wait()
		if got := len(r.plane.topics); got != 0 {
			t.Errorf("%d topics are in use, want none", got)
		}
	})
}

// A call that waits while the others take this instance for dead says what it says
// under the old name, and after the read that looks for that.
func TestWhatIsToldUnderAnOldNameIsLookedFor(t *testing.T) {
	for _, err := range []error{nil, hub.ErrUnavailable} { // it may have been carried out
		synctest.Test(t, func(t *testing.T) {
			r, _ := knownRoster(t)
			in := r.enter("alice")
			r.plane.heart.self = "anew"
			r.read()
			answerRead(t, r)
			if got := answerTold(t, r, err); got != "me +alice" {
				t.Errorf("Redis is told %s, want me +alice", got)
			}
			hears(r, 1, "+alice")
			if isClosed(in) {
				t.Error("alice is in, by a name that is dead")
			}
			answerRead(t, r, "alice", "me")
			beats(r)
			wantsTold(t, r, "me -alice")
			<-time.After(retryFirst)
			synctest.Wait()
			wantsTold(t, r, "anew +alice")
			if !isClosed(in) {
				t.Error("alice is not in")
			}
		})
	}
}

func TestRedisIsToldOfManyUsersInBatches(t *testing.T) {
	const users = 2*tellBatch + 200
	r, _ := knownRoster(t)
	wantsAll := func(instance string, event string) {
		t.Helper()
		seen := make(map[string]bool)
		for len(seen) < users {
			events := strings.Fields(answerTold(t, r, nil))
			if events[0] != instance || len(events)-1 > tellBatch {
				t.Errorf("%s tells of %d users, want %s to, of at most %d", events[0], len(events)-1, instance, tellBatch)
			}
			for _, e := range events[1:] {
				if seen[e] || e[:1] != event {
					t.Errorf("%s is told, again or unasked", e)
				}
				seen[e] = true
			}
		}
		if got := len(r.plane.shards["redis"].entrances.waiting); got != 0 {
			t.Errorf("%d calls more", got)
		}
	}
	var dead []string
	for n := range users {
		r.enter(fmt.Sprint("user-", n))
	}
	wantsAll("me", "+")
	for n := range users {
		r.leave(fmt.Sprint("user-", n))
		dead = append(dead, fmt.Sprint("user-", n), "dead")
	}
	wantsAll("me", "-")
	r.read()
	answerRead(t, r, dead...)
	beats(r)
	wantsAll("dead", "-")
}
