package server_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// A client that is to go is gone in time, whatever its peer does meanwhile.

// trickle reads so much a second, to the end, and returns when that came.
func (c *rawConn) trickle(perSecond int) (ended <-chan time.Time) {
	end := make(chan time.Time, 1)
	go func() {
		b := make([]byte, perSecond)
		for {
			if _, err := io.ReadFull(c.in, b); err != nil {
				end <- time.Now()
				return
			}
			<-time.After(time.Second)
		}
	}()
	return end
}

// floods publishes messages of 4 KiB for general.
func floods(plane *hub.Memory, messages int) {
	payload := []byte(`{"from":"alice","text":"` + strings.Repeat("x", 4096) + `"}`)
	for range messages {
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: payload}, func(hub.Position, error) {})
	}
}

// Each write succeeds in time, and there are many of them.
func TestADrainIsNotHeldUpByAReaderThatTrickles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		to, stop := listen(t, plane)
		bob := connectPipe(t, to, "user=bob&room=general")
		bob.hears() // joined
		ended := bob.trickle(15 << 10)
		floods(plane, 200)
		<-time.After(2 * time.Second)
		began := time.Now()
		stop()
		if got := time.Since(began); got > 7*time.Second {
			t.Errorf("the drain took %v, want at most 1 s to tell everybody, 5 s to write, and a moment", got)
		}
		<-ended
	})
}

func TestADrainIsNotHeldUpByAReaderThatPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		to, stop := listen(t, plane)
		bob := connectPipe(t, to, "user=bob&room=general")
		bob.hears()        // joined
		floods(plane, 200) // nobody reads them
		over := make(chan struct{})
		go func() {
			defer close(over)
			for {
				<-time.After(900 * time.Millisecond)
				if _, err := bob.Write(wsFrame(fin|pingFrame, "")); err != nil {
					return
				}
			}
		}()
		<-time.After(4 * time.Second)
		began := time.Now()
		stop()
		if got := time.Since(began); got > 2*time.Second {
			t.Errorf("the drain took %v, want what was left of the 5 s of a write, and a moment", got)
		}
		bob.Close()
		<-over
	})
}

func TestASlowConsumerDoesNotLinger(t *testing.T) {
	lines := logged(t)
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		to, stop := listen(t, plane)
		bob := connectPipe(t, to, "user=bob&room=general")
		bob.hears() // joined
		floods(plane, 1)
		synctest.Wait()
		floods(plane, 200) // 0.8 MB that wait behind it, and leave together
		ended := bob.trickle(20 << 10)
		began := time.Now()
		for range 300 { // more than may wait
			synctest.Wait()
			floods(plane, 1)
		}
		if got := (<-ended).Sub(began); got > 6*time.Second {
			t.Errorf("it was there for %v after it had been judged, want 5 s", got)
		}
		stop()
		if want := `cause="slow consumer (1008)"`; !strings.Contains(lines.String(), want) {
			t.Errorf("the log has no %s:\n%s", want, lines)
		}
	})
}

// gorilla answers it from the reading goroutine, with a deadline of a second that
// becomes that of the write in progress.
func TestAPeerThatBreaksTheRulesIsNoSlowConsumer(t *testing.T) {
	lines := logged(t)
	synctest.Test(t, func(t *testing.T) {
		plane := new(hub.Memory)
		to, stop := listen(t, plane)
		bob := connectPipe(t, to, "user=bob&room=general")
		bob.hears() // joined
		floods(plane, 10)
		synctest.Wait()
		bob.send(wsFrame(fin|reserved|textFrame, "{}"))
		<-time.After(3 * time.Second)
		bob.Close()
		stop()
		if got := lines.String(); strings.Contains(got, "slow consumer") || !strings.Contains(got, "disconnected user=bob") {
			t.Errorf("want an end, and not as a slow consumer:\n%s", got)
		}
	})
}
