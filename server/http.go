package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"secondserver/hub"
)

// serverIDHeader is on every answer, so that one can see through a balancer.
const serverIDHeader = "X-Server-ID"

// ServeHTTP answers every route of the instance. The mux would redirect a path
// such as //rooms or /rooms/../x to what it takes for the right one; we say that
// there is no such path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set(serverIDHeader, s.hub.ServerID())
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if s.cors(w, r) {
		return
	}
	asked := r.URL.EscapedPath()
	clean := path.Clean(asked)
	if !strings.HasPrefix(asked, "/") || asked != clean && asked != clean+"/" {
		notFound(w, r)
		return
	}
	s.routes.ServeHTTP(w, r)
}

// methods are one path's handlers. A method without one is answered with 405. (A
// mux pattern such as "GET /ws" would do that too, but not in our words.)
type methods map[string]http.HandlerFunc

func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handle := m[r.Method]
	if handle == nil {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(m)), ", "))
		fail(w, codeMethodNotAllowed, r.Method+" is not for "+r.URL.Path)
		return
	}
	handle(w, r)
}

// get is for what is only read. HEAD has the same handler: net/http leaves out
// the body.
func get(handle http.HandlerFunc) methods {
	return methods{http.MethodGet: handle, http.MethodHead: handle}
}

// instance tells which instance answered this request. Behind a balancer that
// need not be the one that holds a client's connection: its welcome frame tells.
func (s *Server) instance(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, struct {
		ServerID string `json:"server_id"`
		Phase    string `json:"phase"`
	}{s.hub.ServerID(), phase()})
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
		fail(w, codeDraining, err.Error())
	default:
		fail(w, hub.CodeUnavailable, err.Error())
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	fail(w, codeNotFound, "there is no "+r.URL.Path)
}

// name is the name in a request's path. Where it is none, name has answered.
func name(w http.ResponseWriter, r *http.Request, key string) (name string, ok bool) {
	name = r.PathValue(key)
	if !hub.ValidName(name) {
		fail(w, hub.CodeBadName, key+nameRule)
		return "", false
	}
	return name, true
}

// body is a request's body, as large as a frame may be. Where it cannot be had,
// body has answered. One that is not UTF-8 is nil, which the hub takes for the
// bad frame that it is.
func body(w http.ResponseWriter, r *http.Request) (frame []byte, ok bool) {
	frame, err := io.ReadAll(http.MaxBytesReader(w, r.Body, hub.MaxFrame))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		fail(w, codeTooLarge, "a body is at most 8 KiB")
		return nil, false
	}
	if err != nil {
		fail(w, codeBadRequest, "the body did not arrive: "+err.Error())
		return nil, false
	}
	if !utf8.Valid(frame) {
		frame = nil
	}
	return frame, true
}

// reply leaves < > & as they are, so that a message looks as it does in a frame.
// The status is said when there is a body to say it of.
func reply(w http.ResponseWriter, status int, body any) {
	var answer bytes.Buffer
	e := json.NewEncoder(&answer)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		panic(err) // net/http logs it, and ends the connection
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(answer.Bytes()) // a client that is gone does not need the rest
}
