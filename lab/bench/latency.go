package bench

import (
	"fmt"

	"secondserver/lab/report"
	"secondserver/lab/rig"
)

// How long a message takes to a member on the other server, at a steady rate.
var latency = Bench{
	Name:     "latency",
	Question: "How long does a message take to the other server?",
	run:      runLatency,
}

var latencyShape = Shape{Rooms: 10, Members: 10}

func runLatency(r *runner) *report.Result {
	result := &report.Result{
		Table: report.Table{Columns: []string{"messages/s", "p50", "tutorial", "ratio", "p99", "tutorial p99", "CPU", "tutorial CPU"}},
		Figure: report.Figure{
			Title: "How long a message takes to the other server", Y: "µs",
			Bars: []report.Bars{{Name: "phase 3, half of them"}, {Name: "a tutorial's hub"}},
		},
	}
	rates := rig.Pick(r.Rig, []int{500, 4000}, []int{500})
	type figures struct{ p50, p99, servers samples }
	all := make([][2]figures, len(rates))
	r.rounds("10 × 10", func(contender int) {
		s := r.serve(contenders[contender], 2)
		c := r.gather(s, latencyShape)
		defer c.close()
		for i, rate := range rates {
			cost, to := r.measure(c, s, Pace{Rate: rate}), &all[i][contender]
			to.p50, to.p99, to.servers = append(to.p50, cost.P50), append(to.p99, cost.P99), append(to.servers, cost.Servers)
		}
		c.close()
		r.End()
	})
	for i, rate := range rates {
		ours, theirs := all[i][0], all[i][1]
		result.Table.Rows = append(result.Table.Rows, []string{
			fmt.Sprint(rate), figure(ours.p50.median()), figure(theirs.p50.median()), ours.p50.over(theirs.p50).String(),
			figure(ours.p99.median()), figure(theirs.p99.median()), figure(ours.servers.median()), figure(theirs.servers.median()),
		})
		result.Figure.Labels = append(result.Figure.Labels, fmt.Sprintf("%d/s", rate))
		result.Figure.Bars[0].Values = append(result.Figure.Bars[0].Values, ours.p50.median())
		result.Figure.Bars[1].Values = append(result.Figure.Bars[1].Values, theirs.p50.median())
	}
	result.Proves = "In µs, from speaking to hearing, of members on the other server; CPU in µs a delivery. 10 rooms of 10."
	return result
}
