package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// Twenty users are in a room, ten on each of two servers. One server is killed, and
// cannot say goodbye for its ten. A process counts its own and never knew of them. A
// counter in Redis goes on counting them: nothing takes them off. A heartbeat takes a
// few seconds.
var ghosts = Experiment{
	Name:     "ghosts",
	Question: "How many are in the room, after kill -9 of a server?",
	Asked:    Asked{"A counter in Redis, 20 users, kill -9 of the server that holds 10: how many does it count 8 seconds later?", "users", 0},
	run:      runGhosts,
}

func runGhosts(b *bench) *report.Result {
	const users, each = 20, 10
	r := &report.Result{
		Table: report.Table{Columns: []string{"counted", "before", "off by", "after kill -9", "then off by", "for"}},
		Figure: report.Figure{
			Title: "The count after kill -9 of a server with 10 of 20 users", X: "seconds after kill -9", Y: "users counted",
		},
	}
	watch := pick(b, 8*time.Second, 500*time.Millisecond)
	for i, way := range []struct {
		name  string
		phase stack.Phase
		env   []string
	}{
		{"in the process", nothingShared, nil},
		{"in a Redis counter", stack.WrongTurns, []string{"BROKER=counter"}},
		{"by heartbeat", withRedis, nil},
	} {
		b.Doing("ghosts: " + way.name)
		s := b.Start(way.phase, 2, way.env...)
		c := b.Gather(s, load.Options{Users: users})
		before := b.participants(s.Servers[0], c.Room())
		b.Must(s.Servers[1].Kill())
		killed := time.Now()
		line, first, wrongFor := report.Line{Name: way.name}, -1, time.Duration(0)
		for time.Since(killed) < watch {
			now := b.participants(s.Servers[0], c.Room())
			if first < 0 {
				first = now
			}
			if now != each {
				wrongFor = time.Since(killed)
			}
			line.Points = append(line.Points, [2]float64{time.Since(killed).Seconds(), float64(now)})
			b.Pass(100 * time.Millisecond)
		}
		last := int(line.Points[len(line.Points)-1][1])
		b.End()

		duration := fmt.Sprintf("%.1f s", wrongFor.Seconds())
		if last != each {
			duration = fmt.Sprintf("all %g s", watch.Seconds())
		}
		r.Table.Rows = append(r.Table.Rows, []string{
			way.name, count(before), count(before - users), count(first), count(first - each), duration,
		})
		r.Figure.Lines = append(r.Figure.Lines, line)
		text := way.name + ": "
		switch i {
		case 0:
			r.Claims = append(r.Claims, claim(before == each && first == each,
				text+"wrong before, by half, and right afterwards, by accident", "%d before, %d after", before, first))
		case 1:
			b.answer = float64(last)
			r.Claims = append(r.Claims, claim(before == users && last == users,
				fmt.Sprintf("%sthe 10 who died are counted for all %g s that it was looked at", text, watch.Seconds()),
				"%d before, %d at last", before, last))
		default:
			r.Claims = append(r.Claims, claim(before == users && first == users,
				text+"the 10 who died are counted at first", "%d before, %d after", before, first))
			late := fmt.Sprintf("was wrong for %.1f s", wrongFor.Seconds())
			if last != each {
				late = "is wrong so far as well"
			}
			if !b.Fast {
				r.Claims = append(r.Claims, claim(last == each && wrongFor <= 6*time.Second,
					text+"right again after at most 6 s", "%d at last, wrong for %.1f s", last, wrongFor.Seconds()))
			}
			r.Proves = fmt.Sprintf("%g s after kill -9 a Redis counter counts %g users where %d are, and nothing takes the others off; a heartbeat %s: only who has to say again that he is there can be noticed to be gone.",
				watch.Seconds(), b.answer, each, late)
		}
	}
	return r
}

// participants asks a server how many are in a room.
func (b *bench) participants(server *stack.Server, room string) int {
	users, err := client.Participants(b.Ctx, server.URL(), room)
	b.Must(err)
	return len(users)
}
