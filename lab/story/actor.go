package story

import (
	"errors"

	"secondserver/lab/client"
)

// An actor is one user's connection on a stage. What an actor should do and
// cannot is a surprise; once something has gone wrong, nobody does anything.
type actor struct {
	*client.Client
	stage *stage
	name  string        // without the stage's tag
	in    client.Joined // the room, when it was joined
}

func (a *actor) joins() client.Joined {
	if a.stage.err == nil {
		ctx, cancel := answerWithin(a.stage.ctx)
		defer cancel()
		var err error
		if a.in, err = a.Join(ctx, a.stage.room); err != nil {
			a.stage.fail(err)
		}
	}
	return a.in
}

// resumes joins after the last message that was seen.
func (a *actor) resumes(last client.Position) client.Joined {
	if a.stage.err == nil {
		ctx, cancel := answerWithin(a.stage.ctx)
		defer cancel()
		var err error
		if a.in, err = a.Resume(ctx, a.stage.room, last); err != nil {
			a.stage.surprise("%w", err)
		}
	}
	return a.in
}

func (a *actor) says(text string) client.Position {
	if a.stage.err != nil {
		return client.Position{}
	}
	ctx, cancel := answerWithin(a.stage.ctx)
	defer cancel()
	at, err := a.Say(ctx, a.stage.room, text)
	if err != nil {
		a.stage.surprise("%w", err)
	}
	return at
}

// sends does not wait for the answer, sendsAgain does.
func (a *actor) sends(text string) (sent client.Sent) {
	if a.stage.err == nil {
		ctx, cancel := answerWithin(a.stage.ctx)
		defer cancel()
		var err error
		if sent, err = a.Send(ctx, a.stage.room, text); err != nil {
			a.stage.surprise("%w", err)
		}
	}
	return sent
}

func (a *actor) sendsAgain(sent client.Sent) client.Position {
	if a.stage.err != nil {
		return client.Position{}
	}
	ctx, cancel := answerWithin(a.stage.ctx)
	defer cancel()
	again, err := a.Resend(ctx, sent)
	if err != nil {
		a.stage.surprise("%w", err)
		return client.Position{}
	}
	at, err := again.Wait(ctx)
	if err != nil {
		a.stage.surprise("%w", err)
	}
	return at
}

// tells returns the code of the refusal, or "".
func (a *actor) tells(b *actor, text string) (refusal string) {
	if a.stage.err != nil {
		return ""
	}
	ctx, cancel := answerWithin(a.stage.ctx)
	defer cancel()
	err := a.Tell(ctx, b.User, text)
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return refused.Code
	}
	if err != nil {
		a.stage.surprise("%w", err)
	}
	return ""
}

// hears listens in a room, or to client.Direct, until a certain text comes. It
// returns that message, and what came before it. Nobody waits for a silence to
// last: when all has been said, somebody on the listener's own server says the
// last text.
func (a *actor) hears(room, last string) (before []client.Message, it client.Message) {
	if a.stage.err != nil {
		return nil, it
	}
	ctx, cancel := a.stage.soon()
	defer cancel()
	for {
		m, err := a.Next(ctx, room)
		if err != nil {
			a.stage.surprise("%s on %s waits for %q in vain: %w", a.name, a.Server, last, err)
			return nil, it
		}
		if m.Text == last {
			return before, m
		}
		before = append(before, m)
	}
}

// counts waits until the actor is told of so many users in the room, and asks
// again by joining again: that answer comes after all that was told before.
func (a *actor) counts(users int) {
	if a.stage.err != nil {
		return
	}
	ctx, cancel := a.stage.soon()
	defer cancel()
	if err := a.AwaitCount(ctx, a.stage.room, users); err != nil {
		a.stage.surprise("%s on %s is told of %d users, and there are %d", a.name, a.Server, a.Count(a.stage.room), users)
		return
	}
	if got := a.joins().Count; got != users {
		a.stage.surprise("%s on %s counted %d users, and then %d", a.name, a.Server, users, got)
	}
}

// leaves may be called again.
func (a *actor) leaves() {
	if a.Client != nil {
		a.Close()
	}
}

func texts(messages []client.Message) (all []string) {
	for _, m := range messages {
		all = append(all, m.Text)
	}
	return all
}
