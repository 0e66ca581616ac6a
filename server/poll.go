package server

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"secondserver/hub"
)

// Long polling is for clients that cannot hold a WebSocket. The handshake is a
// request of its own, and all that follow must find the same instance: a balancer
// that takes turns sends about half of them to the other one.

// openPoll makes a request a client of the hub. It has no body, and one that is
// sent all the same is not read here: net/http throws away a part of it, and
// closes the connection over more.
func (s *Server) openPoll(w http.ResponseWriter, r *http.Request) {
	user, join, ok := s.admit(w, r)
	if !ok {
		return
	}
	p := s.sessions.open()
	go s.run(p, user, join)
	reply(w, http.StatusCreated, struct {
		Session  string `json:"session"`
		ServerID string `json:"server_id"`
	}{p.id, s.hub.ServerID()})
}

// session is the one that the path names. Where there is none, session has
// answered.
func (s *Server) session(w http.ResponseWriter, r *http.Request) (p *session, ok bool) {
	p, ok = s.sessions.find(r.PathValue("session"))
	if !ok {
		noSession(w)
	}
	return p, ok
}

func noSession(w http.ResponseWriter) {
	fail(w, codeSessionNotFound, "no such session on this instance: open a new one and resume")
}

// poll answers with the frames that wait, as soon as there are any.
func (s *Server) poll(w http.ResponseWriter, r *http.Request) {
	p, ok := s.session(w, r)
	if !ok {
		return
	}
	// While it waits net/http goes on reading, to notice a peer that leaves. At
	// the end of ReadTimeout it would take any peer for one.
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(writeTimeout)) // a connection of net/http has deadlines
	answer := func(frames [][]byte) error {
		body := bytes.Join([][]byte{[]byte("["), bytes.Join(frames, []byte(",")), []byte("]\n")}, nil)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		if _, err := w.Write(body); err != nil {
			return err
		}
		return control.Flush() // or it would fail when we have returned
	}
	if !p.poll(r.Context(), answer) {
		noSession(w)
	}
}

// postFrame takes one frame. It does not wait until that has been carried out: a
// join that resumes goes on only as the client polls.
func (s *Server) postFrame(w http.ResponseWriter, r *http.Request) {
	p, ok := s.session(w, r)
	if !ok {
		return
	}
	frame, ok := body(w, r)
	if !ok {
		return
	}
	switch err := p.take(r.Context(), frame); {
	case err == nil:
		w.WriteHeader(http.StatusAccepted)
	case errors.Is(err, errCrowded):
		fail(w, hub.CodeRateLimited, fmt.Sprintf("not taken: %d frames of this session wait already", pollPosts))
	case r.Context().Err() == nil: // else nobody is there to be answered
		noSession(w)
	}
}

func (s *Server) closePoll(w http.ResponseWriter, r *http.Request) {
	if p, ok := s.session(w, r); ok {
		p.cancel(errDeleted)
		w.WriteHeader(http.StatusNoContent)
	}
}
