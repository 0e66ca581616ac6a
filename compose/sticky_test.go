package compose_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"secondserver/compose"
)

// What Sticky promises, asked of a real nginx with several workers.

func TestWhoShowsTheCookieGoesToTheSameServerAndOthersTakeTurns(t *testing.T) {
	url := stick(t, named("1"), named("2"), named("3"))
	alice, others := visitor(t), &http.Client{Transport: alone}
	home := visit(t, alice, url)
	var turns strings.Builder
	for range 9 {
		if got := visit(t, alice, url); got != home {
			t.Fatalf("she is on server %s, want %s as before", got, home)
		}
		turns.WriteString(visit(t, others, url))
	}
	if got := turns.String(); got != strings.Repeat(got[:3], 3) || !strings.Contains("123123 321321", got[:3]) {
		t.Errorf("the others went to %s, want each server in turn", got)
	}
}

func TestWhoseServerDiesGetsAnotherOneAndItsCookie(t *testing.T) {
	servers := map[string]*httptest.Server{"1": named("1"), "2": named("2"), "3": named("3")}
	url := stick(t, servers["1"], servers["2"], servers["3"])
	alice := visitor(t)
	home := visit(t, alice, url)
	servers[home].Close()
	next := visit(t, alice, url)
	if servers[next] == nil || next == home {
		t.Fatalf("got %q from server %s, which is dead, want another one's answer", next, home)
	}
	for range 9 {
		if got := visit(t, alice, url); got != next {
			t.Fatalf("she is on server %s, want %s as before", got, next)
		}
	}
}

func TestEveryAnswerOfAServerSetsTheCookieAndNoOther(t *testing.T) {
	server := serve(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ws":
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Connection", "Upgrade")
			w.WriteHeader(http.StatusSwitchingProtocols)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		}
	})
	want := "server=" + server.Listener.Addr().String() + "; Path=/; HttpOnly"
	url := stick(t, server)
	for _, test := range []struct {
		path   string
		status int
		cookie string
	}{
		{"/", 200, want}, {"/missing", 404, want}, {"/ws", 101, want}, {"/balancer/healthz", 200, ""},
	} {
		request, err := http.NewRequest("GET", url+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Upgrade", "websocket")
		response, err := alone.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Set-Cookie"); response.StatusCode != test.status || got != test.cookie {
			t.Errorf("%s: %s with cookie %q, want %d with %q", test.path, response.Status, got, test.status, test.cookie)
		}
	}
}

func TestACookieLeadsToNobodyButAServer(t *testing.T) {
	url := stick(t, named("1"), named("2"))
	stranger := named("stranger")
	defer stranger.Close()
	for _, value := range []string{stranger.Listener.Addr().String(), "servers", "sticky0", "elsewhere"} {
		request, err := http.NewRequest("GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.AddCookie(&http.Cookie{Name: "server", Value: value})
		if got := answer(t, &http.Client{Transport: alone}, request); got != "1" && got != "2" {
			t.Errorf("the cookie %q leads to %q, want a server", value, got)
		}
	}
}

// stick starts a sticky nginx in front of servers.
func stick(t *testing.T, servers ...*httptest.Server) (url string) {
	t.Helper()
	addr, _ := startNginx(t, func(listen string) string {
		return compose.Sticky(compose.Nginx(listen, backends(t, servers)...))
	})
	return "http://" + addr
}

// alone makes each request on a connection of its own.
var alone = &http.Transport{DisableKeepAlives: true, ResponseHeaderTimeout: 10 * time.Second}

// visitor is a client that keeps cookies.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Transport: alone, Jar: jar}
}

func visit(t *testing.T, who *http.Client, url string) string {
	t.Helper()
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, who, request)
}

// answer is what a request is answered with.
func answer(t *testing.T, who *http.Client, request *http.Request) string {
	t.Helper()
	response, err := who.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
