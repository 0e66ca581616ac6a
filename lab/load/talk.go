package load

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"secondserver/lab/ledger"
)

const (
	// answerWithin bounds the wait for one answer. The protocol promises one within
	// 2 s of the frame's turn.
	answerWithin = 10 * time.Second

	// sayWithin is how long after it was due a message can be sent: while its user is
	// back from a lost connection, or has too many unanswered ones. Then it never is.
	sayWithin = 15 * time.Second

	// insistFor bounds for how long a message is sent again and again.
	insistFor = time.Minute
)

// A Pace is how a crowd talks. It has either a Rate or a Window, and at least one of
// Count, For and Until, of which the first one ends it.
type Pace struct {
	Rate   float64 // messages a second, of all speakers together, whatever the answers are
	Window int     // or: so many unanswered messages of each speaker, as fast as it goes
	Count  int     // messages, of all speakers together
	For    time.Duration
	Until  <-chan struct{} // or until it is closed

	On       string // only those on this server speak; "": on all
	Speakers int    // so many users speak, on all servers evenly; everybody if 0
	Size     int    // bytes of a text, or more if that is too short for its name; 64 if 0
	Direct   bool   // each tells its messages to the next speaker, who is on another server
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
	next := make(map[*user]*user)
	for i, u := range speakers {
		next[u] = speakers[(i+1)%len(speakers)]
	}
	// In a random order: servers that take turns, as balancers and consumer groups do,
	// must not meet users who take the same turns.
	for i, k := range rand.Perm(len(speakers)) {
		u := speakers[k]
		to := address{ledger.Room(u.room), u.room, ""}
		if p.Direct {
			to = address{ledger.One(next[u].Name), "", next[u].wire}
		}
		talking.Go(func() { t.speak(i, u, to) })
	}
	talking.Wait()
	t.answers.Wait()
	return context.Cause(ctx)
}

// speakers chooses who speaks, on all servers evenly, also where there are fewer
// messages than users. Those next to each other are on different ones.
func (c *Crowd) speakers(p Pace) []*user {
	all := byTurns(c.users)
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
// messages keep their order, and who is held up holds up nobody else. At a rate each
// message is due, whether it can be sent or not. In a closed loop one who gets no
// answer says no more.
func (t *talk) speak(i int, u *user, to address) {
	ctx, stop := context.WithCancel(t.ctx)
	defer stop()
	window := make(chan struct{}, max(t.pace.Window, 1))
	answered := func(was bool) {
		if t.pace.Window > 0 && was {
			<-window
		} else if t.pace.Window > 0 {
			stop()
		}
	}
	for n := i; t.pace.Count == 0 || n < t.pace.Count; n += t.speakers {
		at := time.Now()
		if t.pace.Rate > 0 {
			at = t.began.Add(time.Duration(float64(n) / t.pace.Rate * float64(time.Second)))
		}
		if t.over(at) || !await(ctx, at) || t.over(at) {
			return
		}
		if t.pace.Window > 0 {
			select {
			case window <- struct{}{}:
			case <-ctx.Done():
				return
			}
			if at = time.Now(); t.over(at) { // a closed loop sends when it may
				return
			}
		}
		id := t.crowd.Ledger.Sent(u.User, to.Destination, at)
		u.say(t.ctx, id, to, t.pace.Size, at.Add(sayWithin), &t.answers, answered)
	}
}

// over tells whether it is too late for what is due then.
func (t *talk) over(at time.Time) bool {
	select {
	case <-t.pace.Until:
		return true
	default:
		return !t.until.IsZero() && !at.Before(t.until)
	}
}

// await waits until it is time, and tells whether it is, or ctx has ended.
func await(ctx context.Context, at time.Time) bool {
	if wait := time.Until(at); wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}
