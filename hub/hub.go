package hub

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

// A Hub is one instance: its clients, and what they hear.
type Hub struct {
	id         string
	plane      Backplane
	frameLimit int // a second, of one client; 0: none
	counters   counters

	mu        sync.Mutex // guards what follows; nothing waits under it
	clients   map[*Client]struct{}
	audiences map[Destination]*audience
	rooms     int // of the audiences
	draining  bool

	running sync.WaitGroup // one for each client and each audience
}

// New returns an instance called serverID on plane, which the caller closes
// after Drain.
func New(serverID string, plane Backplane) *Hub {
	return &Hub{
		id:        serverID,
		plane:     plane,
		clients:   make(map[*Client]struct{}),
		audiences: make(map[Destination]*audience),
	}
}

// LimitFrames bounds what one client may send: perSecond frames, and twice as many
// at once; 0 is no limit. Those over it are not carried out, and a client that is
// over it for 10 s on end is ended. It is called before Connect, if at all.
func (h *Hub) LimitFrames(perSecond int) { h.frameLimit = perSecond }

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
//
// It returns when what is said to the user, and to everyone, reaches the client;
// but it does not wait for a backplane that is away, and never longer than 5 s.
func (h *Hub) Connect(user string, to Transport) (*Client, error) {
	c, err := h.register(user, to)
	if err != nil {
		return nil, err
	}
	c.own = [...]*audience{h.enter(Everyone), h.enter(User(user))}
	ctx, stop := c.end.during(joinTimeout)
	defer stop()
	for _, a := range c.own {
		if h.plane.Ready() == nil {
			a.await(ctx) // what is late comes later
		}
	}
	c.out.queue(encode(welcomeFrame{"welcome", h.id, user})) // before anything can be heard, but it leaves after
	for _, a := range c.own {
		a.add(c)
	}
	c.out.wake()
	return c, nil
}

func (h *Hub) register(user string, to Transport) (*Client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return nil, ErrDraining
	}
	c := newClient(h, user, to)
	h.clients[c] = struct{}{}
	h.running.Add(1)
	return c, nil
}

// Clients come back at the moment in which they are told to go, all of them to the
// instances that are left. So they are told one after the other, or, where there
// are many, group after group, within about a second.
const (
	drainPause  = 10 * time.Millisecond // between two groups
	drainGroups = 100                   // at most
)

// Drain ends the instance: no new clients, the messages that were read are
// answered, then every client is ended with Restart, one every 10 ms, or faster, so
// that the last one is told within 1 s. It returns when nothing is left of them, or
// with ctx's error, when all have been told, and those that are left are as they are.
func (h *Hub) Drain(ctx context.Context) error {
	h.mu.Lock()
	h.draining = true
	clients := slices.Collect(maps.Keys(h.clients))
	h.mu.Unlock()
	tell(ctx, clients)

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

// tell ends clients, group after group; with ctx's end those that are left, at once.
func tell(ctx context.Context, clients []*Client) {
	size := (len(clients) + drainGroups - 1) / drainGroups
	for n, c := range clients {
		if n > 0 && n%size == 0 {
			select {
			case <-time.After(drainPause):
			case <-ctx.Done():
			}
		}
		c.finish(Restart)
	}
}

// forget is called once by each client, when its transport is closed.
func (h *Hub) forget(c *Client) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
	h.running.Done()
}

// enter counts a user of the audience, who calls exit later. The first one opens
// it.
func (h *Hub) enter(to Destination) *audience {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.audiences[to]
	if a == nil {
		ctx, cancel := context.WithCancel(context.Background())
		a = newAudience(to, &h.counters)
		a.close = cancel
		h.audiences[to] = a
		if to.IsRoom() {
			h.rooms++
		}
		h.running.Add(1)
		go h.open(ctx, a) // ends when it is open, or with its last user
	}
	a.users++
	return a
}

// open opens a, and drops what that needed: most audiences are idle users.
func (h *Hub) open(ctx context.Context, a *audience) {
	end, err := a.open(ctx, h.plane)
	h.mu.Lock()
	left := a.users == 0 // and exit has called cancel
	a.close = func() {
		end()
		h.running.Done()
	}
	h.mu.Unlock()
	if left {
		a.close()
	} else if err == nil {
		a.stands()
	}
}

// exit is called once for each enter. With the last user the audience goes.
func (h *Hub) exit(a *audience) {
	h.mu.Lock()
	a.users--
	last, end := a.users == 0, a.close
	if last {
		delete(h.audiences, a.to)
		if a.to.IsRoom() {
			h.rooms--
		}
	}
	h.mu.Unlock()
	if last {
		end()
	}
}
