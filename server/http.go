package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"secondserver/hub"
)

// serverIDHeader is on every answer, so that one can see through a balancer.
const serverIDHeader = "X-Server-ID"

// ServeHTTP answers every route of the instance.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(serverIDHeader, s.hub.ServerID())
	s.routes.ServeHTTP(w, r)
}

// instance tells which instance answered this request. Behind a balancer that
// need not be the one that holds a client's connection: its welcome frame tells.
func (s *Server) instance(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, struct {
		ServerID string `json:"server_id"`
		Phase    string `json:"phase"`
	}{s.hub.ServerID(), phase()})
}

// healthz says that the process lives. Whoever restarts processes asks this one.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether the instance should get new connections. Whoever balances
// them asks this one.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	switch err := s.hub.Ready(); {
	case err == nil:
		reply(w, http.StatusOK, map[string]string{"status": "ready"})
	case errors.Is(err, hub.ErrDraining):
		fail(w, http.StatusServiceUnavailable, "draining", err.Error())
	default:
		fail(w, http.StatusServiceUnavailable, "unavailable", err.Error())
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusNotFound, "not_found", "there is no "+r.URL.Path)
}

// only is a handler for some methods; the others are answered with 405. (A mux
// pattern such as "GET /ws" would answer them too, but not in our words.)
func only(handle http.HandlerFunc, methods ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(methods, r.Method) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			fail(w, http.StatusMethodNotAllowed, "method_not_allowed", r.Method+" is not for "+r.URL.Path)
			return
		}
		handle(w, r)
	}
}

// fail is how every HTTP error looks.
func fail(w http.ResponseWriter, status int, code, message string) {
	type detail struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	reply(w, status, map[string]detail{"error": {code, message}})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // a client that is gone does not need the rest
}

// phase is the folder of the program's main package, phase2-broken say: the
// programs of phases 1 and 2 are the same to the letter and cannot tell it.
var phase = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return path.Base(info.Path)
})
