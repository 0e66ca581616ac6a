package redisbackplane

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"time"

	"secondserver/hub"
)

// How a topic gets from the stream what did not come live: topic.go says when.

const (
	retryFirst = 100 * time.Millisecond // before a catch-up that failed is tried again, then twice as long …
	retryMost  = 2 * time.Second        // … up to this; halved at random, so that topics spread
)

// catchUp reads the stream from where the topic is. It is called for every
// confirmed subscription: what was published before that may have been missed.
func (t *topic) catchUp() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.broken = true
	t.read()
}

// look is catchUp for a topic that nothing has happened to.
func (t *topic) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read()
}

func (t *topic) read() {
	if t.catching {
		t.again = true // the read under way may have been too early
		return
	}
	t.startCatchUp()
}

func (t *topic) startCatchUp() {
	t.catching, t.again, t.held = true, false, nil
	t.mends, t.broken = t.mends || t.broken, false
	size := catchUpSize
	if t.at.Epoch == "" {
		size = 1 // the last message is all that a new topic needs
	}
	if err := t.reads.call(catchUpScript, []string{t.name}, catchUpArgs(draw(), t.at, size, t.keep), t.caughtUp); err != nil {
		t.retry(err)
	}
}

// caughtUp takes the stream's answer: first what was missed, then what was held.
func (t *topic) caughtUp(answer any, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var last hub.Position
	var missed []message
	if err == nil {
		last, missed, err = parseHistory(answer)
	}
	if err != nil {
		t.retry(err)
		return
	}
	mended := t.mends
	t.catching, t.mends, t.pause = false, false, 0
	if t.at.Epoch == "" {
		t.begin(last, missed)
	} else {
		if mended {
			t.counts.catchUps.Add(1)
		}
		t.resume(last, missed)
	}
	held := t.held
	t.held = nil
	if !t.catching && (t.again || t.at != last) {
		t.startCatchUp() // there is more than one answer holds, what was held included
	}
	if !t.catching {
		t.advance(held)
	}
}

// begin takes a new topic's place in its history, and the message before it.
func (t *topic) begin(last hub.Position, missed []message) {
	t.at = last
	if len(missed) > 0 {
		t.last = missed[0].payload
	}
	close(t.live)
	t.live = past
}

// resume delivers what was missed. missed begins with the message that the topic
// delivered last, if the stream still has it. Where the stream does not go on
// where the topic is, it first tells of the gap: another epoch, a stream that
// has been trimmed beyond it, one that ends before it, or one that has another
// message in its place. (Redis came back with older data, by a restart or a
// failover, and offsets were given out a second time.)
func (t *topic) resume(last hub.Position, missed []message) {
	same := true
	if len(missed) > 0 && missed[0].Position == t.at {
		same = t.last == nil || bytes.Equal(missed[0].payload, t.last)
		missed = missed[1:]
	}
	after := last
	if len(missed) > 0 {
		after = hub.Position{Epoch: missed[0].Epoch, Offset: missed[0].Offset - 1}
	}
	if after != t.at || !same {
		if t.at.Offset > 0 || after.Epoch == t.at.Epoch { // else nothing that anybody knows of
			t.counts.gaps.Add(1)
			slog.Warn("messages lost", "topic", t.name, "after", t.at.Offset, "next", after.Offset+1)
		}
		t.deliver(hub.Batch{After: after, Gap: true})
	}
	t.advance(missed)
}

// retry is for a catch-up that failed. Until it succeeds the topic is silent:
// late is better than out of order.
func (t *topic) retry(err error) {
	if t.ended {
		return
	}
	slog.Debug("catching up failed, trying again", "topic", t.name, "cause", sayable(err)) // the pipe or the session has told why
	t.pause = nextPause(t.pause)
	time.AfterFunc(t.pause/2+rand.N(t.pause/2), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if !t.ended {
			t.startCatchUp()
		}
	})
}

func nextPause(pause time.Duration) time.Duration {
	return min(max(2*pause, retryFirst), retryMost)
}
