package soak

import (
	"context"
	"fmt"
	"sync"
	"time"

	"secondserver/lab/load"
	"secondserver/lab/report"
	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

// Options of a soak.
type Options struct {
	rig.Options
	Users int           // who stay, and lose their connections now and then
	For   time.Duration // how long they talk; keys are looked at from Settled on
}

// Settled is how long it takes until as many keys end in Redis as begin. Those that make
// a message safe to send again do not count: there are thousands, which would hide all
// others.
const Settled = 3 * time.Minute

const (
	rate       = 100.            // messages a second, of those who stay
	moves      = 25              // connections that they lose, a second
	guests     = 20              // who come together, to rooms of their own, and go again
	guestsStay = 2 * time.Second // for so long they talk
	guestsRate = 20.
	looks      = 100 // at least so many, and one every two seconds
	perRoom    = 10
)

// Run soaks a stack of three servers, and says what grew. The result has a claim for
// each thing that must not.
func Run(ctx context.Context, o Options) (result *report.Result, err error) {
	err = rig.Run(ctx, o.Options, func(on *rig.Rig) {
		s := &soak{Rig: on, users: o.Users, length: o.For}
		result = s.run()
	})
	return result, err
}

type soak struct {
	*rig.Rig
	users  int
	length time.Duration
	stack  *stack.Stack
	began  time.Time

	samples []sample
	crowds  int   // of guests, that have gone
	due     int   // deliveries to them …
	lost    int   // … and what did not arrive, or was not answered
	closed  error // why guests could come no more; nil while they can
}

func (s *soak) run() *report.Result {
	s.stack = s.Start(stack.Phases[2], 3, fmt.Sprintf("HISTORY_FOR=%v", Settled*2/3), "HISTORY_MESSAGES=100")
	s.warmUp() // what a server needs once, it has from here on
	empty := s.look()
	s.Doing(fmt.Sprintf("%d users stay, others come and go, for %v", s.users, s.length))
	s.began = time.Now()
	crowd := s.Gather(s.stack, load.Options{Users: s.users, Rooms: max(1, s.users/perRoom), Return: load.Resume})
	told := s.Meanwhile(crowd, load.Pace{Rate: rate, For: s.length}, func() { s.churn(crowd) })
	moved := crowd.Ends()["moved"]
	crowd.Close()
	s.Doing("everybody has gone: waiting for what they leave")
	after := s.emptied(empty)

	r := &report.Result{
		Name: "soak", Question: fmt.Sprintf("%d users for %v: what grows?", s.users, s.length),
		Engine: s.Engine.Name(), Table: table(s.samples, empty, after), Seconds: time.Since(s.began).Seconds(),
	}
	r.Claims = append(r.Claims, report.Claim{
		Text:  fmt.Sprintf("nobody loses anything: %d and %d of %d deliveries, to those who stay and to guests", told.Lost, s.lost, told.Due+s.due),
		Holds: told.Lost+s.lost == 0 && told.Unanswered == 0 && told.Due > 0,
	})
	seen := "they do"
	if s.closed != nil {
		seen = s.closed.Error()
	}
	r.Claims = append(r.Claims, report.Claim{Text: "guests can come all the time: " + seen, Holds: s.closed == nil && s.crowds > 0, Timed: true})
	r.Claims = append(r.Claims, growth(s.samples, s.length)...)
	r.Claims = append(r.Claims, leftovers(empty, after)...)
	r.Proves = fmt.Sprintf("%d connections were lost and made again, and %d crowds of guests came and went.", moved, s.crowds)
	return r
}

// churn has users lose their connections, and guests come and go, and looks.
func (s *soak) churn(crowd *load.Crowd) {
	var going sync.WaitGroup
	ctx, stop := context.WithTimeout(s.Ctx, s.length)
	defer going.Wait()
	defer stop()
	going.Go(func() { s.entertain(ctx) })
	look, move := time.NewTicker(min(2*time.Second, s.length/looks)), time.NewTicker(time.Second)
	defer look.Stop()
	defer move.Stop()
	for {
		select {
		case <-move.C:
			crowd.Move(min(moves, s.users))
		case <-look.C:
			s.samples = append(s.samples, s.look())
		case <-ctx.Done():
			return
		}
	}
}

// entertain has guests, crowd after crowd.
func (s *soak) entertain(ctx context.Context) {
	for ctx.Err() == nil {
		c, err := load.Gather(ctx, load.Options{URLs: []string{s.stack.URL()}, Users: guests, Rooms: guests / 2})
		if err != nil && ctx.Err() == nil {
			s.closed = err
		}
		if err != nil {
			return
		}
		c.Talk(ctx, load.Pace{Rate: guestsRate, For: guestsStay}) // its error is that ctx has ended
		c.Settle(ctx, guestsStay)
		told := c.Judge()
		c.Close()
		if ctx.Err() == nil { // else they were sent away
			s.crowds++
			s.lost += told.Lost + told.Unanswered + told.EchoesLost
			s.due += told.Due
		}
	}
}
