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

// Beside the crowd there are some who are on the dead server alone, and do not come
// back: they are the ghosts.
var serverKilled = Step{
	Name:  "server-killed",
	Fault: "server-3 is killed (kill -9)",
	Line:  "A server dies",
	Log:   "an instance has died, its users are counted out",
	run: func(d *day) {
		victim, witness := d.stack.Servers[2], d.stack.Servers[0]
		ghosts := d.Gather(d.stack, load.Options{URLs: []string{victim.URL()}, Users: 10})
		defer ghosts.Close()
		before := d.participants(witness, ghosts.Room())
		var gone time.Duration
		c, told := d.under(d.stack, func(*load.Crowd) {
			d.Must(victim.Kill())
			gone = d.Until(2*ghostsGoneWithin, "the dead are counted out", func() bool { return d.participants(witness, ghosts.Room()) == 0 })
		})
		comebacks := c.Comebacks()
		slowest := time.Duration(0)
		if len(comebacks) > 0 {
			slowest = comebacks[len(comebacks)-1].Took()
		}
		d.claim(len(comebacks) > 0 && slowest <= backWithin, fmt.Sprintf("its users are back on others within %v", backWithin),
			"%d users, %.2f s at most", len(comebacks), slowest.Seconds())
		d.claim(before == 10 && gone <= ghostsGoneWithin, fmt.Sprintf("its ghosts are counted out within %v", ghostsGoneWithin),
			"%d of them, after %.2f s", before, gone.Seconds())
		d.answered(c)
		d.kept(told)
		d.Must(victim.Start(d.Ctx))
	},
}

// participants asks a server how many are in a room.
func (d *day) participants(server *stack.Server, room string) int {
	users, err := client.Participants(d.Ctx, server.URL(), room)
	d.Must(err)
	return len(users)
}

var rollingRestart = Step{
	Name:  "rolling-restart",
	Fault: "each server is stopped (SIGTERM) and started, one after the other",
	Line:  "A deploy",
	Log:   "drained",
	run: func(d *day) {
		users, most := 0, 0 // of the server whose users came back in the narrowest crowd
		c, told := d.under(d.stack, func(c *load.Crowd) {
			for _, server := range d.stack.Servers {
				stopped := time.Now()
				d.Must(server.Stop(d.Ctx))
				d.Must(server.Start(d.Ctx))
				d.Pass(d.pick(time.Second, 300*time.Millisecond))
				if n, m := herd(c.Comebacks(), stopped); m*users >= most*n {
					users, most = n, m
				}
			}
		})
		ends := c.Ends()
		restarts := 0
		for cause, n := range ends {
			if strings.HasPrefix(cause, "1012 ") {
				restarts += n
			}
		}
		d.claim(restarts > 0 && restarts == total(ends), "every connection is closed by 1012", "%d of %d", restarts, total(ends))
		d.claim(users > 0 && most <= max(2, users*2/3), fmt.Sprintf("there is no herd: no %v see two thirds of a server's users come back", window),
			"%d of %d at most", most, users)
		d.result.Claims[len(d.result.Claims)-1].Timed = true
		d.answered(c)
		d.kept(told)
	},
}

// window is how close to each other comebacks are a herd.
const window = 50 * time.Millisecond

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
	Name:  "scaling",
	Fault: "2 servers, then 3, then 2",
	Line:  "Scaling out and in",
	run: func(d *day) {
		s := d.Start(withRedis, 2)
		defer s.Close() // again, with the day, says what it says
		most := 0
		c, told := d.under(s, func(c *load.Crowd) {
			third, err := s.AddServer(d.Ctx)
			d.Must(err)
			stay := d.pick(1500*time.Millisecond, 300*time.Millisecond)
			d.Pass(stay)
			c.Move(rig.Pick(d.Rig, 50, 12))
			d.Pass(stay)
			most = c.Servers()[third.ID]
			d.Must(third.Stop(d.Ctx))
		})
		d.claim(most > 0, "the third server gets users, as they reconnect", "%d of %d", most, total(c.Servers()))
		d.answered(c)
		d.kept(told)
	},
}
