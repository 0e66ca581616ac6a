package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"secondserver/hub"
)

func TestWhatPubsubLosesItHasAcknowledged(t *testing.T) {
	onEachOf(t, []string{"pubsub", "one-channel", "counter"}, func(t *testing.T, r testRedis, name string) {
		one, two := r.join(t, name, "one"), r.join(t, name, "two")
		bob := listen(t, two, general)
		fence(t, one, general, "before")
		bob.until(t, "before")
		r.stop()
		if _, err := say(t, one, general, "meanwhile"); err != nil {
			t.Errorf("while Redis is away: got error %v, want an ack", err)
		}
		isLost(t, one)
		r.start()
		isHeardAgain(t, one, general, bob)
		if bob.count("meanwhile") != 0 {
			t.Error("what was said while Redis was away was heard, want it lost")
		}
	})
}

func TestABusThatKeepsEventsTellsTheSenderOfAnOutageAndComesBack(t *testing.T) {
	onEachOf(t, []string{"polled", "group-each"}, func(t *testing.T, r testRedis, name string) {
		one, two := r.join(t, name, "one"), r.join(t, name, "two")
		bob := listen(t, two, general)
		fence(t, one, general, "before")
		bob.until(t, "before")
		r.stop()
		if _, err := say(t, one, general, "meanwhile"); !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("while Redis is away: got error %v, want one that wraps ErrUnavailable", err)
		}
		r.start()
		isHeardAgain(t, one, general, bob)
	})
}

// isLost waits until what was acknowledged has failed: else it may still be sent to
// a Redis that comes back soon.
func isLost(t *testing.T, p plane) {
	t.Helper()
	var o *outage
	switch p := p.(type) {
	case forgetful:
		o = p.outage
	case localFirst:
		o = p.outage
	case *counter:
		o = p.outage
	}
	eventually(t, "failed to publish", func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return o.on
	})
}

// isHeardAgain says something until it is heard.
func isHeardAgain(t *testing.T, p plane, to hub.Destination, e *ear) {
	t.Helper()
	n := 0
	eventually(t, "heard again", func() bool {
		n++
		text := fmt.Sprint("again ", n)
		if _, err := say(t, p, to, text); err != nil {
			return false // Redis is not back yet, for this one
		}
		texts, _ := e.heard()
		return strings.HasPrefix(texts[len(texts)-1], "again ")
	})
}

func TestWhoCannotSubscribeLeavesNothingBehind(t *testing.T) {
	onEachRedis(t, func(t *testing.T, r testRedis) {
		p := r.join(t, "pubsub", "one").(forgetful)
		r.stop()
		ctx, stop := context.WithCancel(t.Context())
		stop()
		_, _, err := p.Subscribe(ctx, general, func(hub.Batch) {})
		if !errors.Is(err, hub.ErrUnavailable) {
			t.Errorf("got error %v, want one that wraps ErrUnavailable", err)
		}
		if topics, channels := len(p.topics), len(p.bus.(*pubsub).listening); topics != 0 || channels != 0 {
			t.Errorf("%d topics and %d channels are left, want none", topics, channels)
		}
	})
}

func TestAnOutageIsToldOnce(t *testing.T) {
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&lines, nil)))
	defer slog.SetDefault(before)

	o := outage{what: "publish"}
	o.tell(nil)
	for range 3 {
		o.tell(errors.New("no route"))
	}
	o.tell(nil)
	o.tell(nil)
	o.tell(errors.New("no route"))
	got := strings.Count(lines.String(), "\n")
	if again := strings.Count(lines.String(), "can publish again"); got != 3 || again != 1 {
		t.Errorf("got %d lines, want 3: that it cannot, that it can again, that it cannot:\n%s", got, &lines)
	}
}
