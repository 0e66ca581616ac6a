package story

import (
	"context"
	"fmt"
	"slices"
	"time"

	"secondserver/lab/client"
)

// goneWithin is how long a server that was killed may go on being counted.
const goneWithin = 6 * time.Second

// Ten users are in a room, five on each of two servers, and everybody is told how
// many they are. In phase 2 each server counts its own. In phase 3 the count is
// right, and has a new way to be wrong: who was on a server that died without a
// goodbye must not be counted for ever.
var count = Story{
	Name:  "count",
	About: "how many are in the room: ten users, five on each server",
	play:  onStage(promises{"all", "own_server_only", "all"}, countScene),
}

func countScene(s *stage) (outcome, summary string) {
	var near, far []*actor
	for i := range 5 {
		near = append(near, s.enter(fmt.Sprintf("near%d", i+1), here))
		far = append(far, s.enter(fmt.Sprintf("far%d", i+1), there))
	}
	rooms := s.participants()
	switch {
	case s.err != nil:
		return "", ""
	case len(rooms) > 2 || len(slices.Concat(rooms...)) != len(near)+len(far):
		s.surprise("ten users have joined, and the servers count %q", rooms)
		return "", ""
	}
	each := len(rooms[0])
	for _, u := range slices.Concat(near, far) {
		u.counts(each)
	}
	summary = fmt.Sprintf("of ten users %s counts %d", s.on(here), each)
	if s.on(here) != s.on(there) {
		summary += fmt.Sprintf(", %s %d", s.on(there), each)
	}
	switch {
	case len(rooms) == 2:
		return "own_server_only", summary
	case s.phase.Number == 3:
		summary += s.afterKill(near)
	}
	return "all", summary
}

// participants asks the servers who is in the room, until all of them should have
// had their turn, and returns the answers that differ.
func (s *stage) participants() (rooms [][]string) {
	for range s.tries() {
		if s.err != nil {
			return nil
		}
		ctx, cancel := answerWithin(s.ctx)
		users, err := client.Participants(ctx, s.url, s.room)
		cancel()
		if err != nil {
			s.refused(err)
			return nil
		}
		slices.Sort(users)
		known := slices.ContainsFunc(rooms, func(r []string) bool { return slices.Equal(r, users) })
		if len(users) > 0 && !known { // further servers than the two have nobody in it
			rooms = append(rooms, users)
		}
	}
	return rooms
}

// afterKill ends the other server as kill -9 does, and waits until those who are
// left are told that they are alone.
func (s *stage) afterKill(left []*actor) (summary string) {
	if s.Kill == nil { // the stack is not ours
		return "; kill -9 left out"
	}
	if s.err != nil {
		return ""
	}
	start, err := s.Kill(s.on(there))
	if err != nil {
		s.fail(err)
		return ""
	}
	killed := time.Now()
	ctx, cancel := context.WithDeadline(s.ctx, killed.Add(goneWithin))
	defer cancel()
	s.Audience.Awaiting(fmt.Sprintf("kill -9 of %s, %s still counts 10", s.on(there), s.on(here)), killed.Add(goneWithin))
	for _, u := range left {
		if err := u.AwaitCount(ctx, s.room, len(left)); err != nil {
			s.surprise("%v after kill -9 of %s: %w", goneWithin, s.on(there), err)
		}
	}
	took := time.Since(killed)
	s.Audience.Doing("starting " + s.on(there) + " again") // which brings nobody back
	if err := start(s.ctx); err != nil {
		s.fail(err)
	}
	if rooms := s.participants(); len(rooms) != 1 || len(rooms[0]) != len(left) {
		s.surprise("after kill -9 of %s the servers count %q", s.on(there), rooms)
	}
	return fmt.Sprintf("; after kill -9 of %s: %d (%.1f s)", s.on(there), len(left), took.Seconds())
}
