package bench

import (
	"fmt"

	"secondserver/lab/report"
	"secondserver/lab/rig"
)

// The curves: what a delivery costs as one thing grows, while as much is said in all. A
// delivery costs more where more of them are writes of their own, and no more from
// then on.
var (
	rooms = Bench{
		Name: "rooms", Question: "What does a delivery cost with 1 to 10,000 rooms of 10?",
		run: curve("rooms", []int{1, 10, 100, 1000, 10_000}, func(rooms int) (Shape, int) {
			// At most a thousand connections: a process has only so many files.
			return Shape{Rooms: rooms, Members: 10, Each: max(1, rooms/100)}, 2
		}),
	}
	connections = Bench{
		Name: "connections", Question: "What does a delivery cost with 10 to 10,000 connections?",
		run: curve("connections", []int{10, 100, 1000, 10_000}, func(connections int) (Shape, int) {
			return Shape{Rooms: connections / 10, Members: 10}, 2
		}),
	}
	instances = Bench{
		Name: "instances", Question: "What does a delivery cost with 1 to 8 instances?",
		run: curve("instances", []int{1, 2, 4, 8}, func(instances int) (Shape, int) {
			return Shape{Rooms: 10, Members: 16}, instances
		}),
	}
	direct = Bench{
		Name: "direct", Question: "What does a message to one of 20 to 10,000 users cost?",
		run: curve("users", []int{20, 100, 1000, 10_000}, func(users int) (Shape, int) {
			return Shape{Members: users, Direct: true}, 2
		}),
	}
)

// curveRate is how many messages a second are said in all: what two processors and
// 10 members a room leave room for, many times over, or queues would be measured.
const curveRate = 1000

func curve(x string, at []int, shape func(int) (s Shape, instances int)) func(*runner) *report.Result {
	return func(r *runner) *report.Result {
		result := &report.Result{
			Table: report.Table{Columns: []string{x, "servers", "Redis", "client", "p50", "p99"}},
			Figure: report.Figure{
				Title: "What a delivery costs, by the number of " + x, X: x, Y: "µs of CPU", LogX: true,
				Lines: []report.Line{{Name: "servers, a delivery"}, {Name: "Redis, a message"}},
			},
			Proves: fmt.Sprintf("At %d messages a second in all: servers' and client's µs of CPU a delivery, Redis's a message; µs to the other server.", curveRate),
		}
		for _, n := range rig.Pick(r.Rig, at, at[:2]) {
			r.Doing(fmt.Sprintf("%s: %d", r.bench, n))
			shape, servers := shape(n)
			s := r.serve(contenders[0], servers)
			c := r.gather(s, shape)
			cost := r.measure(c, s, Pace{Rate: curveRate})
			c.close()
			r.End()
			row := []string{fmt.Sprint(n), figure(cost.Servers), figure(cost.Redis), figure(cost.Client), "", ""}
			if servers > 1 { // else there is no other one
				row[4], row[5] = figure(cost.P50), figure(cost.P99)
			}
			result.Table.Rows = append(result.Table.Rows, row)
			for i, y := range []float64{cost.Servers, cost.Redis} {
				line := &result.Figure.Lines[i]
				line.Points = append(line.Points, [2]float64{float64(n), y})
			}
		}
		return result
	}
}
