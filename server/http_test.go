package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/server"
)

// start serves a hub of its own on a free port, until the test ends.
func start(t testing.TB, plane hub.Backplane) (url string) {
	t.Helper()
	h := hub.New("server-1", plane)
	web := httptest.NewServer(server.New(h))
	t.Cleanup(func() {
		if err := h.Drain(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
		web.Close()
	})
	return web.URL
}

func TestHTTP(t *testing.T) {
	url := start(t, hub.NewMemory())
	upgrade := map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
	from := func(origin string) map[string]string {
		h := map[string]string{"Origin": origin}
		for k, v := range upgrade {
			h[k] = v
		}
		return h
	}
	host := strings.TrimPrefix(url, "http://")
	tests := []struct {
		name, method, path string
		header             map[string]string
		status             int
		body               string // the body, or an error's code
	}{
		{"instance", "GET", "/instance", nil, 200, `{"server_id":"server-1","phase":"server.test"}`},
		{"instance, head only", "HEAD", "/instance", nil, 200, ``},
		{"healthz", "GET", "/healthz", nil, 200, `{"status":"ok"}`},
		{"readyz", "GET", "/readyz", nil, 200, `{"status":"ready"}`},
		{"no such page", "GET", "/nowhere", nil, 404, "not_found"},
		{"wrong method", "POST", "/instance", nil, 405, "method_not_allowed"},
		{"wrong method for a connection", "POST", "/ws?user=alice", upgrade, 405, "method_not_allowed"},
		{"no user", "GET", "/ws", upgrade, 400, "bad_request"},
		{"empty user", "GET", "/ws?user=", upgrade, 400, "bad_request"},
		{"bad user", "GET", "/ws?user=@server", upgrade, 400, "bad_request"},
		{"long user", "GET", "/ws?user=" + strings.Repeat("x", 65), upgrade, 400, "bad_request"},
		{"empty room", "GET", "/ws?user=alice&room=", upgrade, 400, "bad_request"},
		{"bad room", "GET", "/ws?user=alice&room=..", upgrade, 400, "bad_request"},
		{"offset without room", "GET", "/ws?user=alice&offset=1&epoch=e", upgrade, 400, "bad_request"},
		{"offset without epoch", "GET", "/ws?user=alice&room=general&offset=1", upgrade, 400, "bad_request"},
		{"epoch without offset", "GET", "/ws?user=alice&room=general&epoch=e", upgrade, 400, "bad_request"},
		{"empty epoch", "GET", "/ws?user=alice&room=general&offset=1&epoch=", upgrade, 400, "bad_request"},
		{"bad offset", "GET", "/ws?user=alice&room=general&offset=-1&epoch=e", upgrade, 400, "bad_request"},
		{"malformed query", "GET", "/ws?user=alice&room=%zz", upgrade, 400, "bad_request"},
		{"no upgrade", "GET", "/ws?user=alice", nil, 400, "bad_handshake"},
		{"foreign origin", "GET", "/ws?user=alice", from("http://evil.example"), 403, "forbidden_origin"},
		{"another port", "GET", "/ws?user=alice", from("http://127.0.0.1:1"), 403, "forbidden_origin"},
		{"origin null", "GET", "/ws?user=alice", from("null"), 403, "forbidden_origin"},
		{"same origin", "GET", "/ws?user=alice", from("http://" + host), 101, ``},
		{"no origin", "GET", "/ws?user=alice", upgrade, 101, ``},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), test.method, url+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range test.header {
				request.Header.Set(k, v)
			}
			response, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			if got := response.Header.Get("X-Server-ID"); got != "server-1" {
				t.Errorf("X-Server-ID %q, want server-1", got)
			}
			if test.status == 101 {
				return
			}
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if test.status < 400 {
				if got := strings.TrimSpace(string(body)); got != test.body {
					t.Errorf("body %s, want %s", got, test.body)
				}
				return
			}
			var failure struct {
				Error struct{ Code, Message string }
			}
			if err := json.Unmarshal(body, &failure); err != nil {
				t.Fatalf("body %s: %v", body, err)
			}
			if failure.Error.Code != test.body || failure.Error.Message == "" {
				t.Errorf("error %+v, want code %s and a message", failure.Error, test.body)
			}
			if allow := response.Header.Get("Allow"); test.status == 405 && !strings.Contains(allow, "GET") {
				t.Errorf("Allow %q, want GET in it", allow)
			}
		})
	}
}
