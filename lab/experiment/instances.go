package experiment

import (
	"math"

	"secondserver/lab/load"
	"secondserver/lab/report"
)

// M users are spread over N servers, and each speaks. Whoever speaks is heard by the
// M/N−1 others on the same server, of the M−1 who should hear it. One server more
// never makes it better. It is no bug that shows now and then: it is a fraction.
var instances = Experiment{
	Name:     "instances",
	Question: "How much arrives with 1 to 10 servers and nothing between them?",
	Asked:    Asked{"Three servers, nothing shared: how much of what is said arrives?", "%", 5},
	run:      runInstances,
}

func runInstances(b *bench) *report.Result {
	r := &report.Result{
		Table: report.Table{Columns: []string{"servers", "users", "predicted", "nothing shared", "with Redis", "errors logged"}},
		Figure: report.Figure{
			Title: "What arrives, by the number of servers", X: "servers", Y: "delivered (%)",
			Lines: []report.Line{{Name: "nothing shared"}, {Name: "(M/N−1)/(M−1)", Dashed: true}, {Name: "with Redis"}},
		},
	}
	worst, alone, joined, errors := 0.0, 1.0, 1.0, 0
	for servers := 1; servers <= pick(b, 10, 3); servers++ {
		b.Doing("instances: " + count(servers) + " servers")
		users := servers * int(math.Ceil(60/float64(servers))) // the same number on each
		predicted := (float64(users)/float64(servers) - 1) / (float64(users) - 1)
		without, errors2 := b.everybodySpeaks(nothingShared.Number, servers, users)
		with, errors3 := b.everybodySpeaks(withRedis.Number, servers, users)

		worst = max(worst, math.Abs(without-predicted))
		joined = min(joined, with)
		errors += errors2 + errors3
		if servers == 3 {
			b.answer, alone = 100*without, without
		}
		r.Table.Rows = append(r.Table.Rows, []string{
			count(servers), count(users), percent(predicted), percent(without), percent(with), count(errors2 + errors3),
		})
		for i, share := range []float64{without, predicted, with} {
			line := &r.Figure.Lines[i]
			line.Points = append(line.Points, [2]float64{float64(servers), 100 * share})
		}
	}
	r.Claims = []report.Claim{
		claim(worst <= 0.02, "with nothing shared (M/N−1)/(M−1) arrives, within 2 points", "it is off by %.1f points", 100*worst),
		claim(joined == 1, "with Redis everything arrives, whatever N is", "%.1f %% does", 100*joined),
		claim(errors == 0, "nothing is logged in either", "%d lines are", errors),
	}
	r.Proves = "With three servers and nothing between them " + percent(alone) +
		" arrives, and not one line is logged: what is lost is a fraction, not an accident."
	return r
}

// everybodySpeaks starts a stack, lets each user speak twice, and returns the share
// of deliveries and how many errors were logged.
func (b *bench) everybodySpeaks(phase, servers, users int) (share float64, errors int) {
	s := b.Start(phases[phase-1], servers)
	c := b.Gather(s, load.Options{Users: users})
	defer b.End()
	return b.Talk(c, load.Pace{Window: 1, Count: 2 * users}).Share(), errorsLogged(s)
}
