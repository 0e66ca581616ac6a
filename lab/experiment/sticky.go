package experiment

import (
	"errors"
	"fmt"
	"math"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/stack"
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
	always, byStickiness, byBus := true, true, true
	for _, transport := range []string{"WebSocket", "polling"} {
		for _, stick := range []bool{false, true} {
			for _, redis := range []bool{false, true} {
				phase := nothingShared
				if redis {
					phase = withRedis
				}
				b.Doing(fmt.Sprintf("sticky: %s, sticky %s, Redis %s", transport, yes(stick), yes(redis)))
				s := b.Start(phase, servers)
				b.Must(s.Stick(b.Ctx, stick))
				speak, shake := dialect.Lab, b.socket
				if transport == "polling" {
					speak, shake = dialect.Polling(true), b.session
				}
				met := b.handshakes(s, tries, shake)
				c := b.Gather(s, load.Options{Users: users, Dialect: speak})
				placed := ownServer(c.Servers())
				told := b.Talk(c, load.Pace{Window: 1, Count: 2 * users})
				b.End()

				if transport == "polling" {
					byStickiness = byStickiness && (met == 1) == stick
				} else {
					always = always && met == 1
				}
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
		claim(always, "the handshake of a WebSocket always meets", "see the table"),
		claim(byStickiness, "whether the handshake of polling meets depends on stickiness alone", "see the table"),
	}
	r.Proves = fmt.Sprintf("With sticky sessions and no Redis %.1f %% is delivered, as without them: stickiness cures the handshake, Redis the delivery, and neither the other.", b.answer)
	return r
}

// handshakes has so many users connect, and returns the share of those who were
// welcomed. Others ask in between, now more of them, now fewer: round robin alone would
// have each user's second request meet the same server every time.
func (b *bench) handshakes(s *stack.Stack, tries int, shake func(url, user string, meanwhile func()) (*client.Client, error)) float64 {
	welcomed := 0
	for i := range tries {
		c, err := shake(s.URL(), fmt.Sprintf("user-%d", i), func() {
			for range i % len(s.Servers) {
				_, err := client.Instance(b.Ctx, s.URL())
				b.Must(err)
			}
		})
		if err == nil {
			c.Close()
			welcomed++
		} else if _, refused := errors.AsType[*client.Error](err); !refused {
			b.Must(err)
		}
	}
	return float64(welcomed) / float64(tries)
}

// socket connects by WebSocket: one request, after what goes on meanwhile.
func (b *bench) socket(url, user string, meanwhile func()) (*client.Client, error) {
	meanwhile()
	return client.Dial(b.Ctx, url, user)
}

// session connects by polling: two requests, and what goes on meanwhile between them.
// The second one may be refused only because its session is on another server.
func (b *bench) session(url, user string, meanwhile func()) (*client.Client, error) {
	session, err := client.NewSession(b.Ctx, url, user)
	b.Must(err)
	meanwhile()
	c, err := session.Dial(b.Ctx)
	if no, refused := errors.AsType[*client.Error](err); refused && no.Code != "session_not_found" {
		b.Must(err)
	}
	return c, err
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
