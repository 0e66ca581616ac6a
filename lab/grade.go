package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
	"secondserver/lab/load"

	"github.com/spf13/cobra"
)

// A grading is a server that runs, and how to talk to it.
type grading struct {
	dialect string
	users   int
	within  time.Duration
	json    bool

	speak  dialect.Dialect
	screen *screen
}

func gradeCommand() *cobra.Command {
	var g grading
	c := &cobra.Command{
		Use:     "grade URL...",
		Short:   "Judges any chat server that runs, from outside",
		Long:    gradeHelp,
		Example: gradeExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if err := g.check(args); err != nil {
				return seeHelp(c, err)
			}
			g.screen = newScreen(g.json)
			defer g.screen.progress.stop()
			return g.run(c.Context(), args)
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&g.dialect, "dialect", "", "a file that says how to talk to it, described above")
	flags.IntVar(&g.users, "users", 12, "how many connect")
	flags.DurationVar(&g.within, "within", 2*time.Second, "what arrives later is late")
	flags.BoolVar(&g.json, "json", false, "one object, as lab load --json prints it")
	return c
}

func (g *grading) check(urls []string) error {
	switch {
	case len(urls) == 0:
		return errors.New("name the URL of a server that runs, or of each one")
	case g.users < 4 || g.users > 1000:
		return fmt.Errorf("--users %d: want 4 to 1000", g.users)
	case g.within <= 0:
		return fmt.Errorf("--within %v: want more than 0", g.within)
	}
	for _, url := range urls {
		if !isHTTP(url) {
			return fmt.Errorf("%q: want a URL like http://localhost:8080", url)
		}
	}
	g.speak = dialect.Lab
	if g.dialect == "" {
		return nil
	}
	var err error
	if g.speak, err = dialect.Read(g.dialect); err != nil {
		return fmt.Errorf("--dialect: %w", err)
	}
	return nil
}

// speakers are few, however many listen: a server is to be judged, and not what a crowd
// of its users could drown it in.
const speakers = 12

// run lets a few of a small crowd talk, in rooms and to one another, and some leave.
func (g *grading) run(ctx context.Context, urls []string) error {
	traits := g.speak.Traits()
	o := load.Options{URLs: urls, Users: g.users, Rooms: 1, Dialect: g.speak, Within: g.within, Return: load.Rejoin}
	if traits.Rooms {
		o.Rooms = 2
	}
	if g.dialect == "" {
		o.Return = load.Resume
	}
	g.screen.print(g.screen.look.paint(bold, "Grading "+strings.Join(urls, ", ")))
	g.screen.Doing(fmt.Sprintf("connecting %d users", g.users))
	began := time.Now()
	crowd, err := load.Gather(ctx, o)
	if err != nil {
		return fmt.Errorf("unknown: %w", err)
	}
	defer crowd.Close()
	r := &loadReport{Engine: "url", Users: g.users, Rooms: o.Rooms, Servers: crowd.Servers(), ConnectS: time.Since(began).Seconds()}

	talking := time.Now()
	g.talk(ctx, crowd, traits)
	talked := time.Since(talking)
	g.settle(ctx, crowd)
	if traits.Leaves {
		r.Leave = g.leave(ctx, crowd)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.Report = crowd.Judge()
	r.measure(talked, nil, nil)
	r.Ends, r.Refusals = crowd.Ends(), crowd.Refusals()
	r.Verdict = r.graded()
	g.screen.progress.stop()
	if g.json {
		g.screen.object(r)
	} else {
		g.screen.print(g.screen.look.grade(r, traits))
	}
	return errors.Join(g.screen.err, verdict(r.Verdict))
}

// graded is the verdict on a server, of which more is asked than that nothing is lost:
// so few messages, and every leave, it is to take.
func (r *loadReport) graded() ledger.Verdict {
	_, far := r.sums()
	switch {
	case r.Refused > 0 || r.Leave != "":
		return ledger.False
	case r.Verdict == ledger.True && len(r.Servers) > 1 && far.Due == 0:
		return ledger.Unknown // nobody was in a room with somebody on another server
	}
	return r.Verdict
}

// talk has everything said but what is said when some have left. When ctx ends, so does
// it.
func (g *grading) talk(ctx context.Context, crowd *load.Crowd, traits dialect.Traits) {
	pace := load.Pace{Window: 2, Speakers: speakers, Count: 5 * speakers}
	g.screen.Doing("speaking in rooms")
	_ = crowd.Talk(ctx, pace) // fails where ctx has ended, only
	if traits.Directs {
		pace.Count, pace.Direct = 2*speakers, true
		g.screen.Doing("speaking to one another")
		_ = crowd.Talk(ctx, pace)
	}
}

// leave has a third leave, and the others speak on. It returns which leave was not
// confirmed, or "".
func (g *grading) leave(ctx context.Context, crowd *load.Crowd) (unconfirmed string) {
	crowd.Listen(ctx, ledger.UnderWay) // what was said before is owed to those who leave, too
	g.screen.Doing("leaving rooms, and speaking in them")
	if err := crowd.Leave(ctx, g.users/3); err != nil {
		unconfirmed = err.Error()
	}
	_ = crowd.Talk(ctx, load.Pace{Window: 2, Speakers: speakers, Count: 2 * speakers})
	g.settle(ctx, crowd)
	return unconfirmed
}

func (g *grading) settle(ctx context.Context, crowd *load.Crowd) {
	g.screen.Doing("waiting for what is under way")
	crowd.Settle(ctx, g.within+time.Second)
	g.screen.Doing("listening for what should not come")
	crowd.Listen(ctx, g.within)
}
