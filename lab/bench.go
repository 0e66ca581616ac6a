package main

import (
	"context"
	"errors"
	"fmt"

	"secondserver/lab/bench"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"

	"github.com/spf13/cobra"
)

// A benching is benches as the command line asks for them.
type benching struct {
	times int
	fast  bool
	json  bool
	publishing

	benches []bench.Bench
	all     bool // was named: there is one page for all
	screen  *screen
}

func benchCommand() *cobra.Command {
	var b benching
	c := &cobra.Command{
		Use:     "bench [NAME...|all]",
		Short:   "Measures what phase 3 costs, beside a tutorial's chat server",
		Long:    fmt.Sprintf(benchHelp, benchNames()),
		Example: benchExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if err := b.check(args); err != nil {
				return seeHelp(c, err)
			}
			b.screen = newScreen(b.json)
			defer b.screen.progress.stop()
			return b.run(c.Context())
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.IntVar(&b.times, "times", 5, "rounds, of those that compare")
	flags.BoolVar(&b.fast, "fast", false, "one short round of little: numbers mean nothing")
	flags.StringVar(&b.out, "out", "bench", "where pictures go (\"\": none)")
	flags.StringVar(&b.docs, "docs", "", "a document to put the tables into")
	flags.BoolVar(&b.json, "json", false, "results for programs, described above")
	return c
}

// check wants of a command line that it can be run.
func (b *benching) check(args []string) error {
	if b.times < 1 || b.times > 100 {
		return fmt.Errorf("--times %d: want 1 to 100", b.times)
	}
	if b.fast && b.docs != "" {
		return errors.New("--docs is for whole runs: without --fast")
	}
	if len(args) == 0 {
		b.benches = bench.Comparisons
	}
	for _, arg := range args {
		if arg == "all" {
			b.benches, b.all = append(b.benches, bench.All...), true
			continue
		}
		one, err := bench.Named(arg)
		if err != nil {
			return err
		}
		b.benches = append(b.benches, one)
	}
	return nil
}

// run runs one bench after the other, and publishes what has been measured, also where
// the next one fails or is interrupted.
func (b *benching) run(ctx context.Context) (err error) {
	var names []string
	for _, one := range b.benches {
		names = append(names, one.Name)
	}
	if err := b.prepare(names); err != nil {
		return err
	}
	engine, err := stack.Direct(b.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	results, err := b.each(ctx, engine)
	page := ""
	if b.all {
		page = "report"
	}
	err = errors.Join(err, b.publish(ctx, b.screen, results, len(results) == len(b.benches), page), b.screen.err)
	for _, r := range results {
		if !r.Holds() {
			return errors.Join(errNotAsExpected, err)
		}
	}
	return err
}

// each returns what has been measured, also with an error.
func (b *benching) each(ctx context.Context, engine stack.Engine) (results []*report.Result, err error) {
	for i, one := range b.benches {
		b.screen.print(b.screen.look.heading(one.Name, one.Question, i, len(b.benches)))
		r, err := one.Run(ctx, bench.Options{
			Options: rig.Options{Engine: engine, Fast: b.fast, Doing: b.screen.Doing}, Times: b.rounds(),
		})
		if err != nil {
			return results, err
		}
		b.screen.progress.stop()
		if b.json {
			b.screen.object(r)
		} else {
			b.screen.print(b.screen.look.experiment(r))
		}
		results = append(results, r)
	}
	return results, nil
}

func (b *benching) rounds() int {
	if b.fast {
		return 1
	}
	return b.times
}
