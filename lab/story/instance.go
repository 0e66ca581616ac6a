package story

import (
	"fmt"

	"secondserver/lab/client"
)

// Bob wants to know which server holds his connection, and asks GET /instance. A
// balancer answers with where the question went. The welcome on the connection
// itself is right, and so is what the server puts on Bob's own messages.
var instance = Story{
	Name:  "instance",
	About: "asking the balancer where one's connection is",
	play:  onStage(promises{"right", "right_by_chance", "right_by_chance"}, instanceScene),
}

func instanceScene(s *stage) (outcome, summary string) {
	bob := s.enter("bob", here)
	bob.says("where am I?")
	if _, said := bob.hears(s.room, "where am I?"); said.Server != s.on(here) {
		s.surprise("bob is welcomed by %s, and %s takes his message", s.on(here), said.Server)
	}
	right, tries := 0, s.tries()
	for range tries {
		if s.whoAnswers() == s.on(here) {
			right++
		}
	}
	switch {
	case right == tries:
		summary = fmt.Sprintf("%d of %d answers name bob's server", right, tries)
		s.needsTwo(summary)
		return "right", summary
	case s.byChance(right):
		return "right_by_chance", fmt.Sprintf("%d of %d answers are wrong; bob's welcome is right", tries-right, tries)
	}
	s.surprise("%d of %d answers name bob's server", right, tries)
	return "", ""
}

func (s *stage) whoAnswers() string {
	if s.err != nil {
		return ""
	}
	ctx, cancel := answerWithin(s.ctx)
	defer cancel()
	server, err := client.Instance(ctx, s.url)
	if err != nil {
		s.refused(err)
		return ""
	}
	s.met(server)
	return server
}

// tries is how often something is tried that depends on whose turn it is: ten
// times for each server, and twenty times where there is but one.
func (s *stage) tries() int { return 10 * max(2, s.Servers) }

// byChance says whether so many of all tries met the one server that would do:
// one in s.Servers, so ten, give or take six. Servers that take strict turns make
// it ten. With other users on the stack it is a lottery, which two servers lose
// once in four hundred times.
func (s *stage) byChance(met int) bool { return met >= 4 && met <= 16 && s.Servers > 1 }
