// Package dialecttest is a chat server that speaks another protocol than the lab's,
// and that has a fault, for those who have to find it: foreign.go, faults.go (what
// becomes of a message).
package dialecttest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// A Foreign server speaks JSON of its own, and has a fault, or none.
type Foreign struct {
	fault string

	mu      sync.Mutex // guards what follows, and writing
	members map[*websocket.Conn]*member
	said    int
}

// A member is a user by one connection.
type member struct {
	conn *websocket.Conn
	name string
	room string // "" outside of all
	left string // the room that it was in last, where the server keeps it there
	held string // a message, where the server reorders
}

// New returns a server with a fault.
func New(fault string) *Foreign {
	return &Foreign{fault: fault, members: make(map[*websocket.Conn]*member)}
}

// Dialect describes the protocol, as a file for the lab.
const Dialect = `
connect  /chat?name={user}
join     {"do":"join","channel":"{room}"}
joined   {"did":"join","channel":"{room}"}
leave    {"do":"leave","channel":"{room}"}
left     {"did":"leave","channel":"{room}"}
send     {"do":"say","channel":"{room}","body":"{text}","id":"{ref}"}
ack      {"did":"say","id":"{ref}"}
refused  {"error":"{text}","id":"{ref}"}
message  {"said":"{text}","channel":"{room}","by":"{user}"}
`

func (f *Foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has replied
	}
	m := &member{conn: conn, name: r.FormValue("name")}
	f.mu.Lock()
	f.members[conn] = m
	f.mu.Unlock()
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
		f.take(m, frame)
	}
}

func (f *Foreign) take(m *member, frame []byte) {
	var asked struct{ Do, Channel, Body, ID string }
	if json.Unmarshal(frame, &asked) != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch asked.Do {
	case "join":
		m.room = asked.Channel
		m.write(`{"did":"join","channel":%q,"since":5}`, asked.Channel)
	case "leave":
		if f.fault == Grips {
			return
		}
		if f.fault == Keeps {
			m.left = m.room
		}
		m.room = ""
		m.write(`{"did":"leave","channel":%q}`, asked.Channel)
	case "say":
		f.said++
		if f.fault == Refuses && f.said%3 == 0 {
			m.write(`{"error":"full","id":%q}`, asked.ID)
			return
		}
		m.write(`{"did":"say","id":%q}`, asked.ID)
		f.deliver(m, asked.Channel, asked.Body)
	}
}

// write is called with the server's mutex held.
func (m *member) write(format string, args ...any) {
	_ = m.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)) // who has gone needs none
}
