package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// The same load on one server that has everything in its memory, and on two that ask
// Redis. And then on three servers with 1,000 users: one of the accounts that the lab
// follows claims less than 100 ms there. In all of them users connect to the servers
// themselves: a balancer would be one more way, and one server has none.
var hop = Experiment{
	Name:     "hop",
	Question: "What does the way through Redis cost?",
	Asked:    Asked{"One server has everything in its memory, two ask Redis: how many milliseconds does that add to the median?", "ms", 1},
	run:      runHop,
}

// mostAdded is in milliseconds, and for a machine that servers, Redis and users share.
const mostAdded = 10.

func runHop(b *bench) *report.Result {
	r := &report.Result{
		Table:  report.Table{Columns: []string{"servers", "users", "deliveries/s", "delivered", "p50", "p90", "p99"}},
		Figure: report.Figure{Title: "From when a message was due until it was heard", Y: "ms"},
	}
	talk := pick(b, 10*time.Second, 500*time.Millisecond)
	p50, p90, p99 := report.Bars{Name: "p50"}, report.Bars{Name: "p90"}, report.Bars{Name: "p99"}
	all, most := true, pick(b, 1000, 60)
	for _, way := range []struct {
		name    string
		phase   stack.Phase
		servers int
		users   int
		rate    float64
	}{
		{"1, in memory", phases[0], 1, pick(b, 100, 20), 20},
		{"2, with Redis", withRedis, 2, pick(b, 100, 20), 20},
		{"3, with Redis", withRedis, 3, most, pick(b, 2., 10.)},
	} {
		b.Doing(fmt.Sprintf("hop: %s, %d users", way.name, way.users))
		s := b.Start(way.phase, way.servers)
		c := b.Gather(s, load.Options{URLs: direct(s), Users: way.users})
		told := b.Talk(c, load.Pace{Rate: way.rate, For: talk})
		b.End()
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
	b.answer = p50.Values[1] - p50.Values[0]
	cheap := claim(b.answer < mostAdded, fmt.Sprintf("the way through Redis adds less than %g ms, in the median", mostAdded),
		"it adds %.1f ms", b.answer)
	near := claim(p50.Values[2] < 100, fmt.Sprintf("%d users on 3 servers: less than 100 ms, in the median", most),
		"it is %.1f ms", p50.Values[2])
	cheap.Timed, near.Timed = true, true
	r.Claims = []report.Claim{claim(all, "everything is delivered in each", "it is not"), cheap, near}
	r.Proves = fmt.Sprintf("The way through Redis adds %.1f ms to the median: two servers with it have %.1f ms, one without it has %.1f ms, everything on one machine.",
		b.answer, p50.Values[1], p50.Values[0])
	return r
}

// direct is the servers' own URLs.
func direct(s *stack.Stack) (urls []string) {
	for _, server := range s.Servers {
		urls = append(urls, server.URL())
	}
	return urls
}
