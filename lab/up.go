package main

import (
	"context"
	"errors"
	"fmt"

	"secondserver/lab/stack"

	"github.com/spf13/cobra"
)

// An up is a phase that is kept up for people to use: it starts, and nothing is
// played on it.
type up struct {
	setup
	screen *screen
}

func upCommand() *cobra.Command {
	var u up
	c := &cobra.Command{
		Use:     "up [phase]",
		Short:   "Keeps one phase up until Ctrl-C, for you to open its page",
		Long:    upHelp,
		Example: upExamples,
		RunE: func(c *cobra.Command, args []string) error {
			phase, err := u.check(args)
			if err != nil {
				return seeHelp(c, err)
			}
			u.screen = newScreen(false)
			defer u.screen.progress.stop()
			return u.keep(c.Context(), phase)
		},
	}
	c.Flags().SortFlags = false
	u.addFlags(c)
	return c
}

// check wants of a command line that it names something to start. Phase 2 is what
// one most wants to see for oneself.
func (u *up) check(args []string) (stack.Phase, error) {
	if err := u.setup.check(); err != nil {
		return stack.Phase{}, err
	}
	switch len(args) {
	case 0:
		return stack.PhaseNamed("2")
	case 1:
		return stack.PhaseNamed(args[0])
	}
	return stack.Phase{}, fmt.Errorf("%d phases are named, and one is up at a time: name one, or none", len(args))
}

// keep starts a phase and ends it when ctx ends, which is no error then. What
// nobody can read where to find is not kept.
func (u *up) keep(ctx context.Context, phase stack.Phase) (err error) {
	engine, err := u.open(u.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	servers := u.servers(phase)
	u.screen.title(phase, servers)
	u.screen.Doing("starting " + phase.Name)
	s, err := stack.Start(ctx, engine, phase, servers)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(s.Close())) }()
	u.screen.progress.stop()
	u.addresses(s)
	if u.screen.err != nil {
		return u.screen.err
	}
	<-ctx.Done()
	return nil
}

// addresses says where to go. Phase 1 has no way around its balancer, having none.
func (u *up) addresses(s *stack.Stack) {
	u.screen.print(fmt.Sprintf("  %-12s %s/", "the page", s.URL()))
	if s.Phase.Balanced() {
		for _, server := range s.Servers {
			u.screen.print(fmt.Sprintf("  %-12s %-26s not through the balancer", server.ID, server.URL()+"/"))
		}
	}
	u.screen.print("Ctrl-C ends it.")
}
