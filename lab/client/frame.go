package client

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A request is a frame to the server.
type request struct {
	Type      string `json:"type"`
	Ref       string `json:"ref"`
	Room      string `json:"room,omitempty"`
	To        string `json:"to,omitempty"`
	Text      string `json:"text,omitempty"`
	*Position        // of a join that resumes
}

// A frame is any frame from the server; each kind has its own fields.
type frame struct {
	Type      string
	Ref       string
	Room      string
	To        string
	User      string
	From      string
	Text      string
	ServerID  string    `json:"server_id"`
	SentAt    time.Time `json:"sent_at"`
	Count     int
	Recovered *bool
	Code      string
	Message   string
	Position
}

// A Position is a place in a room's history.
type Position struct {
	Offset uint64 `json:"offset"`
	Epoch  string `json:"epoch"` // which history the offset belongs to
}

// A Message is what a room says, or, without a room and an offset, what somebody
// says to this user or a backend service to everyone.
type Message struct {
	Room    string
	Offset  uint64
	From    string
	Text    string
	Server  string    // the instance that took it from its sender
	SentAt  time.Time // by that instance's clock
	Arrived time.Time // by ours, when it was read from the wire
}

func (f frame) message() Message {
	return Message{
		Room: f.Room, Offset: f.Offset, From: f.From, Text: f.Text,
		Server: f.ServerID, SentAt: f.SentAt, Arrived: time.Now(),
	}
}

// An Error is a refusal: of a question, in an error frame (the connection
// stays), or of a connection or of a question over HTTP, in the answer's body.
type Error struct {
	Status  int    // of the HTTP answer; 0 for a frame
	Code    string // unavailable, not_in_room, …
	Message string
}

func (e *Error) Error() string {
	switch {
	case e.Status != 0 && e.Code == "": // not the server's own words: a balancer's, say
		return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status)))
	case e.Status != 0:
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
