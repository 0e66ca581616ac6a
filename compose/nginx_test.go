package compose_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"secondserver/compose"
)

// What the comments of nginx.conf say, asked of a real nginx.

func TestServersTakeTurnsWhicheverWorkerIsAsked(t *testing.T) {
	const requests = 64
	var first, second atomic.Int32
	get := balance(t,
		serve(func(http.ResponseWriter, *http.Request) { first.Add(1) }),
		serve(func(http.ResponseWriter, *http.Request) { second.Add(1) }))
	var all sync.WaitGroup
	for range requests {
		all.Go(func() { get("GET", "/") })
	}
	all.Wait()
	if first.Load() != requests/2 || second.Load() != requests/2 {
		t.Errorf("got %d and %d requests, want %d each", first.Load(), second.Load(), requests/2)
	}
}

func TestDeadServerCostsNobodyTheRequest(t *testing.T) {
	dead := named("dead")
	dead.Close()
	get := balance(t, dead, named("2"))
	for i := range 6 {
		if got := get("GET", "/ws"); got != "2" {
			t.Fatalf("request %d: got %q, want the server that lives", i+1, got)
		}
	}
}

func TestPostThatWasSentIsNotRepeated(t *testing.T) {
	var posts atomic.Int32
	dies := func(w http.ResponseWriter, r *http.Request) {
		posts.Add(1)
		panic(http.ErrAbortHandler) // closes the connection without an answer
	}
	get := balance(t, serve(dies), serve(dies))
	if got := get("POST", "/rooms/general/messages"); got != "502" || posts.Load() != 1 {
		t.Errorf("got %s after %d POSTs, want 502 after 1", got, posts.Load())
	}
}

func TestOnlyWebSocketsAreOfferedOnWhenAServerIsFull(t *testing.T) {
	full := serve(refuse)
	for _, servers := range [][]*httptest.Server{{full, named("2")}, {named("1"), full}} {
		get := balance(t, servers...)
		for range 4 {
			if got := get("GET", "/ws?user=alice"); got == "503" {
				t.Error("/ws: got 503, want the server that is not full")
			}
		}
	}
	if got := balance(t, full, full)("GET", "/readyz"); got != "503" {
		t.Errorf("/readyz: got %s, want the server's own 503", got)
	}
}

// Who is full is not dead: what it says arrives, and the first client that it has room for gets in.
func TestServersThatAreFullAreAskedAgainAtOnce(t *testing.T) {
	var room atomic.Bool
	mayRefuse := func(w http.ResponseWriter, r *http.Request) {
		if !room.Load() {
			refuse(w, r)
		}
	}
	get := balance(t, serve(mayRefuse), serve(mayRefuse))
	for i := range 6 {
		if got := get("GET", "/ws"); got != "503" {
			t.Fatalf("client %d: got %s, want the servers' own 503", i+1, got)
		}
	}
	room.Store(true)
	for i := range 4 {
		if got := get("GET", "/ws"); got != "" {
			t.Errorf("client %d, with room for it: got %s", i+1, got)
		}
	}
}

func TestWhatTheLastServerSaysWhenAllAreFullArrives(t *testing.T) {
	addr, _ := startNginx(t, func(listen string) string {
		return compose.Nginx(listen, backends(t, []*httptest.Server{serve(refuse), serve(refuse)})...)
	})
	response, err := http.Get("http://" + addr + "/ws")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if said, err := io.ReadAll(response.Body); err != nil || string(said) != "full\n" {
		t.Errorf("got %q, %v, want what a server said", said, err)
	}
}

func refuse(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "full", http.StatusServiceUnavailable)
}

