package stack

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// A roundRobin is a load balancer as small as it gets: each request is one new connection to the next server, and one
// that cannot be reached is skipped. WebSockets pass, since httputil.ReverseProxy hands both connections over.
type roundRobin struct {
	output
	server   *http.Server
	url      string
	requests sync.WaitGroup
	end      context.CancelFunc // of the requests, WebSockets included, that http.Server.Close forgets

	mu       sync.Mutex // guards the rest
	backends []string
	next     int
	sticky   bool
	closed   bool
}

func newRoundRobin(ctx context.Context, _ string, backends []string) (localBalancer, error) {
	listener, err := net.Listen("tcp", anyPort)
	if err != nil {
		return nil, err
	}
	b := &roundRobin{url: "http://" + listener.Addr().String()}
	if err := b.Use(ctx, backends); err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = "http", "backends" // dial knows better
			r.Out.Host = r.In.Host                                // servers compare it with Origin
			r.SetXForwarded()
		},
		// Kept connections would be used again, out of turn.
		Transport:      &http.Transport{DialContext: b.dial, DisableKeepAlives: true, DisableCompression: true},
		ModifyResponse: b.answered,
		FlushInterval:  -1,
		ErrorLog:       log.New(&b.output, "[balancer] ", log.LstdFlags),
	}
	requests, end := context.WithCancel(context.Background())
	b.end = end
	b.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if b.enter() {
				defer b.requests.Done()
				proxy.ServeHTTP(w, b.visit(r))
			}
		}),
		BaseContext:       func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          proxy.ErrorLog,
	}
	b.requests.Go(func() { b.server.Serve(listener) }) // until Close, and then the error says just that
	return b, nil
}

func (b *roundRobin) URL() string { return b.url }

func (b *roundRobin) Use(_ context.Context, backends []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.backends = backends
	return nil
}

// dial connects to the server that the visitor had before, or else to the one whose turn it is, or to the first after
// it that can be reached.
func (b *roundRobin) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 2 * time.Second}
	v := ctx.Value(visitKey{}).(*visit)
	if v.before != "" {
		if connection, err := dialer.DialContext(ctx, network, v.before); err == nil {
			v.now = v.before
			return connection, nil
		}
	}
	b.mu.Lock()
	tries := len(b.backends)
	b.mu.Unlock()
	err := errors.New("no server")
	for range tries {
		backend := b.turn()
		var connection net.Conn
		if connection, err = dialer.DialContext(ctx, network, backend); err == nil {
			v.now = backend
			return connection, nil
		}
	}
	return nil, err
}

func (b *roundRobin) turn() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	backend := b.backends[b.next%len(b.backends)]
	b.next++
	return backend
}

// enter counts a request, unless there are to be no more.
func (b *roundRobin) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.requests.Add(1)
	}
	return !b.closed
}

// close ends all connections and waits for those who serve them.
func (b *roundRobin) close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.end()
	err := b.server.Close()
	b.requests.Wait()
	return err
}
