package dialect_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

// A request is what these tests look at of a client's frame.
type request struct{ Type, Ref, Room, To, Text string }

// asked returns the next request, which is of no type when the client has gone.
func (p *peer) asked() (r request) {
	_ = json.Unmarshal([]byte(p.hears()), &r)
	return r
}

// answers says a frame with the ref of a request in the place of $.
func (p *peer) answers(r request, frame string) {
	p.says("%s", strings.ReplaceAll(frame, "$", r.Ref))
}

// A server of this project welcomes, lets alice join general, and plays on.
func labServer(t *testing.T, play func(*peer)) string {
	return serve(t, func(p *peer) {
		p.says(`{"type":"welcome","server_id":"server-1","user":"alice"}`)
		p.answers(p.asked(), `{"type":"joined","room":"general","count":2,"offset":7,"epoch":"e1","ref":"$"}`)
		play(p)
	})
}

func TestTheLabsServersCanDoEverything(t *testing.T) {
	want := dialect.Traits{Acks: true, Echoes: true, Rooms: true, Directs: true, Leaves: true, Senders: true, Refuses: true}
	for _, d := range []dialect.Dialect{dialect.Lab, dialect.Polling(false), dialect.Polling(true)} {
		if got := d.Traits(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestTheLabsMessagesSayWhoTheyAreFrom(t *testing.T) {
	url := labServer(t, func(p *peer) {
		p.says(`{"type":"message","room":"general","offset":8,"epoch":"e1","from":"bob","text":"hi","server_id":"server-2"}`)
		p.says(`{"type":"message","to":"alice","from":"charlie","text":"psst","server_id":"server-2"}`)
		p.says(`{"type":"message","room":"general","from":"bob","text":"no history","server_id":"server-2"}`)
		p.says(`{"type":"joined","room":"general","offset":12,"epoch":"e2","recovered":false}`)
		p.untilGone()
	})
	c, e := dial(t, dialect.Lab, url, "alice")
	join(t, c, "general")
	if c.Server() != "server-1" {
		t.Errorf("got server %q, want server-1", c.Server())
	}
	wantHeard(t, e.next(t), dialect.Heard{Room: "general", From: "bob", Text: "hi", Offset: 8})
	wantHeard(t, e.next(t), dialect.Heard{From: "charlie", Text: "psst", Offset: ledger.NoOffset})
	wantHeard(t, e.next(t), dialect.Heard{Room: "general", From: "bob", Text: "no history", Offset: ledger.NoOffset})
	if gap := e.next(t); gap.Gap == nil || *gap.Gap != (client.Position{Offset: 12, Epoch: "e2"}) || gap.Room != "general" || gap.At.IsZero() {
		t.Errorf("got %+v, want a gap that ends at e2-12, and when it was told", gap)
	}
}

func TestTheLabsAnswersHaveAnOffsetInARoomOnly(t *testing.T) {
	url := labServer(t, func(p *peer) {
		p.answers(p.asked(), `{"type":"ack","room":"general","offset":8,"epoch":"e1","ref":"$"}`)
		p.answers(p.asked(), `{"type":"ack","offset":8,"ref":"$"}`)
		p.answers(p.asked(), `{"type":"ack","room":"general","ref":"$"}`)
		p.answers(p.asked(), `{"type":"error","code":"user_offline","message":"bob is nowhere","ref":"$"}`)
		p.untilGone()
	})
	c, _ := dial(t, dialect.Lab, url, "alice")
	join(t, c, "general")
	for _, test := range []struct {
		name, room, user string
		want             uint64
	}{
		{"a room's", "general", "", 8},
		{"a direct one's", "", "bob", ledger.NoOffset},
		{"a room's without a history", "general", "", ledger.NoOffset},
	} {
		if offset, err := say(t, c, test.room, test.user, "hi"); err != nil || offset != test.want {
			t.Errorf("%s: got offset %d, %v, want %d", test.name, offset, err, test.want)
		}
	}
	_, err := say(t, c, "", "bob", "hi")
	if no, ok := errors.AsType[*client.Error](err); !ok || no.Code != "user_offline" {
		t.Errorf("got %v, want the refusal user_offline", err)
	}
}

func TestALabServerThatAnswersIsAlive(t *testing.T) {
	url := labServer(t, func(p *peer) {
		r := p.asked()
		if r.Type != "join" || r.Room != "general" {
			p.t.Errorf("got %+v, want another join of general", r)
		}
		p.answers(r, `{"type":"joined","room":"general","count":2,"offset":9,"epoch":"e1","ref":"$"}`)
		p.untilGone()
	})
	c, _ := dial(t, dialect.Lab, url, "alice")
	join(t, c, "general")
	if err := c.Alive(within(t)); err != nil {
		t.Errorf("got %v, want that it is alive", err)
	}
}

// One that keeps the connection and says nothing is dead only by the context.
func TestALabServerThatDoesNotAnswerIsNotAlive(t *testing.T) {
	silent := labServer(t, (*peer).untilGone)
	c, _ := dial(t, dialect.Lab, silent, "alice")
	join(t, c, "general")
	late := errors.New("no answer within 50ms")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, late)
	defer cancel()
	if err := c.Alive(ctx); !errors.Is(err, late) {
		t.Errorf("of a silent server: got %v, want %v", err, late)
	}

	gone := labServer(t, func(p *peer) { p.asked() })
	c, _ = dial(t, dialect.Lab, gone, "alice")
	join(t, c, "general")
	if err := c.Alive(within(t)); err == nil {
		t.Error("of a server that has gone: got no error")
	}
	select {
	case <-c.Done():
	case <-within(t).Done():
		t.Error("the connection to a server that has gone still lives")
	}
}

func TestTheLabsUsersLeave(t *testing.T) {
	url := labServer(t, func(p *peer) {
		r := p.asked()
		if r.Type != "leave" || r.Room != "general" {
			p.t.Errorf("got %+v, want a leave of general", r)
		}
		p.answers(r, `{"type":"left","room":"general","ref":"$"}`)
		p.untilGone()
	})
	c, _ := dial(t, dialect.Lab, url, "alice")
	join(t, c, "general")
	if err := c.Leave(within(t), "general"); err != nil {
		t.Errorf("got %v, want that the room is left", err)
	}
}
