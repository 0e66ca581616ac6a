package stacktest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"

	"secondserver/lab/stack"
)

// Start starts a phase, ends it with the test and looks whether it has really gone.
func Start(t *testing.T, engine stack.Engine, name string) *stack.Stack {
	t.Helper()
	phase, err := stack.PhaseNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stack.Start(t.Context(), engine, phase, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		urls := []string{s.URL()}
		for _, server := range s.Servers {
			urls = append(urls, server.URL())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		for _, url := range urls {
			if err := Gone(url); err != nil {
				t.Errorf("after Close: %v", err)
			}
		}
	})
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// inTurn asks the balancer who is there, twice around, and wants each of ids in the same order each time.
func inTurn(t *testing.T, s *stack.Stack, ids ...string) {
	t.Helper()
	inTurnFor(t, asking, s, ids...)
}

// inTurnFor is inTurn for somebody who may have cookies.
func inTurnFor(t *testing.T, who *http.Client, s *stack.Stack, ids ...string) {
	t.Helper()
	var got []string
	for range 2 * len(ids) {
		got = append(got, serves(t, who, s))
	}
	first, second := got[:len(ids)], got[len(ids):]
	sorted := slices.Sorted(slices.Values(first))
	if !slices.Equal(first, second) || !slices.Equal(sorted, ids) {
		t.Errorf("requests went to %v, want %v in turn", got, ids)
	}
}

// serves is the server that the balancer chooses for a client.
func serves(t *testing.T, who *http.Client, s *stack.Stack) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/instance", nil)
	must(t, err)
	var instance struct {
		ID string `json:"server_id"`
	}
	must(t, json.Unmarshal(do(t, who, request), &instance))
	return instance.ID
}

// do makes a request that has to succeed.
func do(t *testing.T, who *http.Client, request *http.Request) []byte {
	t.Helper()
	response, err := who.Do(request)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s", request.Method, request.URL, response.Status, body)
	}
	return body
}

// dial opens a WebSocket as a browser does that has its page from the same address.
func dial(t *testing.T, s *stack.Stack) *websocket.Conn {
	t.Helper()
	url := "ws" + strings.TrimPrefix(s.URL(), "http") + "/ws?user=alice"
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, http.Header{"Origin": {s.URL()}})
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

func readyz(t *testing.T, server *stack.Server, want int) func() error {
	return func() error {
		response, err := fetch(t.Context(), server.URL()+"/readyz")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != want {
			return fmt.Errorf("%s is %s, want %d", server.ID, response.Status, want)
		}
		return nil
	}
}

func holds(t *testing.T, r stack.Redis, want string) func() error {
	return func() error {
		got, err := client(t, r).Get(t.Context(), "lab:test").Result()
		if err != nil && err != redis.Nil || got != want {
			return fmt.Errorf("redis holds %q (%v), want %q", got, err, want)
		}
		return nil
	}
}

// Gone is nil when nobody listens at url.
func Gone(url string) error {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return nil
	}
	conn.Close()
	return fmt.Errorf("somebody still listens at %s", url)
}

// client is a Redis client with a single connection, that does not try again by itself.
func client(t *testing.T, r stack.Redis) *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: r.Addr(), MaxRetries: -1, PoolSize: 1})
	t.Cleanup(func() { c.Close() })
	return c
}

func ask(ctx context.Context, url string) (string, error) {
	response, err := fetch(ctx, url)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", url, response.Status)
	}
	return string(body), err
}

var asking = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func fetch(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return asking.Do(request)
}

// Eventually waits until something is so, and fails with the reason that is last given for why it is not.
func Eventually(t *testing.T, within time.Duration, so func() error) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	limit := time.After(within)
	for {
		err := so()
		if err == nil {
			return
		}
		select {
		case <-again.C:
		case <-limit:
			t.Fatalf("not within %v: %v", within, err)
		}
	}
}
