package server_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"secondserver/hub"
	"secondserver/server"
)

// What the metrics say of clients while they come, are refused and go: a server of
// two places.
func TestTheMetricsOfConnections(t *testing.T) {
	lines := logged(t)
	synctest.Test(t, func(t *testing.T) {
		to := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
		s := server.New(server.Config{MaxConnections: 2}, hub.New("server-1", new(hub.Memory)))
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- s.Serve(ctx, to) }()
		wants := func(when string, websocket, polling, full, draining float64) {
			t.Helper()
			synctest.Wait()
			got := scrapeHandler(t, s)
			for _, series := range []struct {
				name, label string
				want        float64
			}{
				{"connections", "websocket", websocket}, {"connections", "polling", polling},
				{"connections_refused_total", "full", full}, {"connections_refused_total", "draining", draining},
			} {
				if got := value(t, got, "secondserver_"+series.name, series.label); got != series.want {
					t.Errorf("%s: %s{%s} is %v, want %v", when, series.name, series.label, got, series.want)
				}
			}
		}
		alice, bob := connectPipe(t, to, "user=alice"), openPoll(t, to, "user=bob")
		wants("both are there", 1, 1, 0, 0)
		dialPipe(t, to).asks("GET /ws?user=carol HTTP/1.1\nHost: raw"+handshake, "")
		dialPipe(t, to).asks("POST /poll?user=carol HTTP/1.1\nHost: raw", "")
		wants("two were one too many", 1, 1, 2, 0)
		bob.deletes()
		wants("bob has gone", 1, 0, 2, 0)
		alice.Close()
		wants("alice too", 0, 0, 2, 0)

		// Two who come as the drain begins: one comes before it, and is not answered
		// until then; one comes after it.
		dora := dialPipe(t, to)
		asksAlone(t, dora, "dora")
		cancel()
		synctest.Wait()
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/ws?user=erin", nil))
		wants("erin came too late", 0, 0, 2, 1)
		if answer, err := http.ReadResponse(dora.in, nil); err != nil || answer.StatusCode != 101 {
			t.Errorf("dora got %v, %v, want 101", answer, err)
		}
		if code, _ := dora.ends(); code != 1012 {
			t.Errorf("dora was ended with %d, want 1012", code)
		}
		wants("so did dora", 0, 0, 2, 2)
		if err := <-served; err != nil {
			t.Error(err)
		}
		if want := `refused user=dora transport=websocket cause="this instance is going away"`; !strings.Contains(lines.String(), want) {
			t.Errorf("the log has no %s:\n%s", want, lines)
		}
	})
}
