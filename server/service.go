package server

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"

	"secondserver/hub"
)

// Backend services speak through any instance: to a room, a user or everyone. On
// an instance without a token there is nothing of this, and it says why.

// service lets in who has the token. It is compared in constant time: an answer
// that comes the sooner the earlier a guess is wrong would tell it letter by
// letter.
func (s *Server) service(handle http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.apiToken == "":
			noToken(w, r)
		case subtle.ConstantTimeCompare([]byte(bearer(r)), []byte(s.apiToken)) == 0:
			fail(w, codeUnauthorized, "this is for backend services: Authorization: Bearer and the API token")
		default:
			handle(w, r)
		}
	}
}

func noToken(w http.ResponseWriter, _ *http.Request) {
	fail(w, codeNotFound, "posting needs the instance's API_TOKEN, and this one has none")
}

func (s *Server) postToRoom(w http.ResponseWriter, r *http.Request) {
	if room, ok := name(w, r, "room"); ok {
		s.post(w, r, hub.Room(room), http.StatusCreated)
	}
}

func (s *Server) postToUser(w http.ResponseWriter, r *http.Request) {
	if user, ok := name(w, r, "user"); ok {
		s.post(w, r, hub.User(user), http.StatusCreated)
	}
}

func (s *Server) broadcast(w http.ResponseWriter, r *http.Request) {
	s.post(w, r, hub.Everyone, http.StatusAccepted) // nobody knows whom it reaches
}

// post says what the body says. A request that has arrived is carried out, also
// where the service that sent it does not wait for the answer.
func (s *Server) post(w http.ResponseWriter, r *http.Request, to hub.Destination, done int) {
	text, ok := body(w, r)
	if !ok {
		return
	}
	answer, err := s.hub.Post(context.WithoutCancel(r.Context()), to, text)
	if err != nil {
		refuse(w, err)
		return
	}
	reply(w, done, json.RawMessage(answer))
}
