package client_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"secondserver/lab/client"
)

func TestDialWaitsForTheWelcome(t *testing.T) {
	alice := dial(t, serve(t, (*peer).untilGone))
	if alice.User != "alice" || alice.Server != "server-1" {
		t.Errorf("got %q on %q, want alice on server-1", alice.User, alice.Server)
	}
}

func TestDialSaysWhyItWasRefused(t *testing.T) {
	url := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(503)
		w.Write([]byte(`{"error":{"code":"draining","message":"go elsewhere"}}`))
	})
	_, err := client.Dial(within(t), url, "alice")
	refused, ok := errors.AsType[*client.Error](err)
	if want := (client.Error{Status: 503, Code: "draining", Message: "go elsewhere"}); !ok || *refused != want {
		t.Errorf("got error %v, want %v", err, &want)
	}
}

func TestDialRefusesWhatIsNoChatServer(t *testing.T) {
	url := serve(t, (*peer).untilGone)
	for name, url := range map[string]string{
		"a web server":     serveHTTP(t, func(http.ResponseWriter, *http.Request) {}),
		"another protocol": serveOn(t, func() string { return "" }, (*peer).untilGone),
		"another scheme":   "ftp" + url[len("http"):],
		"no URL":           ":",
	} {
		if c, err := client.Dial(within(t), url, "alice"); err == nil {
			t.Errorf("%s: got a connection to %q, want an error", name, c.Server)
		}
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	for name, hang := range map[string]func(http.ResponseWriter, *http.Request, chan struct{}){
		"before the upgrade": func(_ http.ResponseWriter, _ *http.Request, gone chan struct{}) { <-gone },
		"before the welcome": func(w http.ResponseWriter, r *http.Request, gone chan struct{}) {
			if conn, err := upgrade(w, r); err == nil {
				<-gone
				conn.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked, gone := make(chan struct{}), make(chan struct{})
			url := serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
				close(asked)
				hang(w, r, gone)
			})
			t.Cleanup(func() { close(gone) })
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-asked; cancel() }()
			_, err := client.Dial(ctx, url, "alice")
			wantError(t, "dial", err, context.Canceled)
		})
	}
}

func TestDialOnTriesUntilItHasLandedThere(t *testing.T) {
	var connections atomic.Int64
	landed := func() string { return []string{"server-1", "server-2", "server-3"}[(connections.Add(1)-1)%3] }
	url := serveOn(t, landed, (*peer).untilGone)
	bob, err := client.DialOn(within(t), url, "bob", func(server string) bool { return server == "server-3" })
	if err != nil {
		t.Fatal(err)
	}
	defer bob.Close()
	if got, want := bob.Server, "server-3"; got != want || connections.Load() != 3 {
		t.Errorf("got bob on %s after %d connections, want %s after 3", got, connections.Load(), want)
	}
}

func TestDialOnGivesUp(t *testing.T) {
	var connections atomic.Int64
	url := serveOn(t, func() string { connections.Add(1); return "server-1" }, (*peer).untilGone)
	_, err := client.DialOn(within(t), url, "bob", func(string) bool { return false })
	wantError(t, "a server that never comes", err, client.ErrNotPlaced)
	if got, want := connections.Load(), int64(client.PlaceTries); got != want {
		t.Errorf("got %d connections, want %d", got, want)
	}
}
