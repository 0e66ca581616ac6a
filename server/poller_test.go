package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// A browser without WebSockets: it asks over and over, on connections of its own.
type poller struct {
	t       testing.TB
	http    *http.Client
	session string
}

// openPoll begins a session; query is user=… and so on.
func openPoll(t testing.TB, to *pipes, query string) *poller {
	t.Helper()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return to.connect(), nil
	}}
	t.Cleanup(transport.CloseIdleConnections)
	p := &poller{t: t, http: &http.Client{Transport: transport}}
	status, body := p.do("POST", "/poll?"+query, "")
	var answer struct {
		Session  string `json:"session"`
		ServerID string `json:"server_id"`
	}
	if err := json.Unmarshal([]byte(body), &answer); status != 201 || err != nil || answer.ServerID != "server-1" || len(answer.Session) < 22 {
		t.Fatalf("POST /poll?%s: %d %s, want 201, server-1 and an id that nobody guesses", query, status, body)
	}
	p.session = answer.Session
	return p
}

// pollingMember is in "general", and has heard so: the last of it is its own
// presence.
func pollingMember(t testing.TB, to *pipes, user string) *poller {
	t.Helper()
	p := openPoll(t, to, "user="+user+"&room=general")
	for last := ""; !strings.Contains(last, `"event":"join","user":"`+user+`"`); {
		_, last = p.get()
	}
	return p
}

func (p *poller) do(method, path, body string) (status int, answer string) {
	p.t.Helper()
	request, err := http.NewRequestWithContext(p.t.Context(), method, "http://pipe"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	response, err := p.http.Do(request)
	if err != nil {
		p.t.Errorf("%s %s: %v", method, path, err)
		return 0, ""
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Errorf("%s %s: %v", method, path, err)
	}
	return response.StatusCode, string(b)
}

func (p *poller) get() (status int, answer string) {
	p.t.Helper()
	return p.do("GET", "/poll/"+p.session, "")
}

// polls is one GET, which must find the session. Frames about presence are left
// out.
func (p *poller) polls() []string {
	p.t.Helper()
	status, body := p.get()
	var raw []json.RawMessage
	if err := json.Unmarshal([]byte(body), &raw); status != 200 || err != nil || raw == nil {
		p.t.Fatalf("poll: %d %q, want 200 and an array", status, body)
	}
	frames := []string{}
	for _, f := range raw {
		if !bytes.Contains(f, []byte(`"type":"presence"`)) {
			frames = append(frames, string(f))
		}
	}
	return frames
}

// hears polls until all of wants have come, in this order; each is a part of a
// frame.
func (p *poller) hears(wants ...string) {
	p.t.Helper()
	began := time.Now()
	for len(wants) > 0 {
		if time.Since(began) > 25*time.Second {
			p.t.Fatalf("heard nothing, want %s", wants)
		}
		for _, got := range p.polls() {
			if len(wants) == 0 || !strings.Contains(got, wants[0]) {
				p.t.Fatalf("heard %.300s, want %s", got, wants)
			}
			wants = wants[1:]
		}
	}
}

func (p *poller) says(frame string) {
	p.t.Helper()
	if status, body := p.do("POST", "/poll/"+p.session, frame); status != 202 {
		p.t.Fatalf("POST %.100s: %d %s, want 202", frame, status, body)
	}
}

func (p *poller) deletes() {
	p.t.Helper()
	if status, body := p.do("DELETE", "/poll/"+p.session, ""); status != 204 || body != "" {
		p.t.Fatalf("DELETE: %d %s, want 204", status, body)
	}
}

// isGone wants all three calls of a session to say so.
func (p *poller) isGone() {
	p.t.Helper()
	for _, method := range []string{"GET", "POST", "DELETE"} {
		if status, body := p.do(method, "/poll/"+p.session, "{}"); status != 404 || !strings.Contains(body, `"session_not_found"`) {
			p.t.Errorf("%s of a session that is gone: %d %s, want 404 session_not_found", method, status, body)
		}
	}
}

// after has do done some time from now; the channel it returns is closed then, and
// a test that ends sooner would leave do behind.
func after(pause time.Duration, do func()) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(pause, func() {
		defer close(done)
		do()
	})
	return done
}

// polling runs a test in virtual time, with a server that is drained at its end.
func polling(t *testing.T, plane hub.Backplane, test func(t *testing.T, to *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		listener, stop := listen(t, plane)
		defer stop()
		test(t, listener)
	})
}
