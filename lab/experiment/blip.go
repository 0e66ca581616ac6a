package experiment

import (
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
)

// Redis goes away and comes back, for all servers or for one of them. Pub/Sub alone
// forgets: what is published while nobody listens is gone, and who publishes by
// "fire and forget" does not even know. (In the second case those on the other server
// speak: their messages are taken, and do not get to the server that is cut off.) With
// a history next to it, senders are told, and send again under the same ref, and
// servers read what they have missed.
var blip = Experiment{
	Name:     "blip",
	Question: "Redis is gone for 5 seconds: what is lost?",
	Asked:    Asked{"Pub/Sub alone, Redis gone for 5 s: how much of what is sent meanwhile arrives?", "%", 5},
	run:      runBlip,
}

// An absence is a way for Redis to be away.
type absence struct {
	name        string
	on          string // who speaks
	gone, again func(*bench, *stack.Stack)
}

var absences = []absence{
	{"for all (killed)", "",
		func(b *bench, s *stack.Stack) { b.Must(s.Redis.Kill()) },
		func(b *bench, s *stack.Stack) { b.Must(s.Redis.Start(b.Ctx)) }},
	{"for one (cut off)", "server-1",
		func(b *bench, s *stack.Stack) {
			b.Must(s.Servers[1].CutRedis(stack.BothWays))
			b.Must(s.Servers[1].DropRedisConnections())
		},
		func(b *bench, s *stack.Stack) { b.Must(s.Servers[1].HealRedis()) }},
}

func runBlip(b *bench) *report.Result {
	gone, users := pick(b, 5*time.Second, 500*time.Millisecond), pick(b, 40, 12)
	r := &report.Result{
		Table:  report.Table{Columns: []string{"Redis gone", "bus", "sent", "acked", "arrived", "acked, lost", "caught up"}},
		Figure: report.Figure{Title: fmt.Sprintf("Redis gone for %v: what was sent meanwhile", gone), Y: "arrived (%)", Labels: []string{"gone for all", "gone for one of two"}},
	}
	var taken float64 // of what Pub/Sub alone does not bring
	live, kept := report.Bars{Name: "Pub/Sub alone"}, report.Bars{Name: "with a history"}
	for i, away := range absences {
		for _, way := range []struct {
			name  string
			phase stack.Phase
			env   []string
			back  load.Return
			bars  *report.Bars
		}{
			{"Pub/Sub alone", stack.WrongTurns, []string{"BROKER=pubsub"}, load.Rejoin, &live},
			{"with a history", withRedis, nil, load.Resume, &kept},
		} {
			b.Doing("blip: gone " + away.name + ", " + way.name)
			w := b.blip(away, gone, way.phase, way.env, load.Options{Users: users, Return: way.back})
			caughtUp := "never"
			if w.lost == 0 {
				caughtUp = fmt.Sprintf("%.2f s", w.caughtUp.Seconds())
			}
			r.Table.Rows = append(r.Table.Rows, []string{
				away.name, way.name, count(w.sent), percent(w.acked), percent(w.arrived), count(w.lost), caughtUp,
			})
			way.bars.Values = append(way.bars.Values, 100*w.arrived)
			text := "Redis gone " + away.name + ": "
			switch {
			case way.back == load.Resume:
				r.Claims = append(r.Claims, claim(w.lost == 0 && w.arrived == 1, text+"with a history nothing acknowledged is lost",
					"%d deliveries are, %.1f %% arrived", w.lost, 100*w.arrived))
			case i == 0:
				b.answer, taken = 100*w.arrived, w.acked
				r.Claims = append(r.Claims, claim(w.arrived <= 0.02, text+"Pub/Sub alone loses everything sent meanwhile", "%.1f %% arrived", 100*w.arrived),
					claim(w.acked == 1, text+"Pub/Sub alone acknowledges everything sent meanwhile", "%.1f %% is acknowledged", 100*w.acked))
			default:
				r.Claims = append(r.Claims, claim(w.lost > 0, text+"Pub/Sub alone loses what was acknowledged", "nothing was lost"))
			}
		}
	}
	r.Figure.Bars = []report.Bars{live, kept}
	r.Proves = fmt.Sprintf("While Redis is gone Pub/Sub alone brings %s of what is sent, and acknowledges %s of it; with a history %s arrives.",
		percent(live.Values[0]/100), percent(taken), percent(kept.Values[0]/100))
	return r
}

// What a blip did.
type blipped struct {
	sent     int     // messages, while Redis was gone
	acked    float64 // the share of them, in the end
	arrived  float64 // the share of their deliveries, in the end
	lost     int     // deliveries of acknowledged messages, of the whole run
	caughtUp time.Duration
}

func (b *bench) blip(away absence, gone time.Duration, phase stack.Phase, env []string, o load.Options) (w blipped) {
	s := b.Start(phase, 2, env...)
	c := b.Gather(s, o)
	defer b.End()
	var from, until time.Time
	calm := pick(b, 2*time.Second, 100*time.Millisecond)
	told := b.Meanwhile(c, load.Pace{Rate: 40, For: gone + 2*calm, On: away.on}, func() {
		b.Pass(calm)
		away.gone(b, s)
		from = time.Now()
		b.Pass(gone)
		until = time.Now()
		away.again(b, s)
	})
	w.lost = told.Lost
	// What was sent in the last moment may still be on its way to Redis when it is back.
	then := c.Ledger.Reached(from, until.Add(-100*time.Millisecond))
	w.sent, w.acked, w.arrived = then.Sent, then.AckedShare(), then.HeardShare(o.Users-1)
	w.caughtUp = max(0, c.Ledger.LastHeard(from, until).Sub(until))
	return w
}
