package server

import (
	"encoding/json"
	"errors"
	"net/http"

	"secondserver/hub"
)

// admit decides whether a request may become a client, by whichever transport:
// who the client is, and perhaps the join that it begins with. Then whoever called
// it calls leave at the client's end. Where it may not, admit has answered.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (user string, join []byte, ok bool) {
	if !s.enter() {
		s.turnAway(w, codeFull, "this instance has as many clients as it takes: try again later, or another instance")
		return "", nil, false
	}
	defer func() {
		if !ok {
			s.leave()
		}
	}()
	q := parseQuery(r.URL)
	user, join = s.user(q, r), q.join()
	switch {
	case q.problem != nil:
		s.turnAway(w, q.problem.Code, q.problem.Message)
	case !s.mayConnect(r):
		s.turnAway(w, codeForbiddenOrigin, "this page is from another origin than "+r.Host+", and not from one of ALLOWED_ORIGINS")
	case errors.Is(s.hub.Ready(), hub.ErrDraining):
		s.turnAway(w, codeDraining, hub.ErrDraining.Error())
	default:
		return user, join, true
	}
	return "", nil, false
}

// turnAway is fail for who wanted to become a client.
func (s *Server) turnAway(w http.ResponseWriter, code, message string) {
	s.metrics.refused.WithLabelValues(code).Inc()
	fail(w, code, message)
}

// enter takes a place for a client, before anything else is spent on it. It does
// not wait for one: who waits costs what a client costs.
func (s *Server) enter() (ok bool) {
	select {
	case s.places <- struct{}{}:
		s.clients.Add(1) // while Shutdown still waits for the handler
		return true
	default:
		return false
	}
}

func (s *Server) leave() {
	<-s.places
	s.clients.Done()
}

// user is who a client is: by its own word, or by its token where there are any.
func (s *Server) user(q *query, r *http.Request) string {
	user := q.name("user")
	switch {
	case s.tokens != nil:
		if named := s.tokens.user(q, r); user == "" || user == named {
			return named
		}
		q.fail(codeForbiddenUser, "this is another user's token: leave user out, and you are who it names")
	case user == "":
		q.fail(codeBadRequest, "user is missing")
	}
	return user
}

// join is nil without a room. With one it is as if the first frame were it.
func (q *query) join() []byte {
	room, at := q.name("room"), q.position()
	if room == "" {
		if at != (hub.Position{}) {
			q.fail(codeBadRequest, "offset and epoch go with a room")
		}
		return nil
	}
	frame := map[string]any{"type": "join", "room": room}
	if at != (hub.Position{}) {
		frame["offset"], frame["epoch"] = at.Offset, at.Epoch
	}
	join, err := json.Marshal(frame)
	if err != nil {
		panic(err) // strings and a number
	}
	return join
}
