package server

import (
	"net/http"
	"slices"
)

// A browser lets every page send requests to every server, and keeps the answers
// from it unless the server allows its origin: CORS, of the Fetch standard. So
// what is only read, a room say, needs no check of ours; a page of an allowed
// origin needs these headers, for long polling too. There are no cookies here that
// a browser would send by itself, hence no credentials to allow.

// cors adds the headers, and answers the question that a browser asks before some
// of a page's requests: then it is true.
func (s *Server) cors(w http.ResponseWriter, r *http.Request) (answered bool) {
	if len(s.origins) == 0 {
		return false
	}
	header := w.Header()
	header.Add("Vary", "Origin") // a cache must not give one origin's answer to another
	if !slices.Contains(s.origins, pageOrigin(r)) {
		return false
	}
	header.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	header.Set("Access-Control-Expose-Headers", serverIDHeader)
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	header.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE")
	header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	w.WriteHeader(http.StatusNoContent)
	return true
}
