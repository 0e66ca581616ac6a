package dialect_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
	"secondserver/lab/load"

	"github.com/gorilla/websocket"
)

// A foreign server speaks JSON of its own, and has a fault, or none.
type foreign struct {
	fault string // loses, doubles, reorders, mixes, swallows acks

	mu      sync.Mutex
	members map[*websocket.Conn]string // the room of each
	said    int
	held    map[*websocket.Conn][]byte // by one that reorders
}

const itsDialect = `
connect  /chat?name={user}
join     {"do":"join","channel":"{room}"}
joined   {"did":"join","channel":"{room}"}
send     {"do":"say","channel":"{room}","body":"{text}","id":"{ref}"}
ack      {"did":"say","id":"{ref}"}
message  {"said":"{text}","channel":"{room}"}
`

func (f *foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has replied
	}
	defer func() {
		f.mu.Lock()
		delete(f.members, conn)
		f.mu.Unlock()
		conn.Close()
	}()
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			return
		}
		f.take(conn, frame)
	}
}

func (f *foreign) take(conn *websocket.Conn, frame []byte) {
	var m struct{ Do, Channel, Body, ID string }
	if json.Unmarshal(frame, &m) != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if m.Do == "join" {
		f.members[conn] = m.Channel
		f.write(conn, `{"did":"join","channel":%q,"since":5}`, m.Channel)
		return
	}
	f.said++
	if f.fault != "swallows acks" {
		f.write(conn, `{"did":"say","id":%q}`, m.ID)
	}
	third := f.said%3 == 0
	i := 0
	for other, room := range f.members {
		i++
		if room != m.Channel && !(f.fault == "mixes" && third) || f.fault == "loses" && third && i%2 == 0 && other != conn {
			continue
		}
		text := fmt.Sprintf(`{"said":%q,"channel":%q}`, m.Body, room)
		if f.fault == "reorders" && f.held[other] == nil && third && other != conn {
			f.held[other] = []byte(text)
			continue
		}
		f.write(other, "%s", text)
		if f.fault == "doubles" && third {
			f.write(other, "%s", text)
		}
		if held := f.held[other]; held != nil {
			f.write(other, "%s", held)
			f.held[other] = nil
		}
	}
}

func (f *foreign) write(conn *websocket.Conn, format string, args ...any) {
	_ = conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)) // who has gone needs none
}

func TestTheLedgerTellsAForeignServersFaults(t *testing.T) {
	tests := []struct {
		fault  string
		want   ledger.Verdict
		defect func(*ledger.Report) int
	}{
		{"", ledger.True, nil},
		{"loses", ledger.False, func(r *ledger.Report) int { return r.Lost }},
		{"doubles", ledger.False, func(r *ledger.Report) int { return r.Doubled }},
		{"reorders", ledger.False, func(r *ledger.Report) int { return r.Reordered }},
		{"mixes", ledger.False, func(r *ledger.Report) int { return r.WrongRoom }},
	}
	d, err := dialect.Parse(itsDialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			f := &foreign{fault: test.fault, members: map[*websocket.Conn]string{}, held: map[*websocket.Conn][]byte{}}
			s := httptest.NewServer(f)
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
			r := c.Judge()
			if r.Verdict != test.want || test.defect != nil && test.defect(r) == 0 {
				t.Errorf("got %s: %+v\n%v", r.Verdict, r, r.First)
			}
			if r.Acked != 48 {
				t.Errorf("got %d acknowledged, want 48", r.Acked)
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
