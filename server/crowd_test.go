package server_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// What waits for a polling session is bounded, and waits no longer than its peer.

// begins sends a request that is not answered yet.
func begins(t *testing.T, to *pipes, request, body string) *rawConn {
	t.Helper()
	c := dialPipe(t, to)
	c.send(fmt.Appendf(nil, "%s HTTP/1.1\r\nHost: raw\r\nContent-Length: %d\r\n\r\n%s", request, len(body), body))
	return c
}

func TestAtMost64POSTsOfASessionWait(t *testing.T) {
	polling(t, hung{new(hub.Memory)}, func(t *testing.T, to *pipes) {
		bob := openPoll(t, to, "user=bob")
		bob.says(`{"type":"join","room":"general"}`) // takes 5 s
		post := "POST /poll/" + bob.session
		var waiting []*rawConn
		for range 64 {
			waiting = append(waiting, begins(t, to, post, "{}"))
		}
		synctest.Wait()
		began := time.Now()
		status, body := bob.do("POST", "/poll/"+bob.session, "{}")
		if want := `{"error":{"code":"rate_limited","message":"…"}}`; status != 429 || !matches(want, strings.TrimSpace(body)) || time.Since(began) > 0 {
			t.Errorf("one more: %d %s after %v, want 429 %s at once", status, body, time.Since(began), want)
		}
		for _, c := range waiting {
			c.Close()
		}
		synctest.Wait()
		bob.says("{}") // waits for the join
		if got := time.Since(began); got > 5*time.Second {
			t.Errorf("a POST waited %v, want no longer than the join", got)
		}
		bob.deletes()
	})
}

func TestAGETWhosePeerHasLeftDoesNotWaitForTheOneBefore(t *testing.T) {
	polling(t, new(hub.Memory), func(t *testing.T, to *pipes) {
		bob := openPoll(t, to, "user=bob")
		get := "GET /poll/" + bob.session
		stuck := begins(t, to, get, "") // nobody reads its answer
		synctest.Wait()
		before := runtime.NumGoroutine()
		for range 50 {
			c := begins(t, to, get, "")
			synctest.Wait()
			c.Close()
		}
		synctest.Wait()
		if got := runtime.NumGoroutine(); got > before+10 {
			t.Errorf("%d goroutines, %d before", got, before)
		}
		stuck.Close()
	})
}
