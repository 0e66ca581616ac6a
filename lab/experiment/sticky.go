package experiment

import (
	"errors"
	"fmt"
	"math"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/load"
	"secondserver/lab/report"
)

// "Turn on sticky sessions" is the first advice that one gets. A balancer that keeps
// a client on one server cures a handshake of two requests, which have to meet. It
// does not bring a message from one server to another one. And what does that does
// not cure the handshake.
var sticky = Experiment{
	Name:     "sticky",
	Question: "Do sticky sessions cure it?",
	Asked:    Asked{"Two servers, sticky sessions, no Redis: how much of what is said arrives?", "%", 5},
	run:      runSticky,
}

func runSticky(b *bench) *report.Result {
	const servers = 2
	users, tries := pick(b, 20, 8), pick(b, 30, 12)
	r := &report.Result{
		Table:  report.Table{Columns: []string{"transport", "sticky", "Redis", "handshakes that meet", "delivered"}},
		Figure: report.Figure{Title: "Sticky sessions and Redis, two servers", Y: "%"},
	}
	handshakes, deliveries := report.Bars{Name: "handshakes that meet"}, report.Bars{Name: "delivered"}
	byStickiness, byBus := true, true
	for _, transport := range []string{"WebSocket", "polling"} {
		for _, stick := range []bool{false, true} {
			for _, redis := range []bool{false, true} {
				phase := nothingShared
				if redis {
					phase = withRedis
				}
				b.doing(fmt.Sprintf("sticky: %s, sticky %s, Redis %s", transport, yes(stick), yes(redis)))
				s := b.start(phase, servers)
				b.must(s.Stick(b.ctx, stick))
				met := 1.0
				speak := dialect.Lab
				if transport == "polling" {
					met = b.handshakes(s.URL(), tries, servers)
					speak = dialect.Polling(true)
				}
				c := b.gather(s, load.Options{Users: users, Dialect: speak})
				placed := ownServer(c.Servers())
				told := b.talk(c, load.Pace{Window: 1, Count: 2 * users})
				b.end()

				byStickiness = byStickiness && (met == 1) == (stick || transport == "WebSocket")
				want := placed
				if redis {
					want = 1
				}
				byBus = byBus && math.Abs(told.Share()-want) <= 0.02
				if transport == "WebSocket" && stick && !redis {
					b.answer = 100 * told.Share()
				}
				r.Table.Rows = append(r.Table.Rows, []string{transport, yes(stick), yes(redis), percent(met), percent(told.Share())})
				r.Figure.Labels = append(r.Figure.Labels, fmt.Sprintf("%s, sticky %s, Redis %s", transport, yes(stick), yes(redis)))
				handshakes.Values = append(handshakes.Values, 100*met)
				deliveries.Values = append(deliveries.Values, 100*told.Share())
			}
		}
	}
	r.Figure.Bars = []report.Bars{handshakes, deliveries}
	r.Claims = []report.Claim{
		claim(byBus, "what is delivered depends on Redis alone", "see the table"),
		claim(byStickiness, "whether the handshake of polling meets depends on stickiness alone", "see the table"),
	}
	r.Proves = fmt.Sprintf("With sticky sessions and no Redis %.1f %% is delivered, as without them: stickiness cures the handshake, Redis the delivery, and neither the other.", b.answer)
	return r
}

// handshakes makes polling sessions and looks for each once, while others ask in
// between, now more of them, now fewer. It returns the share that was found.
func (b *bench) handshakes(url string, tries, servers int) float64 {
	found := 0
	for i := range tries {
		session, err := client.NewSession(b.ctx, url, fmt.Sprintf("user-%d", i))
		b.must(err)
		for range i % servers {
			_, err := client.Instance(b.ctx, url)
			b.must(err)
		}
		c, err := session.Dial(b.ctx)
		if err == nil {
			c.Close()
			found++
		} else if no, ok := errors.AsType[*client.Error](err); !ok || no.Code != "session_not_found" {
			b.must(err)
		}
	}
	return float64(found) / float64(tries)
}

// ownServer is the share of all pairs of users who are on one server.
func ownServer(servers map[string]int) float64 {
	all, pairs := 0, 0
	for _, n := range servers {
		all += n
		pairs += n * (n - 1)
	}
	return float64(pairs) / float64(all*(all-1))
}

func yes(so bool) string {
	if so {
		return "yes"
	}
	return "no"
}