func TestServersSeeTheBrowsersHostAndUpgrade(t *testing.T) {
	get := balance(t, serve(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, " ", r.Host, " ", r.Header.Get("Connection"), " ", r.Header.Get("Upgrade"))
	}))
	want := "HTTP/1.1 chat.example:8080 upgrade websocket"
	if got := get("GET", "/ws", "Connection", "Upgrade", "Upgrade", "websocket"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBalancersHealthTakesNoTurn(t *testing.T) {
	get := balance(t, named("1"), named("2"))
	if got := get("GET", "/") + get("GET", "/balancer/healthz") + get("GET", "/"); got != "12" && got != "21" {
		t.Errorf("got turns %s, want one of each server", got)
	}
}

// A token is in a query, a session in a path, and a log is read by many. The second server hangs up, and the third cannot be reached: nginx has
// much to say.
func TestNginxLogsNoQuery(t *testing.T) {
	var said *bytes.Buffer
	t.Cleanup(func() {
		if log := said.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, `"GET /ws" `) || !strings.Contains(log, `"POST /poll" `) || !strings.Contains(log, `"GET /poll/..." `) {
			t.Errorf("nginx said:\n%s\nwant the path of each request, but no session, and no query", log)
		}
	})
	dead := named("dead")
	dead.Close()
	hangsUp := serve(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	var addr string
	addr, said = startNginx(t, func(listen string) string {
		return compose.Nginx(listen, backends(t, []*httptest.Server{named("1"), hangsUp, dead})...)
	})
	for i := range 18 {
		path := []string{"/ws", "/poll", []string{"/poll/s3cret", "//poll/./s3cret", "/%70oll/s3cret"}[i/3%3]}[i%3]
		response, err := http.Post("http://"+addr+path+"?token=s3cret", "", strings.NewReader(strings.Repeat("x", i*10<<10))) // some are more than nginx's buffer
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response, err = http.Get("http://" + addr + path + "?token=s3cret"); err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
}

func named(name string) *httptest.Server {
	return serve(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name) })
}

func serve(f http.HandlerFunc) *httptest.Server { return httptest.NewServer(f) }

// balance starts nginx in front of servers. The function that it returns makes a request, on a connection of its own,
// and says what came back: the body, or if that is not a 200 the status.
func balance(t *testing.T, servers ...*httptest.Server) func(method, path string, header ...string) string {
	t.Helper()
	addr, _ := startNginx(t, func(listen string) string { return compose.Nginx(listen, backends(t, servers)...) })
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

	return func(method, path string, header ...string) string {
		t.Helper()
		request, err := http.NewRequest(method, "http://"+addr+path, nil)
		if err != nil {
			t.Error(err)
			return ""
		}
		request.Host = "chat.example:8080"
		for pair := range slices.Chunk(header, 2) {
			request.Header.Set(pair[0], pair[1])
		}
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return strconv.Itoa(response.StatusCode)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Error(err)
		}
		return string(body)
	}
}

// backends are the addresses of servers, which are closed with the test.
func backends(t *testing.T, servers []*httptest.Server) (addrs []string) {
	for _, server := range servers {
		t.Cleanup(server.Close)
		addrs = append(addrs, server.Listener.Addr().String())
	}
	return addrs
}

// startNginx starts nginx with what conf gives for the address that it listens on. What it says is complete when it has
// ended: for cleanups that are registered before this call.
func startNginx(t *testing.T, conf func(listen string) string) (addr string, said *bytes.Buffer) {
	t.Helper()
	if _, err := exec.LookPath("nginx"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("nginx is not installed, and with CI set nothing is skipped")
		}
		t.Skip("nginx is not installed")
	}
	// nginx takes the open socket over, as it does when it is upgraded in place. So the port is nobody else's, and
	// connections wait in it until nginx is there.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	addr = listener.Addr().String()

	dir := t.TempDir()
	whole := fmt.Sprintf(`daemon off; pid pid; worker_processes 4; events {}
http {
client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
%s}`, conf(addr))
	if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	said = new(bytes.Buffer)
	nginx := exec.Command("nginx", "-p", dir, "-c", "conf", "-e", "stderr")
	nginx.ExtraFiles = []*os.File{socket} // becomes 3
	nginx.Env = append(os.Environ(), "NGINX=3;")
	nginx.Stdout, nginx.Stderr = said, said
	if err := nginx.Start(); err != nil {
		t.Fatal(err)
	}
	// Start leaves the socket blocking, and nginx takes it as it is: of two workers that wake up for one connection, the
	// one that comes too late would hang in accept.
	if err := syscall.SetNonblock(int(socket.Fd()), true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		nginx.Process.Signal(syscall.SIGTERM) // fails if nginx has ended by itself; the log says why
		nginx.Wait()
		if t.Failed() {
			t.Logf("nginx said:\n%s", said)
		}
	})
	return addr, said
}
