package stacktest

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"secondserver/lab/stack"
)

// sticky has every client come ten times: who finds his server again by chance alone does not do so for long.
func sticky(t *testing.T, s *stack.Stack) {
	const visits = 10
	alice := keepsCookies(t)
	t.Run("no cookie counts before it is switched on", func(t *testing.T) {
		inTurnFor(t, alice, s, "server-1", "server-2")
	})
	must(t, s.Stick(t.Context(), true))
	t.Run("who shows the cookie goes to the same server, and others take turns", func(t *testing.T) {
		home := serves(t, alice, s)
		var others []string
		for range visits {
			stays(t, alice, s, home)
			others = append(others, serves(t, asking, s))
		}
		if !slices.Equal(others[:visits-2], others[2:]) || others[0] == others[1] {
			t.Errorf("the others went to %v, want each server in turn", others)
		}
	})
	t.Run("a polling session and all its requests meet", func(t *testing.T) {
		for range visits {
			polls(t, keepsCookies(t), s)
			serves(t, asking, s) // or the turns would come out even
		}
	})
	t.Run("a WebSocket has the cookie of its server, and shows it", func(t *testing.T) {
		bob := keepsCookies(t)
		home := dialWith(t, bob, s)
		for range visits {
			stays(t, bob, s, home)
			if got := dialWith(t, bob, s); got != home {
				t.Fatalf("the next WebSocket is on %s, want %s", got, home)
			}
			serves(t, asking, s)
		}
	})
	t.Run("whose server is killed gets another one, and stays there", func(t *testing.T) {
		home := serves(t, alice, s)
		server := s.Servers[slices.IndexFunc(s.Servers, func(server *stack.Server) bool { return server.ID == home })]
		must(t, server.Kill())
		next := serves(t, alice, s)
		if next == home {
			t.Fatalf("%s serves, which is dead", home)
		}
		must(t, server.Start(t.Context()))
		for range visits {
			stays(t, alice, s, next)
		}
		inTurn(t, s, "server-1", "server-2")
	})
	t.Run("a server that comes takes nobody away from the others", func(t *testing.T) {
		home := serves(t, alice, s)
		_, err := s.AddServer(t.Context())
		must(t, err)
		for range visits {
			stays(t, alice, s, home)
		}
		inTurn(t, s, "server-1", "server-2", "server-3")
	})
	t.Run("switched off, the cookie says nothing any more", func(t *testing.T) {
		must(t, s.Stick(t.Context(), false))
		inTurnFor(t, alice, s, "server-1", "server-2", "server-3")
	})
}

func keepsCookies(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &http.Client{Jar: jar, Transport: asking.Transport}
}

func stays(t *testing.T, who *http.Client, s *stack.Stack, want string) {
	t.Helper()
	if got := serves(t, who, s); got != want {
		t.Fatalf("%s serves, want %s as before", got, want)
	}
}

// polls opens a session, asks for its first frames and ends it.
func polls(t *testing.T, who *http.Client, s *stack.Stack) {
	t.Helper()
	call := func(method, path string) []byte {
		request, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, nil)
		must(t, err)
		return do(t, who, request)
	}
	var made struct{ Session string }
	must(t, json.Unmarshal(call(http.MethodPost, "/poll?user=carol"), &made))
	if got := string(call(http.MethodGet, "/poll/"+made.Session)); !strings.Contains(got, "welcome") {
		t.Errorf("the session says %s, want a welcome", got)
	}
	call(http.MethodDelete, "/poll/"+made.Session)
}

// dialWith opens and closes a WebSocket with a client's cookies, and returns which server it was on.
func dialWith(t *testing.T, who *http.Client, s *stack.Stack) (server string) {
	t.Helper()
	dialer := websocket.Dialer{Jar: who.Jar}
	conn, _, err := dialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(s.URL(), "http")+"/ws?user=bob", nil)
	must(t, err)
	defer conn.Close()
	var welcome struct {
		Server string `json:"server_id"`
	}
	must(t, conn.ReadJSON(&welcome))
	return welcome.Server
}
