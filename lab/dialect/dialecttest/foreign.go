// Package dialecttest is a chat server that speaks another protocol than the lab's,
// and that has a fault, for those who have to find it.
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

	mu      sync.Mutex                 // guards what follows, and writing
	members map[*websocket.Conn]string // the room of each
	said    int
	held    map[*websocket.Conn][]byte // by one that reorders
}

// The faults. Each touches a third of the messages.
const (
	None     = ""
	Loses    = "loses"
	Doubles  = "doubles"
	Reorders = "reorders"
	Mixes    = "mixes" // what is said in one room is heard in another one as well
)

// New returns a server with a fault.
func New(fault string) *Foreign {
	return &Foreign{fault: fault, members: make(map[*websocket.Conn]string), held: make(map[*websocket.Conn][]byte)}
}

// Dialect describes the protocol, as a file for the lab.
const Dialect = `
connect  /chat?name={user}
join     {"do":"join","channel":"{room}"}
joined   {"did":"join","channel":"{room}"}
send     {"do":"say","channel":"{room}","body":"{text}","id":"{ref}"}
ack      {"did":"say","id":"{ref}"}
message  {"said":"{text}","channel":"{room}"}
`

func (f *Foreign) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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

func (f *Foreign) take(conn *websocket.Conn, frame []byte) {
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
	f.write(conn, `{"did":"say","id":%q}`, m.ID)
	third := f.said%3 == 0
	i := 0
	for other, room := range f.members {
		i++
		if room != m.Channel && !(f.fault == Mixes && third) || f.fault == Loses && third && i%2 == 0 && other != conn {
			continue
		}
		text := fmt.Sprintf(`{"said":%q,"channel":%q}`, m.Body, room)
		if f.fault == Reorders && f.held[other] == nil && third && other != conn {
			f.held[other] = []byte(text)
			continue
		}
		f.write(other, "%s", text)
		if f.fault == Doubles && third {
			f.write(other, "%s", text)
		}
		if held := f.held[other]; held != nil {
			f.write(other, "%s", held)
			f.held[other] = nil
		}
	}
}

func (f *Foreign) write(conn *websocket.Conn, format string, args ...any) {
	_ = conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, format, args...)) // who has gone needs none
}
