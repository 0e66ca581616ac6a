package main

import (
	"context"
	"encoding/json"
	"log"
	"time"

	"github.com/gorilla/websocket"
)

const (
	writeWait      = 10 * time.Second
	pongWait       = 60 * time.Second
	pingPeriod     = (pongWait * 9) / 10
	maxMessageSize = 8 << 10
)

// A Client is one connection.
type Client struct {
	hub  *Hub
	conn *websocket.Conn
	send chan []byte
	gone chan struct{} // closed by the hub, when it knows the client no longer
	user string
	room string
}

// readPump publishes what the client says.
func (c *Client) readPump() {
	defer func() {
		c.hub.unregister <- c
		c.conn.Close()
	}()
	c.conn.SetReadLimit(maxMessageSize)
	c.conn.SetReadDeadline(time.Now().Add(pongWait))
	c.conn.SetPongHandler(func(string) error { return c.conn.SetReadDeadline(time.Now().Add(pongWait)) })
	for {
		_, data, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		var in Message
		if err := json.Unmarshal(data, &in); err != nil || in.Type != "message" {
			continue
		}
		out, err := json.Marshal(Message{Type: "message", Room: c.room, From: c.user, Text: in.Text, ServerID: c.hub.id})
		if err != nil {
			continue
		}
		if err := c.hub.redis.Publish(context.Background(), roomPrefix+c.room, out).Err(); err != nil {
			log.Println(err)
			continue
		}
		if in.Ref != "" {
			if ack, err := json.Marshal(Message{Type: "ack", Ref: in.Ref}); err == nil {
				c.answer(ack)
			}
		}
	}
}

// answer waits for a place, unless the client has gone.
func (c *Client) answer(ack []byte) {
	select {
	case c.send <- ack:
	case <-c.gone:
	}
}

// writePump writes what the hub hands over, and pings.
func (c *Client) writePump() {
	ticker := time.NewTicker(pingPeriod)
	defer func() {
		ticker.Stop()
		c.conn.Close()
	}()
	for {
		select {
		case message := <-c.send:
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
			if err := c.conn.WriteMessage(websocket.TextMessage, message); err != nil {
				return
			}
		case <-c.gone:
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
			c.conn.WriteMessage(websocket.CloseMessage, nil)
			return
		case <-ticker.C:
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
			if err := c.conn.WriteMessage(websocket.PingMessage, nil); err != nil {
				return
			}
		}
	}
}
