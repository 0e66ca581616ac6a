package bench

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/shirou/gopsutil/v4/process"

	"secondserver/lab/stack"
)

// A Pace is how a crowd speaks: each speaker with so many messages unanswered
// (Window), or all together so many a second (Rate).
type Pace struct{ Window, Rate int }

// A Cost is what a measurement has shown.
type Cost struct {
	Servers  float64 // CPU time of all servers, user and system, in µs a delivery
	Redis    float64 // of Redis, in µs a message
	Client   float64 // of the bench itself, in µs a delivery
	P50, P99 float64 // from speaking to hearing on another server, in µs
}

// usage is CPU time since the start.
type usage struct{ servers, redis, client time.Duration }

func usageOf(s *stack.Stack) (u usage, err error) {
	parts, err := s.Usage()
	if err != nil {
		return u, err
	}
	for _, p := range parts {
		switch {
		case strings.HasPrefix(p.Part, "server-"):
			u.servers += p.CPU
		case p.Part == "redis":
			u.redis += p.CPU
		}
	}
	self := process.Process{Pid: int32(os.Getpid())}
	times, err := self.Times()
	if err != nil {
		return u, err
	}
	u.client = time.Duration((times.User + times.System) * float64(time.Second))
	return u, nil
}

// measure lets the crowd speak for a while and says what that has cost from the
// warm-up on. Where anything is lost, doubled or out of order it is an error.
func (c *crowd) measure(ctx context.Context, s *stack.Stack, p Pace, warm, long time.Duration) (cost Cost, err error) {
	stop := c.speak(p)
	pass(ctx, warm)
	for _, m := range c.members {
		m.sample()
	}
	before := c.counts()
	used, err := usageOf(s)
	if err != nil {
		stop()
		return cost, err
	}
	pass(ctx, long)
	after := c.counts()
	usedThen, err := usageOf(s)
	took := hdrhistogram.New(1, int64(10*time.Second), 3)
	for _, m := range c.members {
		for _, nanos := range m.sampled() {
			took.RecordValue(nanos) // fails above 10 s, and then settle does
		}
	}
	stop()
	if err != nil {
		return cost, err
	}
	if err := c.settle(ctx); err != nil {
		return cost, err
	}
	messages, deliveries := after.acked-before.acked, after.heard-before.heard
	each := func(d time.Duration, n int) float64 { return float64(d.Microseconds()) / float64(max(1, n)) }
	cost.Servers = each(usedThen.servers-used.servers, deliveries)
	cost.Redis = each(usedThen.redis-used.redis, messages)
	cost.Client = each(usedThen.client-used.client, deliveries)
	cost.P50 = float64(took.ValueAtQuantile(50)) / 1000
	cost.P99 = float64(took.ValueAtQuantile(99)) / 1000
	return cost, nil
}

// speak begins to speak, until stop.
func (c *crowd) speak(p Pace) (stop func()) {
	var all []*member
	for _, m := range c.members {
		if m.isSpeaker() {
			all = append(all, m)
		}
	}
	if p.Window > 0 {
		for _, m := range all {
			m.loop.Store(true)
			m.say(p.Window)
		}
		return func() {
			for _, m := range all {
				m.loop.Store(false)
			}
		}
	}
	ending, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		began := time.Now()
		for n := 0; ; n++ {
			due := began.Add(time.Duration(n) * time.Second / time.Duration(p.Rate))
			if wait := time.Until(due); wait > 0 {
				select {
				case <-time.After(wait):
				case <-ending:
					return
				}
			}
			select {
			case <-ending:
				return
			default:
			}
			all[n%len(all)].say(1)
		}
	}()
	return func() {
		close(ending)
		<-ended
	}
}

// settle waits until all that was said is answered and heard.
func (c *crowd) settle(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	for {
		said, due := 0, 0
		for _, m := range c.members {
			n := m.said()
			said += n
			if !c.shape.Direct {
				n *= c.shape.Members
			}
			due += n
		}
		n := c.counts()
		if failed := c.failed.Load(); failed != nil {
			return *failed
		}
		if n.refused+n.wrong > 0 {
			return fmt.Errorf("%d messages were refused, and %d were lost, doubled or out of order", n.refused, n.wrong)
		}
		if n.heard == due && n.acked == said {
			return nil
		}
		if !pass(ctx, 5*time.Millisecond) {
			return fmt.Errorf("%w: %d of %d, and %d of %d were acknowledged", errSilence, n.heard, due, n.acked, said)
		}
	}
}

// pass waits, and tells whether ctx lives.
func pass(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}
