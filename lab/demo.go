package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"syscall"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/stack"
	"secondserver/lab/story"

	"github.com/spf13/cobra"
)

// errNotAsExpected is returned when a phase did not do what it promises. That is
// a result, and has been shown.
var errNotAsExpected = errors.New("not as expected")

// A demo is what the command line asks for.
type demo struct {
	setup
	url     string
	timeout time.Duration
	story   string
	json    bool

	stories []story.Story
	screen  *screen
	failed  bool // a phase was not as expected
}

func demoCommand() *cobra.Command {
	var d demo
	c := &cobra.Command{
		Use:     "demo [phase...]",
		Short:   "Plays the three phases and says whether each keeps its promise",
		Long:    fmt.Sprintf(demoHelp, storyHelp()),
		Example: demoExamples,
		RunE: func(c *cobra.Command, args []string) error {
			phases, err := d.check(args, c.Flags().Changed)
			if err != nil {
				return seeHelp(c, err)
			}
			d.screen = newScreen(d.json)
			d.screen.timeout = d.timeout
			defer d.screen.progress.stop()
			if d.url != "" {
				err = d.visit(c.Context(), phases)
			} else {
				err = d.tour(c.Context(), phases)
			}
			if err == nil && d.failed {
				err = errNotAsExpected
			}
			return err
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	d.addFlags(c)
	flags.StringVar(&d.url, "url", "", "play on the stack that runs at this URL")
	flags.StringVar(&d.story, "story", "", "play only one story, of those above")
	flags.DurationVar(&d.timeout, "timeout", 2*time.Second, "how long a listener waits")
	flags.BoolVar(&d.json, "json", false, "results for programs, described above")
	return c
}

// check wants of a command line that it can be played. Given says whether a flag
// was there at all.
func (d *demo) check(args []string, given func(flag string) bool) ([]stack.Phase, error) {
	switch {
	case given("url") && given("engine"):
		return nil, errors.New("--url is a stack that runs already: there is nothing for --engine to start")
	case given("url") && !isHTTP(d.url):
		return nil, fmt.Errorf("--url %q: want one like http://localhost:8080", d.url)
	case d.timeout <= 0:
		return nil, fmt.Errorf("--timeout %v: want more than 0", d.timeout)
	case d.url != "" && len(args) > 1:
		return nil, fmt.Errorf("--url %s is one stack: name one phase, or none", d.url)
	}
	if err := d.setup.check(); err != nil {
		return nil, err
	}
	d.stories = story.All
	if d.story != "" {
		one, err := story.Named(d.story)
		if err != nil {
			return nil, err
		}
		d.stories = []story.Story{one}
	}
	var phases []stack.Phase
	for _, arg := range args {
		phase, err := stack.PhaseNamed(arg)
		if err != nil {
			return nil, err
		}
		phases = append(phases, phase)
	}
	if len(phases) == 0 && d.url == "" {
		phases = stack.Phases
	}
	return phases, nil
}

func isHTTP(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// tour plays phases on stacks of its own, one after the other. A phase that
// cannot be judged ends it: the next would fail for the same reason.
func (d *demo) tour(ctx context.Context, phases []stack.Phase) (err error) {
	engine, err := d.open(d.screen.Doing)
	if err != nil {
		return d.notJudged(ctx, phases[0], "", err)
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	for _, phase := range phases {
		if err := d.stop(ctx, engine, phase); err != nil {
			return err
		}
	}
	if slices.Equal(phases, stack.Phases) && d.story == "" && !d.failed {
		d.screen.ending()
	}
	return d.screen.err
}

// stop is one stop of a tour: a phase starts, is played on, and is ended.
func (d *demo) stop(ctx context.Context, engine stack.Engine, phase stack.Phase) (err error) {
	servers := d.servers(phase)
	d.screen.title(phase, servers)
	d.screen.Doing("starting " + phase.Name)
	s, err := stack.Start(ctx, engine, phase, servers)
	if err != nil {
		return d.notJudged(ctx, phase, "", err)
	}
	defer func() { err = errors.Join(err, leftBehind(s.Close())) }()
	return d.play(ctx, s.URL(), phase, story.Options{Servers: servers, Kill: story.KillOn(s)})
}

// visit plays on a stack that somebody else runs, as the phase that it says it is
// or as the one that was named: any server that speaks the protocol can be judged.
func (d *demo) visit(ctx context.Context, named []stack.Phase) error {
	var phase stack.Phase
	if len(named) > 0 {
		phase = named[0]
	} else {
		d.screen.Doing("asking " + d.url + " which phase it is")
		s, err := stack.Join(ctx, d.url)
		if err != nil {
			return d.notJudged(ctx, phase, "", err)
		}
		phase = s.Phase
	}
	servers := d.servers(phase)
	d.screen.title(phase, servers)
	return d.play(ctx, d.url, phase, story.Options{Servers: servers})
}

// play tells the stories, one after the other.
func (d *demo) play(ctx context.Context, url string, phase stack.Phase, o story.Options) error {
	o.Timeout, o.Audience = d.timeout, d.screen
	for i, s := range d.stories {
		if i == 1 {
			d.screen.others()
		}
		result, err := s.Play(ctx, url, phase, o)
		if err != nil {
			return d.notJudged(ctx, phase, s.Name, err)
		}
		result.Engine = d.played()
		d.failed = d.failed || result.Verdict != story.AsExpected
		d.screen.result(result)
		if d.screen.err != nil {
			return d.screen.err
		}
	}
	return nil
}

func (d *demo) played() string {
	if d.url != "" {
		return "url"
	}
	return d.engine
}

// notJudged says so, and what to do about it. Where there is no stack, it is of no
// story.
func (d *demo) notJudged(ctx context.Context, phase stack.Phase, told string, err error) error {
	d.screen.progress.stop()
	if ctx.Err() != nil {
		return err // it was interrupted, and that is no result
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED) && d.url != "":
		err = fmt.Errorf("connection refused by %s; try make phase2", d.url)
	case errors.Is(err, client.ErrNotPlaced), errors.Is(err, story.ErrOneServer):
		err = fmt.Errorf("%w; is there another server behind this URL, and a balancer that takes turns?", err)
	}
	err = fmt.Errorf("not judged: %w", err)
	if d.json {
		d.screen.result(&story.Result{
			Story: told, Phase: phase.Name, Engine: d.played(), URL: d.url, Verdict: story.NotJudged,
			Summary: err.Error(), Reasons: []string{err.Error()},
		})
	}
	return err
}
