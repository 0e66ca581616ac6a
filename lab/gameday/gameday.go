package gameday

import (
	"context"
	"time"

	"secondserver/lab/ledger"
	"secondserver/lab/named"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

// A Step breaks one thing, heals it, and says what it cost.
type Step struct {
	Name  string // as people type it
	Fault string // what is done: "Redis is frozen for 5 s (SIGSTOP)", in a full run
	Line  string // the heading in docs/runbook.md of what this proves

	// What the runbook says that one sees: parts of lines that servers log, and metrics
	// that go up on some, perhaps back to where they were before.
	Logs, Metrics []string

	run func(*day)

	// Another crowd than usual: in one room, around the balancer, with long texts.
	dense bool
}

// All are the steps, in the order of a day.
var All = []Step{
	redisHangs, redisRestarts, redisEmpty, pubsubKilled,
	cutOff, cutTo, cutFrom, redisSlow,
	serverKilled, rollingRestart, scaling, slowReaders,
}

// Named finds a step.
func Named(name string) (Step, error) {
	return named.Find("step", name, All, func(x Step) string { return x.Name })
}

// A Result is what a step has shown. Its JSON form is what `lab gameday --json` prints.
type Result struct {
	Step    string         `json:"step"`
	Fault   string         `json:"fault"`
	Line    string         `json:"line"` // of the runbook
	Engine  string         `json:"engine"`
	Figures Figures        `json:"figures"`
	Claims  []report.Claim `json:"claims"`
	First   *ledger.Trace  `json:"first,omitempty"` // the first message with a defect
	Fast    bool           `json:"fast,omitempty"`  // the faults were shorter than Fault says
	Seconds float64        `json:"seconds"`
}

// Holds tells whether everything was as the runbook promises.
func (r *Result) Holds() bool {
	for _, c := range r.Claims {
		if !c.Holds {
			return false
		}
	}
	return true
}

// Figures are counted in the same way in each step.
type Figures struct {
	Sent    int `json:"sent"`    // messages
	Acked   int `json:"acked"`   // of them, in the end
	Refused int `json:"refused"` // answers that were errors: each was sent again
	Due     int `json:"due"`     // deliveries of acknowledged messages to other users
	Lost    int `json:"lost"`
	Doubled int `json:"doubled"`
	Ended   int `json:"ended"` // connections of the crowd

	SlowestAnswerS float64 `json:"slowest_answer_s"`
	FlowingAfterS  float64 `json:"flowing_after_s"` // from when the fault was over
}

// Run goes through a day's steps on one stack of three servers, and tells shown what
// each has shown. A step that cannot be finished has that for a result, and the next
// ones get a new stack. The error says why the day could not go on.
func Run(ctx context.Context, o rig.Options, steps []Step, shown func(*Result)) error {
	return rig.Run(ctx, o, func(on *rig.Rig) {
		d := &day{Rig: on}
		for _, s := range steps {
			r := d.take(s)
			d.Must(context.Cause(ctx)) // else an interruption would look like a failure
			shown(r)
		}
	})
}

// take takes one step. Where there is no stack, and none can be started, the day ends.
func (d *day) take(s Step) *Result {
	began := time.Now()
	d.step = s
	d.result = &Result{Step: s.Name, Fault: s.Fault, Line: s.Line, Engine: d.Engine.Name(), Fast: d.Fast}
	if d.stack == nil {
		d.Doing("starting " + withRedis.Name)
		d.stack = d.Start(withRedis, 3)
	}
	d.Doing(s.Name + ": " + s.Fault)
	err := d.Try(func() {
		s.run(d)
		d.wholeAgain()
	})
	if d.watching != nil {
		d.seen(d.watching)
		d.watching = nil
	}
	if err != nil {
		d.claim(false, "the step is finished", "%v", err)
	}
	if !d.result.Holds() {
		d.stack = nil // it may be broken for good
		if err := d.Try(d.End); err != nil {
			d.claim(false, "the stack is closed", "%v", err)
		}
	}
	d.result.Seconds = time.Since(began).Seconds()
	return d.result
}

// withRedis is what is broken.
var withRedis = stack.Phases[2]
