package experiment

import (
	"fmt"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// One hundred messages are told to one user each. Who is subscribed to everything
// brings each of them to every server, and two of three throw it away. Who subscribes
// to a user when he comes, and not before, brings it to the one server that needs it.
// What is counted is what comes out of Redis, on its cables.
var lazy = Experiment{
	Name:     "lazy",
	Question: "Subscribe to every user, or only to one's own?",
	Asked:    Asked{"100 direct messages, 3 servers that are subscribed to everything: how many deliveries does Redis make?", "deliveries", 10},
	run:      runLazy,
}

func runLazy(b *bench) *report.Result {
	const messages, servers = 100, 3
	users := pick(b, 1000, 60)
	r := &report.Result{
		Table:  report.Table{Columns: []string{"subscribed to", "users", "messages", "deliveries by Redis", "per message", "delivered"}},
		Figure: report.Figure{Title: "100 direct messages, 3 servers", Y: "deliveries by Redis"},
	}
	var carried [2]int
	bars := report.Bars{Name: "deliveries by Redis"}
	for i, way := range []struct {
		name  string
		phase stack.Phase
		env   []string
	}{
		{"every user", stack.WrongTurns, []string{"BROKER=one-channel"}},
		{"one's own users", withRedis, nil},
	} {
		b.Doing("lazy: subscribed to " + way.name)
		s := b.Start(way.phase, servers, way.env...)
		c := b.Gather(s, load.Options{Users: users, Rooms: max(1, users/10)})
		before := b.received(s)
		told := b.Talk(c, load.Pace{Rate: 200, Count: messages, Direct: true})
		b.allRead(s)
		carried[i] = b.received(s) - before
		b.End()

		r.Table.Rows = append(r.Table.Rows, []string{
			way.name, count(users), count(told.Sent), count(carried[i]), fmt.Sprintf("%.1f", float64(carried[i])/messages), percent(told.Share()),
		})
		r.Figure.Labels = append(r.Figure.Labels, way.name)
		bars.Values = append(bars.Values, float64(carried[i]))
	}
	r.Figure.Bars = []report.Bars{bars}
	b.answer = float64(carried[0])
	r.Claims = []report.Claim{
		claim(carried[0] == servers*messages, "subscribed to every user: 300 deliveries", "there were %d", carried[0]),
		claim(carried[1] == messages, "subscribed to one's own: 100 deliveries", "there were %d", carried[1]),
	}
	r.Proves = fmt.Sprintf("Subscribing to one's own users brings each message to one server: %d deliveries instead of %d, and with ten servers it would be a tenth.", carried[1], carried[0])
	return r
}

// received counts the messages that came from Redis to all servers together.
func (b *bench) received(s *stack.Stack) (messages int) {
	for _, server := range s.Servers {
		traffic, err := server.Traffic()
		b.Must(err)
		messages += int(traffic.Received.Messages)
	}
	return messages
}

// allRead waits until nothing more comes from Redis: servers that a message is not for
// may be slower to read it than the one that has delivered it.
func (b *bench) allRead(s *stack.Stack) { b.still(func() int { return b.received(s) }) }

// published counts the messages that all servers together gave to Redis.
func (b *bench) published(s *stack.Stack) (messages int) {
	for _, server := range s.Servers {
		traffic, err := server.Traffic()
		b.Must(err)
		messages += int(traffic.Sent.Messages)
	}
	return messages
}
