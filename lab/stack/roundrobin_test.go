package stack

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestTheBalancerEndsItsWebSocketsWithItself(t *testing.T) {
	release := make(chan struct{})
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var upgrader websocket.Upgrader
		if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
			defer conn.Close()
			<-release // a server that does not notice anything
		}
	}))
	defer backend.Close()
	defer close(release)
	balancer, err := newRoundRobin(t.Context(), "", []string{backend.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(balancer.URL(), "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := balancer.close(); err != nil {
		t.Error(err)
	}
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseAbnormalClosure) {
		t.Errorf("the WebSocket: %v, want its end", err)
	}
}

func TestACookieLeadsToNobodyButABackend(t *testing.T) {
	named := func(name string) *httptest.Server {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name) }))
		t.Cleanup(server.Close)
		return server
	}
	backend, stranger := named("backend"), named("stranger")
	balancer, err := newRoundRobin(t.Context(), "", []string{backend.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	defer balancer.close()
	if err := balancer.Stick(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest("GET", balancer.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.AddCookie(&http.Cookie{Name: stickyCookie, Value: stranger.Listener.Addr().String()})
	response, err := asking.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, err := io.ReadAll(response.Body); string(got) != "backend" {
		t.Errorf("the cookie of somebody else leads to %q (%v), want the backend", got, err)
	}
}
