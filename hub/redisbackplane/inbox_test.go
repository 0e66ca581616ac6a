package redisbackplane

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/redis/go-redis/v9"
)

// After a failover offsets are given out a second time, and only a read between what
// came from the old master and what comes from the new one can tell.
func TestWhatWasReceivedTogetherKeepsItsOrder(t *testing.T) {
	ours, former := &shard{}, &shard{}
	said := func(by *shard, message string) received {
		return received{by, &redis.Message{Channel: "room:general", Payload: message}}
	}
	confirmed := received{ours, &redis.Subscription{Kind: "subscribe", Channel: "room:general"}}
	for _, test := range []struct {
		name     string
		received []received
		stream   any // as it is by then
		want     string
	}{
		{
			"a confirmation before a message of another history",
			[]received{confirmed, said(ours, "1-11  2 11")},
			[]any{"1-11", []any{entry("1", 10, "payload", "another"), entry("1", 11, "payload", "11")}},
			"gap after 1-10 11",
		},
		{
			"a confirmation between two messages",
			[]received{said(ours, "1-11  2 11"), confirmed, said(ours, "1-12  2 12")},
			[]any{"1-12", []any{entry("1", 11, "payload", "another"), entry("1", 12, "payload", "12")}},
			"11 gap after 1-11 12",
		},
		{
			"what the former master says late",
			[]received{said(ours, "1-11  2 11"), said(former, "1-12  2 12")},
			[]any{"1-11", []any{entry("1", 11, "payload", "11")}},
			"11",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tp, got := caughtUpTopic(t)
				tp.shard = ours
				b := &Backplane{inbox: newInbox(), topics: map[string]*topic{tp.name: tp}}
				for _, r := range test.received {
					b.inbox.put(t.Context(), r)
				}
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				go b.dispatch(ctx)
				synctest.Wait()
				answer(t, tp, test.stream)
				if got := strings.Join(*got, " "); got != test.want {
					t.Errorf("delivered %q, want %q", got, test.want)
				}
			})
		})
	}
}

// A pong behind what this instance has not read yet is late, and not missing.
func TestAFullInboxIsKnownOfAfterwards(t *testing.T) {
	b := newInbox()
	before := b.fullTimes()
	for range inboxLimit - 1 {
		b.put(t.Context(), received{})
	}
	if now := b.fullTimes(); now != before {
		t.Error("full, with room for one more")
	}
	b.put(t.Context(), received{})
	now := b.fullTimes()
	if again := b.fullTimes(); now == before || again == now {
		t.Errorf("%d, %d, then %d: want more each time, as it is full", before, now, again)
	}
	before = b.fullTimes()
	if b.tryPut(received{}) {
		t.Fatal("there was room")
	}
	b.take(t.Context())
	if now := b.fullTimes(); now == before {
		t.Error("nobody knows that something had to wait")
	}
	before = b.fullTimes()
	if now := b.fullTimes(); now != before {
		t.Error("full, with nothing in it")
	}
}
