package client_test

import (
	"testing"

	"secondserver/lab/client"
)

func TestTellReachesAUserAndIsTakenFromDirect(t *testing.T) {
	alice := dial(t, serve(t, func(p *peer) {
		r := p.heard()
		if r.Type != "message" || r.To != "alice" || r.Room != "" {
			t.Errorf("the server got %+v, want a message to alice", r)
		}
		p.says(nil, `{"type":"message","to":"alice","from":"alice","text":"note","server_id":"server-2"}`)
		p.says(r, `{"type":"ack","ref":"$","to":"alice"}`)
		p.untilGone()
	}))
	if err := alice.Tell(within(t), "alice", "note"); err != nil {
		t.Error(err)
	}
	m, err := alice.Next(within(t), client.Direct)
	if err != nil || m.From != "alice" || m.Text != "note" || m.Server != "server-2" {
		t.Errorf("got %+v, %v, want the note", m, err)
	}
}

func TestTellSaysThatAUserIsNowhere(t *testing.T) {
	alice := dial(t, serve(t, func(p *peer) {
		p.says(p.heard(), `{"type":"error","ref":"$","code":"user_offline","message":"no such user"}`)
		p.untilGone()
	}))
	wantCode(t, "tell bob", alice.Tell(within(t), "bob", "psst"), "user_offline")
}

func TestAnnouncementsAreTakenFromEveryone(t *testing.T) {
	alice := dial(t, serve(t, func(p *peer) {
		p.says(nil, `{"type":"announcement","text":"lunch","server_id":"server-2"}`)
		p.untilGone()
	}))
	m, err := alice.Next(within(t), client.Everyone)
	if err != nil || m.Text != "lunch" || m.Server != "server-2" {
		t.Errorf("got %+v, %v, want lunch", m, err)
	}
}

func TestResendHasTheFirstRefAndAnyOtherMessageANewOne(t *testing.T) {
	refs := make(chan string, 10)
	url := serve(t, func(p *peer) {
		for r := p.heard(); r != nil; r = p.heard() {
			refs <- r.Ref
			if r.Text == "answered" {
				p.says(r, `{"type":"ack","ref":"$","room":"general","offset":8,"epoch":"e1"}`)
			}
		}
	})
	first, second := dial(t, url), dial(t, url) // both are alice
	lost, err := first.Send(within(t), "general", "answered")
	if err != nil {
		t.Fatal(err)
	}
	lostRef := <-refs
	again, err := second.Resend(within(t), lost)
	if err != nil {
		t.Fatal(err)
	}
	if at, err := again.Wait(within(t)); err != nil || at.Offset != 8 {
		t.Errorf("got offset %d, %v, want 8", at.Offset, err)
	}
	if got := <-refs; got != lostRef {
		t.Errorf("got ref %s, want %s as before", got, lostRef)
	}
	if _, err := second.Say(within(t), "general", "answered"); err != nil {
		t.Fatal(err)
	}
	if got := <-refs; got == lostRef {
		t.Errorf("got ref %s again, want another: it is another message", got)
	}
}

// Two questions cannot have the same answer.
func TestAMessageIsNotSentAgainWhileItIsUnderWay(t *testing.T) {
	alice := dial(t, serve(t, (*peer).untilGone))
	sent, err := alice.Send(within(t), "general", "hello")
	if err != nil {
		t.Fatal(err)
	}
	for range client.Window { // and no place in the window is lost by it
		if _, err := alice.Resend(within(t), sent); err == nil {
			t.Fatal("it was sent again, want an error")
		}
	}
	if _, err := alice.Send(within(t), "general", "more"); err != nil {
		t.Error(err)
	}
}
