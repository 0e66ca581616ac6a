package bench

import (
	"fmt"
	"slices"

	"secondserver/lab/report"
	"secondserver/lab/rig"
)

// Writing is most of what a chat server does, and a write costs what it costs, however
// little is in it. So the more waits, the cheaper it gets, if it leaves together; and
// the fewer members a room has, the more of the cost is that of the message itself.
var deliveries = Bench{
	Name:     "deliveries",
	Question: "What does a delivery cost the servers?",
	run:      runDeliveries,
}

// A workload is a shape, and how many messages of each speaker are unanswered.
type workload struct {
	shape  Shape
	window int
	most   float64 // of the tutorial's cost, to be reached; 0: nothing is
}

var workloads = []workload{
	{Shape{Rooms: 1, Members: 200}, 1, 0}, {Shape{Rooms: 1, Members: 200}, 4, 0}, {Shape{Rooms: 1, Members: 200}, 16, 0.27},
	{Shape{Rooms: 10, Members: 20}, 1, 0.93}, {Shape{Rooms: 10, Members: 20}, 4, 0}, {Shape{Rooms: 10, Members: 20}, 16, 0.34},
	{Shape{Rooms: 100, Members: 2}, 1, 0}, {Shape{Rooms: 100, Members: 2}, 4, 0}, {Shape{Rooms: 100, Members: 2}, 16, 0.45},
}

func (w workload) String() string { return fmt.Sprintf("%d × %d", w.shape.Rooms, w.shape.Members) }

// costs are those of one workload, for each contender.
type costs [2]struct{ servers, redis, client samples }

func runDeliveries(r *runner) *report.Result {
	loads := rig.Pick(r.Rig, workloads, workloads[5:6])
	all := make([]costs, len(loads))
	var raw, raw16 samples
	for first := 0; first < len(loads); {
		next := first // of another shape
		for next < len(loads) && loads[next].shape == loads[first].shape {
			next++
		}
		r.rounds(loads[first].String(), func(contender int) {
			if contender == 0 {
				raw, raw16 = append(raw, r.raw(1)), append(raw16, r.raw(16))
			}
			s := r.serve(contenders[contender], 2)
			c := r.gather(s, loads[first].shape)
			defer c.close()
			for i := first; i < next; i++ {
				cost, to := r.measure(c, s, Pace{Window: loads[i].window}), &all[i][contender]
				to.servers, to.redis, to.client = append(to.servers, cost.Servers), append(to.redis, cost.Redis), append(to.client, cost.Client)
			}
			c.close()
			r.End()
		})
		first = next
	}
	return deliveriesResult(loads, all, raw.median(), raw16.median(), r.Fast)
}

func (r *runner) raw(frames int) float64 {
	micros, err := rawWrite(frames)
	r.Must(err)
	return micros
}

func deliveriesResult(loads []workload, all []costs, raw, raw16 float64, fast bool) *report.Result {
	r := &report.Result{
		Table: report.Table{Columns: []string{"rooms × members", "window", "phase 3", "tutorial", "ratio", "at most", "writes", "Redis", "Redis there"}},
		Figure: report.Figure{
			Title: "What a delivery costs the servers", Y: "µs of CPU",
			Bars: []report.Bars{{Name: "phase 3"}, {Name: "a tutorial's hub"}},
		},
	}
	busy := 0.0 // the client, where it takes the largest part
	for i, w := range loads {
		ours, theirs := all[i][0], all[i][1]
		ratio, most := ours.servers.over(theirs.servers), ""
		if w.most > 0 && !fast {
			most = fmt.Sprintf("%.2f", w.most)
			r.Claims = append(r.Claims, report.Claim{
				Text:  fmt.Sprintf("%v, %d unanswered: at most %s of what it costs the tutorial's hub; it is %v", w, w.window, most, ratio),
				Holds: ratio.median <= w.most, Timed: true,
			})
		}
		r.Table.Rows = append(r.Table.Rows, []string{
			w.String(), fmt.Sprint(w.window), figure(ours.servers.median()), figure(theirs.servers.median()), ratio.String(), most,
			figure(ours.servers.median() / raw), figure(ours.redis.median()), figure(theirs.redis.median()),
		})
		r.Figure.Labels = append(r.Figure.Labels, fmt.Sprintf("%v, %d", w, w.window))
		r.Figure.Bars[0].Values = append(r.Figure.Bars[0].Values, ours.servers.median())
		r.Figure.Bars[1].Values = append(r.Figure.Bars[1].Values, theirs.servers.median())
		busy = slices.Max([]float64{busy, ours.client.median() / ours.servers.median(), theirs.client.median() / theirs.servers.median()})
	}
	r.Claims = append(r.Claims, report.Claim{
		Text: fmt.Sprintf("the client takes less than the servers; it takes %.2f of it at most", busy), Holds: busy < 1, Timed: true,
	})
	r.Proves = fmt.Sprintf("In µs of CPU a delivery; Redis's a message. One write() of a frame costs %s µs, of 16 frames %s µs a frame; "+
		"“writes” is how many such single ones a delivery costs.", figure(raw), figure(raw16))
	return r
}
