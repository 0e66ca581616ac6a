package gameday

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

const (
	answerWithin = 2500 * time.Millisecond // the protocol's 2 s, and the way there and back
	flowsWithin  = 3 * time.Second         // after the fault
	slow         = time.Second             // what takes longer than this does not flow
)

// A day is what steps are taken on.
type day struct {
	*rig.Rig
	stack *stack.Stack // of three servers, for all steps; nil before the first one, and after one that failed

	step     Step
	result   *Result
	watching *watch // nil where nothing was broken yet
}

func (d *day) users() int    { return rig.Pick(d.Rig, 100, 24) }
func (d *day) rate() float64 { return rig.Pick(d.Rig, 200., 60.) } // messages a second, of all of them

func (d *day) pick(full, fast time.Duration) time.Duration { return rig.Pick(d.Rig, full, fast) }

// A fault breaks something while a crowd talks, heals it, and says when.
type fault func(*load.Crowd) (healed time.Time)

// gather brings a crowd to a stack. In each room there are 20 users, who say 40 messages
// a second: an absence of 10 s is then well within what is kept of a room by default,
// 1,000 messages. Who loses a connection comes back and resumes; what is refused is sent
// again.
func (d *day) gather(s *stack.Stack) *load.Crowd {
	o := load.Options{Users: d.users(), Rooms: 5, Return: load.Resume}
	if d.step.dense {
		o.Rooms = 1
		for _, server := range s.Servers {
			o.URLs = append(o.URLs, server.URL())
		}
	}
	return d.Gather(s, o)
}

// size is the bytes of a text.
func (d *day) size() int {
	if d.step.dense {
		return 512
	}
	return 0 // the load's default
}

// under lets a crowd talk on a stack before a fault, while it lasts, and for long enough
// afterwards.
func (d *day) under(s *stack.Stack, f fault) (*load.Crowd, *ledger.Report) {
	d.watching = d.watch(s)
	c := d.gather(s)
	defer c.Close()
	afterwards := d.pick(4*time.Second, 2500*time.Millisecond)
	var healed time.Time
	enough := make(chan struct{})
	told := d.Meanwhile(c, load.Pace{Rate: d.rate(), Until: enough, Size: d.size()}, func() {
		d.Pass(d.pick(time.Second, 300*time.Millisecond))
		healed = f(c)
		d.Pass(time.Until(healed.Add(afterwards)))
		close(enough)
	})
	flowing := max(0, c.Ledger.SlowUntil(slow).Sub(healed))
	d.result.Figures = Figures{
		Sent: told.Sent, Acked: told.Acked, Refused: total(c.Refusals()),
		Due: told.Due, Lost: told.Lost, Doubled: told.Doubled,
		Ended:          total(c.Ends()),
		SlowestAnswerS: c.SlowestAnswer().Seconds(),
		FlowingAfterS:  flowing.Seconds(),
	}
	d.result.First = told.First
	d.claim(told.Sent > 0 && told.Acked == told.Sent, "every message is acknowledged in the end",
		"%d of %d%s", told.Acked, told.Sent, refusals(c))
	d.timed(flowing <= min(flowsWithin, afterwards-slow), fmt.Sprintf("everything flows again within %v", flowsWithin),
		"after %.2f s", flowing.Seconds())
	return c, told
}

// claim notes what the runbook promises, whether it was so, and what was seen.
func (d *day) claim(holds bool, promise, seen string, args ...any) {
	d.result.Claims = append(d.result.Claims, report.Claim{
		Text: promise + ": " + fmt.Sprintf(seen, args...), Holds: holds,
	})
}

// timed is claim for what depends on how fast the machine is, and how busy.
func (d *day) timed(holds bool, promise, seen string, args ...any) {
	d.claim(holds, promise, seen, args...)
	d.result.Claims[len(d.result.Claims)-1].Timed = true
}

// answered claims that nobody has waited for an answer.
func (d *day) answered(c *load.Crowd) {
	slowest := c.SlowestAnswer()
	d.timed(slowest <= answerWithin, fmt.Sprintf("every send is answered within %v, by an ack or an error", answerWithin),
		"%.2f s at most", slowest.Seconds())
}

// connected claims that no connection was lost.
func (d *day) connected(c *load.Crowd) {
	ends := total(c.Ends())
	d.claim(ends == 0, "no connection is dropped", "%d of %d", ends, d.users())
}

// kept claims what the protocol promises of everything that was acknowledged.
func (d *day) kept(told *ledger.Report) {
	defects := told.Doubled + told.Reordered + told.WrongRoom + told.Altered + told.Misnumbered
	d.claim(told.Due > 0 && told.Lost == 0 && told.EchoesLost == 0 && told.Unseen == 0, "nothing acknowledged is lost",
		"%d of %d deliveries", told.Lost, told.Due)
	d.claim(defects == 0, "nothing is doubled, or out of order", "%d and %d", told.Doubled, defects-told.Doubled)
}

// wholeAgain waits until all servers are ready, for the next step.
func (d *day) wholeAgain() {
	for _, server := range d.stack.Servers {
		d.Until(stack.StartWithin, server.ID+" is ready again", func() bool { return d.ready(server) })
	}
}

// refusals says what else was answered.
func refusals(c *load.Crowd) (text string) {
	all := c.Refusals()
	for _, code := range slices.Sorted(maps.Keys(all)) {
		text += fmt.Sprintf("; %d times %s first", all[code], code)
	}
	return text
}

func total(counts map[string]int) (all int) {
	for _, n := range counts {
		all += n
	}
	return all
}
