package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// Four ways to bring an event to all servers, and phase 3. The first three are what
// people reach for who have a database, or a log such as Kafka; see lab/wrongturns.
var wrongTurns = Experiment{
	Name:     "wrong-turns",
	Question: "A polled table, a consumer group, a group a server, or Redis Pub/Sub?",
	Asked:    Asked{"Three servers in one consumer group: how much of what is said arrives?", "%", 5},
	run:      runWrongTurns,
}

func runWrongTurns(b *bench) *report.Result {
	const servers = 3
	users, rate := pick(b, 30, 12), pick(b, 100., 400.)
	r := &report.Result{
		Table:  report.Table{Columns: []string{"bus", "delivered", "p50", "p99", "reads per direct message", "idle"}},
		Figure: report.Figure{Title: "Ways to bring an event to three servers", Y: "delivered (%)"},
	}
	type outcome struct{ share, work, p50, idle float64 }
	var seen []outcome
	bars := report.Bars{Name: "delivered"}
	for _, way := range []struct {
		name  string
		phase stack.Phase
		env   []string
	}{
		{"a polled table", stack.WrongTurns, []string{"BROKER=polled"}},
		{"one consumer group", stack.WrongTurns, []string{"BROKER=one-group"}},
		{"a group a server", stack.WrongTurns, []string{"BROKER=group-each"}},
		{"Redis Pub/Sub", stack.WrongTurns, []string{"BROKER=pubsub"}},
		{"phase 3", withRedis, nil}, // with a history, and with presence, which is what it does when idle
	} {
		b.Doing("wrong-turns: " + way.name)
		s := b.Start(way.phase, servers, way.env...)
		c := b.Gather(s, load.Options{Users: users})
		b.Pass(pick(b, time.Second, 0)) // who has come is still being told
		idle := b.idle(s, pick(b, 2*time.Second, 200*time.Millisecond))
		told := b.Talk(c, load.Pace{Rate: rate, Count: pick(b, 300, 40)})
		sent, read := b.published(s), b.received(s)
		b.Talk(c, load.Pace{Rate: rate, Count: pick(b, 100, 20), Direct: true})
		b.allRead(s)
		work := float64(b.received(s)-read) / float64(b.published(s)-sent)
		o := outcome{told.Share(), work, told.Latency.P50, idle}
		b.End()

		seen = append(seen, o)
		r.Table.Rows = append(r.Table.Rows, []string{
			way.name, percent(o.share), milliseconds(o.p50), milliseconds(told.Latency.P99), fmt.Sprintf("%.1f", o.work), fmt.Sprintf("%.1f KB/s", o.idle/1000),
		})
		r.Figure.Labels = append(r.Figure.Labels, way.name)
		bars.Values = append(bars.Values, 100*o.share)
	}
	r.Figure.Bars = []report.Bars{bars}
	polled, group, each, pubsub, ours := seen[0], seen[1], seen[2], seen[3], seen[4]
	b.answer = 100 * group.share
	slow := claim(polled.p50 > 2*pubsub.p50, "a polled table is slow: an event waits for the next look", "its median is %.1f ms, that of Pub/Sub %.1f ms", polled.p50, pubsub.p50)
	slow.Timed = true
	r.Claims = []report.Claim{
		claim(polled.share == 1 && each.share == 1 && pubsub.share == 1 && ours.share == 1, "a polled table, a group a server and Pub/Sub deliver everything",
			"%.1f, %.1f, %.1f and, in phase 3, %.1f %%", 100*polled.share, 100*each.share, 100*pubsub.share, 100*ours.share),
		claim(group.share < 0.4, "one consumer group brings each event to one server of three: a third arrives", "%.1f %% does", 100*group.share),
		claim(group.work < 1.1, "one consumer group: one server reads a message to one user", "%.1f do", group.work),
		claim(polled.work > 2.9 && each.work > 2.9, "a polled table, a group a server: every server reads it", "%.1f and %.1f do", polled.work, each.work),
		claim(pubsub.work < 1.1 && ours.work < 1.1, "Pub/Sub: the one that has the user does", "%.1f do, in phase 3 %.1f", pubsub.work, ours.work),
		slow,
		claim(polled.idle > 3*each.idle && polled.idle > 3*group.idle, "a polled table asks all the time, where a group waits to be told", "idle, they are %.1f KB/s, %.1f with one group, %.1f with one a server",
			polled.idle/1000, group.idle/1000, each.idle/1000),
		claim(polled.idle > 10*pubsub.idle && polled.idle > 1000, "and where Pub/Sub is silent", "idle, they are %.1f and %.1f KB/s", polled.idle/1000, pubsub.idle/1000),
	}
	r.Proves = fmt.Sprintf("One consumer group for all servers shares events out, and %s arrives: a chat needs a copy for each server, and a log's groups are made for one.", percent(group.share))
	return r
}

// idle is how many bytes a second go between the servers and Redis, both ways, while
// nobody says anything.
func (b *bench) idle(s *stack.Stack, d time.Duration) float64 {
	before, began := b.bytes(s), time.Now()
	b.Pass(d)
	return float64(b.bytes(s)-before) / time.Since(began).Seconds()
}

func (b *bench) bytes(s *stack.Stack) (all int64) {
	for _, server := range s.Servers {
		traffic, err := server.Traffic()
		b.Must(err)
		all += traffic.Sent.Bytes + traffic.Received.Bytes
	}
	return all
}
