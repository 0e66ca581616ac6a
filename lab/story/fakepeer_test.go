package story_test

import (
	"net/http"

	"github.com/gorilla/websocket"
)

// A request is a frame from a client.
type request struct {
	Type, Room, To, Ref, Text, Epoch string
	Offset                           *int
}

func (c *chat) serve(w http.ResponseWriter, r *http.Request, p *peer) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return // it has replied
	}
	defer conn.Close()
	p.conn = conn
	c.mu.Lock()
	c.peers[p] = true
	p.send("welcome", map[string]any{"user": p.user, "server_id": p.server})
	c.mu.Unlock()
	for {
		var q request
		if conn.ReadJSON(&q) != nil {
			break
		}
		c.mu.Lock()
		switch {
		case q.Type == "join":
			c.join(p, q)
		case c.refuse != "":
			p.send("error", map[string]any{"ref": q.Ref, "code": c.refuse, "message": "told to"})
		case q.To != "":
			c.tell(p, q)
		default:
			c.say(p, q)
		}
		c.mu.Unlock()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.server != c.dead {
		c.leave(p)
	}
}

func (c *chat) join(p *peer, q request) {
	came := p.room == ""
	p.room = q.Room
	known := len(p.realm.said)
	joined := map[string]any{
		"room": q.Room, "ref": q.Ref, "epoch": p.realm.epoch, "offset": known, "count": len(c.users(p.realm, q.Room)),
	}
	var missed []string
	if q.Offset != nil {
		recovered := c.flaw == pretends || q.Epoch == p.realm.epoch && c.flaw != keepsNothing
		joined["recovered"] = recovered
		if recovered && c.flaw != pretends {
			missed = p.realm.said[*q.Offset:]
		}
	}
	p.send("joined", joined)
	for i, text := range missed {
		p.hears("alice", p.server, text, *q.Offset+i+1)
		if c.flaw == repeats {
			p.hears("alice", p.server, text, *q.Offset+i+1)
		}
	}
	if came {
		c.present(p)
	}
}

// leave takes a peer out, once.
func (c *chat) leave(p *peer) {
	if c.peers[p] {
		delete(c.peers, p)
		c.present(p)
	}
}

// present tells everybody in p's room how many they are.
func (c *chat) present(p *peer) {
	if c.flaw == tellsNobody || p.room == "" {
		return
	}
	count := len(c.users(p.realm, p.room))
	for to := range c.peers {
		if to.realm == p.realm && to.room == p.room {
			to.send("presence", map[string]any{"room": p.room, "count": count})
		}
	}
}

func (c *chat) tell(p *peer, q request) {
	online := false
	for to := range c.peers {
		if to.user == q.To && to.realm == p.realm && c.flaw != hasNoUsers {
			online = true
			if c.flaw != losesDirect {
				to.send("message", map[string]any{"to": q.To, "from": p.user, "text": q.Text})
			}
		}
	}
	if online {
		p.send("ack", map[string]any{"ref": q.Ref, "to": q.To})
	} else {
		p.send("error", map[string]any{"ref": q.Ref, "code": "user_offline"})
	}
}

func (c *chat) say(p *peer, q request) {
	key := p.user + " " + q.Ref
	offset, known := p.realm.refs[key]
	if !known || c.flaw == copies {
		p.realm.said = append(p.realm.said, q.Text)
		offset = len(p.realm.said)
		p.realm.refs[key] = offset
		for to := range c.peers {
			if to.realm == p.realm && to.room == q.Room && (c.deliver == nil || c.deliver(to, p)) {
				server := p.server
				if c.flaw == takesForOthers {
					server = "server-9"
				}
				to.hears(p.user, server, q.Text, offset)
			}
		}
	}
	p.send("ack", map[string]any{"ref": q.Ref, "offset": offset, "epoch": p.realm.epoch})
}

func (p *peer) hears(user, server, text string, offset int) {
	p.send("message", map[string]any{"room": p.room, "from": user, "server_id": server, "text": text, "offset": offset})
}

func (p *peer) send(kind string, frame map[string]any) {
	frame["type"] = kind
	_ = p.conn.WriteJSON(frame) // who has gone hears nothing
}
