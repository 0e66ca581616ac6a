package client_test

import (
	"context"
	"testing"
)

func TestCountIsWhatTheServerSaidLast(t *testing.T) {
	alice := dialJoined(t, serve(t, func(p *peer) {
		p.joins()
		p.says(nil, `{"type":"presence","room":"general","event":"join","user":"bob","count":3}`)
		p.says(nil, `{"type":"presence","room":"general","event":"leave","user":"bob","count":2}`)
		p.says(nil, `{"type":"presence","room":"general","event":"leave","user":"carol","count":1}`)
		p.says(p.heard(), `{"type":"joined","room":"general","count":1,"offset":7,"epoch":"e1","ref":"$"}`)
		p.untilGone()
	}))
	if err := alice.AwaitCount(within(t), "general", 1); err != nil {
		t.Error(err)
	}
	if got := alice.Count("general"); got != 1 {
		t.Errorf("got %d, want 1", got)
	}
	if in, err := alice.Join(within(t), "general"); err != nil || in.Count != 1 {
		t.Errorf("joined again: got %d, %v, want 1", in.Count, err)
	}
}

func TestAwaitCountEnds(t *testing.T) {
	url := serve(t, func(p *peer) { p.joins(); p.untilGone() })
	alice := dialJoined(t, url)
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	wantError(t, "with its context", alice.AwaitCount(ctx, "general", 10), context.Canceled)

	if err := alice.AwaitCount(within(t), "random", 1); err == nil {
		t.Error("a room that is not joined: got a count, want an error")
	}
	bob := dialJoined(t, serve(t, func(p *peer) { p.joins(); p.closes(1012, "service restart") }))
	wantClose(t, "with its connection", bob.AwaitCount(within(t), "general", 10), 1012, "service restart")
}
