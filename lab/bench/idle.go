package bench

import (
	"fmt"
	"strings"
	"time"

	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

// Most connections of a chat say nothing most of the time. What they cost is memory.
var idle = Bench{
	Name:     "idle",
	Question: "What does a connection cost that says nothing?",
	run:      runIdle,
}

// settleIdle is for what a handshake needed to be given back to the system.
const settleIdle = 15 * time.Second

const idleAtMost = 0.28 // of the tutorial's

func runIdle(r *runner) *report.Result {
	count := rig.Pick(r.Rig, 10_000, 200)
	var kib [2]samples
	r.rounds(fmt.Sprint(count, " connections"), func(contender int) {
		s := r.serve(contenders[contender], 2)
		before := r.memory(s)
		c := r.gather(s, Shape{Rooms: count / 10, Members: 10})
		defer c.close()
		r.Pass(rig.Pick(r.Rig, settleIdle, 0))
		kib[contender] = append(kib[contender], (r.memory(s)-before)/1024/float64(count))
		c.close()
		r.End()
	})
	ratio := kib[0].over(kib[1])
	result := &report.Result{
		Table: report.Table{
			Columns: []string{"connections", "phase 3", "tutorial", "ratio"},
			Rows:    [][]string{{fmt.Sprint(count), figure(kib[0].median()), figure(kib[1].median()), ratio.String()}},
		},
		Figure: report.Figure{
			Title: "What an idle connection costs", Y: "KiB", Labels: []string{"phase 3", "a tutorial's hub"},
			Bars: []report.Bars{{Name: "memory of the servers", Values: []float64{kib[0].median(), kib[1].median()}}},
		},
		Proves: "In KiB of the servers' memory that is in RAM, a connection, of which each is in a room of 10.",
	}
	if !r.Fast {
		result.Claims = []report.Claim{{
			Text:  fmt.Sprintf("at most %.2f of what it costs the tutorial's hub; it is %v", idleAtMost, ratio),
			Holds: ratio.median <= idleAtMost, Timed: true,
		}}
	}
	return result
}

// memory is what all servers have in RAM, in bytes.
func (r *runner) memory(s *stack.Stack) (bytes float64) {
	parts, err := s.Usage()
	r.Must(err)
	for _, p := range parts {
		if strings.HasPrefix(p.Part, "server-") {
			bytes += float64(p.Memory)
		}
	}
	return bytes
}
