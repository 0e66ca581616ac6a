package dialect_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/dialect/dialecttest"
	"secondserver/lab/ledger"
	"secondserver/lab/load"

	"github.com/gorilla/websocket"
)

func TestTheLedgerTellsAForeignServersFaults(t *testing.T) {
	tests := []struct {
		fault  string
		want   ledger.Verdict
		defect func(*ledger.Report) int
	}{
		{dialecttest.None, ledger.True, nil},
		{dialecttest.Loses, ledger.False, func(r *ledger.Report) int { return r.Lost }},
		{dialecttest.Doubles, ledger.False, func(r *ledger.Report) int { return r.Doubled }},
		{dialecttest.Reorders, ledger.False, func(r *ledger.Report) int { return r.Reordered }},
		{dialecttest.Mixes, ledger.False, func(r *ledger.Report) int { return r.WrongRoom }},
		{dialecttest.Alters, ledger.False, func(r *ledger.Report) int { return r.Altered }},
		{dialecttest.Forges, ledger.False, func(r *ledger.Report) int { return r.Altered }},
		{dialecttest.Repeats, ledger.False, func(r *ledger.Report) int { return r.Doubled }},
		{dialecttest.Swallows, ledger.False, func(r *ledger.Report) int { return r.Lost }},
		{dialecttest.Refuses, ledger.True, func(r *ledger.Report) int { return r.Refused }},
	}
	d, err := dialect.Parse(dialecttest.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(dialecttest.New(test.fault))
			defer s.Close()
			c, err := load.Gather(t.Context(), load.Options{URLs: []string{s.URL}, Users: 8, Rooms: 2, Dialect: d})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.Talk(t.Context(), load.Pace{Window: 2, Count: 48}); err != nil {
				t.Fatal(err)
			}
			c.Settle(t.Context(), time.Second)
			if test.fault == dialecttest.Repeats {
				c.Listen(t.Context(), time.Second) // to what comes half a second later
			}
			r := c.Judge()
			if r.Verdict != test.want || test.defect != nil && test.defect(r) == 0 {
				t.Errorf("got %s: %+v\n%v", r.Verdict, r, r.First)
			}
			if r.Acked+r.Refused != 48 {
				t.Errorf("got %d acknowledged, %d refused, want 48 answers", r.Acked, r.Refused)
			}
		})
	}
}

// Without acks a message counts as taken once it was sent; plain text will do.
func TestADialectMayBePlainTextWithoutAcks(t *testing.T) {
	var mu sync.Mutex
	members := map[*websocket.Conn]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		mu.Lock()
		members[conn] = true
		mu.Unlock()
		defer func() {
			mu.Lock()
			delete(members, conn)
			mu.Unlock()
			conn.Close()
		}()
		for {
			_, text, err := conn.ReadMessage()
			if err != nil {
				return
			}
			mu.Lock()
			for m := range members {
				_ = m.WriteMessage(websocket.TextMessage, text)
			}
			mu.Unlock()
		}
	}))
	defer s.Close()
	d, err := dialect.Parse("connect /\nsend {user}: {text}\nmessage {user}: {text}\n")
	if err != nil {
		t.Fatal(err)
	}
	c, err := load.Gather(t.Context(), load.Options{URLs: []string{s.URL}, Users: 4, Dialect: d})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Talk(t.Context(), load.Pace{Window: 1, Count: 12}); err != nil {
		t.Fatal(err)
	}
	c.Settle(t.Context(), time.Second)
	if r := c.Judge(); r.Verdict != ledger.True || r.Due != 36 {
		t.Errorf("got %s of %d due, want true of 36: %v", r.Verdict, r.Due, r.First)
	}
}

// Answers may come in any order: their refs say whose they are.
func TestAnswersFindTheirMessages(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrader := websocket.Upgrader{}
		conn, err := upgrader.Upgrade(w, r, http.Header{"X-Server-Id": {"by-header"}})
		if err != nil {
			return
		}
		defer conn.Close()
		say := func(format string, args ...any) {
			_ = conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...))
		}
		var refs []string
		say(`{"hello":"by-frame"}`)
		for {
			var m struct{ Say, ID string }
			if conn.ReadJSON(&m) != nil {
				return
			}
			if refs = append(refs, m.ID); len(refs) == 2 {
				say(`{"took":%q,"at":7}`, refs[1])
				say(`{"refused":"no thanks","id":%q}`, refs[0])
			}
		}
	}))
	defer s.Close()
	const protocol = `
connect /
send    {"say":"{text}","id":"{ref}"}
ack     {"took":"{ref}","at":"{offset}"}
refused {"refused":"{text}","id":"{ref}"}
message {"said":"{text}"}
`
	for _, test := range []struct{ more, server string }{{"", "by-header"}, {`server {"hello":"{server}"}`, "by-frame"}} {
		d, err := dialect.Parse(protocol + test.more)
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.Dial(t.Context(), s.URL, "alice", func(dialect.Heard) {})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Join(t.Context(), "general", nil); err != nil {
			t.Fatal(err)
		}
		if c.Server() != test.server {
			t.Errorf("got server %q, want %q", c.Server(), test.server)
		}
		first, err1 := c.Send(t.Context(), "general", "", "one")
		second, err2 := c.Send(t.Context(), "general", "", "two")
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		_, err = first.Wait(t.Context())
		if no, ok := errors.AsType[*client.Error](err); !ok || no.Code != "no thanks" {
			t.Errorf("the first: got %v, want a refusal: no thanks", err)
		}
		if offset, err := second.Wait(t.Context()); err != nil || offset != 7 {
			t.Errorf("the second: got offset %d, %v, want 7", offset, err)
		}
	}
}
