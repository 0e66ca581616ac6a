package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"secondserver/hub"
)

// admit decides whether a request may become a client, by whichever transport:
// who the client is, and perhaps the join that it begins with. Then whoever called
// it calls leave at the client's end. Where it may not, admit has answered.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (user string, join []byte, ok bool) {
	if !s.enter() {
		fail(w, codeFull, "this instance has as many clients as it takes: try again later, or another instance")
		return "", nil, false
	}
	defer func() {
		if !ok {
			s.leave()
		}
	}()
	user, join, problem := parse(r.URL)
	switch {
	case problem != nil:
		refuse(w, problem)
	case !s.mayConnect(r):
		fail(w, codeForbiddenOrigin, "this page is from another origin than "+r.Host+", and not from one of ALLOWED_ORIGINS")
	case errors.Is(s.hub.Ready(), hub.ErrDraining):
		fail(w, codeDraining, hub.ErrDraining.Error())
	default:
		return user, join, true
	}
	return "", nil, false
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

// parse reads a connection's query. With a room it is as if the first frame were
// a join.
func parse(u *url.URL) (user string, join []byte, problem *hub.Problem) {
	q := parseQuery(u)
	user, room, at := q.name("user"), q.name("room"), q.position()
	if user == "" {
		q.fail(codeBadRequest, "user is missing")
	}
	if room == "" && at != (hub.Position{}) {
		q.fail(codeBadRequest, "offset and epoch go with a room")
	}
	if q.problem != nil || room == "" {
		return user, nil, q.problem
	}
	frame := map[string]any{"type": "join", "room": room}
	if at != (hub.Position{}) {
		frame["offset"], frame["epoch"] = at.Offset, at.Epoch
	}
	join, err := json.Marshal(frame)
	if err != nil {
		panic(err) // strings and a number
	}
	return user, join, nil
}
