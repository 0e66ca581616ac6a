package server_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
	"secondserver/server"
)

func TestBothTransportsAreLimited(t *testing.T) {
	url := startWith(t, server.Config{RateLimit: 1}, new(hub.Memory)) // two at once
	alice := connectRaw(t, url, "user=alice&room=general")            // the first one
	for range 2 {
		alice.hears()
	}
	alice.says(`{"type":"message","room":"general","text":"hi"}`)
	alice.says(`{"type":"message","room":"general","text":"hi"}`)
	alice.hears()
	alice.wants(`{"type":"error","room":"general","code":"rate_limited","message":"…"}`)

	synctest.Test(t, func(t *testing.T) {
		listener, stop := listenWith(t, server.Config{RateLimit: 1}, new(hub.Memory))
		bob := pollingMember(t, listener, "bob")
		bob.says(`{"type":"message","room":"general","text":"hi"}`)
		bob.says(`{"type":"message","room":"general","text":"hi"}`)
		synctest.Wait()
		bob.hears(`"offset":1,"from":"bob"`, `"code":"rate_limited"`)
		bob.deletes()
		stop()
	})
}

// A ping costs us a write, and a pong our time: neither is for nothing.
func TestControlFramesAreLimited(t *testing.T) {
	for name, test := range map[string]struct {
		opcode      byte
		least, most int // pongs
	}{"pings": {pingFrame, 115, 125}, "pongs": {pongFrame, 0, 0}} {
		t.Run(name, func(t *testing.T) {
			bubble(t, server.Config{RateLimit: 10}, func(t *testing.T, to *pipes) {
				alice := connectPipe(t, to, "user=alice")
				over := make(chan struct{})
				go func() {
					defer close(over)
					for {
						if _, err := alice.Write(wsFrame(fin|test.opcode, "x")); err != nil {
							return
						}
						<-time.After(20 * time.Millisecond)
					}
				}()
				began, pongs := time.Now(), 0
				opcode, text, err := alice.frame()
				for ; err == nil && opcode == pongFrame; opcode, text, err = alice.frame() {
					pongs++
				}
				if err != nil || opcode != closeFrame || !strings.Contains(text, "rate limit") {
					t.Errorf("got opcode %d %q, %v, want the end, and why", opcode, text, err)
				}
				if got := time.Since(began); got < 10*time.Second || got > 11*time.Second || pongs < test.least || pongs > test.most {
					t.Errorf("%d pongs in %v, want %d to %d, and the end after 10 s", pongs, got, test.least, test.most)
				}
				alice.Close()
				<-over
			})
		})
	}
}
