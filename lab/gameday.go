package main

import (
	"context"
	"errors"
	"fmt"

	"secondserver/lab/gameday"
	"secondserver/lab/rig"

	"github.com/spf13/cobra"
)

// A breaking is a game day, or several, as the command line asks for them.
type breaking struct {
	setup
	times int
	fast  bool
	json  bool
	docs  string

	steps  []gameday.Step
	screen *screen

	results []*gameday.Result // of all days so far
}

func gamedayCommand() *cobra.Command {
	var g breaking
	c := &cobra.Command{
		Use:     "gameday [STEP...]",
		Short:   "Breaks phase 3 in every way of the runbook, while a crowd talks",
		Long:    fmt.Sprintf(gamedayHelp, stepNames()),
		Example: gamedayExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if err := g.check(args); err != nil {
				return seeHelp(c, err)
			}
			g.screen = newScreen(g.json)
			defer g.screen.progress.stop()
			return g.run(c.Context())
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&g.engine, "engine", "embedded", "embedded, or host (nginx, Redis)")
	flags.IntVar(&g.times, "times", 1, "days in a row; the first that fails ends it")
	flags.BoolVar(&g.fast, "fast", false, "fewer users, shorter faults: rough")
	flags.StringVar(&g.docs, "docs", "", "a document to put the figures into")
	flags.BoolVar(&g.json, "json", false, "results for programs, described above")
	return c
}

// check wants of a command line that it can be run.
func (g *breaking) check(args []string) error {
	if err := g.setup.check(); err != nil {
		return err
	}
	if g.times < 1 {
		return fmt.Errorf("--times %d: want 1 or more", g.times)
	}
	if len(args) == 0 {
		g.steps = gameday.All
	}
	for _, arg := range args {
		s, err := gameday.Named(arg)
		if err != nil {
			return err
		}
		g.steps = append(g.steps, s)
	}
	if g.docs == "" {
		return nil
	}
	if len(args) > 0 || g.fast {
		return errors.New("--docs is for whole days: without --fast, and without the names of steps")
	}
	if err := quotable(g.docs, []string{gamedayTable}); err != nil {
		return fmt.Errorf("--docs: %w", err)
	}
	return nil
}

// run runs one day after the other, until one fails.
func (g *breaking) run(ctx context.Context) (err error) {
	engine, err := g.open(g.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	options := rig.Options{Engine: engine, Fast: g.fast, Doing: g.screen.Doing}
	for day := 1; day <= g.times && err == nil; day++ {
		g.screen.print(g.screen.look.day(day, g.times, engine.Name(), g.fast))
		held := true
		err = gameday.Run(ctx, options, g.steps, func(r *gameday.Result) {
			held = held && r.Holds()
			g.show(r)
		})
		if err == nil && !held {
			err = errNotAsExpected
		}
	}
	g.screen.progress.stop()
	g.summarize()
	if err == nil && g.docs != "" {
		err = quote(g.docs, map[string]string{gamedayTable: worst(g.results).Markdown()})
	}
	return errors.Join(err, g.screen.err)
}

func (g *breaking) show(r *gameday.Result) {
	g.results = append(g.results, r)
	g.screen.progress.stop()
	if g.json {
		g.screen.object(r)
		return
	}
	g.screen.print(g.screen.look.step(r, g.times > 1))
}

// summarize shows the worst figures of all days, a line for each step.
func (g *breaking) summarize() {
	if len(g.results) > 0 {
		g.screen.print("\n" + g.screen.look.words(worst(g.results).Text()))
		g.screen.print(g.screen.look.count(g.results))
	}
}

// gamedayTable is what a document calls the figures.
const gamedayTable = "gameday"
