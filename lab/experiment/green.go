package experiment

import (
	"context"
	"net/http"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// Three servers with nothing between them lose two thirds of everything. This is what
// a dashboard shows of it.
var green = Experiment{
	Name:     "green",
	Question: "What do the dashboards say meanwhile?",
	Asked:    Asked{"Two thirds of all deliveries are lost: how many errors do three servers log?", "lines", 0},
	run:      runGreen,
}

func runGreen(b *bench) *report.Result {
	users := pick(b, 99, 30)
	s := b.Start(nothingShared, 3)
	c := b.Gather(s, load.Options{Users: users})
	b.Doing("green: everybody speaks")
	told := b.Talk(c, load.Pace{Window: 1, Count: 2 * users})

	r := &report.Result{
		Table:  report.Table{Columns: []string{"", "connections", "/healthz", "/readyz", "errors logged", "acknowledged", "delivered"}},
		Figure: report.Figure{Title: "Three servers, nothing shared", Y: "%", Labels: []string{"healthy", "ready", "acknowledged", "without an error", "delivered"}},
	}
	connections := c.Servers()
	most, fewest, healthy, ready := 0, users, 0, 0
	for _, server := range s.Servers {
		health, readiness := b.status(server, "/healthz"), b.status(server, "/readyz")
		if health == http.StatusOK {
			healthy++
		}
		if readiness == http.StatusOK {
			ready++
		}
		most, fewest = max(most, connections[server.ID]), min(fewest, connections[server.ID])
		r.Table.Rows = append(r.Table.Rows, []string{
			server.ID, count(connections[server.ID]), count(health), count(readiness), "", "", "",
		})
	}
	errors, acked := errorsLogged(s), float64(told.Acked)/float64(told.Sent)
	r.Table.Rows = append(r.Table.Rows, []string{"all", count(users), "", "", count(errors), percent(acked), percent(told.Share())})

	n := float64(len(s.Servers))
	r.Figure.Bars = []report.Bars{{Name: "phase 2", Values: []float64{
		100 * float64(healthy) / n, 100 * float64(ready) / n, 100 * acked, 100 * (1 - float64(errors)/float64(told.Sent)), 100 * told.Share(),
	}}}
	b.answer = float64(errors)
	r.Claims = []report.Claim{
		claim(most-fewest <= 1, "connections are even", "one server has %d, another one %d", most, fewest),
		claim(healthy == 3 && ready == 3, "every health check is 200", "%d are healthy, %d ready", healthy, ready),
		claim(errors == 0, "no error is logged", "%d are", errors),
		claim(told.Acked == told.Sent, "every message is acknowledged", "%d of %d are", told.Acked, told.Sent),
		claim(told.Share() > 0.31 && told.Share() < 0.35, "33 % is delivered", "%.1f %% is", 100*told.Share()),
	}
	r.Proves = "Everything that a dashboard shows is green while " + percent(told.Share()) +
		" of what is said arrives: only counting what was received shows it."
	return r
}

// status asks a server for something and returns the HTTP status, 0 for no answer.
func (b *bench) status(server *stack.Server, path string) int {
	ctx, cancel := context.WithTimeout(b.Ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL()+path, nil)
	b.Must(err)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}
