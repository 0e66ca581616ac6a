package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/server"
)

// fuzzed is a server without a network: each request gets its answer in memory.
// The hub's clients end with the test.
func fuzzed(t testing.TB) http.Handler {
	t.Helper()
	h := hub.New("server-1", new(hub.Memory))
	t.Cleanup(func() {
		if err := h.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return server.New(serviceConfig, h)
}

// answer is to a request whose URL is as it stands on the wire: where net/http
// would not hand it to a handler there is none.
func answer(on http.Handler, method, target, body string) *httptest.ResponseRecorder {
	u, err := url.ParseRequestURI(target)
	if err != nil {
		return nil
	}
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.URL, r.RequestURI = u, target
	w := httptest.NewRecorder()
	on.ServeHTTP(w, r)
	return w
}

// end ends the session that a request may have opened: a drain would wait for it to
// be polled.
func end(on http.Handler, w *httptest.ResponseRecorder) {
	var opened struct{ Session string }
	if json.Unmarshal(w.Body.Bytes(), &opened) == nil && opened.Session != "" {
		answer(on, "DELETE", "/poll/"+opened.Session, "")
	}
}

// wantsProtocol checks what is so of every answer: only 503 is our own fault, and
// an error has a code and a message.
func wantsProtocol(t testing.TB, request string, w *httptest.ResponseRecorder) {
	t.Helper()
	if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
		t.Errorf("%s: status %d", request, w.Code)
	}
	var failure struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &failure); w.Code >= 400 && (err != nil || failure.Error.Code == "" || failure.Error.Message == "") {
		t.Errorf("%s: %d %s (%v), want a code and a message", request, w.Code, w.Body, err)
	}
	if w.Header().Get("X-Server-ID") != "server-1" {
		t.Errorf("%s: no X-Server-ID", request)
	}
}

// Whatever stands behind the question mark.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"", "user=alice", "user=alice&room=general&offset=1&epoch=e", "user=", "user=a&user=b", "user=%zz", "user=alice;room=x", "offset=-1",
		"limit=10", "limit=1001", "limit=0x1&limit", "offset=18446744073709551616&epoch=e", "user=%00", "user=..&room=%2f", "=&=", "?", "epoch=%ff&offset=0&room=a&user=b",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		on := fuzzed(t)
		for _, call := range []string{"GET /ws", "POST /poll", "GET /rooms/general/messages"} {
			method, path, _ := strings.Cut(call, " ")
			if w := answer(on, method, path+"?"+query, ""); w != nil {
				wantsProtocol(t, call+"?"+query, w)
				end(on, w)
			}
		}
	})
}

// Whatever stands before it.
func FuzzPath(f *testing.F) {
	for _, path := range []string{
		"", "instance", "rooms/general", "rooms/..", "rooms/a%2fb", "rooms/%2e%2e/messages", "/instance", "rooms//messages", "users/bob/messages",
		"poll/x", "broadcast", "%", "rooms/%00", "rooms/{room}", "healthz/", "./readyz", "..%5c..", "static/../../go.mod",
	} {
		f.Add("GET", path)
		f.Add("POST", path)
	}
	f.Fuzz(func(t *testing.T, method, path string) {
		if strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || method == "" {
			return // net/http answers what is no method
		}
		on := fuzzed(t)
		if w := answer(on, method, "/"+path, ""); w != nil {
			wantsProtocol(t, method+" /"+path, w)
			end(on, w)
		}
	})
}

// Whatever a polling client posts is taken, or is too large, and its session
// lives: the frame behind it is answered.
func FuzzPollBody(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", `{"type":"join","room":"general"}`, `{"type":"message","to":"alice","text":"hi","ref":"1"}`, "\xff", "\x00", strings.Repeat("x", 8193),
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		on := fuzzed(t)
		begun := answer(on, "POST", "/poll?user=alice", "")
		defer end(on, begun)
		var opened struct{ Session string }
		if err := json.Unmarshal(begun.Body.Bytes(), &opened); err != nil {
			t.Fatal(err)
		}
		session := "/poll/" + opened.Session
		want := http.StatusAccepted
		if len(body) > hub.MaxFrame {
			want = http.StatusRequestEntityTooLarge
		}
		w := answer(on, "POST", session, body)
		wantsProtocol(t, "POST "+body, w)
		if w.Code != want {
			t.Errorf("POST %q: %d, want %d", body, w.Code, want)
		}
		if w := answer(on, "POST", session, `{"type":"leave","room":"nowhere","ref":"behind it"}`); w.Code != http.StatusAccepted {
			t.Errorf("after %q a frame: %d, want 202", body, w.Code)
		}
		for heard := ""; !strings.Contains(heard, `"ref":"behind it"`); {
			w := answer(on, "GET", session, "")
			if heard = w.Body.String(); w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
				t.Fatalf("after %q a GET: %d %s", body, w.Code, heard)
			}
		}
	})
}
