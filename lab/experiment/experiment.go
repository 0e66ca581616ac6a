package experiment

import (
	"context"
	"fmt"
	"time"

	"secondserver/lab/named"
	"secondserver/lab/report"
	"secondserver/lab/rig"
)

// An Experiment is one question, and how to answer it.
type Experiment struct {
	Name     string // as people type it
	Question string
	Asked    Asked
	run      func(*bench) *report.Result
}

// Asked is what an attendee is to predict before the run. Its sizes are those of a
// full run.
type Asked struct {
	What   string  // a question whose answer is a number
	Unit   string  // "%", "messages"
	Within float64 // so close is right
}

// All are the experiments, in the order of the course.
var All = []Experiment{
	instances, green, sticky, wrongTurns, lazy, selfReceive, blip, autoscale, deploy, ghosts, hop,
}

// Named finds an experiment.
func Named(name string) (Experiment, error) {
	return named.Find("experiment", name, All, func(x Experiment) string { return x.Name }, "all")
}

// Options of a run.
type Options struct {
	rig.Options
	Said *float64 // what the attendee has predicted; nil: nothing
}

// Run runs an experiment on stacks of its own and leaves nothing behind. An error
// means that it could not be run; that a claim does not hold is a result.
func (e Experiment) Run(ctx context.Context, o Options) (r *report.Result, err error) {
	began := time.Now()
	err = rig.Run(ctx, o.Options, func(on *rig.Rig) {
		b := &bench{Rig: on}
		b.Doing(e.Name)
		r = e.run(b)
		if o.Said != nil {
			r.Prediction = &report.Prediction{
				Asked: e.Asked.What, Unit: e.Asked.Unit, Within: e.Asked.Within, Said: *o.Said, Is: b.answer,
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("experiment %s: %w", e.Name, err)
	}
	r.Name, r.Question, r.Engine = e.Name, e.Question, o.Engine.Name()
	r.Seconds = time.Since(began).Seconds()
	return r, nil
}
