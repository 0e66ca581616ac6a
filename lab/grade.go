package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
		Use:     "grade URL…",
		Short:   "Judges any chat server that runs, from outside",
		Long:    gradeHelp,
		Example: gradeExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if err := g.check(args); err != nil {
				return seeHelp(c, err)
			}
			g.screen = &screen{out: os.Stdout, look: lookOf(os.Stdout), json: g.json, progress: newProgress(os.Stderr)}
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

// run lets a small crowd talk, in rooms and to one another.
func (g *grading) run(ctx context.Context, urls []string) error {
	traits := g.speak.Traits()
	o := load.Options{URLs: urls, Users: g.users, Dialect: g.speak, Within: g.within, Return: load.Rejoin}
	if traits.Rooms {
		o.Rooms = 2
	}
	if g.dialect == "" {
		o.Return = load.Resume
	}
	g.screen.print(g.screen.look.paint(bold, "Grading "+strings.Join(urls, ", ")))
	g.screen.Doing(fmt.Sprintf("connecting %d users", g.users))
	crowd, err := load.Gather(ctx, o)
	if err != nil {
		return fmt.Errorf("unknown: %w", err)
	}
	defer crowd.Close()
	servers := crowd.Servers()

	g.screen.Doing("everybody speaks")
	talks := []load.Pace{{Window: 2, Count: min(5*g.users, 200)}}
	if traits.Directs {
		talks = append(talks, load.Pace{Window: 2, Count: min(2*g.users, 100), Direct: true})
	}
	for _, pace := range talks {
		if err := crowd.Talk(ctx, pace); err != nil {
			return err
		}
	}
	crowd.Settle(ctx, g.within+time.Second)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r := &loadReport{Engine: "url", Users: g.users, Rooms: max(1, o.Rooms), Servers: servers, Report: crowd.Judge()}
	r.Parts, r.Ends = []partUsage{}, crowd.Ends()
	r.Refusals = crowd.Refusals()
	g.screen.progress.stop()
	if g.json {
		g.screen.object(r)
	} else {
		g.screen.print(g.screen.look.grade(r, traits))
	}
	switch {
	case g.screen.err != nil:
		return g.screen.err
	case r.Verdict == ledger.False:
		return errNotAsExpected
	case r.Verdict == ledger.Unknown:
		return errUnknown
	}
	return nil
}

// grade is a line for each thing that is asked of a chat server.
func (l look) grade(r *loadReport, traits dialect.Traits) string {
	var b strings.Builder
	row := func(wrong int, good, bad string) {
		colour, text := green, "✅ "+good
		if wrong > 0 {
			colour, text = red, "❌ "+bad
		}
		for _, line := range wrap(text, "  ") {
			fmt.Fprintln(&b, l.paint(colour, line))
		}
	}
	var near, far ledger.Tally // on the sender's own server, and on others
	for _, x := range r.Between {
		t := &far
		if x.From == x.To {
			t = &near
		}
		t.Due += x.Due
		t.Delivered += x.Delivered
	}
	fmt.Fprintln(&b, "  "+strings.TrimLeft(r.gathered(), " "))
	deliveries := func(t ledger.Tally, where string) {
		if t.Due > 0 {
			row(t.Lost(), fmt.Sprintf("delivered %s: all %s", where, comma(t.Due)),
				fmt.Sprintf("lost %s: %s of %s", where, comma(t.Lost()), comma(t.Due)))
		}
	}
	deliveries(near, "on the sender's own server")
	deliveries(far, "across servers")
	if traits.Echoes {
		row(r.EchoesLost, "senders hear themselves", fmt.Sprintf("%s senders did not hear themselves", comma(r.EchoesLost)))
	}
	row(r.Doubled, "nothing twice", fmt.Sprintf("%s heard again", comma(r.Doubled)))
	row(r.Reordered, "in one order for all", fmt.Sprintf("%s out of order", comma(r.Reordered)))
	row(r.WrongRoom, "only where it was said", fmt.Sprintf("%s heard where they do not belong", comma(r.WrongRoom)))
	row(r.Late, "in time", fmt.Sprintf("%s late", comma(r.Late)))
	row(r.Refused+r.Unanswered, "every message was taken", fmt.Sprintf("%s messages refused, %s unanswered", comma(r.Refused), comma(r.Unanswered)))
	switch {
	case r.Verdict == ledger.False:
		fmt.Fprintln(&b, l.paint(red, "Fails."))
		b.WriteString(trace(r.First))
	case r.Verdict == ledger.Unknown:
		fmt.Fprintln(&b, l.paint(yellow, fmt.Sprintf("Unknown: %s deliveries due, %s that nobody could have seen.", comma(r.Due), comma(r.Unseen))))
	case len(r.Servers) == 1:
		fmt.Fprintln(&b, l.paint(green, "Passes.")+" Only one server was met: this says nothing about a second one.")
	default:
		fmt.Fprintln(&b, l.paint(green, "Passes."))
	}
	return l.words(strings.TrimRight(b.String(), "\n"))
}
