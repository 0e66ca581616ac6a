package gameday

import (
	"fmt"
	"strings"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/load"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

const (
	backWithin       = 5 * time.Second
	ghostsGoneWithin = 6 * time.Second
)

// What servers log, and count.
const (
	died        = "an instance has died, its users are counted out"
	drained     = "drained"
	connections = "secondserver_connections"
)

// Beside the crowd there are some who are on the dead server alone, and do not come
// back: they are the ghosts.
var serverKilled = Step{
	Name:    "server-killed",
	Fault:   "server-3 is killed (kill -9)",
	Line:    "A server dies",
	Logs:    []string{died},
	Metrics: []string{connections},
	run: func(d *day) {
		victim, witness := d.stack.Servers[2], d.stack.Servers[0]
		ghosts := d.Gather(d.stack, load.Options{URLs: []string{victim.URL()}, Users: 10})
		defer ghosts.Close()
		before := d.participants(witness, ghosts.Room())
		var gone time.Duration
		victims := 0
		c, told := d.under(d.stack, func(c *load.Crowd) time.Time {
			victims = c.Servers()[victim.ID]
			d.Must(victim.Kill())
			killed := time.Now()
			gone = d.Until(2*ghostsGoneWithin, "the dead are counted out", func() bool { return d.participants(witness, ghosts.Room()) == 0 })
			return killed
		})
		comebacks := c.Comebacks()
		slowest := time.Duration(0)
		if len(comebacks) > 0 {
			slowest = comebacks[len(comebacks)-1].Took()
		}
		d.timed(victims > 0 && len(comebacks) == victims && slowest <= backWithin, fmt.Sprintf("its users are back on others within %v", backWithin),
			"%d of %d users, %.2f s at most", len(comebacks), victims, slowest.Seconds())
		d.claim(total(c.Ends()) == victims, "nobody else loses a connection", "%d of %d have ended", total(c.Ends()), d.users())
		d.timed(before == 10 && gone <= ghostsGoneWithin, fmt.Sprintf("its ghosts are counted out within %v", ghostsGoneWithin),
			"%d of them, after %.2f s", before, gone.Seconds())
		d.answered(c)
		d.kept(told)
		d.Must(victim.Start(d.Ctx))
	},
}

// participants asks a server how many are in a room; -1 is that it does not know.
func (d *day) participants(server *stack.Server, room string) int {
	users, err := client.Participants(d.Ctx, server.URL(), room)
	if err != nil {
		return -1
	}
	return len(users)
}

var rollingRestart = Step{
	Name:    "rolling-restart",
	Fault:   "each server is stopped (SIGTERM) and started, one after the other",
	Line:    "A deploy",
	Logs:    []string{"draining", drained},
	Metrics: []string{connections},
	run: func(d *day) {
		users, most := 0, 0 // of the server whose users came back in the narrowest crowd
		c, told := d.under(d.stack, func(c *load.Crowd) time.Time {
			for _, server := range d.stack.Servers {
				stopped := time.Now()
				d.Must(server.Stop(d.Ctx))
				d.Must(server.Start(d.Ctx))
				d.Pass(d.pick(time.Second, 300*time.Millisecond))
				if n, m := herd(c.Comebacks(), stopped); m*users >= most*n {
					users, most = n, m
				}
			}
			return time.Now()
		})
		ends, restarts := c.Ends(), restarted(c)
		d.claim(restarts > 0 && restarts == total(ends), "every connection is closed by 1012", "%d of %d", restarts, total(ends))
		if users >= aHerd {
			d.timed(most <= users*2/3, fmt.Sprintf("there is no herd: no %v see two thirds of a server's users come back", window),
				"%d of %d at most", most, users)
		}
		d.answered(c)
		d.kept(told)
	},
}

// A herd is many users who come back within one window. A drain tells them to, one after
// the other: fewer are told within the window anyway.
const (
	window = 50 * time.Millisecond
	aHerd  = 30
)

// restarted counts the connections that were ended by a server's restart.
func restarted(c *load.Crowd) (count int) {
	for cause, n := range c.Ends() {
		if strings.HasPrefix(cause, "1012 ") {
			count += n
		}
	}
	return count
}

// herd counts those who have come back since some time, and how many did within the
// busiest window.
func herd(comebacks []load.Comeback, since time.Time) (users, most int) {
	var back []time.Time
	for _, c := range comebacks {
		if !c.Ended.Before(since) {
			back = append(back, c.Back)
		}
	}
	for _, first := range back {
		n := 0
		for _, at := range back {
			if after := at.Sub(first); after >= 0 && after < window {
				n++
			}
		}
		most = max(most, n)
	}
	return len(back), most
}

// On a stack of its own, which has two servers to begin with.
var scaling = Step{
	Name:    "scaling",
	Fault:   "2 servers, then 3, then 2",
	Line:    "Scaling out and in",
	Logs:    []string{subscribed, drained},
	Metrics: []string{connections},
	run: func(d *day) {
		s := d.Start(withRedis, 2)
		defer s.Close() // again, with the day, says what it says
		most, moved := 0, rig.Pick(d.Rig, 50, 12)
		c, told := d.under(s, func(c *load.Crowd) time.Time {
			third, err := s.AddServer(d.Ctx)
			d.Must(err)
			stay := d.pick(1500*time.Millisecond, 300*time.Millisecond)
			d.Pass(stay)
			away := len(c.Move(moved))
			d.Until(2*backWithin, "who was moved is back", func() bool { return len(c.Comebacks()) >= away })
			d.Pass(stay)
			most = c.Servers()[third.ID]
			d.Must(third.Stop(d.Ctx))
			return time.Now()
		})
		d.claim(total(c.Ends()) == moved+restarted(c), "nobody else loses a connection", "%d of %d have ended, %d of them by themselves",
			total(c.Ends()), d.users(), moved)
		d.timed(most > 0, "the third server gets users, as they reconnect", "%d of %d", most, total(c.Servers()))
		d.answered(c)
		d.kept(told)
	},
}
