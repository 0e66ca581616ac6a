package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/report"
)

// A third server comes while people talk, and goes again. A connection lives where
// it was made: the new server gets nobody until somebody connects anew.
var autoscale = Experiment{
	Name:     "autoscale",
	Question: "2 servers, then 3, then 2, while 100 users talk: who notices?",
	Asked:    Asked{"A third server is up: how much of the old connections does it get?", "%", 0},
	run:      runAutoscale,
}

func runAutoscale(b *bench) *report.Result {
	users := pick(b, 100, 30)
	r := &report.Result{
		Table: report.Table{Columns: []string{"", "server-1", "server-2", "server-3", "of the old ones on 3"}},
		Figure: report.Figure{
			Title: "Connections on each server, 2 → 3 → 2", X: "seconds", Y: "connections",
			Lines: []report.Line{{Name: "server-1"}, {Name: "server-2"}, {Name: "server-3"}},
		},
	}
	s := b.Start(withRedis, 2)
	c := b.Gather(s, load.Options{Users: users, Return: load.Resume})
	b.Doing("autoscale: 2 servers, then 3, then 2")
	began := time.Now()
	look := func(when string) (onNew float64) {
		at := c.Servers()
		onNew = float64(at["server-3"]) / float64(users)
		for i := range r.Figure.Lines {
			line := &r.Figure.Lines[i]
			line.Points = append(line.Points, [2]float64{time.Since(began).Seconds(), float64(at[line.Name])})
		}
		if when != "" {
			r.Table.Rows = append(r.Table.Rows, []string{when, count(at["server-1"]), count(at["server-2"]), count(at["server-3"]), percent(onNew)})
		}
		return onNew
	}
	stage := pick(b, 3*time.Second, 250*time.Millisecond)
	stays := func() {
		for range 5 {
			b.Pass(stage / 5)
			look("")
		}
	}
	var movers map[string]bool
	var fresh, moved float64
	told := b.Meanwhile(c, load.Pace{Rate: 50, For: 5 * stage}, func() {
		stays()
		look("2 servers")
		third, err := s.AddServer(b.Ctx)
		b.Must(err)
		stays()
		fresh = look("3 servers, one is new")
		movers = c.Move(users / 2)
		b.Until(5*time.Second, "who moves is back", func() bool { return total(c.Servers()) == users })
		stays()
		moved = look("half have reconnected")
		b.Must(third.Stop(b.Ctx))
		b.Until(10*time.Second, "everybody is back on two servers", func() bool { return total(c.Servers()) == users })
		stays()
		look("2 servers again")
	})
	stayed := c.Ledger.Tally(func(p ledger.Pair) bool { return !movers[p.To] })
	went := c.Ledger.Tally(func(p ledger.Pair) bool { return movers[p.To] })
	reconnected := c.Ends()["moved"]
	b.answer = 100 * fresh
	r.Claims = []report.Claim{
		claim(stayed.Lost() == 0 && stayed.Due > 0, "nothing is lost for those who stay", "%d of %d are", stayed.Lost(), stayed.Due),
		claim(went.Lost() == 0 && went.Due > 0, "nothing is lost for those who move", "%d of %d are", went.Lost(), went.Due),
		claim(told.Doubled+told.Reordered == 0, "nothing is doubled or reordered", "%d are doubled, %d reordered", told.Doubled, told.Reordered),
		claim(fresh == 0, "a new server has 0 % of the old connections", "%.1f %%", 100*fresh),
		claim(len(movers) == users/2 && reconnected == users/2, "half of them reconnect", "%d were to, and %d did", len(movers), reconnected),
		claim(moved > 0, "after half of them have reconnected, the new server has some of them", "it has none"),
	}
	r.Proves = fmt.Sprintf("A new server gets %s of the connections that there are: scaling out helps those who come, and 0 of %d deliveries were lost on the way there and back.", percent(fresh), told.Due)
	if told.Lost > 0 {
		r.Proves = fmt.Sprintf("%d of %d deliveries were lost on the way there and back.", told.Lost, told.Due)
	}
	return r
}

func total(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}
