package redisbackplane

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// Every queue has a bound. These tests fill each of them.

func TestAFullPipeRefusesAtOnce(t *testing.T) {
	p := newPipe(nil, 1, nil) // nobody empties it
	for n := range pipeLimit {
		if err := p.put(call{}); err != nil {
			t.Fatalf("call %d: %v", n, err)
		}
	}
	err := p.put(call{})
	if !errors.Is(err, hub.ErrUnavailable) || !errors.Is(err, errPipeFull) {
		t.Errorf("call %d: %v, want %v", pipeLimit, err, errPipeFull)
	}
}

func TestAClosedPipeAnswersWhatWaits(t *testing.T) {
	p := newPipe(nil, 1, nil)
	answers := make(chan error, 1)
	done := func(_ any, err error) { answers <- err }
	if err := p.call(publishScript, []string{"room:general"}, nil, done); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	<-p.wake // so that run sees only the end
	p.run(ctx)
	if err := <-answers; !errors.Is(err, hub.ErrUnavailable) {
		t.Errorf("answer: %v, want %v", err, hub.ErrUnavailable)
	}
	if err := p.call(publishScript, []string{"room:general"}, nil, done); !errors.Is(err, hub.ErrUnavailable) {
		t.Errorf("a call of a closed pipe: %v, want %v", err, hub.ErrUnavailable)
	}
}

func TestAFullInboxMakesTheReceiverWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInbox()
		put := 0
		go func() {
			for range inboxLimit + 10 {
				b.put(t.Context(), received{})
				put++
			}
		}()
		synctest.Wait()
		if put != inboxLimit {
			t.Errorf("%d were put without waiting, want %d", put, inboxLimit)
		}
		if got := len(b.take(t.Context())); got != inboxLimit {
			t.Errorf("took %d, want all %d", got, inboxLimit)
		}
		synctest.Wait()
		if got := len(b.take(t.Context())); got != 10 {
			t.Errorf("then took %d, want the other 10", got)
		}
	})
}

// What no Redis owns has no session, which would take notice of what is wanted.
func TestNowhereRemembersNothing(t *testing.T) {
	ownerless := layout{owner: func(string) string { return "" }}
	b := &Backplane{heart: newHeart(), nowhere: newNowhere(), layout: ownerless, topics: make(map[string]*topic)}
	for n := range 100 {
		b.exit(b.enter(fmt.Sprint("room:", n)))
	}
	if got := len(b.nowhere.marked); got > 0 {
		t.Errorf("%d names are kept of topics that nobody uses", got)
	}
}

// caughtUpTopic is a live topic at 1-10 whose catch-ups the test answers.
func caughtUpTopic(t *testing.T) (*topic, *[]string) {
	tp := newTopic("room:general", newPipe(nil, 1, nil), hub.Retention{}.OrDefault(), new(counters))
	tp.catchUp()
	answer(t, tp, history("1", 10, 10))
	<-tp.lives()
	var got []string
	tp.add(&subscriber{func(b hub.Batch) {
		if b.Gap {
			got = append(got, fmt.Sprintf("gap after %s-%d", b.After.Epoch, b.After.Offset))
		}
		for _, payload := range b.Payloads {
			got = append(got, string(payload))
		}
	}})
	return tp, &got
}

// answer answers the one catch-up that must be under way.
func answer(t *testing.T, tp *topic, history any) {
	t.Helper()
	calls := tp.reads.waiting
	if len(calls) != 1 {
		t.Fatalf("%d catch-ups are under way, want 1", len(calls))
	}
	tp.reads.waiting = nil
	calls[0].done(history, nil)
}

func live(from, to uint64) []message {
	var messages []message
	for n := from; n <= to; n++ {
		messages = append(messages, message{hub.Position{Epoch: "1", Offset: n}, fmt.Append(nil, n)})
	}
	return messages
}

// history is an answer with the entries from … to, the last of the stream.
func history(epoch string, from, to uint64) any { return page(epoch, from, to, to) }

