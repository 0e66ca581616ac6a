package server_test

import (
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/server"
)

// The stack of an idle client's goroutine is a good part of what the client costs, where
// there is no lobby: one that has read a frame has twice as much, or more.
func TestAClientRestsUntilItSpeaksAndAgainOnceItIsSilent(t *testing.T) {
	bubble(t, server.Config{}, func(t *testing.T, to *pipes) {
		alice := connectPipe(t, to, "user=alice")
		defer alice.Close()
		rests := func(when string, want bool) {
			t.Helper()
			synctest.Wait()
			stacks := bubbleStacks()
			if got := strings.Contains(stacks, "(*socket).peek("); got != want {
				t.Errorf("%s: it rests is %v, want %v\n%s", when, got, want, stacks)
			}
			if got := strings.Contains(stacks, "(*reader).read("); got == want {
				t.Errorf("%s: it reads is %v, want %v\n%s", when, got, !want, stacks)
			}
		}
		rests("before its first frame", true)
		alice.says(`{}`)
		alice.hears()
		alice.says(`{}`)
		alice.hears()
		<-time.After(time.Second)
		rests("while it speaks", false)
		<-time.After(time.Second)
		rests("after two seconds without a word", true)
		alice.says(`{}`)
		alice.hears()
		rests("while it speaks again", false)
		alice.send(wsFrame(fin|pongFrame, ""))
		rests("after a pong", true)
		alice.send(wsFrame(fin|pongFrame, ""))
		rests("after another one", true)
	})
}

// Some clients ping by themselves, and have nothing else to say.
func TestAClientThatPingsIsAnsweredAndRests(t *testing.T) {
	bubble(t, server.Config{}, func(t *testing.T, to *pipes) {
		alice := connectPipe(t, to, "user=alice")
		defer alice.Close()
		for _, data := range []string{"", "hello", strings.Repeat("x", 125)} {
			alice.send(wsFrame(fin|pingFrame, data))
			if kind, got, err := alice.frame(); kind != pongFrame || got != data || err != nil {
				t.Errorf("ping %q: answered %x %q, %v", data, kind, got, err)
			}
			synctest.Wait()
			if stacks := bubbleStacks(); !strings.Contains(stacks, "(*socket).peek(") {
				t.Errorf("ping %q: it reads on\n%s", data, stacks)
			}
		}
	})
}

// Whatever else has come with it.
func TestAPongIsASignOfLife(t *testing.T) {
	for name, behind := range map[string][]byte{
		"alone":                    nil,
		"and a ping":               wsFrame(fin|pingFrame, ""),
		"and a frame's first byte": {fin | textFrame},
		"and a part of a message":  wsFrame(textFrame, "{"),
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, server.Config{}, func(t *testing.T, to *pipes) {
				alice := connectPipe(t, to, "user=alice")
				defer alice.Close()
				if kind, _, err := alice.frame(); kind != pingFrame || err != nil { // after 54 s
					t.Fatalf("heard %x, %v, want a ping", kind, err)
				}
				alice.send(append(wsFrame(fin|pongFrame, ""), behind...))
				began := time.Now()
				for kind := byte(0); kind != closeFrame; {
					var err error
					if kind, _, err = alice.frame(); err != nil {
						break
					}
				}
				if got := time.Since(began); got < 59*time.Second {
					t.Errorf("it ended %v after a pong, want 60 s", got)
				}
			})
		})
	}
}

// bubbleStacks are those of the goroutines that run in virtual time.
func bubbleStacks() (stacks string) {
	b := make([]byte, 1<<20)
	for stack := range strings.SplitSeq(string(b[:runtime.Stack(b, true)]), "\n\n") {
		if head, _, _ := strings.Cut(stack, "\n"); strings.Contains(head, "synctest bubble") {
			stacks += stack + "\n\n"
		}
	}
	return stacks
}
