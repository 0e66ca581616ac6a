package story

import (
	"fmt"

	"secondserver/lab/client"
)

// Alice's connection breaks before she is answered. She cannot know whether her
// message has arrived, so she comes back, on another server, and sends it again
// under the same ref. It had arrived: a second copy is one too many.
var resend = Story{
	Name:  "resend",
	About: "sending again, elsewhere, after a lost answer",
	play:  onStage(promises{"one_copy", "two_copies", "one_copy"}, resendScene),
}

func resendScene(s *stage) (outcome, summary string) {
	bob := s.enter("bob", here)
	charlie, dave := s.enter("charlie", here), s.enter("dave", there)
	alice := s.enter("alice", here)
	sent := alice.sends("hello")
	bob.hears(s.room, "hello") // it has arrived
	alice.leaves()             // and she does not know

	alice = s.enter("alice", there)
	acked := alice.sendsAgain(sent)

	s.enter("canary", here).says("canary here")
	alice.says("canary there")
	one, two := charlie.copies("hello", "canary here"), dave.copies("hello", "canary there")
	switch {
	case s.err != nil:
		return "", ""
	case len(one) != 1 || len(two) != 1 || acked != two[0]:
		s.surprise("copies on %s: %v, on %s: %v; acknowledged: %v", s.on(here), one, s.on(there), two, acked)
		return "", ""
	case one[0] == two[0]:
		return "one_copy", fmt.Sprintf("sent again on %s: one copy", s.on(there))
	}
	return "two_copies", fmt.Sprintf("sent again on %s: two copies", s.on(there))
}

// copies is where in the room a text stands, in what the actor hears before the
// last one.
func (a *actor) copies(text, last string) (at []client.Position) {
	before, _ := a.hears(a.stage.room, last)
	for _, m := range before {
		if m.Text == text {
			at = append(at, client.Position{Offset: m.Offset, Epoch: a.in.Epoch})
		}
	}
	return at
}
