package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

const (
	// answerWithin bounds the wait for one answer. The protocol promises one within
	// 2 s of the frame's turn.
	answerWithin = 10 * time.Second

	// insistFor bounds for how long a message is sent again and again.
	insistFor = time.Minute
)

// A Pace is how a crowd talks. It has either a Rate or a Window, and a Count, a
// duration, or both, of which the first one ends it.
type Pace struct {
	Rate   float64 // messages a second, of all speakers together, whatever the answers are
	Window int     // or: so many unanswered messages of each speaker, as fast as it goes
	Count  int     // messages, of all speakers together
	For    time.Duration

	On       string // only those on this server speak; "": on all
	Speakers int    // so many users speak, on all servers evenly; everybody if 0
	Size     int    // bytes of a text, or more if that is too short for its name; 64 if 0
	Direct   bool   // each tells its messages to the user who is half of the crowd further on
}

// Talk lets users speak, and returns when all has been said and answered, or when
// ctx ends: then with its cause, and the ledger has what was said.
func (c *Crowd) Talk(ctx context.Context, p Pace) error {
	speakers := c.speakers(p)
	t := &talk{crowd: c, ctx: ctx, pace: p, began: time.Now(), speakers: len(speakers)}
	if p.For > 0 {
		t.until = t.began.Add(p.For)
	}
	var talking sync.WaitGroup
	for i, u := range speakers {
		to := address{ledger.Room(u.room), u.room, ""}
		if p.Direct {
			other := speakers[(i+len(speakers)/2)%len(speakers)]
			to = address{ledger.One(other.Name), "", other.wire}
		}
		talking.Go(func() { t.speak(i, u, to) })
	}
	talking.Wait()
	t.answers.Wait()
	return context.Cause(ctx)
}

// speakers chooses who speaks, on all servers evenly, also where there are fewer
// messages than users. They speak in a random order: servers that take turns, as
// balancers and consumer groups do, must not meet users who take the same turns.
func (c *Crowd) speakers(p Pace) []*user {
	all := c.byTurns()
	if p.On != "" {
		all = slices.DeleteFunc(all, func(u *user) bool { return u.server() != p.On })
	}
	if p.Speakers > 0 {
		all = all[:min(p.Speakers, len(all))]
	}
	messages := p.Count
	if due := int(math.Ceil(p.Rate * p.For.Seconds())); due > 0 && (messages == 0 || due < messages) {
		messages = due
	}
	if messages > 0 {
		all = all[:min(messages, len(all))]
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// A talk is one call of Talk.
type talk struct {
	crowd    *Crowd
	ctx      context.Context
	pace     Pace
	began    time.Time
	until    time.Time // zero: the count is the end
	speakers int
	answers  sync.WaitGroup
}

// An address is whom a message is for, as the ledger and as the server know it.
type address struct {
	ledger.Destination
	room, user string
}

// speak says what falls to the i-th speaker, message after message: so a user's
// messages keep their order, and who is held up holds up nobody else.
func (t *talk) speak(i int, u *user, to address) {
	window := make(chan struct{}, max(t.pace.Window, 1))
	for n := i; t.pace.Count == 0 || n < t.pace.Count; n += t.speakers {
		at := time.Now()
		if t.pace.Rate > 0 {
			at = t.began.Add(time.Duration(float64(n) / t.pace.Rate * float64(time.Second)))
		}
		if !t.until.IsZero() && !at.Before(t.until) || !t.await(at) {
			return
		}
		answered := func() {}
		if t.pace.Window > 0 {
			select {
			case window <- struct{}{}:
				answered = func() { <-window }
			case <-t.ctx.Done():
				return
			}
			at = time.Now() // a closed loop sends when it may
			if !t.until.IsZero() && !at.Before(t.until) {
				return
			}
		}
		id := t.crowd.Ledger.Sent(u.User, to.Destination, at)
		if !u.say(t.ctx, id, to, t.pace.Size, &t.answers, answered) {
			return
		}
	}
}

// await waits until it is time.
func (t *talk) await(at time.Time) bool {
	if wait := time.Until(at); wait > 0 {
		select {
		case <-time.After(wait):
		case <-t.ctx.Done():
			return false
		}
	}
	return t.ctx.Err() == nil
}

// say sends a message of the ledger and has somebody wait for the answer, who then
// calls answered. It tells whether the user is there to say more.
func (u *user) say(ctx context.Context, id ledger.ID, to address, size int, answers *sync.WaitGroup, answered func()) bool {
	m := &saying{user: u, id: id, to: to, text: u.crowd.text(id, size)}
	conn, err := u.line(ctx)
	if err != nil {
		answered()
		return false
	}
	m.sent, m.err = conn.Send(ctx, to.room, to.user, m.text)
	answers.Go(func() {
		defer answered()
		m.settle(ctx)
	})
	return true
}

// A saying is a message that has to be answered.
type saying struct {
	*user
	id   ledger.ID
	to   address
	text string
	sent dialect.Sent
	err  error // of sending it
}

// settle waits for the answer. One who resumes does not let go until there is an ack:
// what was refused, or lost its answer, is sent again under the same ref, on the next
// connection if need be. It ends in one copy, wherever it lands.
func (m *saying) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, insistFor)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := m.err
		if err == nil {
			err = m.answer(ctx)
		}
		if err == nil || m.crowd.options.Return != Resume || ctx.Err() != nil {
			return
		}
		if refused, ok := errors.AsType[*client.Error](err); ok && refused.Code != "unavailable" {
			return // it would be refused again
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		case <-m.crowd.ctx.Done():
			return
		}
		conn, err := m.line(ctx)
		if err != nil {
			return
		}
		m.crowd.Ledger.Again(m.id)
		m.sent, m.err = conn.Again(ctx, m.sent)
	}
}

func (m *saying) answer(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerWithin, fmt.Errorf("no answer within %v", answerWithin))
	defer cancel()
	offset, err := m.sent.Wait(ctx)
	if err == nil {
		m.crowd.Ledger.Acked(m.id, offset, time.Now())
	} else if no, refused := errors.AsType[*client.Error](err); refused {
		m.crowd.Ledger.Refused(m.id, time.Now())
		m.crowd.refused(no.Code)
	}
	return err
}

// text is what a message says: the crowd's tag, the message's name, and as many dots
// as it takes.
func (c *Crowd) text(id ledger.ID, size int) string {
	if size == 0 {
		size = 64
	}
	text := c.tag + " " + strconv.FormatUint(uint64(id), 10) + " "
	return text + strings.Repeat(".", max(0, size-len(text)))
}

// parse knows a message of this crowd by its text.
func (c *Crowd) parse(text string) (id ledger.ID, ours bool) {
	rest, ours := strings.CutPrefix(text, c.tag+" ")
	if !ours {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(number, 10, 32)
	return ledger.ID(n), err == nil
}
