package gameday

import (
	"errors"
	"math"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/stack"
)

// What servers log when Redis is away, and when it is there again; and what counts that.
const (
	lostRedis  = "lost Redis, trying to come back"
	subscribed = "subscribed to Redis"
	reconnects = "secondserver_broker_reconnects_total"
)

// kills is how often Pub/Sub connections are.
const kills = 10

var redisHangs = Step{
	Name:    "redis-hangs",
	Fault:   "Redis is frozen for 5 s (SIGSTOP)",
	Line:    "Redis hangs",
	Logs:    []string{lostRedis, subscribed},
	Metrics: []string{"secondserver_ready", reconnects},
	run: func(d *day) {
		c, told := d.under(d.stack, func(*load.Crowd) time.Time {
			d.Must(d.stack.Redis.Freeze())
			d.Pass(d.pick(5*time.Second, 4*time.Second))
			d.Must(d.stack.Redis.Thaw())
			return time.Now()
		})
		d.answered(c)
		d.connected(c)
		d.kept(told)
	},
}

var redisRestarts = Step{
	Name:    "redis-restarts",
	Fault:   "Redis is killed (kill -9), and started 2 s later with its append-only file",
	Line:    "Redis restarts",
	Logs:    []string{lostRedis, subscribed},
	Metrics: []string{"secondserver_ready", reconnects},
	run: func(d *day) {
		c, told := d.under(d.stack, func(*load.Crowd) time.Time {
			d.Must(d.stack.Redis.Kill())
			d.Pass(d.pick(2*time.Second, time.Second))
			d.Must(d.stack.Redis.Start(d.Ctx))
			return time.Now()
		})
		d.answered(c)
		d.connected(c)
		d.kept(told)
	},
}

// What Redis had is gone for good, and nothing can give it back. What remains is to say
// so, and to go on.
var redisEmpty = Step{
	Name:    "redis-empty",
	Fault:   "Redis is killed (kill -9), and started 2 s later with nothing in it",
	Line:    "Redis comes back empty",
	Logs:    []string{"messages lost"},
	Metrics: []string{"secondserver_broker_gaps_total"},
	run: func(d *day) {
		var before string
		var gone, back time.Time
		c, told := d.under(d.stack, func(c *load.Crowd) time.Time {
			before = d.epoch(c.Room())
			d.Must(d.stack.Redis.Kill())
			d.Must(d.stack.Redis.Flush(d.Ctx))
			gone = time.Now()
			d.Pass(d.pick(2*time.Second, time.Second))
			d.Must(d.stack.Redis.Start(d.Ctx))
			back = time.Now()
			return back
		})
		after, users := d.epoch(c.Room()), c.Ledger.Told(gone)
		fresh := c.Ledger.Tally(func(p ledger.Pair) bool { return p.Sent.After(back) })
		d.answered(c)
		d.connected(c)
		d.claim(before != "" && after != "" && before != after, "the room has a new epoch", "%s, before it %s", after, before)
		d.claim(users == d.users(), "every member is told of it (recovered:false)", "%d of %d", users, d.users())
		d.claim(fresh.Due > 0 && fresh.Lost() == 0 && told.Unseen == 0, "nobody is deaf: what is said afterwards reaches everybody",
			"%d of %d deliveries are lost", fresh.Lost(), fresh.Due)
		d.claim(told.Lost == told.Told, "nothing is lost without a word", "%d of %d lost deliveries", told.Lost-told.Told, told.Lost)
	},
}

// Pub/Sub forgets what it cannot deliver: every killed connection is a hole that has to
// be filled from the stream.
var pubsubKilled = Step{
	Name:    "pubsub-killed",
	Fault:   "all Pub/Sub connections are killed, 10 times (CLIENT KILL TYPE pubsub)",
	Line:    "Pub/Sub connections break",
	Logs:    []string{lostRedis, subscribed},
	Metrics: []string{reconnects, "secondserver_broker_catchups_total"},
	run: func(d *day) {
		c, told := d.under(d.stack, func(*load.Crowd) time.Time {
			for range kills {
				d.killPubSub()
				d.Pass(d.pick(500*time.Millisecond, 200*time.Millisecond))
			}
			return time.Now()
		})
		fewest := math.Inf(1)
		for _, one := range d.watching.all {
			fewest = min(fewest, one.risen(d.Ctx, reconnects))
		}
		d.timed(fewest >= kills, "every server comes back each time", "%.0f times at least", fewest)
		d.answered(c)
		d.connected(c)
		d.kept(told)
	},
}

// killPubSub kills all connections of all servers where the engine cannot kill those of
// Pub/Sub alone.
func (d *day) killPubSub() {
	err := d.stack.Redis.KillPubSub(d.Ctx)
	if !errors.Is(err, errors.ErrUnsupported) {
		d.Must(err)
		return
	}
	for _, server := range d.stack.Servers {
		d.Must(server.DropRedisConnections())
	}
}

// epoch is which history a room has now.
func (d *day) epoch(room string) string {
	var page client.Page
	d.Until(stack.StartWithin, "the history of a room is there", func() bool {
		var err error
		page, err = client.History(d.Ctx, d.stack.Servers[0].URL(), room, client.Position{}, 1)
		return err == nil
	})
	return page.Epoch
}
