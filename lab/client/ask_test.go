package client_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"secondserver/lab/client"
)

func TestEachAnswerReachesItsQuestion(t *testing.T) {
	alice := dial(t, serve(t, func(p *peer) {
		first, second, third := p.heard(), p.heard(), p.heard()
		p.says(third, `{"type":"ack","ref":"$","offset":3,"epoch":"e1"}`)
		p.says(second, `{"type":"error","ref":"$","code":"unavailable","message":"no Redis"}`)
		p.says(first, `{"type":"ack","ref":"$","offset":1,"epoch":"e1"}`)
		p.untilGone()
	}))
	ctx := within(t)
	var sent [3]client.Sent
	for i := range sent {
		var err error
		if sent[i], err = alice.Send(ctx, "general", "hello"); err != nil {
			t.Fatal(err)
		}
	}
	for _, i := range []int{0, 2} {
		at, err := sent[i].Wait(ctx)
		if want := (client.Position{Offset: uint64(i + 1), Epoch: "e1"}); err != nil || at != want {
			t.Errorf("message %d: got %v, %v, want %v", i+1, at, err, want)
		}
	}
	_, err := sent[1].Wait(ctx)
	wantCode(t, "message 2", err, "unavailable")
}

func TestSendWaitsWhileTheWindowIsFull(t *testing.T) {
	full := make(chan struct{})
	alice := dial(t, serve(t, func(p *peer) {
		first := p.heard()
		<-full
		p.says(first, `{"type":"ack","ref":"$","offset":1,"epoch":"e1"}`)
		p.untilGone()
	}))
	ctx := within(t)
	first, err := alice.Send(ctx, "general", "1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range client.Window - 1 {
		if _, err := alice.Send(ctx, "general", "more"); err != nil {
			t.Fatalf("message %d: got error %v, want a place in the window", i+2, err)
		}
	}
	hurry, cancel := context.WithCancel(ctx)
	cancel()
	_, err = alice.Send(hurry, "general", "too much")
	wantError(t, "with a full window", err, context.Canceled)

	close(full)
	if _, err := first.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.Send(ctx, "general", "again"); err != nil {
		t.Errorf("after an answer: got error %v, want a place in the window", err)
	}
}

// The server's limit counts bytes of the frame: escaping must not blow it up.
func TestTheLongestTextFitsAFrame(t *testing.T) {
	length := make(chan int, 1)
	alice := dial(t, serve(t, func(p *peer) {
		_, frame, err := p.ReadMessage()
		if err != nil {
			return
		}
		length <- len(frame)
		p.untilGone()
	}))
	if _, err := alice.Send(within(t), "general", strings.Repeat("<", 4096)); err != nil {
		t.Fatal(err)
	}
	if got := <-length; got > 8<<10 {
		t.Errorf("got a frame of %d bytes, want at most %d", got, 8<<10)
	}
}

func TestTheEndOfTheConnectionAnswersEveryQuestion(t *testing.T) {
	alice := dial(t, serve(t, func(p *peer) {
		p.heard()
		p.closes(1012, "service restart")
	}))
	ctx := within(t)
	_, err := alice.Say(ctx, "general", "hello")
	wantClose(t, "a question under way", err, 1012, "service restart")
	_, err = alice.Say(ctx, "general", "anyone?")
	wantClose(t, "a question afterwards", err, 1012, "service restart")
	wantClose(t, "the cause", alice.Err(), 1012, "service restart")
}

func TestAClientMayBeUsedByManyGoroutines(t *testing.T) {
	const senders, messages = 8, 50
	alice := dial(t, serve(t, func(p *peer) {
		p.joins()
		for offset := 8; ; offset++ {
			r := p.heard()
			if r == nil {
				return
			}
			p.says(r, fmt.Sprintf(`{"type":"ack","ref":"$","offset":%d,"epoch":"e1"}`, offset))
			p.says(nil, fmt.Sprintf(`{"type":"message","room":"general","offset":%d,"text":%q}`, offset, r.Text))
		}
	}))
	ctx := within(t)
	if _, err := alice.Join(ctx, "general"); err != nil {
		t.Fatal(err)
	}
	var sending sync.WaitGroup
	defer sending.Wait()
	for sender := range senders {
		sending.Go(func() {
			for i := range messages {
				if _, err := alice.Say(ctx, "general", fmt.Sprint(sender, " says ", i)); err != nil {
					t.Errorf("sender %d: %v", sender, err)
					return
				}
			}
		})
	}
	for want := uint64(8); want < 8+senders*messages; want++ {
		m, err := alice.Next(ctx, "general")
		if err != nil || m.Offset != want {
			t.Fatalf("got offset %d, %v, want %d", m.Offset, err, want)
		}
	}
}
