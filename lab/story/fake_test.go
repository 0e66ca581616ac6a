package story_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// A chat is as much of a stack as the stories need, in one place: requests go to
// its servers in turn, and it can be told to misbehave.
type chat struct {
	servers int  // how many it pretends to be
	crosses bool // what one server knows, all of them know
	sticky  bool // every request goes to server-1
	matches bool // a session's requests go to the server that made it
	flaw    flaw

	// deliver, if set, decides for each listener that should hear a message. It
	// may end the connection, or deliver something older first.
	deliver func(to *peer, from *peer) bool
	refuse  string // the error code of every message

	mu       sync.Mutex
	arrived  int // requests
	sessions int
	dead     string            // the server that was killed
	peers    map[*peer]bool    // connected
	realms   map[string]*realm // by server, or one for all of them
}

// A flaw is a way to be wrong that is not that of phase 2.
type flaw string

const (
	tellsNobody    flaw = "nobody is told that somebody came"
	countsTheDead  flaw = "users of a dead server are counted for ever"
	keepsNothing   flaw = "nothing that was said is kept"
	repeats        flaw = "what was missed comes twice"
	pretends       flaw = "all is recovered, but nothing comes"
	losesDirect    flaw = "direct messages are acknowledged, and lost"
	hasNoUsers     flaw = "nobody is online"
	copies         flaw = "what is sent again is a new message"
	losesSessions  flaw = "a session is forgotten at once"
	takesForOthers flaw = "messages are signed by another server"
)

// A realm is what a server knows, or what all of them share.
type realm struct {
	epoch string
	said  []string       // texts, in the one room that a story has
	refs  map[string]int // offsets, by user and ref
}

type peer struct {
	user, server, room string
	realm              *realm
	conn               *websocket.Conn
}

func (c *chat) start(t *testing.T) (url string) {
	t.Helper()
	c.peers, c.realms = make(map[*peer]bool), make(map[string]*realm)
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	return s.URL
}

func (c *chat) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	server, realm := c.next()
	session, isPoll := strings.CutPrefix(r.URL.Path, "/poll/")
	if isPoll && c.matches {
		server, _, _ = strings.Cut(session, ".")
	}
	room, isRoom := strings.CutPrefix(r.URL.Path, "/rooms/")
	switch {
	case r.URL.Path == "/ws":
		c.serve(w, r, &peer{user: r.FormValue("user"), server: server, realm: realm})
	case r.URL.Path == "/instance":
		reply(w, map[string]any{"server_id": server})
	case isRoom:
		c.mu.Lock()
		defer c.mu.Unlock()
		reply(w, map[string]any{"participants": c.users(realm, room)})
	case r.URL.Path == "/poll":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sessions++
		reply(w, map[string]any{"session": fmt.Sprint(server, ".", c.sessions), "server_id": server})
	case isPoll && !strings.HasPrefix(session, server+".") || c.flaw == losesSessions:
		w.WriteHeader(http.StatusNotFound)
		reply(w, map[string]any{"error": map[string]any{"code": "session_not_found"}})
	case r.Method == http.MethodGet: // whoever polls again waits for what does not come
		reply(w, []any{
			map[string]any{"type": "welcome", "server_id": server, "user": "alice"},
			map[string]any{"type": "joined", "room": "general"},
		})
	}
}

func reply(w http.ResponseWriter, body any) {
	_ = json.NewEncoder(w).Encode(body) // who has gone needs none
}

// next is the server whose turn it is.
func (c *chat) next() (server string, _ *realm) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for server == "" || server == c.dead {
		server = fmt.Sprintf("server-%d", c.arrived%c.servers+1)
		c.arrived++
	}
	if c.sticky {
		server = "server-1"
	}
	key := server
	if c.crosses {
		key = "all"
	}
	if c.realms[key] == nil {
		c.realms[key] = &realm{epoch: "epoch of " + key, refs: make(map[string]int)}
	}
	return server, c.realms[key]
}

// users lists who is in a room, as far as a realm knows.
func (c *chat) users(r *realm, room string) []string {
	var users []string
	for p := range c.peers {
		if p.realm == r && p.room == room {
			users = append(users, p.user)
		}
	}
	slices.Sort(users)
	return slices.Compact(users)
}

// kill is story.Options.Kill.
func (c *chat) kill(server string) (start func(context.Context) error, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = server
	for p := range c.peers {
		if p.server == server {
			p.conn.Close()
			if c.flaw != countsTheDead {
				c.leave(p)
			}
		}
	}
	return func(context.Context) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.dead == "" {
			return errors.New("it was not killed")
		}
		c.dead = ""
		return nil
	}, nil
}
