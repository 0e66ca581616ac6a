package server

import (
	"errors"
	"net/http"

	"secondserver/hub"
)

// The codes of HTTP errors, beside the hub's: see docs/protocol.md.
const (
	codeBadRequest       = "bad_request"
	codeBadHandshake     = "bad_handshake"
	codeUnauthorized     = "unauthorized"
	codeForbiddenOrigin  = "forbidden_origin"
	codeForbiddenUser    = "forbidden_user"
	codeNotFound         = "not_found"
	codeSessionNotFound  = "session_not_found"
	codeMethodNotAllowed = "method_not_allowed"
	codeTooLarge         = "too_large"
	codeDraining         = "draining"
	codeFull             = "full"
)

// status is how HTTP says what a code says. The codes that are not here are about
// what the client has sent: 400.
var status = map[string]int{
	codeUnauthorized:     http.StatusUnauthorized,
	codeForbiddenOrigin:  http.StatusForbidden,
	codeForbiddenUser:    http.StatusForbidden,
	codeNotFound:         http.StatusNotFound,
	codeSessionNotFound:  http.StatusNotFound,
	hub.CodeUserOffline:  http.StatusNotFound,
	codeMethodNotAllowed: http.StatusMethodNotAllowed,
	codeTooLarge:         http.StatusRequestEntityTooLarge,
	hub.CodeRateLimited:  http.StatusTooManyRequests,
	codeDraining:         http.StatusServiceUnavailable,
	codeFull:             http.StatusServiceUnavailable,
	hub.CodeUnavailable:  http.StatusServiceUnavailable,
}

// fail is how every HTTP error looks.
func fail(w http.ResponseWriter, code, message string) {
	type detail struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if code == codeUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	answer, ok := status[code]
	if !ok {
		answer = http.StatusBadRequest
	}
	reply(w, answer, map[string]detail{"error": {code, message}})
}

// refuse fails with an error of the hub, or of a query.
func refuse(w http.ResponseWriter, err error) {
	problem, ok := errors.AsType[*hub.Problem](err)
	if !ok {
		problem = &hub.Problem{Code: hub.CodeUnavailable, Message: err.Error()}
	}
	fail(w, problem.Code, problem.Message)
}
