package dialect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

const needed = "connect /\nsend {text}\nmessage {text}\n"

func TestHelloIsSentFirst(t *testing.T) {
	done := make(chan struct{})
	url := serve(t, func(p *peer) {
		defer close(done)
		p.wants(`{"token":"alice"}`)
		p.wants(`{"do":"join","channel":"r1"}`)
		p.says(`{"did":"join","channel":"r1"}`)
		p.wants("hi")
	})
	c, _ := dial(t, parse(t, needed+`
hello  {"token":"{user}"}
join   {"do":"join","channel":"{room}"}
joined {"did":"join","channel":"{room}"}
`), url, "alice")
	join(t, c, "r1")
	if _, err := say(t, c, "r1", "", "hi"); err != nil {
		t.Fatal(err)
	}
	<-done
}

func TestAMessageSaysWhoItIsFromAndWhere(t *testing.T) {
	tests := []struct {
		name, message, frame string
		want                 dialect.Heard
	}{
		{"it says all", `{"said":"{text}","in":"{room}","by":"{user}","at":"{offset}"}`, `{"said":"hi","in":"r2","by":"bob","at":3}`,
			dialect.Heard{Room: "r2", From: "bob", Text: "hi", Offset: 3}},
		{"it says nothing", `{"said":"{text}"}`, `{"said":"hi","by":"bob"}`,
			dialect.Heard{Room: "r1", Text: "hi", Offset: ledger.NoOffset}},
		{"it is a text", `{user}: {text}`, `bob: hi`,
			dialect.Heard{Room: "r1", From: "bob", Text: "hi", Offset: ledger.NoOffset}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // each waits for a join that nobody confirms
			url := serve(t, func(p *peer) {
				p.says("%s", test.frame) // at once: connecting is joining
				p.untilGone()
			})
			c, e := dial(t, parse(t, "connect /\nsend {text}\nmessage "+test.message), url, "alice")
			join(t, c, "r1")
			wantHeard(t, e.next(t), test.want)
		})
	}
}

func TestWhatIsToldToOneUserIsInNoRoom(t *testing.T) {
	url := serve(t, func(p *peer) {
		p.wants(`{"to":"bob","body":"psst"}`)
		p.says(`{"told":"psst","by":"alice","at":7}`)
		p.untilGone()
	})
	c, e := dial(t, parse(t, `
connect /
send {"say":"{text}"}
message {"said":"{text}"}
tell {"to":"{to}","body":"{text}"}
told {"told":"{text}","by":"{user}","at":"{offset}"}
`), url, "alice")
	join(t, c, "r1")
	if offset, err := say(t, c, "", "bob", "psst"); err != nil || offset != ledger.NoOffset {
		t.Errorf("got offset %d, %v, want none", offset, err)
	}
	wantHeard(t, e.next(t), dialect.Heard{From: "alice", Text: "psst", Offset: ledger.NoOffset})
}

func TestARefusalIsAnErrorOfTheServer(t *testing.T) {
	url := serve(t, func(p *peer) {
		for p.hears() != "" {
			p.says(`{"error":"not you"}`)
		}
	})
	c, _ := dial(t, parse(t, `
connect /
send    {"say":"{text}"}
ack     {"took":"{text}"}
refused {"error":"{text}"}
message {"said":"{text}"}
tell    {"tell":"{text}","to":"{to}"}
told    {"told":"{text}"}
`), url, "alice")
	join(t, c, "r1")
	for _, test := range []struct{ room, user, want string }{
		{"r1", "", "alice: say in r1 at " + url + ": not you"},
		{"", "bob", "alice: tell bob at " + url + ": not you"},
	} {
		_, err := say(t, c, test.room, test.user, "hi")
		if no, ok := errors.AsType[*client.Error](err); !ok || no.Code != "not you" || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("got %v, want the refusal %s", err, test.want)
		}
	}
}

