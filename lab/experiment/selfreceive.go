package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// A server that hands its own users a message at once, and only then gives it to
// Redis, is faster by a round trip. Its price: its users hear their own first, those
// of the other server theirs, so that there are two orders of one conversation. And
// when Redis is away, a part of the room talks on and does not know that it is a part.
var selfReceive = Experiment{
	Name:     "self-receive",
	Question: "Deliver to one's own users first, or only what comes back from Redis?",
	Asked:    Asked{"Own users first, two servers, everybody speaks: in how many orders is it heard?", "orders", 0},
	run:      runSelfReceive,
}

func runSelfReceive(b *bench) *report.Result {
	const servers = 2
	users := pick(b, 40, 12)
	r := &report.Result{
		Table:  report.Table{Columns: []string{"delivers", "orders", "delivered", "p50", "no Redis: acked", "no Redis: heard"}},
		Figure: report.Figure{Title: "What is left when Redis is away", Y: "%"},
	}
	var orders [2]int
	var taken, refused, left [2]float64 // shares, while Redis is away
	acked, delivered := report.Bars{Name: "acknowledged"}, report.Bars{Name: "heard by others"}
	for i, way := range []struct {
		name  string
		phase stack.Phase
		env   []string
	}{
		{"to its own users first", stack.WrongTurns, []string{"BROKER=local-first"}},
		{"only what comes back", withRedis, nil},
	} {
		b.Doing("self-receive: " + way.name)
		s := b.Start(way.phase, servers, way.env...)
		c := b.Gather(s, load.Options{Users: users, Return: load.Rejoin})
		calm := b.Talk(c, load.Pace{Rate: 20, For: pick(b, 3*time.Second, 500*time.Millisecond)})
		told := b.Talk(c, load.Pace{Window: 8, Count: 25 * users})
		orders[i] = c.Orders()

		b.Must(s.Redis.Kill())
		from := time.Now()
		b.Must(c.Talk(b.Ctx, load.Pace{Window: 4, Count: users})) // each is answered, if only by unavailable
		c.Settle(b.Ctx, b.Patience())
		away := c.Ledger.Reached(from, time.Now())
		taken[i], left[i] = away.AckedShare(), away.HeardShare(users-1)
		refused[i] = float64(c.Judge().Refused-told.Refused) / float64(away.Sent)
		b.End()

		r.Table.Rows = append(r.Table.Rows, []string{
			way.name, count(orders[i]), percent(told.Share()), milliseconds(calm.Latency.P50), percent(taken[i]), percent(left[i]),
		})
		r.Figure.Labels = append(r.Figure.Labels, way.name)
		acked.Values = append(acked.Values, 100*taken[i])
		delivered.Values = append(delivered.Values, 100*left[i])
	}
	r.Figure.Bars = []report.Bars{acked, delivered}
	b.answer = float64(orders[0])
	share := (float64(users)/servers - 1) / float64(users-1)
	r.Claims = []report.Claim{
		claim(orders[0] == servers, "own users first: one order a server", "there are %d", orders[0]),
		claim(orders[1] == 1, "only what comes back: one order for all", "there are %d", orders[1]),
		claim(left[0] > share-0.02 && left[0] < share+0.02, "Redis away, own users first: about 1/N is delivered", "%.1f %% is", 100*left[0]),
		claim(taken[0] == 1, "and all of it is acknowledged", "%.1f %% is", 100*taken[0]),
		claim(left[1] == 0 && taken[1] == 0, "Redis away, only what comes back: nothing is delivered, and nothing acknowledged",
			"%.1f %% is delivered, %.1f %% acknowledged", 100*left[1], 100*taken[1]),
		claim(refused[1] == 1, "and the sender of each message is told", "%.1f %% are refused", 100*refused[1]),
	}
	r.Proves = fmt.Sprintf("Delivering to one's own first makes %d orders of one conversation, and when Redis is away %s is delivered and %s acknowledged; what waits for Redis makes %d, delivers %s and refuses %s.",
		orders[0], percent(left[0]), percent(taken[0]), orders[1], percent(left[1]), percent(refused[1]))
	return r
}
