package stack_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"secondserver/lab/stack"
)

// A person is connected to a server, and in a room.
type person struct {
	t    *testing.T
	conn *websocket.Conn
}

type frame struct {
	Type string `json:"type"`
	Room string `json:"room,omitempty"`
	To   string `json:"to,omitempty"`
	Text string `json:"text,omitempty"`
}

func arrive(t *testing.T, name, room string, at *stack.Server) person {
	t.Helper()
	url := "ws" + strings.TrimPrefix(at.URL(), "http") + "/ws?user=" + name + "&room=" + room
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	must(t, err)
	t.Cleanup(func() { conn.Close() })
	p := person{t, conn}
	p.awaits(func(f frame) bool { return f.Type == "joined" })
	return p
}

func (p person) says(f frame) {
	p.t.Helper()
	f.Type = "message"
	must(p.t, p.conn.WriteJSON(f))
}

func (p person) hears(text string) {
	p.t.Helper()
	p.awaits(func(f frame) bool { return f.Type == "message" && f.Text == text })
}

// next is the one of texts that is heard first.
func (p person) next(texts ...string) (text string) {
	p.t.Helper()
	p.awaits(func(f frame) bool {
		text = f.Text
		return f.Type == "message" && slices.Contains(texts, text)
	})
	return text
}

func (p person) awaits(it func(frame) bool) {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		var f frame
		must(p.t, p.conn.ReadJSON(&f))
		if it(f) {
			return
		}
	}
}
