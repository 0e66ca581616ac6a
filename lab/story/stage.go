package story

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"secondserver/lab/client"
)

// A scene is what a story plays on two servers, in phase 1 on one. It returns
// what came out, which is to be what the phase promises, and a sentence about it.
// It need not look for errors: see stage.err.
type scene func(*stage) (outcome, summary string)

// promises are what each phase promises to come out.
type promises [3]string

// A surprise is something that came out and that no phase promises. It is a
// result; any other error means that the scene could not be played.
type surprise struct{ error }

// onStage makes a play of a scene.
func onStage(p promises, play scene) func(context.Context, setting) (*Result, error) {
	return func(ctx context.Context, set setting) (*Result, error) {
		s := newStage(ctx, set)
		defer s.close()
		outcome, summary := play(s)
		unexpected, isResult := errors.AsType[surprise](s.err)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case isResult:
			outcome, summary = "", unexpected.Error()
		case s.err != nil:
			return nil, s.err
		}
		return p.judge(s, outcome, summary), nil
	}
}

// judge holds what came out against what the phase promises. A phase 2 promises
// to break, in one certain way.
func (p promises) judge(s *stage, outcome, summary string) *Result {
	r := &Result{
		Expected: p[s.phase.Number-1],
		Verdict:  AsExpected,
		Summary:  summary,
		Reasons:  []string{}, // [] in JSON, not null
		Works:    outcome == p[0],
	}
	if outcome != r.Expected {
		r.Reasons = append(r.Reasons, fmt.Sprintf("phase %d promises: %s", s.phase.Number, r.Expected))
	}
	if !s.phase.Balanced() && s.on(there) != "" && s.on(there) != s.on(here) {
		r.Reasons = append(r.Reasons, fmt.Sprintf("there are %s and %s, so this is not one server", s.on(here), s.on(there)))
	}
	if len(r.Reasons) > 0 {
		r.Verdict = NotAsExpected
	}
	return r
}

// A stage is the stack as a scene uses it. Its room and its users have names that
// nobody else uses, as a whole class may share a stack.
type stage struct {
	setting
	ctx     context.Context // of this one play
	tag     string
	room    string
	servers [2]string       // here and there, by their first users
	known   map[string]bool // every server that was met
	cast    []*actor

	// err is the first thing that went wrong. After it nobody does anything any
	// more, so that a scene can be written, and read, from top to bottom.
	err error
}

// newTag is a part of a name, or of a text, that nobody else uses.
func newTag() string { return strings.ToLower(rand.Text()[:6]) }

func newStage(ctx context.Context, set setting) *stage {
	tag := newTag()
	return &stage{setting: set, ctx: ctx, tag: tag, room: "room-" + tag, known: make(map[string]bool)}
}

func (s *stage) close() {
	for _, a := range s.cast {
		a.leaves()
	}
}

func (s *stage) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *stage) surprise(format string, args ...any) {
	s.fail(surprise{fmt.Errorf(format, args...)})
}

// refused takes the error of a question over HTTP: that a server says no is a
// result, that there is none to be reached is not.
func (s *stage) refused(err error) {
	if no, ok := errors.AsType[*client.Error](err); ok {
		err = surprise{no}
	}
	s.fail(err)
}

// ErrOneServer is returned where it seems that there is no second server, though
// the phase has one: nothing was wrong, and nothing was learnt.
var ErrOneServer = errors.New("only one server ever answered")

// A place is one of the two servers that a scene needs.
type place int

const (
	here  place = iota
	there       // the other one; in phase 1 the same
)

// on names the server.
func (s *stage) on(at place) string { return s.servers[at] }

// asInPictures is for client.DialOn: in the course's pictures the first user is on
// server-1. Where no server is called so, it is where one lands after a round.
func asInPictures(servers int) func(server string) bool {
	tries := 0
	return func(server string) bool {
		tries++
		return server == "server-1" || tries > servers
	}
}

// wanted is for client.DialOn. The first user of a place chooses the server.
func (s *stage) wanted(at place) func(server string) bool {
	first, tries := asInPictures(s.Servers), 0
	return func(server string) bool {
		tries++
		s.met(server)
		switch {
		case s.on(at) != "":
			return server == s.on(at)
		case at == here:
			return first(server)
		case !s.phase.Balanced() && tries > 4: // looked for another one long enough
			return true
		}
		return server != s.on(here)
	}
}

// met notes a server.
func (s *stage) met(server string) { s.known[server] = true }

// needsTwo is for what comes out well: with a single server everything does, so
// that proves nothing in a phase that has several.
func (s *stage) needsTwo(summary string) {
	if s.phase.Balanced() && len(s.known) == 1 {
		s.fail(fmt.Errorf("%s, but %w", summary, ErrOneServer))
	}
}

// enter brings a user to a place, and into the room.
func (s *stage) enter(name string, at place) *actor {
	a := s.connect(name, at)
	a.joins()
	return a
}

func (s *stage) connect(name string, at place) *actor {
	a := &actor{stage: s, name: name}
	if s.err != nil {
		return a
	}
	c, err := client.DialOn(s.ctx, s.url, name+"-"+s.tag, s.wanted(at))
	if err != nil {
		s.fail(err)
		return a
	}
	a.Client = c
	s.servers[at] = c.Server
	s.cast = append(s.cast, a)
	return a
}
