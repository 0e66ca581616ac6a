package story

import (
	"errors"
	"fmt"

	"secondserver/lab/client"
)

// A polling connection begins with two requests, POST /poll and GET
// /poll/{session}, and the balancer sends each of them to the server whose turn
// it is. Only the one that made the session knows it. Redis does not cure this:
// what a request misses is not a message but its own first half. A balancer that
// keeps a client on one server cures it, and so does a WebSocket, which is one
// request.
var handshake = Story{
	Name:  "handshake",
	About: "two requests that have to meet: POST /poll, GET /poll/{session}",
	play:  onStage(promises{"found", "found_by_chance", "found_by_chance"}, handshakeScene),
}

func handshakeScene(s *stage) (outcome, summary string) {
	tries := s.tries()
	var lost []*client.Session
	for i := range tries {
		session := s.asksForSession()
		// Others ask something in between, now more of them, now fewer, as in life.
		// With nobody else, two servers that take turns would fail every time.
		for range i % s.Servers {
			s.whoAnswers()
		}
		if !s.finds(session) {
			lost = append(lost, session)
		}
	}
	summary = fmt.Sprintf("%d of %d second requests: session_not_found", len(lost), tries)
	switch {
	case len(lost) == 0:
		summary = fmt.Sprintf("%d of %d second requests find their session", tries, tries)
		s.needsTwo(summary)
		return "found", summary
	case !s.byChance(tries - len(lost)):
		s.surprise("%s", summary)
	}
	for range client.PlaceTries { // they are not gone: one has to ask the right server
		if s.finds(lost[len(lost)-1]) {
			return "found_by_chance", summary
		}
	}
	s.surprise("%s, and none of %d more finds the last session", summary, client.PlaceTries)
	return "", ""
}

func (s *stage) asksForSession() *client.Session {
	if s.err != nil {
		return nil
	}
	ctx, cancel := answerWithin(s.ctx)
	defer cancel()
	session, err := client.NewSession(ctx, s.url, "alice-"+s.tag)
	if err != nil {
		s.refused(err)
		return nil
	}
	s.met(session.Server)
	return session
}

// finds takes the second step and, when it has reached the right server, hangs up.
func (s *stage) finds(session *client.Session) bool {
	if s.err != nil {
		return false
	}
	c, err := session.Dial(s.ctx)
	if err == nil {
		c.Close()
		return true
	}
	if no, ok := errors.AsType[*client.Error](err); !ok || no.Code != "session_not_found" {
		s.refused(err)
	}
	return false
}
