package story

import (
	"fmt"
	"slices"

	"secondserver/lab/client"
)

// Alice tells Bob something. In phase 2 her server has no Bob, and says that
// there is none. But there is: a canary on his own server reaches him.
var direct = Story{
	Name:  "direct",
	About: "a direct message to a user on the other server",
	play:  onStage(promises{"arrives", "user_offline", "arrives"}, directScene),
}

func directScene(s *stage) (outcome, summary string) {
	alice := s.enter("alice", here)
	bob := s.enter("bob", there)
	refusal := alice.tells(bob, "hello")

	canary := s.enter("canary", there)
	if code := canary.tells(bob, "canary"); code != "" {
		s.surprise("the canary on %s does not reach bob on %s: %s", canary.Server, bob.Server, code)
	}
	before, _ := bob.hears(client.Direct, "canary")
	heard := texts(before)
	switch {
	case refusal == "" && slices.Equal(heard, []string{"hello"}):
		return "arrives", fmt.Sprintf("alice on %s reaches bob on %s", s.on(here), s.on(there))
	case refusal == "user_offline" && len(heard) == 0:
		return refusal, fmt.Sprintf("user_offline, though a canary on %s reaches bob", s.on(there))
	}
	s.surprise("alice is answered %q, and bob hears %q", refusal, heard)
	return "", ""
}
