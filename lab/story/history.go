package story

import (
	"fmt"
	"slices"

	"secondserver/lab/client"
)

// Bob's connection breaks, three messages are said, and he comes back with the
// position of the last one that he has seen. In phase 2 the other server does not
// know his epoch. That his own still has everything shows that nothing was lost
// but the way to it.
var history = Story{
	Name:  "history",
	About: "what was said while one reconnects, and lands elsewhere",
	play:  onStage(promises{"recovered", "another_epoch", "recovered"}, historyScene),
}

func historyScene(s *stage) (outcome, summary string) {
	alice := s.enter("alice", here)
	bob := s.enter("bob", here)
	last := alice.says("seen")
	bob.hears(s.room, "seen")
	bob.leaves()
	missed := []string{"one", "two", "three"}
	for _, text := range missed {
		alice.says(text)
	}

	in, heard := s.comesBack(there, last)
	switch {
	case in.Recovered && slices.Equal(heard, missed):
		return "recovered", fmt.Sprintf("bob comes back on %s and gets all 3 that he missed", s.on(there))
	case in.Recovered || in.Epoch == last.Epoch || len(heard) > 0:
		s.surprise("bob comes back on %s: recovered %v, and gets %q of %q", s.on(there), in.Recovered, heard, missed)
	}

	in, heard = s.comesBack(here, last)
	if !in.Recovered || !slices.Equal(heard, missed) {
		s.surprise("not even %s gives bob what he missed: recovered %v, and he gets %q", s.on(here), in.Recovered, heard)
	}
	return "another_epoch", fmt.Sprintf("another epoch on %s; %s still has all 3", s.on(there), s.on(here))
}

// comesBack lets Bob resume in a place, and returns what he hears before somebody
// else there speaks.
func (s *stage) comesBack(at place, last client.Position) (client.Joined, []string) {
	bob := s.connect("bob", at)
	in := bob.resumes(last)
	s.enter("canary", at).says("canary")
	heard, _ := bob.hears(s.room, "canary")
	return in, texts(heard)
}
