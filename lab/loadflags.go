package main

import (
	"errors"
	"fmt"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/stack"

	"github.com/spf13/cobra"
)

// A loading is a load as the command line asks for it.
type loading struct {
	setup
	urls     []string
	direct   bool
	users    int
	rooms    int
	pace     load.Pace
	comeBack string
	within   time.Duration
	json     bool
	out      string

	screen *screen
}

func loadCommand() *cobra.Command {
	l := loading{pace: load.Pace{}}
	c := &cobra.Command{
		Use:     "load [phase]",
		Short:   "Lets a crowd talk, and accounts for every message and every user",
		Long:    loadHelp,
		Example: loadExamples,
		RunE: func(c *cobra.Command, args []string) error {
			phase, err := l.check(args, c.Flags().Changed)
			if err != nil {
				return seeHelp(c, err)
			}
			l.screen = newScreen(l.json)
			defer l.screen.progress.stop()
			return l.run(c.Context(), phase)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.IntVar(&l.users, "users", 100, "how many connect")
	flags.IntVar(&l.rooms, "rooms", 1, "to how many rooms, evenly")
	flags.Float64Var(&l.pace.Rate, "rate", 20, "messages a second, of all together")
	flags.IntVar(&l.pace.Window, "window", 0, "instead of a rate: unanswered messages a user")
	flags.DurationVar(&l.pace.For, "for", 10*time.Second, "for how long they talk")
	flags.IntVar(&l.pace.Count, "count", 0, "or until so many messages were sent")
	flags.IntVar(&l.pace.Speakers, "speakers", 0, "how many of them talk (default all)")
	flags.IntVar(&l.pace.Size, "size", 64, "bytes of a text")
	l.addFlags(c)
	flags.StringArrayVar(&l.urls, "url", nil, "a server that runs; more than once: in turn")
	flags.BoolVar(&l.direct, "direct", false, "around the balancer, to each server in turn")
	flags.StringVar(&l.comeBack, "come-back", "resume", "resume, rejoin or away")
	flags.DurationVar(&l.within, "within", 10*time.Second, "what arrives later is late (0: nothing)")
	flags.BoolVar(&l.json, "json", false, "one object, described above")
	flags.StringVar(&l.out, "out", "", "a folder for load.json and latency.hgrm")
	return c
}

var comeBacks = map[string]load.Return{"resume": load.Resume, "rejoin": load.Rejoin, "away": load.Away}

// check wants of a command line that it can be run.
func (l *loading) check(args []string, given func(flag string) bool) (stack.Phase, error) {
	if l.pace.Window > 0 && !given("rate") {
		l.pace.Rate = 0
	}
	if l.pace.Count > 0 && !given("for") {
		l.pace.For = 0
	}
	_, known := comeBacks[l.comeBack]
	var err error
	switch {
	case len(args) > 1:
		err = fmt.Errorf("%d phases are named, and one is loaded at a time: name one, or none", len(args))
	case len(l.urls) > 0 && (len(args) > 0 || given("engine") || given("instances") || l.direct):
		err = errors.New("--url is a server that runs already: there is nothing to start for a phase, --engine, --instances or --direct")
	case l.users < 2 || l.users > maxUsers:
		err = fmt.Errorf("--users %d: want 2 to %d", l.users, maxUsers)
	case l.rooms < 1 || l.rooms > l.users/2:
		err = fmt.Errorf("--rooms %d: want 1 to %d, so that there are two users in each", l.rooms, l.users/2)
	case l.pace.Rate < 0 || l.pace.Window < 0 || (l.pace.Rate > 0) == (l.pace.Window > 0):
		err = errors.New("--rate or --window: want one of them, and more than 0")
	case l.pace.Window > 64:
		err = fmt.Errorf("--window %d: want at most 64, which is what a connection may have unanswered", l.pace.Window)
	case l.pace.Count < 0 || l.pace.For < 0 || l.pace.Count == 0 && l.pace.For == 0:
		err = errors.New("--for or --count: want one of them, or both, and more than 0")
	case l.pace.Speakers < 0 || l.pace.Speakers > l.users:
		err = fmt.Errorf("--speakers %d: want 0 (all) to %d", l.pace.Speakers, l.users)
	case l.pace.Size < 1 || l.pace.Size > 4096:
		err = fmt.Errorf("--size %d: want 1 to 4096 bytes", l.pace.Size)
	case !known:
		err = fmt.Errorf("--come-back %q: want resume, rejoin or away", l.comeBack)
	case l.within < 0:
		err = fmt.Errorf("--within %v: want 0 or more", l.within)
	default:
		err = l.setup.check()
	}
	for _, url := range l.urls {
		if !isHTTP(url) {
			err = fmt.Errorf("--url %q: want one like http://localhost:8080", url)
		}
	}
	if err != nil {
		return stack.Phase{}, err
	}
	phase, err := stack.PhaseNamed(append(args, "3")[0])
	if err == nil && l.users > maxBalanced && phase.Balanced() && !l.direct && len(l.urls) == 0 {
		err = fmt.Errorf("--users %d: want at most %d through the balancer, or --direct, around it", l.users, maxBalanced)
	}
	if err == nil && l.out != "" {
		if err = writable(l.out); err != nil {
			err = fmt.Errorf("--out: %w", err)
		}
	}
	return phase, err
}

// A process has 20,000 open files at most on many machines. A user is one of them;
// behind the lab's own balancer it is two more.
const (
	maxUsers    = 18000
	maxBalanced = 6000
)