func TestLeavingWaitsForItsConfirmation(t *testing.T) {
	asked := make(chan string, 1)
	confirm := make(chan struct{})
	url := serve(t, func(p *peer) {
		asked <- p.hears()
		p.says(`{"did":"leave","channel":"r2"}`) // of another room
		<-confirm
		p.says(`{"did":"leave","channel":"r1"}`)
		p.untilGone()
	})
	c, _ := dial(t, parse(t, `
connect /
send    {"say":"{text}"}
message {"said":"{text}"}
leave   {"do":"leave","channel":"{room}"}
left    {"did":"leave","channel":"{room}"}
`), url, "alice")
	join(t, c, "r1")
	left := make(chan error, 1)
	go func() { left <- c.Leave(within(t), "r1") }()
	if got, want := <-asked, `{"do":"leave","channel":"r1"}`; got != want {
		t.Errorf("got frame %s, want %s", got, want)
	}
	select {
	case err := <-left:
		t.Fatalf("got %v before a confirmation", err)
	case <-time.After(400 * time.Millisecond): // longer than one waits where nobody confirms
	}
	close(confirm)
	if err := <-left; err != nil {
		t.Errorf("got %v after the confirmation", err)
	}
}

func TestWhereNobodyCanLeaveNobodyIsAsked(t *testing.T) {
	url := serve(t, (*peer).untilGone)
	c, _ := dial(t, parse(t, needed), url, "alice")
	join(t, c, "r1")
	if err := c.Leave(within(t), "r1"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want that it is unsupported", err)
	}
}

func TestErrorsOfAForeignConnectionNameUserAndURL(t *testing.T) {
	silent := serve(t, (*peer).untilGone)
	no := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer no.Close()
	tests := []struct{ url, want string }{
		{"localhost:8080", "connect alice to localhost:8080: it begins with neither http:// nor https://"},
		{"http://a b", "connect alice to http://a b: parse "},
		{"http://127.0.0.1:1", "connect alice to http://127.0.0.1:1: dial tcp"},
		{no.URL, fmt.Sprintf("connect alice to %s: HTTP 403", no.URL)},
		{silent, fmt.Sprintf("alice: join r1 at %s: no joined: not here within 100ms", silent)},
	}
	d := parse(t, needed+"join +{room}\njoined ok {room}\n")
	for _, test := range tests {
		err := func() error {
			ctx, cancel := context.WithTimeoutCause(t.Context(), 100*time.Millisecond, errors.New("not here within 100ms"))
			defer cancel()
			c, err := d.Dial(ctx, test.url, "alice", func(dialect.Heard) {})
			if err != nil {
				return err
			}
			defer c.Close()
			_, err = c.Join(ctx, "r1", nil)
			return err
		}()
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.url, err, test.want)
		}
	}
}

// A frame that is several patterns at once is the longest: it says more.
func TestAFrameIsTakenForTheLongestPattern(t *testing.T) {
	url := serve(t, func(p *peer) {
		p.says(`{"said":"psst","by":"bob","private":true}`)
		p.says(`{"said":"hi","by":"bob"}`)
		p.untilGone()
	})
	c, e := dial(t, parse(t, `
connect /
send {"say":"{text}"}
message {"said":"{text}","by":"{user}"}
tell {"say":"{text}","to":"{to}"}
told {"said":"{text}","by":"{user}","private":true}
`), url, "alice")
	join(t, c, "r1")
	wantHeard(t, e.next(t), dialect.Heard{From: "bob", Text: "psst", Offset: ledger.NoOffset})
	wantHeard(t, e.next(t), dialect.Heard{Room: "r1", From: "bob", Text: "hi", Offset: ledger.NoOffset})
}

// A server may answer and go: what it has said last is no less an answer.
func TestAnAnswerBeforeTheEndIsOne(t *testing.T) {
	url := serve(t, func(p *peer) {
		p.wants("join r1")
		p.says("joined r1")
		p.hears()
		p.says("took it")
	})
	d := parse(t, "connect /\njoin join {room}\njoined joined {room}\nsend {text}\nack took it\nmessage said {text}\n")
	for range 10 { // either could be looked at first
		c, _ := dial(t, d, url, "alice")
		join(t, c, "r1")
		sent, err := c.Send(within(t), "r1", "", "hi")
		if err != nil {
			t.Fatal(err)
		}
		<-c.Done()
		c.Close() // and nothing more is read
		if _, err := sent.Wait(within(t)); err != nil {
			t.Fatalf("got %v, want the answer", err)
		}
	}
}
