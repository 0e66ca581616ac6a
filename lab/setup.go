package main

import (
	"errors"
	"fmt"

	"secondserver/lab/stack"
	"secondserver/lab/story"

	"github.com/spf13/cobra"
)

// A setup is what the command line asks of the stacks that the lab starts itself.
type setup struct {
	engine    string
	instances int
}

func (s *setup) addFlags(c *cobra.Command) {
	c.Flags().StringVar(&s.engine, "engine", "embedded", "embedded, or host (nginx, Redis)")
	c.Flags().IntVar(&s.instances, "instances", 0, "servers in phases 2 and 3 (default 2)")
}

func (s *setup) check() error {
	switch {
	case s.engine != "embedded" && s.engine != "host":
		return fmt.Errorf("no engine is called %q: there are embedded and host", s.engine)
	case s.instances != 0 && (s.instances < 2 || s.instances > story.MaxServers):
		return fmt.Errorf("--instances %d: want 2 to %d", s.instances, story.MaxServers)
	}
	return nil
}

// open makes the engine, which tells doing what takes long.
func (s *setup) open(doing func(string)) (stack.Engine, error) {
	if s.engine == "host" {
		return stack.Host(doing)
	}
	return stack.Embedded(doing), nil
}

// servers is how many a phase has here. Phase 1 is one server, whatever is asked.
func (s *setup) servers(phase stack.Phase) int {
	if s.instances != 0 && phase.Balanced() {
		return s.instances
	}
	return phase.Servers
}

// errLeftBehind is returned when something that was started could not be ended, or had
// ended by itself.
var errLeftBehind = errors.New("at the end")

func leftBehind(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errLeftBehind, err)
}
