package story

import (
	"context"
	"fmt"
	"time"

	"secondserver/lab/named"
	"secondserver/lab/stack"
)

// A Story is about one piece of state: what becomes of it with a second server.
type Story struct {
	Name  string // as people type it
	About string // in half a line
	play  func(context.Context, setting) (*Result, error)
}

// All are the stories, in the order in which they are told.
var All = []Story{message, count, history, direct, resend, handshake, instance}

// Named finds a story.
func Named(name string) (Story, error) {
	return named.Find("story", name, All, func(x Story) string { return x.Name })
}

// Options of a play. The zero value is what the course shows.
type Options struct {
	Timeout  time.Duration // how long a listener waits; 2 s if 0
	Servers  int           // how many there are; what the phase is shown with if 0
	Audience Audience      // who watches; nobody if nil

	// Kill ends a server as kill -9 does, and returns what starts it again. On a
	// stack that is not ours to break it is nil, and what needs it is left out.
	Kill func(server string) (start func(context.Context) error, err error)
}

// KillOn is Options.Kill for a stack that the lab has started.
func KillOn(s *stack.Stack) func(string) (func(context.Context) error, error) {
	return func(id string) (func(context.Context) error, error) {
		for _, server := range s.Servers {
			if server.ID == id {
				return server.Start, server.Kill()
			}
		}
		return nil, fmt.Errorf("kill %s: this stack has no such server", id)
	}
}

// An Audience is told what happens, when it happens. Its methods are called one
// at a time.
type Audience interface {
	// Doing says what goes on until the next call; it may take a while.
	Doing(what string)

	// Awaiting says the same of something that has to happen before until.
	Awaiting(what string, until time.Time)

	// Waiting says that a listener waits for the message, but not after until.
	Waiting(listener User, until time.Time)

	// Saw has all that there is to say about a user.
	Saw(User)
}

// A setting is what a story is played on.
type setting struct {
	Options
	url   string
	phase stack.Phase
}

// Play plays a story on the stack at url, and judges what came out by what the
// phase promises. An error means that it could not be judged: somebody could not
// connect, or the context has ended.
func (s Story) Play(ctx context.Context, url string, phase stack.Phase, o Options) (*Result, error) {
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	if o.Servers == 0 {
		o.Servers = phase.Servers
	}
	if o.Servers > MaxServers {
		return nil, fmt.Errorf("play on %d servers: there are listeners for %d", o.Servers, MaxServers)
	}
	if o.Audience == nil {
		o.Audience = nobody{}
	}
	o.Audience.Doing(s.Name + ": " + s.About)
	r, err := s.play(ctx, setting{o, url, phase})
	if err != nil {
		return nil, err
	}
	r.Story, r.Phase, r.URL = s.Name, phase.Name, url
	return r, nil
}

type nobody struct{}

func (nobody) Doing(string)               {}
func (nobody) Awaiting(string, time.Time) {}
func (nobody) Waiting(User, time.Time)    {}
func (nobody) Saw(User)                   {}
