package client_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httputil"
	neturl "net/url"
	"sync/atomic"
	"testing"

	"secondserver/lab/client"
)

// A session is the server's side of a poll, and a script's wire.
type session struct {
	posted chan []byte
	frames chan []byte
	gone   chan struct{} // closed by DELETE, or with the test
}

func (s *session) ReadMessage() (int, []byte, error) {
	select {
	case frame := <-s.posted:
		return 1, frame, nil
	case <-s.gone:
		return 0, nil, io.EOF
	}
}

func (s *session) WriteMessage(_ int, frame []byte) error {
	s.frames <- frame
	return nil
}

func (s *session) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		body, _ := io.ReadAll(r.Body)
		s.posted <- body
		w.WriteHeader(http.StatusAccepted)
	case http.MethodDelete:
		close(s.gone)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet:
		frames := []json.RawMessage{}
		select {
		case frame := <-s.frames:
			frames = append(frames, frame)
			for len(s.frames) > 0 {
				frames = append(frames, <-s.frames)
			}
		case <-s.gone:
		case <-r.Context().Done():
		}
		_ = json.NewEncoder(w).Encode(frames) // who has gone needs none
	}
}

// servePoll runs a server for one session, which begins with the welcome and then
// plays the script. elsewhere, if it is not nil, says for each request whether it
// has reached another instance, which knows of no session.
func servePoll(t *testing.T, play script, elsewhere func(*http.Request) bool) string {
	s := &session{make(chan []byte, 10), make(chan []byte, 10), make(chan struct{})}
	return serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/poll" && r.Method == http.MethodPost:
			p := &peer{s, t}
			p.welcomes("server-1", r)
			go play(p)
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`{"session":"s1","server_id":"server-1"}`))
		case r.URL.Path != "/poll/s1" || elsewhere != nil && elsewhere(r):
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"error":{"code":"session_not_found","message":"not here"}}`))
		default:
			s.ServeHTTP(w, r)
		}
	})
}

func TestAPollingClientDoesWhatOthersDo(t *testing.T) {
	ended := make(chan struct{})
	url := servePoll(t, func(p *peer) {
		defer close(ended)
		p.joins()
		said := p.heard()
		p.says(said, `{"type":"ack","ref":"$","room":"general","offset":8,"epoch":"e1"}`)
		p.says(nil, message("general", 8))
		p.says(nil, `{"type":"presence","room":"general","event":"join","user":"bob","count":3}`)
		p.untilGone()
	}, nil)
	alice, err := client.DialPoll(within(t), url, "alice")
	if err != nil {
		t.Fatal(err)
	}
	in, err := alice.Join(within(t), "general")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := in, (client.Joined{Position: client.Position{Offset: 7, Epoch: "e1"}, Count: 2}); got != want || alice.Server != "server-1" {
		t.Errorf("got %+v on %s, want %+v on server-1", got, alice.Server, want)
	}
	if at, err := alice.Say(within(t), "general", "hello"); err != nil || at.Offset != 8 {
		t.Errorf("got an ack of offset %d, %v, want 8", at.Offset, err)
	}
	wantNext(t, alice, "general", 8)
	if err := alice.AwaitCount(within(t), "general", 3); err != nil {
		t.Error(err)
	}
	alice.Close()
	<-ended // by DELETE
	wantError(t, "the cause", alice.Err(), client.ErrClosed)
}

func TestAPollThatLandsElsewhereIsRefused(t *testing.T) {
	url := servePoll(t, func(*peer) {}, func(*http.Request) bool { return true })
	_, err := client.DialPoll(within(t), url, "alice")
	refused, ok := errors.AsType[*client.Error](err)
	if !ok || refused.Status != 404 || refused.Code != "session_not_found" {
		t.Errorf("got error %v, want HTTP 404 session_not_found", err)
	}
}

// The GET that waits is on the right instance and would go on waiting.
func TestAFrameThatLandsElsewhereEndsTheConnection(t *testing.T) {
	url := servePoll(t, (*peer).untilGone, func(r *http.Request) bool { return r.Method == http.MethodPost })
	alice, err := client.DialPoll(within(t), url, "alice")
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	_, err = alice.Join(within(t), "general")
	wantCode(t, "the join", err, "session_not_found")
	awaitEnd(t, alice)
	wantCode(t, "the cause", alice.Err(), "session_not_found")
}

func TestCloseEndsTheWaitOfAPoll(t *testing.T) {
	url := servePoll(t, func(p *peer) { p.joins(); p.untilGone() }, nil)
	alice, err := client.DialPoll(within(t), url, "alice")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Join(within(t), "general"); err != nil {
		t.Fatal(err)
	}
	next := make(chan error, 1)
	go func() { _, err := alice.Next(within(t), "general"); next <- err }()
	alice.Close()
	wantError(t, "next message", <-next, client.ErrClosed)
}

// Every second request lands elsewhere: a patient client needs two tries for each.
func TestAPatientClientMeetsItsServerInTheEnd(t *testing.T) {
	var turn atomic.Int64
	url := servePoll(t, func(p *peer) {
		p.joins()
		p.says(nil, message("general", 8))
		p.untilGone()
	}, func(r *http.Request) bool { return r.Method != http.MethodDelete && turn.Add(1)%2 == 1 })
	alice, err := client.DialPollPatiently(within(t), url, "alice")
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	if _, err := alice.Join(within(t), "general"); err != nil {
		t.Fatal(err)
	}
	wantNext(t, alice, "general", 8)
}

func TestPatienceHasAnEnd(t *testing.T) {
	var tries atomic.Int64
	url := servePoll(t, func(*peer) {}, func(*http.Request) bool { tries.Add(1); return true })
	_, err := client.DialPollPatiently(within(t), url, "alice")
	wantCode(t, "the second step", err, "session_not_found")
	if got := tries.Load(); got != client.PlaceTries {
		t.Errorf("got %d tries, want %d", got, client.PlaceTries)
	}
}

// A balancer that keeps a client on one server knows it by a cookie.
func TestASessionKeepsItsCookies(t *testing.T) {
	url := servePoll(t, (*peer).untilGone, nil)
	var cookies atomic.Value
	target, err := neturl.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		cookies.Store(r.Header.Get("Cookie"))
		if r.URL.Path == "/poll" {
			http.SetCookie(w, &http.Cookie{Name: "server", Value: "2", Path: "/"})
		}
		proxy.ServeHTTP(w, r)
	})
	alice, err := client.DialPoll(within(t), front, "alice")
	if err != nil {
		t.Fatal(err)
	}
	defer alice.Close()
	if got := cookies.Load(); got != "server=2" {
		t.Errorf("the second step shows the cookies %q, want server=2", got)
	}
}