// page is one that ends before the stream does.
func page(epoch string, from, to, last uint64) any {
	entries := []any{}
	for n := from; n <= to; n++ {
		entries = append(entries, entry(epoch, n, "payload", fmt.Sprint(n)))
	}
	return []any{fmt.Sprintf("%s-%d", epoch, last), entries}
}

func entry(epoch string, offset uint64, fields ...any) any {
	return []any{fmt.Sprintf("%s-%d", epoch, offset), fields}
}

func TestATopicDeliversEachMessageOnceInOrder(t *testing.T) {
	tests := []struct {
		name string
		do   func(*testing.T, *topic)
		want string
	}{
		{"the next ones", func(t *testing.T, tp *topic) { tp.receive(live(11, 13)) }, "11 12 13"},
		{"doubles", func(t *testing.T, tp *topic) { tp.receive(live(9, 11)); tp.receive(live(11, 12)) }, "11 12"},
		{"a hole is read from the stream", func(t *testing.T, tp *topic) {
			tp.receive(live(13, 14))
			answer(t, tp, history("1", 11, 14))
		}, "11 12 13 14"},
		{"what comes meanwhile waits", func(t *testing.T, tp *topic) {
			tp.catchUp()
			tp.receive(live(13, 15))
			answer(t, tp, history("1", 11, 13))
		}, "11 12 13 14 15"},
		{"more than one answer holds", func(t *testing.T, tp *topic) {
			tp.receive(live(15, 15))
			answer(t, tp, page("1", 10, 12, 15))
			answer(t, tp, history("1", 12, 15))
			tp.receive(live(16, 16))
		}, "11 12 13 14 15 16"},
		{"a message that never was is looked for once", func(t *testing.T, tp *topic) {
			tp.receive([]message{{hub.Position{Epoch: "9", Offset: 1}, nil}})
			answer(t, tp, history("1", 10, 10))
		}, ""},
		{"one that never was, amid a catch-up, likewise", func(t *testing.T, tp *topic) {
			tp.catchUp()
			tp.receive([]message{{hub.Position{Epoch: "9", Offset: 1}, nil}})
			answer(t, tp, history("1", 10, 10))
			answer(t, tp, history("1", 10, 10))
		}, ""},
		{"a confirmation during a catch-up asks for another", func(t *testing.T, tp *topic) {
			tp.catchUp()
			tp.catchUp()
			answer(t, tp, history("1", 11, 11))
			answer(t, tp, history("1", 12, 13))
		}, "11 12 13"},
		{"too many that wait are read again", func(t *testing.T, tp *topic) {
			tp.catchUp()
			tp.receive(live(13, 13+heldLimit))
			answer(t, tp, history("1", 10, 12))
			answer(t, tp, history("1", 12, 13+heldLimit))
		}, texts(11, 13+heldLimit)},
		{"another history", func(t *testing.T, tp *topic) {
			tp.catchUp()
			answer(t, tp, history("2", 1, 2))
		}, "gap after 2-0 1 2"},
		{"another history without messages", func(t *testing.T, tp *topic) {
			tp.catchUp()
			answer(t, tp, []any{"2-0", []any{}})
		}, "gap after 2-0"},
		{"a history that was trimmed", func(t *testing.T, tp *topic) {
			tp.catchUp()
			answer(t, tp, history("1", 15, 16))
		}, "gap after 1-14 15 16"},
		{"a history that lost its end", func(t *testing.T, tp *topic) {
			tp.catchUp()
			answer(t, tp, []any{"1-7", []any{}})
		}, "gap after 1-7"},
		{"offsets that were given out a second time", func(t *testing.T, tp *topic) {
			tp.catchUp()
			answer(t, tp, []any{"1-11", []any{entry("1", 10, "payload", "another"), entry("1", 11, "payload", "11")}})
			tp.catchUp() // and the next time it is the known one
			answer(t, tp, history("1", 11, 12))
		}, "gap after 1-10 11 12"},
		{"what others have put there", func(t *testing.T, tp *topic) {
			tp.catchUp()
			foreign := []any{entry("1", 11, "payload", "11"), entry("1", 12, "a", "1", "b", "2"), entry("1", 13, "payload", "13")}
			answer(t, tp, []any{"1-13", foreign})
			answer(t, tp, []any{"1-13", foreign})
		}, "11 gap after 1-12 13"},
		{"what others have put at the end", func(t *testing.T, tp *topic) {
			tp.catchUp()
			answer(t, tp, []any{"1-11", []any{entry("1", 11, "x", "y")}})
			tp.receive(live(12, 12))
		}, "gap after 1-11 12"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tp, got := caughtUpTopic(t)
			test.do(t, tp)
			if got := len(tp.reads.waiting); got != 0 {
				t.Errorf("%d catch-ups are under way at the end, want none", got)
			}
			if got := strings.Join(*got, " "); got != test.want {
				t.Errorf("delivered %q, want %q", got, test.want)
			}
		})
	}
}

