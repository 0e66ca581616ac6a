// Lab is the bench of the second server: it starts each phase, plays stories on
// it, loads it and breaks it, and judges what came out, or keeps it up for people to
// use.
//
//	go run ./lab demo
//	go run ./lab up
//	go run ./lab load
//	go run ./lab grade http://localhost:8080
//	go run ./lab experiment instances
//	go run ./lab gameday
//	go run ./lab soak
//	go run ./lab bench
//
// In reading order: main.go, demo.go, up.go, load.go with loadflags.go, grade.go,
// experiment.go with predict.go, publish.go and publishdraw.go, gameday.go, soak.go and
// bench.go (the commands), setup.go (what they can start), screen.go, lines.go,
// loadreport.go, gradelines.go, experimentlines.go and gamedaylines.go (how results
// look), progress.go (while one waits). The stories are in lab/story, the experiments
// in lab/experiment, the faults in lab/gameday, the benches in lab/bench, what they are played on in lab/stack. Who plays is in lab/client; crowds are in lab/load, and
// judged by lab/ledger.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes, which --help explains.
const (
	exitAsExpected    = 0
	exitNotAsExpected = 1
	exitNotJudged     = 2
	exitInterrupted   = 130 // 128 + SIGINT, as a shell has it
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A reader who has gone (lab demo | head -1) must be a failed write and not the
	// end of this process, which has a stack to close. Not signal.Ignore: that is
	// inherited by every child.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)

	root := &cobra.Command{
		Use:           "lab",
		Short:         "Runs one chat server, and two: for Alice, Bob and Charlie, or for you",
		SilenceErrors: true, // printed below
		SilenceUsage:  true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(seeHelp)
	root.AddCommand(demoCommand(), upCommand(), loadCommand(), gradeCommand(), experimentCommand(), gamedayCommand(), soakCommand(), benchCommand())

	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitAsExpected
	case ctx.Err() != nil && !errors.Is(err, errLeftBehind):
		fmt.Fprintln(os.Stderr, "lab: interrupted")
		return exitInterrupted
	}
	if other := beside(err); other != nil {
		fmt.Fprintln(os.Stderr, "lab:", other)
	}
	switch {
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.Is(err, errNotAsExpected):
		return exitNotAsExpected
	}
	return exitNotJudged
}

// beside is what there is to say besides the verdict, which the results have shown.
func beside(err error) error {
	if err == errNotAsExpected || err == errUnknown {
		return nil
	}
	joined, several := err.(interface{ Unwrap() []error })
	if !several || !errors.Is(err, errNotAsExpected) && !errors.Is(err, errUnknown) {
		return err
	}
	var others []error
	for _, err := range joined.Unwrap() {
		others = append(others, beside(err))
	}
	return errors.Join(others...)
}

// seeHelp adds to what is wrong with a command line where to read what is right.
func seeHelp(c *cobra.Command, err error) error {
	return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
}
