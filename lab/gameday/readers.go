package gameday

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/load"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

const (
	cutWithin   = 10 * time.Second
	readersEach = 5        // that never read, and that read a little
	mostGrowth  = 10 << 20 // bytes of a server's memory, for all of them

	// calm is a p99, in milliseconds, below which nobody is kept waiting: what doubles
	// there is the noise of a machine that does other things as well.
	calm = 15.
)

// Two measurements of one crowd are compared: without and with the slow readers, in turn,
// three times, and the middle one of each counts.
var slowReaders = Step{
	Name:    "slow-readers",
	Fault:   fmt.Sprintf("%d readers never read, and %d read 1 KB/s", readersEach, readersEach),
	Line:    "A client reads too slowly",
	Logs:    []string{"slow consumer"},
	Metrics: []string{"secondserver_slow_consumers_total"},
	dense:   true, // so that kernels are full soon, and neighbours wait for servers alone
	run: func(d *day) {
		var without, with []float64
		var slowest time.Duration
		var grew int64
		c, told := d.under(d.stack, func(c *load.Crowd) time.Time {
			for range rig.Pick(d.Rig, 3, 1) {
				quiet := time.Now()
				d.Pass(d.pick(6*time.Second, time.Second))
				without = append(without, c.Ledger.Heard(quiet, time.Now().Add(-slow)).P99) // what is under way has not been heard by all
				began, cut, more := d.slowReaders(c.Room())
				slowest, grew = max(slowest, cut), max(grew, more)
				with = append(with, c.Ledger.Heard(began, began.Add(cut-slow)).P99) // while they are there: who comes and goes is news for all
			}
			return time.Now()
		})
		a, b := middle(without), middle(with)
		d.timed(slowest <= cutWithin, fmt.Sprintf("all of them are cut off within %v", cutWithin), "after %.2f s at most", slowest.Seconds())
		d.timed(b <= 2*max(a, calm), fmt.Sprintf("until all neighbours have a message: p99 at most doubles, or is below %g ms", 2*calm),
			"%.1f ms, without them %.1f ms", b, a)
		d.claim(grew <= mostGrowth, fmt.Sprintf("the server's memory grows by %d MB at most", mostGrowth>>20), "%.1f MB", float64(grew)/(1<<20))
		d.answered(c)
		d.connected(c)
		d.kept(told)
	},
}

// slowReaders brings readers to a room, by server-1, and returns since when all were in
// it, how long it took from then on until the last one was cut off, and by how much the
// server's memory grew meanwhile.
func (d *day) slowReaders(room string) (began time.Time, cut time.Duration, grew int64) {
	server, witness := d.stack.Servers[0], d.stack.Servers[1]
	before := d.memory(server)
	var readers []*reader
	var reading sync.WaitGroup
	defer reading.Wait()
	defer func() {
		for _, r := range readers {
			r.conn.Close()
		}
	}()
	for i := range 2 * readersEach {
		r, err := join(d.Ctx, server.URL(), fmt.Sprintf("slow-%d", i+1), room)
		d.Must(err)
		readers = append(readers, r)
	}
	d.Until(stack.StartWithin, "the readers are in the room", func() bool { return d.among(witness, room, readers) == len(readers) })
	began = time.Now()
	for _, r := range readers[:readersEach] {
		reading.Go(func() { r.trickle(1 << 10) })
	}
	for d.among(witness, room, readers) > 0 {
		if time.Since(began) > 2*cutWithin {
			break
		}
		grew = max(grew, d.memory(server)-before)
		d.Pass(500 * time.Millisecond) // who looks all the time keeps the neighbours waiting, too
	}
	return began, time.Since(began), grew
}

// among counts the readers among a room's participants.
func (d *day) among(server *stack.Server, room string, readers []*reader) (count int) {
	users, err := client.Participants(d.Ctx, server.URL(), room)
	d.Must(err)
	for _, r := range readers {
		if slices.Contains(users, r.user) {
			count++
		}
	}
	return count
}

// memory is what a server has in RAM, in bytes.
func (d *day) memory(server *stack.Server) int64 {
	parts, err := d.stack.Usage()
	d.Must(err)
	for _, p := range parts {
		if p.Part == server.ID {
			return p.Memory
		}
	}
	d.Must(fmt.Errorf("%s does not run", server.ID))
	return 0
}

func middle(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
