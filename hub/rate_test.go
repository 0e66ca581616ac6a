package hub_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

// limited is alice on a hub with a limit of 10 frames a second.
func limited(t *testing.T) (h *hub.Hub, alice peer) {
	h = hub.New("server-1", new(hub.Memory))
	h.LimitFrames(10)
	alice = connect(t, h, "alice")
	alice.takes()
	return h, alice
}

// refusals counts those among what p takes.
func (p peer) refusals() (refused, all int) {
	frames := p.takes()
	for _, f := range frames {
		if strings.Contains(f, `"rate_limited"`) {
			refused++
		}
	}
	return refused, len(frames)
}

// leave is a frame whose answer is an error, without a limit too.
const leave = `{"type":"leave","room":"general","ref":"r"}`

func (p peer) saysOften(times int, frame string) {
	for range times {
		p.says(frame)
	}
}

func TestAFrameOverTheLimitIsNotCarriedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, alice := limited(t)
		alice.says(joinGeneral)
		alice.saysOften(18, hiAgain)
		alice.takes()
		alice.says(hiAgain, hi, `{"type":"message","to":"x y"}`, "[]")
		alice.wants(t,
			`{"type":"message","room":"general","offset":19,"from":"alice","text":"hi","server_id":"server-1","sent_at":""}`,
			`{"type":"error","ref":"1","room":"general","code":"rate_limited","message":"not carried out: at most 10 frames a second, 20 at once"}`,
			`{"type":"error","code":"rate_limited","message":"not carried out: at most 10 frames a second, 20 at once"}`,
			`{"type":"error","code":"rate_limited","message":"not carried out: at most 10 frames a second, 20 at once"}`)

		bob := connect(t, h, "bob") // the limit is each client's own
		bob.says(joinGeneral)
		if refused, all := bob.refusals(); refused != 0 || all != 2 {
			t.Errorf("%d of %d answers to bob are refusals, want 0 of 2", refused, all)
		}

		pass(99 * time.Millisecond)
		alice.says(hiAgain)
		pass(time.Millisecond) // a tenth of a second: one more
		alice.says(hiAgain, hiAgain)
		if refused, all := alice.refusals(); refused != 2 || all != 3 {
			t.Errorf("%d of %d answers are refusals, want 2 of 3", refused, all)
		}
		alice.Close(errGone)
		bob.Close(errGone)
		nothingLeft(t, h)
	})
}

func TestOverTheLimitFor10sOnEndIsTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, alice := limited(t)
		alice.saysOften(20, leave)
		began := time.Now()
		for alice.Cause() == nil {
			alice.saysOften(2, leave) // at twice the limit half of them are carried out
			pass(100 * time.Millisecond)
			if time.Since(began) > time.Minute {
				t.Fatal("alice is still there after a minute")
			}
		}
		if got := time.Since(began); got < 10*time.Second || got > 10*time.Second+100*time.Millisecond {
			t.Errorf("ended after %v, want 10 s and no more than a frame", got)
		}
		end, ok := errors.AsType[*hub.CloseError](alice.Cause())
		if !ok || end.Code != 1008 || end.Reason != "rate limit: over 10 frames a second for 10 s on end" {
			t.Errorf("ended by %v", alice.Cause())
		}
		if refused, all := alice.refusals(); refused < 100 || all-refused < 119 { // the last answers go down with alice
			t.Errorf("%d of %d answers are refusals, want about 100 of 220", refused, all)
		}
	})
}

// What ends a client is 10 s on end: a second's worth of room in between, and they
// begin anew.
func TestWhoPausesForASecondStays(t *testing.T) {
	for pause, want := range map[time.Duration]bool{time.Second: true, 900 * time.Millisecond: false} {
		synctest.Test(t, func(t *testing.T) {
			_, alice := limited(t)
			for range 10 {
				alice.saysOften(20, leave)
				for range 80 {
					alice.saysOften(2, leave)
					pass(100 * time.Millisecond)
				}
				alice.says(leave)
				pass(pause)
			}
			if got := alice.Cause() == nil; got != want {
				t.Errorf("with pauses of %v after 8 s alice stays: %v, want %v (%v)", pause, got, want, alice.Cause())
			}
			alice.Close(errGone)
		})
	}
}

func TestWithoutALimitNothingIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		alice.saysOften(10_000, leave)
		if refused, _ := alice.refusals(); refused > 0 {
			t.Errorf("%d refusals", refused)
		}
		alice.Close(errGone)
	})
}

// At the smallest limit too: there a second's worth is what each frame carried out
// has waited for.
func TestAClientOverALimitOf1IsEndedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		h.LimitFrames(1)
		alice := connect(t, h, "alice")
		began := time.Now()
		for alice.cause() == nil && time.Since(began) < time.Minute {
			alice.says(leave)
			pass(250 * time.Millisecond)
		}
		if got := time.Since(began); got > 11*time.Second {
			t.Errorf("after %v it is %v, want its end after 10 s", got, alice.cause())
		}
		alice.Close(errGone)
	})
}
