package story_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// A chat is as much of a stack as a story needs, in one place: connections go to
// its servers in turn, and it can be told to misbehave.
type chat struct {
	servers int  // how many it pretends to be
	crosses bool // what is said on one is heard on all

	// deliver, if set, decides for each listener that should hear a message. It
	// may end the connection, or deliver something older first.
	deliver func(to *peer, from *peer) bool
	refuse  string // the error code of every message

	mu      sync.Mutex
	peers   map[*peer]bool
	arrived int
	offset  int
}

type peer struct {
	user, server string
	conn         *websocket.Conn
}

func (c *chat) start(t *testing.T) (url string) {
	t.Helper()
	c.peers = make(map[*peer]bool)
	s := httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(s.Close)
	return s.URL
}

func (c *chat) serve(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return // it has replied
	}
	defer conn.Close()
	c.mu.Lock()
	p := &peer{r.FormValue("user"), fmt.Sprintf("server-%d", c.arrived%c.servers+1), conn}
	c.arrived++
	p.send("welcome", map[string]any{"user": p.user, "server_id": p.server})
	c.mu.Unlock()
	for {
		var request struct{ Type, Room, Ref, Text string }
		if conn.ReadJSON(&request) != nil {
			break
		}
		c.mu.Lock()
		switch {
		case request.Type == "join":
			c.peers[p] = true
			p.send("joined", map[string]any{"room": request.Room, "ref": request.Ref, "epoch": "e"})
		case c.refuse != "":
			p.send("error", map[string]any{"ref": request.Ref, "code": c.refuse, "message": "told to"})
		default:
			c.offset++
			for to := range c.peers {
				if (c.crosses || to.server == p.server) && (c.deliver == nil || c.deliver(to, p)) {
					to.hears(p.user, p.server, request.Text)
				}
			}
			p.send("ack", map[string]any{"ref": request.Ref, "offset": c.offset, "epoch": "e"})
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	delete(c.peers, p)
	c.mu.Unlock()
}

func (p *peer) hears(user, server, text string) {
	p.send("message", map[string]any{"room": "general", "from": user, "server_id": server, "text": text})
}

func (p *peer) send(kind string, frame map[string]any) {
	frame["type"] = kind
	_ = p.conn.WriteJSON(frame) // who has gone hears nothing
}
