package main

import (
	"strings"

	"github.com/redis/go-redis/v9"
)

const roomPrefix = "room:"

// A Message is every frame, in both directions, and what goes through Redis.
type Message struct {
	Type     string `json:"type"`
	Room     string `json:"room,omitempty"`
	From     string `json:"from,omitempty"`
	Text     string `json:"text,omitempty"`
	ServerID string `json:"server_id,omitempty"`
	Ref      string `json:"ref,omitempty"`
}

// A Hub holds the clients of this instance. One goroutine has the rooms, so that they
// need no lock.
type Hub struct {
	id         string
	redis      *redis.Client
	rooms      map[string]map[*Client]bool
	broadcast  chan *redis.Message
	register   chan *Client
	unregister chan *Client
}

func newHub(id string, client *redis.Client) *Hub {
	return &Hub{
		id:         id,
		redis:      client,
		rooms:      make(map[string]map[*Client]bool),
		broadcast:  make(chan *redis.Message),
		register:   make(chan *Client),
		unregister: make(chan *Client),
	}
}

func (h *Hub) run() {
	for {
		select {
		case client := <-h.register:
			if h.rooms[client.room] == nil {
				h.rooms[client.room] = make(map[*Client]bool)
			}
			h.rooms[client.room][client] = true
		case client := <-h.unregister:
			h.remove(client)
		case message := <-h.broadcast:
			payload := []byte(message.Payload)
			for client := range h.rooms[strings.TrimPrefix(message.Channel, roomPrefix)] {
				select {
				case client.send <- payload:
				default:
					h.remove(client)
				}
			}
		}
	}
}

func (h *Hub) remove(client *Client) {
	if members := h.rooms[client.room]; members[client] {
		delete(members, client)
		if len(members) == 0 {
			delete(h.rooms, client.room)
		}
		close(client.gone)
	}
}

// receive hands what any instance has published to this one's members.
func (h *Hub) receive(messages <-chan *redis.Message) {
	for message := range messages {
		h.broadcast <- message
	}
}
