package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/server"
)

// What one who means harm can make an instance wait for, and hold.

// A byte a second, for ever: an attack as old as it is cheap.
func TestASlowRequestIsCutOffWithin5s(t *testing.T) {
	const post = "POST /broadcast HTTP/1.1\r\nHost: raw\r\nAuthorization: Bearer " + apiToken + "\r\n"
	for name, begin := range map[string]string{
		"nothing":        "",
		"a header":       "GET /healthz HTTP/1.1\r\nX: ",
		"a body":         post + "Content-Length: 1000\r\n\r\n",
		"a chunked body": post + "Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
		"an unread body": "POST /poll?user=alice HTTP/1.1\r\nHost: raw\r\nContent-Length: 1000\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, serviceConfig, func(t *testing.T, to *pipes) {
				conn := dialPipe(t, to)
				began := time.Now()
				gone := make(chan struct{})
				go func() {
					defer close(gone)
					if _, err := conn.Write([]byte(begin)); err != nil {
						return
					}
					for begin != "" {
						if _, err := conn.Write([]byte("x")); err != nil {
							return
						}
						<-time.After(time.Second)
					}
				}()
				answer, err := io.ReadAll(conn)
				if got := time.Since(began); err != nil || got < 4*time.Second || got > 6*time.Second {
					t.Errorf("after %v: %q, %v; want the end after 5 s", got, answer, err)
				}
				conn.Close()
				<-gone
			})
		})
	}
}

func TestAnIdleConnectionIsClosedAfter60s(t *testing.T) {
	bubble(t, server.Config{}, func(t *testing.T, to *pipes) {
		conn := dialPipe(t, to)
		for range 2 {
			conn.asks("GET /healthz HTTP/1.1\nHost: raw", "")
			<-time.After(50 * time.Second)
		}
		if _, err := conn.in.ReadByte(); err != io.EOF {
			t.Errorf("got %v, want the end", err)
		}
		// 50 s were waited already.
		conn = dialPipe(t, to)
		conn.asks("GET /healthz HTTP/1.1\nHost: raw", "")
		began := time.Now()
		if _, err := conn.in.ReadByte(); err != io.EOF || time.Since(began) != 60*time.Second {
			t.Errorf("got %v after %v, want the end after 60 s", err, time.Since(began))
		}
	})
}

func TestAHeaderIsAtMost16KiB(t *testing.T) {
	bubble(t, server.Config{}, func(t *testing.T, to *pipes) {
		for size, want := range map[int]int{15 << 10: 200, 24 << 10: 431, 1 << 20: 431} {
			for _, request := range []string{
				"GET /healthz HTTP/1.1\r\nHost: raw\r\nX: " + strings.Repeat("x", size) + "\r\n\r\n",
				"GET /healthz?x=" + strings.Repeat("x", size) + " HTTP/1.1\r\nHost: raw\r\n\r\n",
				"GET /healthz HTTP/1.1\r\nHost: raw\r\n" + strings.Repeat("X: x\r\n", size/6) + "\r\n",
			} {
				conn := dialPipe(t, to)
				go conn.Write([]byte(request)) // ends with the connection
				answer, err := http.ReadResponse(conn.in, nil)
				if err != nil || answer.StatusCode != want {
					t.Errorf("%.20s… of %d bytes: %v, %v, want %d", request, size, answer, err, want)
				}
				conn.Close()
			}
		}
		synctest.Wait()
	})
}

// posts are all of them, as a request line and a header.
func posts(session string) map[string]int {
	const bearer = " HTTP/1.1\r\nHost: raw\r\nAuthorization: Bearer " + apiToken + "\r\n"
	return map[string]int{
		"POST /poll/" + session + bearer:        413,
		"POST /rooms/general/messages" + bearer: 413,
		"POST /users/alice/messages" + bearer:   413,
		"POST /broadcast" + bearer:              413,
		"POST /poll?user=bob" + bearer:          201, // nobody reads it
	}
}

func TestABodyOver8KiBIsRefused(t *testing.T) {
	bubble(t, serviceConfig, func(t *testing.T, to *pipes) {
		alice := openPoll(t, to, "user=alice")
		for request, want := range posts(alice.session) {
			for name, body := range map[string]string{
				"a length":                       fmt.Sprintf("Content-Length: %d\r\n\r\n", 8<<10+1) + strings.Repeat(" ", 8<<10+1),
				"chunks":                         "Transfer-Encoding: chunked\r\n\r\n2001\r\n" + strings.Repeat(" ", 8<<10+1) + "\r\n0\r\n\r\n",
				"a length of 1 TiB, and no body": fmt.Sprintf("Content-Length: %d\r\n\r\n", 1<<40) + strings.Repeat(" ", 8<<10+1),
			} {
				conn := dialPipe(t, to)
				go conn.Write([]byte(request + body)) // ends with the connection
				answer, err := http.ReadResponse(conn.in, nil)
				if err != nil || answer.StatusCode != want {
					t.Errorf("%.30s with %s: %v, %v, want %d", request, name, answer, err, want)
				}
				conn.Close()
			}
		}
	})
}

func TestAnEndlessBodyIsCutOff(t *testing.T) {
	bubble(t, serviceConfig, func(t *testing.T, to *pipes) {
		alice := openPoll(t, to, "user=alice")
		for request, want := range posts(alice.session) {
			conn := dialPipe(t, to)
			taken := make(chan int)
			go func() {
				n := 0
				_, err := conn.Write([]byte(request + "Transfer-Encoding: chunked\r\n\r\n"))
				for err == nil {
					_, err = conn.Write([]byte("400\r\n" + strings.Repeat(" ", 1<<10) + "\r\n"))
					n += 1 << 10
				}
				taken <- n
			}()
			began := time.Now()
			answer, err := http.ReadResponse(conn.in, nil)
			if err != nil || answer.StatusCode != want {
				t.Fatalf("%.30s: %v, %v, want %d", request, answer, err, want)
			}
			io.Copy(io.Discard, conn.in)
			most := 272 << 10 // net/http throws away 256 KiB, so that the peer reads the answer
			if want == 201 {
				most = 528 << 10 // and once more where nobody has read any of it
			}
			if got, pause := <-taken, time.Since(began); got > most || pause > time.Second {
				t.Errorf("%.30s: it took %d bytes in %v, want at most %d, at once", request, got, pause, most)
			}
		}
	})
}
