package dialect_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

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
