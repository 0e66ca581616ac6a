package stack

import (
	"context"
	"net/http"
	"slices"
)

// A visit is one request on its way through a [roundRobin], which may be sticky.
type visit struct {
	before string // the backend that the visitor had, if he shows its cookie and it is one still
	now    string // the one that he gets; set by dial
}

type visitKey struct{} // of a visit in a request's context

// stickyCookie is the cookie's name. Its value is a backend's address.
const stickyCookie = "server"

func (b *roundRobin) Stick(_ context.Context, on bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sticky = on
	return nil
}

// visit notes where the visitor was before. His word counts only for a backend: the balancer opens no other door.
func (b *roundRobin) visit(r *http.Request) *http.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := new(visit)
	cookie, err := r.Cookie(stickyCookie)
	if err == nil && b.sticky && slices.Contains(b.backends, cookie.Value) {
		v.before = cookie.Value
	}
	return r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
}

// answered gives the visitor his cookie, with whatever the backend answers, also with the 101 of a WebSocket.
func (b *roundRobin) answered(response *http.Response) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sticky {
		v := response.Request.Context().Value(visitKey{}).(*visit)
		cookie := http.Cookie{Name: stickyCookie, Value: v.now, Path: "/", HttpOnly: true}
		response.Header.Add("Set-Cookie", cookie.String())
	}
	return nil
}
