package ledger

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Verdict says whether everybody got what was owed.
type Verdict string

const (
	True    Verdict = "true"
	False   Verdict = "false"   // something is wrong, and Report.First shows the first of it
	Unknown Verdict = "unknown" // nothing wrong was seen, but too little was seen
)

// A Report is what came out. Its JSON form is what `lab load --json` prints.
type Report struct {
	Verdict Verdict `json:"verdict"`

	// Messages. Those refused had an error for an answer, those unanswered none.
	Sent       int `json:"sent"`
	Acked      int `json:"acked"`
	Refused    int `json:"refused"`
	Unanswered int `json:"unanswered"`

	// Deliveries: pairs of an acknowledged message and another user who is owed it.
	Due       int `json:"due"`
	Delivered int `json:"delivered"`
	Lost      int `json:"lost"`
	Told      int `json:"told"`   // of the lost: the server said that something is
	Unseen    int `json:"unseen"` // nobody looked: neither delivered nor lost

	Heard int `json:"heard"` // messages that came where they belong, own ones included

	Doubled     int `json:"doubled"`     // further copies
	Reordered   int `json:"reordered"`   // heard after what it should have preceded
	WrongRoom   int `json:"wrong_room"`  // heard where it was not said, or where the user is not
	Altered     int `json:"altered"`     // heard with another text, or from another sender
	Misnumbered int `json:"misnumbered"` // heard or acknowledged at an offset that cannot be right
	Late        int `json:"late"`        // delivered, but not in time

	// Own messages that their senders have not heard, and should. Of the unseen nobody
	// knows whether they have.
	EchoesLost   int `json:"echoes_lost"`
	EchoesUnseen int `json:"echoes_unseen"`

	Latency Quantiles `json:"latency"` // of deliveries, from when a message should have been sent
	Answers Quantiles `json:"answers"` // of acknowledgements

	Between []Between `json:"between"` // from each server to each, in the order of their names
	First   *Trace    `json:"first,omitempty"`
}

// Share is the delivered part of what is due, 0 to 1; 0 where nothing is due.
func (r *Report) Share() float64 {
	if r.Due == 0 {
		return 0
	}
	return float64(r.Delivered) / float64(r.Due)
}

// A Between is what senders on one server said to users on another one, or on
// their own. The users are where they were when it was sent.
type Between struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Due       int    `json:"due"`
	Delivered int    `json:"delivered"`
	Lost      int    `json:"lost"` // the rest is unseen
}

// Quantiles are those of a histogram, in milliseconds, each right to a thousandth.
type Quantiles struct {
	P50 float64 `json:"p50_ms"`
	P90 float64 `json:"p90_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

func (q Quantiles) String() string {
	return fmt.Sprintf("p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, max %.1f ms", q.P50, q.P90, q.P99, q.Max)
}

// WriteLatency writes the distribution of latencies, in milliseconds, in the form
// that HDR histogram plotters read.
func (l *Ledger) WriteLatency(w io.Writer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.latency.PercentilesPrint(w, 5, 1000)
	return err
}

func quantiles(h *hdrhistogram.Histogram) Quantiles {
	at := func(q float64) float64 { return float64(h.ValueAtQuantile(q)) / 1000 }
	return Quantiles{at(50), at(90), at(99), float64(h.Max()) / 1000}
}

// Judge says what came out so far. What is still on its way counts as lost.
func (l *Ledger) Judge() *Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &Report{Latency: quantiles(l.latency), Answers: quantiles(l.answers)}
	var first offence
	l.countMessages(r)
	between := make(map[Between]Between)
	seen := make(map[*User]map[Destination]time.Time)
	l.eachDue(func(id ID, m *message, u *User, own bool) {
		heard := u.heard.has(id)
		switch {
		case own && (heard || !l.options.Echo):
			return
		case own && u.unseen && !l.looked(u, seen, m):
			r.EchoesUnseen++
			return
		case own:
			r.EchoesLost++
			first.add(id, "echo lost")
			return
		}
		r.Due++
		key := Between{From: m.server, To: u.serverAt(m.sent)}
		sum := between[key]
		sum.Due++
		switch {
		case heard:
			r.Delivered++
			sum.Delivered++
		case u.unseen && !l.looked(u, seen, m):
			r.Unseen++
		default:
			r.Lost++
			sum.Lost++
			first.add(id, "lost")
			if u.told(m) {
				r.Told++
			}
		}
		between[key] = sum
	})
	l.countHeard(r, &first)
	for key, sum := range between {
		r.Between = append(r.Between, Between{key.From, key.To, sum.Due, sum.Delivered, sum.Lost})
	}
	slices.SortFunc(r.Between, func(a, b Between) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	switch {
	case first.defect != "":
		r.Verdict = False
		r.First = l.trace(first)
	case r.Due == 0 || r.Unseen+r.EchoesUnseen > 0 || r.Unanswered > 0: // nobody knows whether they were taken
		r.Verdict = Unknown
	default:
		r.Verdict = True
	}
	return r
}

// looked tells whether a user has heard something of the same room that was sent so
// long after the message that this would have come before. What a user has heard last
// is kept in seen: when it was sent, by room.
func (l *Ledger) looked(u *User, seen map[*User]map[Destination]time.Time, m *message) bool {
	if seen[u] == nil {
		seen[u] = make(map[Destination]time.Time)
		for _, id := range u.order {
			if last := l.messages[id]; last.to.room != "" && last.sent.After(seen[u][last.to]) {
				seen[u][last.to] = last.sent
			}
		}
	}
	return seen[u][m.to].After(m.answered.Add(UnderWay))
}

func (l *Ledger) countMessages(r *Report) {
	for _, m := range l.messages {
		switch {
		case m.canary:
			continue
		case m.acked:
			r.Acked++
		case m.answered.IsZero():
			r.Unanswered++
		default:
			r.Refused++
		}
		r.Sent++
	}
}

// countHeard counts what is wrong with what was heard.
func (l *Ledger) countHeard(r *Report, first *offence) {
	for _, u := range l.users {
		for _, id := range u.order {
			if !l.messages[id].canary {
				r.Heard++
			}
		}
		for id, copies := range u.doubled {
			r.Doubled += copies
			first.add(id, "doubled")
		}
		for id := range u.late {
			if l.messages[id].acked {
				r.Late++
				first.add(id, "late")
			}
		}
		for id := range u.strayed {
			r.WrongRoom++
			first.add(id, "wrong room")
		}
		for id := range u.altered {
			r.Altered++
			first.add(id, "altered")
		}
		for id := range u.misnumbered {
			r.Misnumbered++
			first.add(id, "misnumbered")
		}
	}
	for _, wrong := range l.disorder() {
		for _, id := range wrong {
			r.Reordered++
			first.add(id, "reordered")
		}
	}
}

// milliseconds, as reports have it.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
