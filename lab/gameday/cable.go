package gameday

import (
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/stack"
)

const (
	notReadyWithin = 5 * time.Second
	readyWithin    = 3 * time.Second
)

// Whichever way a cable is broken, what one does is the same.
const cutOffLine = "A server is cut off from Redis"

const refused = "secondserver_errors_total"

var cutOff = Step{
	Name:    "cut-off",
	Fault:   "server-2 is cut off from Redis for 10 s",
	Line:    cutOffLine,
	Logs:    []string{lostRedis, died, "the other instances took this one for dead"},
	Metrics: []string{"secondserver_ready", refused, reconnects},
	run:     func(d *day) { d.cut(stack.BothWays) },
}

var cutTo = Step{
	Name:    "cut-to-redis",
	Fault:   "nothing that server-2 sends reaches Redis for 10 s",
	Line:    cutOffLine,
	Logs:    []string{"Redis does not answer"}, // but is heard, for as long as others speak
	Metrics: []string{"secondserver_ready", refused},
	run:     func(d *day) { d.cut(stack.ToRedis) },
}

var cutFrom = Step{
	Name:    "cut-from-redis",
	Fault:   "nothing that Redis sends reaches server-2 for 10 s",
	Line:    cutOffLine,
	Logs:    []string{lostRedis},
	Metrics: []string{"secondserver_ready", refused, reconnects},
	run:     func(d *day) { d.cut(stack.FromRedis) },
}

// cut cuts the cable of server-2. Its members stay, and hear nothing; a balancer that
// looks at /readyz sends nobody else there.
func (d *day) cut(way stack.Way) {
	server := d.stack.Servers[1]
	var unready, ready time.Duration
	c, told := d.under(d.stack, func(*load.Crowd) time.Time {
		d.Must(server.CutRedis(way))
		unready = d.Until(2*notReadyWithin, server.ID+" says that it is not ready", func() bool { return d.unready(server) })
		d.Pass(d.pick(10*time.Second, 6*time.Second) - unready)
		d.Must(server.HealRedis())
		healed := time.Now()
		ready = d.Until(2*readyWithin, server.ID+" says that it is ready", func() bool { return d.ready(server) })
		return healed
	})
	d.timed(unready <= notReadyWithin, fmt.Sprintf("/readyz is 503 within %v", notReadyWithin), "after %.2f s", unready.Seconds())
	d.timed(ready <= readyWithin, fmt.Sprintf("/readyz is 200 within %v of the cable's return", readyWithin), "after %.2f s", ready.Seconds())
	d.answered(c)
	d.connected(c)
	d.kept(told)
}

var redisSlow = Step{
	Name:    "redis-slow",
	Fault:   "all that Redis sends to server-2 arrives 500 ms later, for 10 s",
	Line:    "Redis is slow",
	Metrics: []string{"secondserver_publish_duration_seconds"},
	run: func(d *day) {
		server := d.stack.Servers[1]
		unready := 0
		c, told := d.under(d.stack, func(*load.Crowd) time.Time {
			d.Must(server.DelayRedis(500 * time.Millisecond))
			for began := time.Now(); time.Since(began) < d.pick(10*time.Second, 2*time.Second); d.Pass(50 * time.Millisecond) {
				if !d.ready(server) {
					unready++
				}
			}
			d.Must(server.HealRedis())
			return time.Now()
		})
		d.claim(total(c.Refusals()) == 0, "nothing is refused", "%d answers", total(c.Refusals()))
		d.claim(unready == 0, "/readyz stays 200", "503 %d times", unready)
		d.answered(c)
		d.connected(c)
		d.kept(told)
	},
}
