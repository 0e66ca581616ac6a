package server_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"secondserver/hub"
	"secondserver/server"
)

// Two clients are let in, by whichever transport, and the third by none, until
// one of the two has gone.
func TestAFullInstanceRefusesAndRecovers(t *testing.T) {
	bubble(t, server.Config{MaxConnections: 2}, func(t *testing.T, to *pipes) {
		alice, bob := connectPipe(t, to, "user=alice"), openPoll(t, to, "user=bob")
		refused := func() {
			t.Helper()
			for _, request := range []string{"GET /ws?user=carol HTTP/1.1\nHost: raw" + handshake, "POST /poll?user=carol HTTP/1.1\nHost: raw"} {
				answer, body := dialPipe(t, to).asks(request, "")
				if want := `{"error":{"code":"full","message":"…"}}`; answer.StatusCode != 503 || !matches(want, body) || !strings.Contains(body, "try again") {
					t.Errorf("%.9s: %s %s, want 503 full, and what to do", request, answer.Status, body)
				}
			}
		}
		refused()
		bob.deletes()
		synctest.Wait() // bob has gone
		carol := connectPipe(t, to, "user=carol")
		refused()
		alice.Close()
		synctest.Wait()
		openPoll(t, to, "user=dora").deletes()
		carol.Close()
	})
}

// A handshake that fails has taken a place, and gives it back.
func TestFailedHandshakesLeaveNothingBehind(t *testing.T) {
	bubble(t, server.Config{MaxConnections: 1}, func(t *testing.T, to *pipes) {
		for _, bad := range []struct {
			request, header string
			status          int
		}{
			{"GET /ws?user=@", handshake, 400},
			{"GET /ws?user=alice&offset=1", handshake, 400},
			{"GET /ws?user=alice", handshake + "\nOrigin: http://evil.example", 403},
			{"GET /ws?user=alice", "", 400},
			{"GET /ws?user=alice", strings.Replace(handshake, "13", "8", 1), 400},
			{"POST /poll", "", 400},
			{"POST /poll?user=alice", "\nOrigin: null", 403},
		} {
			for range 100 {
				if answer, body := dialPipe(t, to).asks(bad.request+" HTTP/1.1\nHost: raw"+bad.header, ""); answer.StatusCode != bad.status {
					t.Fatalf("%s: %s %s, want %d", bad.request, answer.Status, body, bad.status)
				}
			}
		}
		connectPipe(t, to, "user=alice").Close()
	})
}

// The refusals of a drain too: a place for each, and all are given back.
func TestADrainingInstanceIsNotFull(t *testing.T) {
	plane := held{new(hub.Memory), make(chan struct{})}
	addr, stop, served := serveTCP(t, server.Config{MaxConnections: 2}, plane)
	alice := dial(t, "http://"+addr, "user=alice&room=general")
	idle := dial(t, "http://"+addr, "user=bob")
	read(t, alice)
	read(t, alice)
	write(t, alice, `{"type":"message","room":"general","text":"hi","ref":"1"}`)
	read(t, alice) // its answer is held, and with it the drain
	stop()
	closing(t, idle)
	for last := ""; !strings.Contains(last, `"draining"`); { // bob's place is free a moment later
		_, last = dialRaw(t, "http://"+addr).asks("GET /ws?user=carol HTTP/1.1\nHost: raw"+handshake, "")
	}
	for range 100 {
		answer, body := dialRaw(t, "http://"+addr).asks("GET /ws?user=carol HTTP/1.1\nHost: raw"+handshake, "")
		if !strings.Contains(body, `"draining"`) {
			t.Fatalf("%s %s, want draining", answer.Status, body)
		}
	}
	close(plane.answer)
	closing(t, alice)
	if err := <-served; err != nil {
		t.Error(err)
	}
}
