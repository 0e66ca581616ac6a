package stack

import (
	"context"
	"time"
)

// Every engine keeps to these limits.
const (
	StartWithin = 15 * time.Second // from the start of a part until it says that it is up
	StopWithin  = 10 * time.Second // from SIGTERM until a part has ended
)

// A Part is one running thing: a process, a container, or something inside the lab that behaves like one.
// Its methods are called one at a time.
type Part interface {
	// Start runs the part again after Kill or Stop, and returns once it is up. (An engine hands out parts that run.)
	Start(context.Context) error

	// Kill ends the part as `kill -9` does: no goodbye to anybody. It returns when the part is gone.
	Kill() error

	// Stop asks the part to end (SIGTERM) and waits for it. A part that takes longer than 10 s is killed, and that is
	// an error, as is an exit code other than 0. (A frozen part does not hear it.)
	Stop(context.Context) error

	// Freeze makes the part hang without ending (SIGSTOP): its connections stay open, and nothing answers.
	Freeze() error

	// Thaw lets a frozen part go on where it was.
	Thaw() error

	// Log returns what the part has written so far, or the end of it if that is a lot.
	Log() string
}

// A ServerPart is one chat server, as an engine makes it; stories see it as a [Server].
type ServerPart interface {
	Part

	// URL is where the lab reaches this server directly, "http://127.0.0.1:43211". It may change with Start.
	URL() string

	// Backend is the server's address as the balancer of the same engine sees it, "host:port". It may change with
	// Start. It is empty while the server is down, if the engine's balancer must not be told of such a one.
	Backend() string

	// LogEnd is where the server's log ends at this moment, for LogFrom.
	LogEnd() int

	// LogFrom returns what the server has written since LogEnd was such, also across Start, or the end of it if that is
	// a lot.
	LogFrom(end int) string

	// CutRedis pulls the cable between this server and Redis, or one of its two lanes: nothing gets through that way
	// and nobody is told; what is sent meanwhile waits in the network's buffers. No new connection comes about, which
	// takes both ways. Cuts add up. Containers can only be cut both ways, else it is [errors.ErrUnsupported].
	CutRedis(Way) error

	// DelayRedis makes everything that Redis sends to this server arrive so much later than it was sent, in order; that
	// it hangs up too. A new delay, or none (0), is also for what is under way. No throughput is lost (up to 4 MB under
	// way), only time. It is [errors.ErrUnsupported] for containers.
	DelayRedis(by time.Duration) error

	// HealRedis plugs the cable in again, both ways, and ends a delay. Connections that both sides still believe in go
	// on.
	HealRedis() error

	// DropRedisConnections resets the connections between this server and Redis. New ones work at once.
	DropRedisConnections() error
}

// Redis is the one that the servers of a phase 3 share.
type Redis interface {
	Part // Stop and Start keep the data, as a Redis with an append-only file does; Kill may lose its last second

	// Addr is where the lab reaches Redis, "127.0.0.1:40123"; the servers get there by another way, which can be cut.
	// It may change with Start.
	Addr() string

	// Flush forgets everything. A Redis that is down (after Kill or Stop) comes back empty: its files are removed.
	// Containers cannot do that, and answer [errors.ErrUnsupported] while they are down.
	Flush(context.Context) error

	// KillPubSub ends the Pub/Sub connections of all servers and no others, where the engine can
	// (CLIENT KILL TYPE pubsub); miniredis cannot, and answers [errors.ErrUnsupported].
	KillPubSub(context.Context) error
}

// A Balancer is where clients go when there is more than one server: round robin, connection by connection.
type Balancer interface {
	// URL is where clients go. It never changes.
	URL() string

	// Use makes backends the ones that new connections go to, in turn, and returns when it is so.
	// Connections that exist are left alone.
	Use(ctx context.Context, backends []string) error

	// Stick switches stickiness on or off, and returns when it is so. While it is on, each answer sets a cookie that
	// names the server it comes from, and whoever shows it gets to that server again, out of turn. Where that server
	// is no longer among the backends, or cannot be reached, another one answers, and sets another cookie.
	Stick(ctx context.Context, on bool) error

	// Log returns what the balancer has written so far.
	Log() string
}

// An Engine makes the parts of stacks: as processes of this machine, or as containers.
type Engine interface {
	// Name is what people call it: "embedded", "host", "docker".
	Name() string

	// Open makes a site for one stack, still without parts.
	Open(context.Context, Phase) (Site, error)

	// Close gives back what all sites share (programs that were built). The sites are closed before.
	Close() error
}

// A Site is the place of one stack: its temporary folder or its network, and the parts in it. [Start] asks for Redis
// first, then the servers, then the balancer. Parts come back running, though perhaps not yet ready.
type Site interface {
	Redis(context.Context) (Redis, error)
	Server(ctx context.Context, id string, env []string) (ServerPart, error)
	Balancer(ctx context.Context, backends []string) (Balancer, error)

	// Close ends every part that the site has made, whatever its state, and leaves nothing behind.
	Close() error
}
