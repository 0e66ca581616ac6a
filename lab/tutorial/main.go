// Tutorial is a chat server for several instances as tutorials write it: the hub of
// gorilla/websocket's chat example with rooms, and Redis Pub/Sub between the
// instances, by go-redis. It is what `lab bench` compares phase 3 with, and no model:
// who misses a message never learns of it, nobody knows who is there, and a client
// may send what it likes.
//
//	main.go    routes
//	hub.go     who is in which room; from Redis to the members
//	client.go  one connection: a goroutine that reads, one that writes
//
// It speaks as much of docs/protocol.md as a bench needs: /ws?user=&room=, messages
// and acks.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
)

var upgrader = websocket.Upgrader{
	ReadBufferSize:  1024,
	WriteBufferSize: 1024,
	CheckOrigin:     func(*http.Request) bool { return true },
}

func main() {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatalf("REDIS_URL: %v", err)
	}
	hub := newHub(os.Getenv("SERVER_ID"), redis.NewClient(options))
	go hub.run()
	subscription := hub.redis.PSubscribe(context.Background(), roomPrefix+"*")
	if _, err := subscription.Receive(context.Background()); err != nil {
		log.Fatalf("subscribe: %v", err)
	}
	go hub.receive(subscription.Channel())

	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) { serveWs(hub, w, r) })
	http.HandleFunc("/instance", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"server_id": hub.id})
	})
	http.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	listener, err := net.Listen("tcp", os.Getenv("ADDR"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening addr=%v", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}

func serveWs(hub *Hub, w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		log.Println(err)
		return
	}
	query := r.URL.Query()
	client := &Client{hub: hub, conn: conn, send: make(chan []byte, 256), gone: make(chan struct{}), user: query.Get("user"), room: query.Get("room")}
	hub.register <- client
	go client.writePump()
	go client.readPump()
}
