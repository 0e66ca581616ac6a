package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// The same load on one server that has everything in its memory, and on two behind a
// balancer that ask Redis. And then on three servers with 1,000 users: one of the accounts that the lab
// follows claims less than 100 ms there.
var hop = Experiment{
	Name:     "hop",
	Question: "What does the way through Redis cost?",
	Asked:    Asked{"One server delivers in about a millisecond: how many milliseconds is it with two and Redis (median)?", "ms", 2},
	run:      runHop,
}

func runHop(b *bench) *report.Result {
	r := &report.Result{
		Table:  report.Table{Columns: []string{"servers", "users", "deliveries/s", "delivered", "p50", "p90", "p99"}},
		Figure: report.Figure{Title: "From when a message was due until it was heard", Y: "ms"},
	}
	talk := pick(b, 10*time.Second, 500*time.Millisecond)
	p50, p90, p99 := report.Bars{Name: "p50"}, report.Bars{Name: "p90"}, report.Bars{Name: "p99"}
	all := true
	for _, way := range []struct {
		name    string
		phase   stack.Phase
		servers int
		users   int
		rate    float64
	}{
		{"1, in memory", phases[0], 1, pick(b, 100, 20), 20},
		{"2, with Redis", withRedis, 2, pick(b, 100, 20), 20},
		{"3, with Redis", withRedis, 3, pick(b, 1000, 60), pick(b, 2., 10.)},
	} {
		b.doing(fmt.Sprintf("hop: %s, %d users", way.name, way.users))
		s := b.start(way.phase, way.servers)
		c := b.gather(s, load.Options{Users: way.users})
		told := b.talk(c, load.Pace{Rate: way.rate, For: talk})
		b.end()
		r.Table.Rows = append(r.Table.Rows, []string{
			way.name, count(way.users), fmt.Sprintf("%.0f", way.rate*float64(way.users)), percent(told.Share()),
			milliseconds(told.Latency.P50), milliseconds(told.Latency.P90), milliseconds(told.Latency.P99),
		})
		r.Figure.Labels = append(r.Figure.Labels, fmt.Sprintf("%s, %d users", way.name, way.users))
		p50.Values = append(p50.Values, told.Latency.P50)
		p90.Values = append(p90.Values, told.Latency.P90)
		p99.Values = append(p99.Values, told.Latency.P99)
		all = all && told.Share() == 1
	}
	r.Figure.Bars = []report.Bars{p50, p90, p99}
	b.answer = p50.Values[1]
	fast := claim(p50.Values[2] < 100, "1,000 users on 3 servers: less than 100 ms, in the median", "it is %.1f ms", p50.Values[2])
	fast.Timed = true
	r.Claims = []report.Claim{claim(all, "everything is delivered in each", "it is not"), fast}
	r.Proves = fmt.Sprintf("Two servers with a balancer and Redis have a median of %.1f ms instead of %.1f ms, everything on one machine: it is a price, and not the one that people fear.", p50.Values[1], p50.Values[0])
	return r
}
