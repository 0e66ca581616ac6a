package hub

import (
	"context"
	"errors"
	"sync"
)

// A Hub is one instance: its clients and the rooms that they are in.
type Hub struct {
	id    string
	plane Backplane

	mu       sync.Mutex // guards what follows; nothing waits under it
	clients  map[*Client]struct{}
	rooms    map[string]*room
	draining bool

	running sync.WaitGroup // one for each client and each room
}

// New returns an instance called serverID on plane, which the caller closes
// after Drain.
func New(serverID string, plane Backplane) *Hub {
	return &Hub{
		id:      serverID,
		plane:   plane,
		clients: make(map[*Client]struct{}),
		rooms:   make(map[string]*room),
	}
}

// ServerID is the instance's name.
func (h *Hub) ServerID() string { return h.id }

// ErrDraining is what Ready and Connect report once Drain has been called. The
// client should connect again: a balancer will send it to another instance.
var ErrDraining = errors.New("this instance is going away")

// Ready is nil while the instance should get new connections, and otherwise
// says why not: ErrDraining, or the backplane's reason. It does not wait.
func (h *Hub) Ready() error {
	h.mu.Lock()
	draining := h.draining
	h.mu.Unlock()
	if draining {
		return ErrDraining
	}
	return h.plane.Ready()
}

// Connect makes user a client of this instance and greets it. The caller hands
// its frames to Client.Handle and ends it with Client.Close. The name must be
// valid (ValidName); the error is ErrDraining.
func (h *Hub) Connect(user string, to Transport) (*Client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return nil, ErrDraining
	}
	c := newClient(h, user, to)
	h.clients[c] = struct{}{}
	h.running.Add(1)
	c.out.offer(encode(welcomeFrame{"welcome", h.id, user}))
	return c, nil
}

// Drain ends the instance: no new clients, the messages that were read are
// answered, then every client is ended with Restart. It returns when nothing is
// left of them, or with ctx's error and the clients that are left as they are.
func (h *Hub) Drain(ctx context.Context) error {
	h.mu.Lock()
	h.draining = true
	for c := range h.clients {
		c.end(Restart)
	}
	h.mu.Unlock()

	gone := make(chan struct{})
	go func() { // ends with the last client; every one is bounded by its transport
		h.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forget is called once by each client, when its transport is closed.
func (h *Hub) forget(c *Client) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
	h.running.Done()
}

// enter counts a user of the room, who calls exit later. The first one opens it.
func (h *Hub) enter(name string) *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[name]
	if r == nil || r.failed() {
		ctx, cancel := context.WithCancel(context.Background())
		r = newRoom(name, cancel)
		h.rooms[name] = r
		h.running.Go(func() { r.run(ctx, h.plane) })
	}
	r.users++
	return r
}

// exit is called once for each enter. With the last user the room goes.
func (h *Hub) exit(r *room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.users--; r.users > 0 {
		return
	}
	if h.rooms[r.name] == r { // else it failed, and another took its place
		delete(h.rooms, r.name)
	}
	r.cancel()
}
