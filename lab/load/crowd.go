package load

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

// A Return is what one does whose connection has ended.
type Return int

const (
	Away   Return = iota // stay away
	Rejoin               // connect again and join, as most clients do: what came meanwhile is missed
	Resume               // … and ask for what was missed, and send again what was not answered
)

// Options of a crowd. URLs and Users are needed.
type Options struct {
	URLs    []string        // users connect to them in turn
	Users   int             //
	Rooms   int             // 1 if 0; who connect one after the other share one, so that it is on all servers
	Dialect dialect.Dialect // dialect.Lab if nil
	Return  Return
	Within  time.Duration // messages that arrive later are late; 0: none are
	Dialing int           // so many connect at once; 64 if 0

	// Watch is told how many are connected, while they connect. nil: nobody is.
	Watch func(connected int)
}

// A Crowd is users who are connected, each in one room.
type Crowd struct {
	Ledger  *ledger.Ledger
	options Options
	tag     string // in the names of its users and rooms, and in its texts: others may use the server too
	users   []*user

	mu       sync.Mutex     // guards what follows
	refusals map[string]int // by code
	slowest  time.Duration  // answer

	ctx  context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup // of those who stay connected, and come back
}

// Gather connects everybody and has them join, and returns when all have been
// confirmed. If somebody cannot, nobody stays.
func Gather(ctx context.Context, o Options) (*Crowd, error) {
	o.Rooms = max(1, o.Rooms)
	if o.Dialect == nil {
		o.Dialect = dialect.Lab
	}
	if o.Watch == nil {
		o.Watch = func(int) {}
	}
	c := &Crowd{
		Ledger:  ledger.New(ledger.Options{Within: o.Within, Echo: o.Dialect.Traits().Echoes}),
		options: o,
		tag:     strings.ToLower(rand.Text()[:6]),

		refusals: make(map[string]int),
	}
	c.ctx, c.end = context.WithCancel(context.Background())
	for i := range o.Users {
		c.users = append(c.users, c.newUser(i))
	}
	if err := c.connect(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// connect has a few users at a time come. The first who cannot ends it.
func (c *Crowd) connect(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var connecting sync.WaitGroup
	var next, connected atomic.Int64
	for range cmp.Or(c.options.Dialing, 64) {
		connecting.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(c.users) {
					return
				}
				if err := c.users[i].come(ctx); err != nil {
					fail(err) // the first one counts
					return
				}
				c.options.Watch(int(connected.Add(1)))
			}
		})
	}
	connecting.Wait()
	return context.Cause(ctx)
}

// Close ends all connections and returns when nothing is left of them.
func (c *Crowd) Close() {
	c.end()
	var closing sync.WaitGroup
	gate := make(chan struct{}, 64)
	for _, u := range c.users {
		gate <- struct{}{}
		closing.Go(func() { u.close(); <-gate })
	}
	closing.Wait()
	c.work.Wait()
}

// Move ends the connections of so many users, by chance, and on all servers evenly, as
// if their networks had changed. They come back as they do. It returns their names.
func (c *Crowd) Move(users int) map[string]bool {
	moved := make(map[string]bool)
	for _, u := range byTurns(c.shuffled())[:users] {
		u.mu.Lock()
		conn := u.conn
		u.mu.Unlock()
		if conn != nil {
			u.drop(conn, "moved")
			moved[u.Name] = true
		}
	}
	return moved
}

// Servers counts the connections on each server, as they are now.
func (c *Crowd) Servers() map[string]int {
	servers := make(map[string]int)
	for _, u := range c.users {
		if server := u.server(); server != "" {
			servers[server]++
		}
	}
	return servers
}

// Ends counts the connections that have ended before the crowd was closed, by cause.
func (c *Crowd) Ends() map[string]int {
	ends := make(map[string]int)
	for _, u := range c.users {
		for _, cause := range u.endings() {
			ends[cause]++
		}
	}
	return ends
}

// Refusals counts the answers that were errors, by code. A message that is sent again
// may have several.
func (c *Crowd) Refusals() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.refusals)
}

func (c *Crowd) refused(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusals[code]++
}

// Comebacks are those of all who came back, the quickest first.
func (c *Crowd) Comebacks() (all []Comeback) {
	for _, u := range c.users {
		all = append(all, u.cameBack()...)
	}
	slices.SortFunc(all, func(a, b Comeback) int { return cmp.Compare(a.Took(), b.Took()) })
	return all
}

// SlowestAnswer is the longest that anybody has waited for an answer, an ack or an
// error, from the send that it answers: one that is sent again is answered again. Who
// resumes waits for 10 s at most, and then that is how long. Sends whose connection was
// ended by the server have none.
func (c *Crowd) SlowestAnswer() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slowest
}

func (c *Crowd) answered(after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slowest = max(c.slowest, after)
}

// Judge says what came out.
func (c *Crowd) Judge() *ledger.Report { return c.Ledger.Judge() }

// Orders is in how many different orders the members of the first room heard what all
// of them heard.
func (c *Crowd) Orders() int { return c.Ledger.Orders(c.users[0].room) }

// Room is the name of the first room.
func (c *Crowd) Room() string { return c.users[0].room }

// byTurns is the users who are in their rooms, so that servers take turns, and on each
// of them its rooms: what the first few do is done evenly on all servers.
func byTurns(users []*user) []*user {
	turn := make(map[*user]int)
	taken := make(map[place]int)
	var all []*user
	server := make(map[*user]string) // asked for once: they may move
	for _, u := range users {
		if u.hasLeft() {
			continue
		}
		server[u] = u.server()
		at := place{u.room, server[u]}
		turn[u] = taken[at]
		taken[at]++
		all = append(all, u)
	}
	slices.SortStableFunc(all, func(a, b *user) int {
		return cmp.Or(cmp.Compare(turn[a], turn[b]), cmp.Compare(a.room, b.room), cmp.Compare(server[a], server[b]))
	})
	return all
}

// shuffled is the users in a random order.
func (c *Crowd) shuffled() []*user {
	users := slices.Clone(c.users)
	mathrand.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
	return users
}

var errClosed = errors.New("the crowd is closed")

// names of the first ones; the others have numbers.
var names = [...]string{"alice", "charlie", "bob", "dave", "frank", "ivan", "oscar", "peggy", "ralph", "ted", "victor", "walter"}

func nameOf(i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("user-%d", i+1)
}
