package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"secondserver/lab/stack"
	"secondserver/lab/story"
)

// A screen is the audience of stories. It shows them to people, as they happen,
// or to programs, with --json, at the end of each. It judges nothing.
type screen struct {
	out      *os.File
	look     look
	json     bool
	timeout  time.Duration // how long a listener waits
	progress *progress     // on stderr: results may go elsewhere than the one who waits
	begun    bool          // something was printed
	err      error         // of the first write that failed
}

func newScreen(json bool) *screen {
	return &screen{out: os.Stdout, look: lookOf(os.Stdout), json: json, progress: newProgress(os.Stderr)}
}

func (s *screen) title(p stack.Phase, servers int) {
	if s.begun {
		s.print("")
	}
	s.print(s.look.title(p, servers))
}

// Doing shows what goes on, and for how long it has.
func (s *screen) Doing(what string) {
	began := time.Now()
	s.progress.start(func(l look) string {
		if took := time.Since(began); took >= 2*time.Second {
			return fmt.Sprintf("  %s (%.0fs)", what, took.Seconds())
		}
		return "  " + what
	})
}

// Awaiting counts down what is left of the time.
func (s *screen) Awaiting(what string, until time.Time) {
	s.progress.start(func(look) string {
		return fmt.Sprintf("  %s, %.1fs left", what, max(0, time.Until(until)).Seconds())
	})
}

// Waiting counts down where the listener's line is going to be.
func (s *screen) Waiting(u story.User, until time.Time) {
	s.progress.start(func(l look) string {
		return l.place(u) + fmt.Sprintf("listening, %.1fs left", max(0, time.Until(until)).Seconds())
	})
}

// Saw shows a user's line.
func (s *screen) Saw(u story.User) {
	s.progress.stop()
	s.print(s.look.row(u, s.timeout))
}

func (s *screen) result(r *story.Result) {
	s.progress.stop()
	if !s.json {
		s.print(s.look.result(r))
		return
	}
	s.object(r)
}

// object writes a line for programs.
func (s *screen) object(o any) {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	s.failed(e.Encode(o))
}

// bar shows how far something is, and a few words. Both are asked for again and
// again, by another goroutine.
func (s *screen) bar(what string, state func() (part float64, text string)) {
	const length = 20
	s.progress.start(func(look) string {
		part, text := state()
		full := int(length * min(1, max(0, part)))
		return fmt.Sprintf("  %s [%s%s] %s", what, strings.Repeat("=", full), strings.Repeat(" ", length-full), text)
	})
}

// others stands between the first story and those that take a line each.
func (s *screen) others() { s.print("And everything else that a server remembers:") }

func (s *screen) ending() {
	s.print("")
	s.print(s.look.ending())
}

// print writes a line for people.
func (s *screen) print(line string) {
	if s.json {
		return
	}
	_, err := fmt.Fprintln(s.out, line)
	s.begun = true
	s.failed(err)
}

func (s *screen) failed(err error) {
	if s.err == nil && err != nil {
		s.err = fmt.Errorf("write the output: %w", err)
	}
}

// A gauge is a number that one goroutine sets and another one shows.
type gauge struct{ n atomic.Int64 }

func (g *gauge) set(n int)            { g.n.Store(int64(n)) }
func (g *gauge) get() int             { return int(g.n.Load()) }
func (g *gauge) of(total int) float64 { return float64(g.get()) / float64(total) }
