package main

import (
	"context"
	"errors"
	"fmt"

	"secondserver/lab/experiment"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"

	"github.com/spf13/cobra"
)

// An experimenting is experiments as the command line asks for them.
type experimenting struct {
	setup
	predict string
	fast    bool
	json    bool
	publishing

	experiments []experiment.Experiment
	all         bool // was named: there is one page for all
	said        *float64
	screen      *screen
}

func experimentCommand() *cobra.Command {
	var x experimenting
	c := &cobra.Command{
		Use:     "experiment NAME...|all",
		Short:   "Asks one question, breaks something, and answers with a number",
		Long:    fmt.Sprintf(experimentHelp, experimentNames()),
		Example: experimentExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if err := x.check(args); err != nil {
				return seeHelp(c, err)
			}
			x.screen = newScreen(x.json)
			defer x.screen.progress.stop()
			return x.run(c.Context())
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&x.predict, "predict", "", "what you think comes out (or skip)")
	flags.StringVar(&x.engine, "engine", "embedded", "embedded, or host (nginx, Redis)")
	flags.BoolVar(&x.fast, "fast", false, "smaller, some seconds each: rough, fewer rows")
	flags.StringVar(&x.out, "out", "experiments", "where pictures go (\"\": none)")
	flags.StringVar(&x.docs, "docs", "", "a document to put the tables into")
	flags.BoolVar(&x.json, "json", false, "results for programs, described above")
	return c
}

// check wants of a command line that it can be run.
func (x *experimenting) check(args []string) error {
	if err := x.setup.check(); err != nil {
		return err
	}
	for _, arg := range args {
		if arg == "all" {
			x.experiments, x.all = append(x.experiments, experiment.All...), true
			continue
		}
		e, err := experiment.Named(arg)
		if err != nil {
			return err
		}
		x.experiments = append(x.experiments, e)
	}
	switch {
	case len(x.experiments) == 0:
		_, err := experiment.Named("")
		return fmt.Errorf("name an experiment: %w", err)
	case x.predict == "" || x.predict == "skip":
		return nil
	case len(x.experiments) > 1:
		return errors.New("--predict is for one experiment")
	}
	said, err := prediction(x.predict)
	if err != nil {
		return fmt.Errorf("--predict %q: want a number, in %s, or skip", x.predict, x.experiments[0].Asked.Unit)
	}
	x.said = &said
	return nil
}

// run runs one after the other, and makes the report of what has been run, also where
// the next one fails or is interrupted.
func (x *experimenting) run(ctx context.Context) (err error) {
	var names []string
	for _, e := range x.experiments {
		names = append(names, e.Name)
	}
	if err := x.prepare(names); err != nil {
		return err
	}
	engine, err := x.open(x.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	results, err := x.each(ctx, engine)
	page := ""
	if x.all {
		page = "report"
	}
	err = errors.Join(err, x.publish(ctx, x.screen, results, len(results) == len(x.experiments), page), x.screen.err)
	for _, r := range results {
		if !r.Holds() {
			return errors.Join(errNotAsExpected, err)
		}
	}
	return err
}

// each returns what has been finished, also with an error. It ends with the screen.
func (x *experimenting) each(ctx context.Context, engine stack.Engine) (results []*report.Result, err error) {
	for i, e := range x.experiments {
		x.screen.print(x.screen.look.heading(e.Name, e.Question, i, len(x.experiments)))
		if err := x.ask(ctx, e); err != nil {
			return results, err
		}
		r, err := e.Run(ctx, experiment.Options{
			Options: rig.Options{Engine: engine, Fast: x.fast, Doing: x.screen.Doing}, Said: x.said,
		})
		if err != nil {
			return results, err
		}
		x.screen.progress.stop()
		x.show(r)
		results = append(results, r)
		if x.screen.err != nil {
			return results, nil
		}
	}
	return results, nil
}

func (x *experimenting) show(r *report.Result) {
	if x.json {
		x.screen.object(r)
		return
	}
	x.screen.print(x.screen.look.experiment(r))
}
