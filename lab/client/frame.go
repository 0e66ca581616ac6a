package client

import (
	"fmt"
	"time"
)

// A request is a frame to the server.
type request struct {
	Type string `json:"type"`
	Ref  string `json:"ref"`
	Room string `json:"room"`
	Text string `json:"text,omitempty"`
}

// A frame is any frame from the server; each kind has its own fields.
type frame struct {
	Type     string
	Ref      string
	Room     string
	User     string
	From     string
	Text     string
	ServerID string    `json:"server_id"`
	SentAt   time.Time `json:"sent_at"`
	Offset   uint64
	Epoch    string
	Code     string
	Message  string
}

// A Position is a place in a room's history.
type Position struct {
	Offset uint64
	Epoch  string // which history the offset belongs to
}

// A Message is what a room says.
type Message struct {
	Room    string
	Offset  uint64
	From    string
	Text    string
	Server  string    // the instance that took it from its sender
	SentAt  time.Time // by that instance's clock
	Arrived time.Time // by ours, when it was read from the socket
}

// An Error is a refusal: of a question, in an error frame (the connection
// stays), or of a connection, in the HTTP answer.
type Error struct {
	Status  int    // of the HTTP answer; 0 for a frame
	Code    string // unavailable, not_in_room, …
	Message string
}

func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("HTTP %d %s: %s", e.Status, e.Code, e.Message)
	}
	return e.Code + ": " + e.Message
}

// A Gap is given by Next, once, at the place in the order where the server said
// that it cannot keep the room's continuity: what lies between the last message
// and From is lost, all after From follows.
type Gap struct {
	Room string
	From Position
}

func (g *Gap) Error() string {
	return fmt.Sprintf("room %s: continuity lost, goes on after offset %d of epoch %s",
		g.Room, g.From.Offset, g.From.Epoch)
}
