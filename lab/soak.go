package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"secondserver/lab/rig"
	"secondserver/lab/soak"

	"github.com/spf13/cobra"
)

// A soaking is a soak as the command line asks for it.
type soaking struct {
	setup
	users  int
	length time.Duration
	json   bool

	screen *screen
}

func soakCommand() *cobra.Command {
	var s soaking
	c := &cobra.Command{
		Use:     "soak",
		Short:   "Lets users come and go for a while, and looks what grows",
		Long:    soakHelp,
		Example: soakExamples,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := s.check(); err != nil {
				return seeHelp(c, err)
			}
			s.screen = newScreen(s.json)
			defer s.screen.progress.stop()
			return s.run(c.Context())
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.DurationVar(&s.length, "for", 10*time.Minute, "for how long they talk")
	flags.IntVar(&s.users, "users", 500, "how many stay all the time")
	flags.StringVar(&s.engine, "engine", "embedded", "embedded, or host (nginx, Redis)")
	flags.BoolVar(&s.json, "json", false, "one object, as lab experiment has it")
	return c
}

// check wants of a command line that it can be run.
func (s *soaking) check() error {
	switch {
	case s.users < 2 || s.users > maxBalanced/2:
		return fmt.Errorf("--users %d: want 2 to %d", s.users, maxBalanced/2)
	case s.length < 10*time.Second:
		return fmt.Errorf("--for %v: want 10s or more", s.length)
	}
	return s.setup.check()
}

func (s *soaking) run(ctx context.Context) (err error) {
	engine, err := s.open(s.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	s.screen.print(s.screen.look.paint(bold, fmt.Sprintf("Soak · %s users and guests on three servers of phase 3, for %v (%s)",
		comma(s.users), s.length, engine.Name())))
	r, err := soak.Run(ctx, soak.Options{
		Options: rig.Options{Engine: engine, Doing: s.screen.Doing}, Users: s.users, For: s.length,
	})
	if err != nil {
		return err
	}
	s.screen.progress.stop()
	if s.json {
		s.screen.object(r)
	} else {
		s.screen.print(s.screen.look.experiment(r))
	}
	if !r.Holds() {
		return errors.Join(errNotAsExpected, s.screen.err)
	}
	return s.screen.err
}
