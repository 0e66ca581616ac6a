package server_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
	"secondserver/server"
)

// asksAlone sends a handshake and reads nothing: a pipe has no buffer, so the 101
// does not leave.
func asksAlone(t *testing.T, conn net.Conn, user string) {
	t.Helper()
	request := strings.ReplaceAll("GET /ws?user="+user+" HTTP/1.1\nHost: raw"+handshake, "\n", "\r\n") + "\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func TestAHandshakeWhoseAnswerIsNotReadGivesItsPlaceBackAfter5s(t *testing.T) {
	bubble(t, server.Config{MaxConnections: 1}, func(t *testing.T, to *pipes) {
		conn := to.connect()
		defer conn.Close()
		asksAlone(t, conn, "alice")
		<-time.After(6 * time.Second)
		conn.SetReadDeadline(time.Now())
		if _, err := conn.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read after 6 s: %v, want the end of the connection", err)
		}
		connectPipe(t, to, "user=bob").Close()
	})
}

// deaf is a connection whose writes have no end.
type deaf struct{ net.Conn }

func (deaf) SetDeadline(time.Time) error      { return nil }
func (deaf) SetWriteDeadline(time.Time) error { return nil }

// A drain is bounded by its own limit too, and says what it left behind.
func TestADrainDoesNotWaitForAHandshakeForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := &pipes{accept: make(chan net.Conn), closed: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error, 1)
		go func() {
			served <- server.New(server.Config{}, hub.New("server-1", new(hub.Memory))).Serve(ctx, listener)
		}()
		ours, theirs := net.Pipe()
		listener.accept <- deaf{theirs}
		asksAlone(t, ours, "alice")
		began := time.Now()
		cancel()
		select {
		case err := <-served:
			if got := time.Since(began); got > 10*time.Second || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "handshake") {
				t.Errorf("the drain ended after %v by %v, want within 10 s, and an error that names handshakes", got, err)
			}
		case <-time.After(time.Minute):
			t.Error("the drain has not ended after a minute")
		}
		ours.Close()
		synctest.Wait()
	})
}
