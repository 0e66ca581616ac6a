package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/stack"

	"github.com/dustin/go-humanize"
)

// A loadReport is what `lab load --json` prints.
type loadReport struct {
	Phase    string         `json:"phase,omitempty"`
	Engine   string         `json:"engine"` // embedded, host, or url
	Users    int            `json:"users"`
	Rooms    int            `json:"rooms"`
	Servers  map[string]int `json:"servers"` // connections of each
	ConnectS float64        `json:"connect_s"`
	TalkS    float64        `json:"talk_s"`

	*ledger.Report
	DeliveriesPerS float64        `json:"deliveries_per_s"`
	Parts          []partUsage    `json:"parts"`           // of those that the lab has started
	Refusals       map[string]int `json:"refusals"`        // answers that were errors, by code
	Ends           map[string]int `json:"ends"`            // connections that ended, by cause
	Leave          string         `json:"leave,omitempty"` // which was not confirmed, where leaves are graded
}

// A partUsage is what one part of a stack took, while they talked.
type partUsage struct {
	Part          string  `json:"part"`
	CPUPerMessage float64 `json:"cpu_us_per_delivery"` // of all parts' deliveries, not only its own
	MemoryMB      float64 `json:"memory_mb"`           // afterwards
}

// usage is what each part has taken so far; nothing where the lab cannot know.
func usage(s *stack.Stack) []stack.Usage {
	if s == nil {
		return nil
	}
	all, err := s.Usage()
	if err != nil {
		return nil // the stack has no processes of ours
	}
	return all
}

// measure adds what it took.
func (r *loadReport) measure(talked time.Duration, before, after []stack.Usage) {
	r.TalkS = talked.Seconds()
	r.DeliveriesPerS = float64(r.Heard) / r.TalkS
	r.Parts = []partUsage{} // [] in JSON, not null
	for _, u := range after {
		i := slices.IndexFunc(before, func(b stack.Usage) bool { return b.Part == u.Part })
		if i < 0 || r.Heard == 0 {
			continue
		}
		cpu := u.CPU - before[i].CPU
		r.Parts = append(r.Parts, partUsage{
			u.Part, float64(cpu.Microseconds()) / float64(r.Heard), float64(u.Memory) / (1 << 20),
		})
	}
}

// gathered says who is there.
func (r *loadReport) gathered() string {
	var servers []string
	for _, name := range slices.Sorted(maps.Keys(r.Servers)) {
		servers = append(servers, fmt.Sprintf("%s on %s", comma(r.Servers[name]), name))
	}
	rooms := "in one room"
	if r.Rooms > 1 {
		rooms = fmt.Sprintf("in %s rooms", comma(r.Rooms))
	}
	text := fmt.Sprintf("%s users %s after %.1f s: %s", comma(r.Users), rooms, r.ConnectS, strings.Join(servers, ", "))
	return strings.Join(wrap(text, "  "), "\n")
}

// load is a load's result, for people.
func (l look) load(r *loadReport) string {
	var b strings.Builder
	colour, verdict := yellow, "Unknown: "+r.tooLittle()
	switch r.Verdict {
	case ledger.True:
		colour, verdict = green, "✅ True: everybody got what was due."
	case ledger.False:
		colour, verdict = red, "❌ False: not everybody got what was due."
	}
	fmt.Fprintln(&b, l.paint(colour, fmt.Sprintf("%s %.1f %% delivered.", verdict, 100*r.Share())))
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("messages", "%s sent, %s acknowledged, %s refused, %s unanswered", comma(r.Sent), comma(r.Acked), comma(r.Refused), comma(r.Unanswered))
	row("deliveries", "%s due, %s delivered, %s lost", comma(r.Due), comma(r.Delivered), comma(r.Lost))
	if r.Unseen > 0 {
		row("", "%s that nobody saw: their users did not answer", comma(r.Unseen))
	}
	row("defects", "%s doubled, %s reordered, %s in the wrong room, %s late", comma(r.Doubled), comma(r.Reordered), comma(r.WrongRoom), comma(r.Late))
	if r.Altered+r.Misnumbered+r.EchoesLost > 0 {
		row("", "%s altered, %s misnumbered, %s not heard by their senders", comma(r.Altered), comma(r.Misnumbered), comma(r.EchoesLost))
	}
	row("latency", "%s", r.Latency)
	row("acks", "%s", r.Answers)
	row("speed", "%s messages heard a second, for %.1f s", comma(int(r.DeliveriesPerS)), r.TalkS)
	for _, p := range r.Parts {
		row(p.Part, "%5.1f µs of CPU a message heard, %.0f MB", p.CPUPerMessage, p.MemoryMB)
	}
	for _, code := range slices.Sorted(maps.Keys(r.Refusals)) {
		row("refused", "%s times: %s", comma(r.Refusals[code]), code)
	}
	for _, cause := range slices.Sorted(maps.Keys(r.Ends)) {
		row("ended", "%s connections: %s", comma(r.Ends[cause]), cause)
	}
	b.WriteString(r.matrix())
	b.WriteString(trace(r.First))
	return l.words(strings.TrimRight(b.String(), "\n"))
}

// tooLittle says why nothing can be said.
func (r *loadReport) tooLittle() string {
	switch {
	case r.Unseen > 0:
		return fmt.Sprintf("%s deliveries that nobody could have seen.", comma(r.Unseen))
	case r.EchoesUnseen > 0:
		return fmt.Sprintf("%s senders who could not have heard themselves.", comma(r.EchoesUnseen))
	case r.Unanswered > 0:
		return fmt.Sprintf("%s messages were never answered.", comma(r.Unanswered))
	}
	if r.Due > 0 {
		return "nothing was due from one server to another: try more --users."
	}
	return "nothing was due."
}

// trace is a trace in lines that fit; nothing for none.
func trace(t *ledger.Trace) string {
	if t == nil {
		return ""
	}
	head, rest, _ := strings.Cut(t.String(), "\n")
	return strings.Join(wrap(head, ""), "\n") + "\n" + rest + "\n"
}

// matrix says what came from each server to each, where there are several.
func (r *loadReport) matrix() string {
	var names []string
	share := make(map[[2]string]string)
	for _, x := range r.Between {
		for _, name := range []string{x.From, x.To} {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		share[[2]string{x.From, x.To}] = fmt.Sprintf("%.0f %%", 100*float64(x.Delivered)/float64(max(1, x.Due)))
	}
	if len(names) < 2 {
		return ""
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "  %-11s", "from → to")
	for _, to := range names {
		fmt.Fprintf(&b, " %9s", tail(to, 9))
	}
	for _, from := range names {
		fmt.Fprintf(&b, "\n  %-11s", tail(from, 11))
		for _, to := range names {
			fmt.Fprintf(&b, " %9s", share[[2]string{from, to}])
		}
	}
	return b.String() + "\n"
}

func comma(n int) string { return humanize.Comma(int64(n)) }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
