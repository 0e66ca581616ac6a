package story

import (
	"context"
	"errors"
	"sync"
	"time"

	"secondserver/lab/client"
)

const room = "general"

// Alice says hello. Charlie is on her server, Bob on another one. In phase 2 Bob
// must not hear her, and that is the difficult part: a dead connection hears
// nothing either. So when his time is up, a canary speaks on Bob's own server. It
// must reach him, and it must be the first thing that he hears.
var message = Story{
	Name:  "message",
	About: "a message in a room",
	play:  playMessage,
}

func playMessage(ctx context.Context, s setting) (*Result, error) {
	c, err := gather(ctx, s)
	if err != nil {
		return nil, err
	}
	defer c.close()

	p := play{cast: c, options: s.Options, promise: promiseOf(s.phase), text: "hello " + newTag(), result: &Result{
		Delivery: &Delivery{TimeoutMS: milliseconds(s.Timeout), Listeners: len(c.listeners)},
	}}
	if err := p.perform(ctx); err != nil {
		return nil, err
	}
	p.promise.judge(p.result)
	return p.result, nil
}

// A play is one performance.
type play struct {
	*cast
	options Options
	promise promise
	result  *Result
	text    string    // says "hello", and is said by nobody else
	began   time.Time // just before Alice speaks
}

func (p *play) perform(ctx context.Context) error {
	var listening sync.WaitGroup
	defer listening.Wait()
	inTime, stop := context.WithTimeout(ctx, p.options.Timeout)
	defer stop() // who still listens, stops
	until, _ := inTime.Deadline()

	p.began = time.Now()
	heard := make([]chan sound, len(p.listeners))
	for i, c := range p.listeners {
		heard[i] = make(chan sound, 1)
		listening.Go(func() { heard[i] <- p.listen(inTime, c, p.alice) })
	}
	p.speak(ctx)
	for i, c := range p.listeners {
		u := User{
			Name: c.User, Role: Listener, Server: c.Server,
			Expected: p.promise.reaches(c.Server, p.alice.Server),
		}
		p.options.Audience.Waiting(u, until)
		u.hear(<-heard[i], p.began)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.saw(u)
		if !u.Received && u.Error == "" {
			if err := p.sing(ctx, c, len(p.result.Users)-1); err != nil {
				return err
			}
		}
	}
	return nil
}

// speak lets Alice say hello. Being acknowledged is her part of the story.
func (p *play) speak(ctx context.Context) {
	ctx, cancel := answerWithin(ctx)
	defer cancel()
	_, err := p.alice.Say(ctx, room, p.text)
	u := User{Name: p.alice.User, Role: Sender, Server: p.alice.Server, Expected: true}
	u.hear(sound{at: time.Now(), err: err}, p.began)
	p.saw(u)
}

// sing lets a canary speak on the server of a listener who has heard nothing,
// and looks at what he hears first: the canary, or Alice after all.
func (p *play) sing(ctx context.Context, listener *client.Client, index int) error {
	p.options.Audience.Doing("sending a canary to " + listener.User)
	canary, err := p.enter(ctx, "canary", func(server string) bool { return server == listener.Server })
	if err != nil {
		return err
	}
	defer canary.Close()
	u := User{Name: canary.User, Role: Canary, Server: canary.Server, Expected: true, For: listener.User}

	inTime, stop := context.WithTimeout(ctx, p.options.Timeout)
	defer stop()
	began := time.Now()
	// Its ack does not matter: what counts is whether it is heard.
	if _, err := canary.Send(inTime, room, p.text); err != nil {
		return err
	}
	first := p.listen(inTime, listener, canary, p.alice)
	if first.from == p.alice {
		p.result.Users[index].late(first, p.began)
		first = p.listen(inTime, listener, canary)
	}
	u.hear(first, began)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.saw(u)
	return nil
}

func (p *play) saw(u User) {
	p.result.Users = append(p.result.Users, u)
	p.options.Audience.Saw(u)
}

// A sound is a message that somebody was listened for, or why it did not come.
type sound struct {
	from *client.Client
	at   time.Time
	err  error // context.DeadlineExceeded: silence
}

// listen waits for the first message of any of the senders. Others may talk in
// the room, and on a stack that a whole class shares each of them plays an Alice
// who says hello: so this play has a text of its own.
func (p *play) listen(ctx context.Context, listener *client.Client, senders ...*client.Client) sound {
	for {
		m, err := listener.Next(ctx, room)
		if err != nil {
			return sound{err: err}
		}
		for _, s := range senders {
			if m.From == s.User && m.Server == s.Server && m.Text == p.text {
				return sound{from: s, at: m.Arrived}
			}
		}
	}
}

func (u *User) hear(s sound, began time.Time) {
	switch {
	case s.err == nil:
		u.Received = true
		u.LatencyMS = new(milliseconds(s.at.Sub(began)))
	case !errors.Is(s.err, context.DeadlineExceeded):
		u.Error = s.err.Error()
	}
}

func (u *User) late(s sound, began time.Time) {
	u.Late = true
	u.LatencyMS = new(milliseconds(s.at.Sub(began)))
}
