package experiment

import (
	"fmt"
	"strings"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// Every server is replaced, one after the other, while people talk. It makes a
// difference how a server goes, and whether those who come back ask for what they
// missed.
var deploy = Experiment{
	Name:     "deploy",
	Question: "What does a rolling restart cost?",
	Asked:    Asked{"Servers end politely, clients reconnect in a fraction of a second, and join again: how many deliveries does one deploy lose?", "deliveries", 100},
	run:      runDeploy,
}

func runDeploy(b *bench) *report.Result {
	users := pick(b, 60, 20)
	r := &report.Result{
		Table:  report.Table{Columns: []string{"servers' end", "clients then", "ended", "by 1012", "due", "lost", "unanswered", "back after"}},
		Figure: report.Figure{Title: "One deploy: three servers restarted, one after the other", Y: "deliveries lost"},
	}
	var lost, ended, warned [3]int
	bars := report.Bars{Name: "lost"}
	for i, way := range []struct {
		name, back string
		end        func(*stack.Server) error
		comeBack   load.Return
	}{
		{"kill -9", "join again", (*stack.Server).Kill, load.Rejoin},
		{"drain", "join again", b.stop, load.Rejoin},
		{"drain", "resume", b.stop, load.Resume},
	} {
		b.Doing("deploy: " + way.name + ", clients " + way.back)
		s := b.Start(withRedis, 3)
		c := b.Gather(s, load.Options{Users: users, Return: way.comeBack})
		stay := pick(b, 2*time.Second, 150*time.Millisecond)
		told := b.Meanwhile(c, load.Pace{Rate: 100, For: pick(b, 10*time.Second, 700*time.Millisecond)}, func() {
			for _, server := range s.Servers[:pick(b, 3, 1)] {
				b.Pass(stay)
				b.Must(way.end(server))
				b.Must(server.Start(b.Ctx))
			}
		})
		comebacks, ends := c.Comebacks(), c.Ends()
		b.End()

		lost[i], ended[i], warned[i] = told.Lost, total(ends), restarts(ends)
		back := "–"
		if len(comebacks) > 0 {
			back = fmt.Sprintf("%.0f ms", float64(comebacks[len(comebacks)/2].Took().Microseconds())/1000)
		}
		r.Table.Rows = append(r.Table.Rows, []string{
			way.name, way.back, count(ended[i]), count(warned[i]), count(told.Due), count(told.Lost), count(told.Unanswered), back,
		})
		r.Figure.Labels = append(r.Figure.Labels, way.name+", clients "+way.back)
		bars.Values = append(bars.Values, float64(told.Lost))
	}
	r.Figure.Bars = []report.Bars{bars}
	b.answer = float64(lost[1])
	drained := ended[1] + ended[2]
	r.Claims = []report.Claim{
		claim(ended[0] > 0 && warned[0] == 0, "who is connected to a server that is killed is not told", "%d of %d are", warned[0], ended[0]),
		claim(drained > 0 && warned[1]+warned[2] == drained, "who is connected to one that drains is told, by close code 1012", "%d of %d are", warned[1]+warned[2], drained),
		claim(lost[0] > 0, "kill -9 loses deliveries", "none was lost"),
		claim(lost[1] > 0, "so does a drain whose clients only join again", "none was lost"),
		claim(lost[2] == 0, "drain and resume loses none", "%d are lost", lost[2]),
	}
	r.Proves = fmt.Sprintf("A deploy loses %d deliveries by kill -9, %d by draining, and %d where those who come back resume: it is the resume that saves, not the politeness.", lost[0], lost[1], lost[2])
	return r
}

// restarts counts the connections that ended by the server's saying that it restarts.
func restarts(ends map[string]int) (count int) {
	for cause, n := range ends {
		if strings.HasPrefix(cause, "1012 ") {
			count += n
		}
	}
	return count
}

// stop drains a server, as a deploy does.
func (b *bench) stop(server *stack.Server) error { return server.Stop(b.Ctx) }
