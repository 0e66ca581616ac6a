package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
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
	return startWith(t, server.Config{}, plane)
}

// Every row of the protocol's table of calls, and every way in which they refuse.
// alice and bob are in "general", where three messages were said.
func TestHTTP(t *testing.T) {
	plane := new(hub.Memory)
	url := startWith(t, serviceConfig, plane)
	for _, user := range []string{"bob", "alice"} {
		c := connectRaw(t, url, "user="+user+"&room=general")
		c.hears()
		c.hears()
	}
	for range 3 {
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: []byte(`{"from":"alice","text":"<hi>"}`)}, func(hub.Position, error) {})
	}
	_, last, err := plane.History(t.Context(), hub.Room("general"), hub.Position{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	after := func(offset string) string { return "?offset=" + offset + "&epoch=" + last.Epoch }
	history := func(recovered bool, offsets ...int) string {
		var messages []string
		for _, n := range offsets {
			messages = append(messages, fmt.Sprintf(`{"type":"message","room":"general","offset":%d,"from":"alice","text":"<hi>"}`, n))
		}
		return fmt.Sprintf(`{"room":"general","epoch":%q,"offset":3,"recovered":%v,"messages":[%s]}`, last.Epoch, recovered, strings.Join(messages, ","))
	}
	const (
		opened = `{"session":"…","server_id":"server-1"}`
		bearer = "\nAuthorization: Bearer " + apiToken
	)
	tests := []struct {
		name, request, header, body string
		status                      int
		want                        string // the body, or an error's code
	}{
		{"instance", "GET /instance", "", "", 200, `{"server_id":"server-1","phase":"server.test"}`},
		{"instance, head only", "HEAD /instance", "", "", 200, ``},
		{"instance, by its whole URL", "GET http://raw/instance", "", "", 200, `{"server_id":"server-1","phase":"server.test"}`},
		{"healthz", "GET /healthz", "", "", 200, `{"status":"ok"}`},
		{"readyz", "GET /readyz", "", "", 200, `{"status":"ready"}`},

		{"no such page", "GET /nowhere", "", "", 404, "not_found"},
		{"a slash too many", "GET /instance/", "", "", 404, "not_found"},
		{"two slashes", "GET //instance", "", "", 404, "not_found"},
		{"dots", "GET /rooms/../instance", "", "", 404, "not_found"},
		{"no path", "GET *", "", "", 404, "not_found"},
		{"a proxy's method", "CONNECT raw:80", "", "", 404, "not_found"},
		{"wrong method", "POST /instance", "", "", 405, "method_not_allowed"},
		{"wrong method for a connection", "POST /ws?user=alice", handshake, "", 405, "method_not_allowed"},
		{"wrong method for a room", "PUT /rooms/general", "", "", 405, "method_not_allowed"},
		{"wrong method for messages", "DELETE /rooms/general/messages", "", "", 405, "method_not_allowed"},
		{"wrong method for a service", "GET /broadcast", "", "", 405, "method_not_allowed"},
		{"wrong method for a handshake", "GET /poll?user=alice", "", "", 405, "method_not_allowed"},
		{"a poll, head only: it would take the frames", "HEAD /poll/x", "", "", 405, ""},
		{"a method of nobody", "BREW /healthz", "", "", 405, "method_not_allowed"},

		{"a room", "GET /rooms/general", "", "", 200, `{"room":"general","count":2,"participants":["alice","bob"]}`},
		{"a room, head only", "HEAD /rooms/general", "", "", 200, ``},
		{"a room of nobody", "GET /rooms/elsewhere", "", "", 200, `{"room":"elsewhere","count":0,"participants":[]}`},
		{"no room's name", "GET /rooms/a%20b", "", "", 400, "bad_name"},
		{"no room at all", "GET /rooms/", "", "", 404, "not_found"},
		{"an empty room's messages", "GET /rooms//messages", "", "", 404, "not_found"},

		{"the newest messages", "GET /rooms/general/messages", "", "", 200, history(true, 1, 2, 3)},
		{"messages, head only", "HEAD /rooms/general/messages", "", "", 200, ``},
		{"the newest two", "GET /rooms/general/messages?limit=2", "", "", 200, history(true, 2, 3)},
		{"what follows", "GET /rooms/general/messages" + after("1"), "", "", 200, history(true, 2, 3)},
		{"the first of what follows", "GET /rooms/general/messages" + after("0") + "&limit=1", "", "", 200, history(true, 1)},
		{"nothing follows", "GET /rooms/general/messages" + after("3"), "", "", 200, history(true)},
		{"beyond the end", "GET /rooms/general/messages" + after("4"), "", "", 200, history(false)},
		{"the largest offset", "GET /rooms/general/messages" + after("18446744073709551615"), "", "", 200, history(false)},
		{"another history", "GET /rooms/general/messages?offset=1&epoch=another", "", "", 200, history(false)},
		{"unknown keys", "GET /rooms/general/messages?limit=1&x=y&x=", "", "", 200, history(true, 3)},
		{"messages of no name", "GET /rooms/@/messages", "", "", 400, "bad_name"},
		{"limit 0", "GET /rooms/general/messages?limit=0", "", "", 400, "bad_request"},
		{"limit 1000", "GET /rooms/general/messages?limit=1000", "", "", 200, history(true, 1, 2, 3)},
		{"limit 1001", "GET /rooms/general/messages?limit=1001", "", "", 400, "bad_request"},
		{"a limit that is none", "GET /rooms/general/messages?limit=ten", "", "", 400, "bad_request"},
		{"an empty limit", "GET /rooms/general/messages?limit=", "", "", 400, "bad_request"},
		{"two limits", "GET /rooms/general/messages?limit=1&limit=1", "", "", 400, "bad_request"},
		{"offset without epoch", "GET /rooms/general/messages?offset=1", "", "", 400, "bad_request"},
		{"epoch without offset", "GET /rooms/general/messages?epoch=e", "", "", 400, "bad_request"},
		{"an offset too large", "GET /rooms/general/messages" + after("18446744073709551616"), "", "", 400, "bad_request"},
		{"an offset below 0", "GET /rooms/general/messages" + after("-1"), "", "", 400, "bad_request"},
		{"a semicolon in the query", "GET /rooms/general/messages?limit=1;offset=1", "", "", 400, "bad_request"},

		{"a connection", "GET /ws?user=alice", handshake, "", 101, ``},
		{"a connection to a room", "GET /ws?user=alice&room=general", handshake, "", 101, ``},
		{"a connection that resumes", "GET /ws?user=alice&room=general&offset=1&epoch=e", handshake, "", 101, ``},
		{"no user", "GET /ws", handshake, "", 400, "bad_request"},
		{"an empty user", "GET /ws?user=", handshake, "", 400, "bad_request"},
		{"two users", "GET /ws?user=alice&user=bob", handshake, "", 400, "bad_request"},
		{"a bad user", "GET /ws?user=@server", handshake, "", 400, "bad_name"},
		{"an empty room", "GET /ws?user=alice&room=", handshake, "", 400, "bad_request"},
		{"a bad room", "GET /ws?user=alice&room=..", handshake, "", 400, "bad_name"},
		{"offset without room", "GET /ws?user=alice&offset=1&epoch=e", handshake, "", 400, "bad_request"},
		{"room and offset without epoch", "GET /ws?user=alice&room=general&offset=1", handshake, "", 400, "bad_request"},
		{"room and epoch without offset", "GET /ws?user=alice&room=general&epoch=e", handshake, "", 400, "bad_request"},
		{"an empty epoch", "GET /ws?user=alice&room=general&offset=1&epoch=", handshake, "", 400, "bad_request"},
		{"an epoch longer than any", "GET /ws?user=alice&room=general&offset=1&epoch=" + strings.Repeat("e", 4097), handshake, "", 400, "bad_request"},
		{"a bad offset", "GET /ws?user=alice&room=general&offset=-1&epoch=e", handshake, "", 400, "bad_request"},
		{"a malformed query", "GET /ws?user=alice&room=%zz", handshake, "", 400, "bad_request"},
		{"no handshake", "GET /ws?user=alice", "", "", 400, "bad_handshake"},
		{"an old version", "GET /ws?user=alice", strings.Replace(handshake, "13", "8", 1), "", 400, "bad_handshake"},
		{"a foreign origin", "GET /ws?user=alice", handshake + "\nOrigin: http://evil.example", "", 403, "forbidden_origin"},
		{"another port", "GET /ws?user=alice", handshake + "\nOrigin: http://raw:81", "", 403, "forbidden_origin"},
		{"origin null", "GET /ws?user=alice", handshake + "\nOrigin: null", "", 403, "forbidden_origin"},
		{"the same origin", "GET /ws?user=alice", handshake + "\nOrigin: http://RAW", "", 101, ``},

		{"a session", "POST /poll?user=alice", "", "", 201, opened},
		{"a session in a room", "POST /poll?user=alice&room=general", "", "", 201, opened},
		{"a session that resumes", "POST /poll?user=alice&room=general&offset=1&epoch=e", "", "", 201, opened},
		{"a session from the same origin", "POST /poll?user=alice", "\nOrigin: http://raw", "", 201, opened},
		{"a session of nobody", "POST /poll", "", "", 400, "bad_request"},
		{"a session of a bad name", "POST /poll?user=@server", "", "", 400, "bad_name"},
		{"a session in a bad room", "POST /poll?user=alice&room=a/b", "", "", 400, "bad_name"},
		{"a session with half a position", "POST /poll?user=alice&room=general&offset=1", "", "", 400, "bad_request"},
		{"a session from a foreign origin", "POST /poll?user=alice", "\nOrigin: http://evil.example", "", 403, "forbidden_origin"},
		{"a session from origin null", "POST /poll?user=alice", "\nOrigin: null", "", 403, "forbidden_origin"},
		{"a poll of no session", "GET /poll/x", "", "", 404, "session_not_found"},
		{"a frame for no session", "POST /poll/x", "", "{}", 404, "session_not_found"},
		{"the end of no session", "DELETE /poll/x", "", "", 404, "session_not_found"},

		{"a service to a room", "POST /rooms/elsewhere/messages", bearer, `{"text":"hi","ref":"1"}`, 201, `{"type":"ack","ref":"1","room":"elsewhere","offset":1,"epoch":"…"}`},
		{"a service to a user", "POST /users/bob/messages", bearer, `{"text":"hi","ref":"1"}`, 201, `{"type":"ack","ref":"1","to":"bob"}`},
		{"a service to everyone", "POST /broadcast", bearer, `{"text":"hi"}`, 202, `{"type":"ack"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, body := dialRaw(t, url).asks(test.request+" HTTP/1.1\nHost: raw"+test.header, test.body)
			if answer.StatusCode != test.status {
				t.Errorf("status %d, want %d", answer.StatusCode, test.status)
			}
			if got := answer.Header.Get("X-Server-ID"); got != "server-1" {
				t.Errorf("X-Server-ID %q, want server-1", got)
			}
			if got := answer.Header.Get("X-Content-Type-Options"); got != "nosniff" {
				t.Errorf("X-Content-Type-Options %q, want nosniff", got)
			}
			if got := answer.Header.Get("Content-Type"); answer.StatusCode != 101 && got != "application/json" {
				t.Errorf("Content-Type %q, want application/json", got)
			}
			if allow := answer.Header.Get("Allow"); (allow != "") != (test.status == 405) {
				t.Errorf("Allow %q with %d", allow, test.status)
			}
			want := test.want
			if test.status >= 400 && want != "" {
				want = fmt.Sprintf(`{"error":{"code":%q,"message":"…"}}`, want)
			}
			if !matches(want, body) {
				t.Errorf("body %s, want %s", body, want)
			}
		})
	}
}

// What cannot be encoded is no success without a body.
func TestAnAnswerBeginsWhenAllOfItIsKnown(t *testing.T) {
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		server.Reply(w, http.StatusOK, json.RawMessage("{"))
	}))
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.Start()
	defer web.Close()
	answer, err := http.Get(web.URL)
	if err == nil {
		answer.Body.Close()
		t.Errorf("answered by %s", answer.Status)
	}
}

// What is allowed is said as it is.
func TestAllow(t *testing.T) {
	url := startWith(t, serviceConfig, new(hub.Memory))
	for path, want := range map[string]string{
		"/ws": "GET", "/poll": "POST", "/poll/x": "DELETE, GET, POST", "/instance": "GET, HEAD",
		"/rooms/general": "GET, HEAD", "/rooms/general/messages": "GET, HEAD, POST", "/broadcast": "POST", "/users/bob/messages": "POST",
	} {
		if answer, _ := dialRaw(t, url).asks("OPTIONS "+path+" HTTP/1.1\nHost: raw", ""); answer.Header.Get("Allow") != want {
			t.Errorf("%s: Allow %q, want %q", path, answer.Header.Get("Allow"), want)
		}
	}
}

// Without the backplane nobody can tell, and 503 says so.
func TestRoomsAreUnavailableWithoutTheBackplane(t *testing.T) {
	url := start(t, away{new(hub.Memory)})
	for _, path := range []string{"/rooms/general", "/rooms/general/messages", "/readyz"} {
		answer, body := dialRaw(t, url).asks("GET "+path+" HTTP/1.1\nHost: raw", "")
		if want := `{"error":{"code":"unavailable","message":"…"}}`; answer.StatusCode != 503 || !matches(want, body) {
			t.Errorf("%s: %s %s, want 503 unavailable", path, answer.Status, body)
		}
	}
	c := connectRaw(t, url, "user=alice")
	c.wants(`{"type":"welcome","server_id":"server-1","user":"alice"}`)
	c.says(`{"type":"message","to":"bob","text":"hi","ref":"1"}`)
	c.wants(`{"type":"error","ref":"1","code":"unavailable","message":"…"}`)
}