func texts(from, to int) string {
	var s []string
	for n := from; n <= to; n++ {
		s = append(s, fmt.Sprint(n))
	}
	return strings.Join(s, " ")
}

// The bound on what is held back is a bound, and what is held are the newest.
func TestATopicHoldsAtMostItsLimit(t *testing.T) {
	tp, _ := caughtUpTopic(t)
	tp.catchUp()
	for n := uint64(20); n < 10*heldLimit; n++ {
		tp.receive(live(n, n))
		if len(tp.held) > heldLimit || tp.held[len(tp.held)-1].Offset != n {
			t.Fatalf("after message %d it holds %d messages, want at most %d and the newest", n, len(tp.held), heldLimit)
		}
	}
	tp.receive(live(1, 3*heldLimit))
	if got := len(tp.held); got != heldLimit {
		t.Errorf("of many at once it holds %d messages, want %d", got, heldLimit)
	}
}

func TestACatchUpThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tp, got := caughtUpTopic(t)
		tp.catchUp()
		asked := len(tp.reads.waiting)
		tp.caughtUp(nil, redis.ErrClosed)
		tp.catchUp() // a confirmation, while it waits
		tp.receive(live(11, 11))
		<-time.After(retryFirst)
		synctest.Wait()
		tp.mu.Lock()
		defer tp.mu.Unlock()
		if again := len(tp.reads.waiting) - asked; again != 1 {
			t.Errorf("asked %d times again, want once", again)
		}
		if len(*got) != 0 {
			t.Errorf("delivered %q before it had caught up", *got)
		}
	})
}

// A stream that is looked at does not expire: four looks within its time.
func TestEveryTopicLooksAtItsStreamNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tp, _ := caughtUpTopic(t)
		b := &Backplane{keep: hub.Retention{}.OrDefault(), topics: map[string]*topic{tp.name: tp}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go b.renew(ctx)
		for range 4 {
			<-time.After(time.Hour / 4)
			synctest.Wait()
			answer(t, tp, history("1", 10, 10))
		}
		if got := tp.counts.catchUps.Load(); got != 0 {
			t.Errorf("%d of the looks count as catch-ups, want 0: nothing was broken", got)
		}
	})
}

func TestForeignPayloadsAreNoMessages(t *testing.T) {
	for _, s := range []string{
		"", " ", "hello", "-", "1-", "1- 1 x", "1-x  1 y", "1--1  1 x", "1-18446744073709551616  1 x",
		"1-1", "1-1 ", "1-1  ", "1-1  x", "1-1  2 x", "1-1  1 xy", "1-1  1, x", "1-1  -1 x", "1-1  1,1 x", "1-1  18446744073709551615,2 x",
		"1-18446744073709551615  1,1 xy",
	} {
		if messages, _, err := parseMessages(s); err == nil {
			t.Errorf("parseMessages(%q) = %v, want an error", s, messages)
		}
	}
	messages, via, err := parseMessages("12-34 host:1 3,0,2 a bcd")
	want := []message{{hub.Position{Epoch: "12", Offset: 34}, []byte("a b")}, {hub.Position{Epoch: "12", Offset: 35}, []byte{}}, {hub.Position{Epoch: "12", Offset: 36}, []byte("cd")}}
	if err != nil || via != "host:1" || !reflect.DeepEqual(messages, want) {
		t.Errorf("parseMessages = %v, %q, %v, want %v", messages, via, err, want)
	}
}
