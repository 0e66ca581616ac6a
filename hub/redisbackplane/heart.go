package redisbackplane

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// An instance that dies cannot take its users out of the rooms. So each instance
// has a heart that beats in Redis, one for all its users, and each looks whose
// heart does not: that one is dead, and the others bury it (install, bury).
const (
	instancesKey = "instances"

	beatEvery   = 500 * time.Millisecond
	beatTimeout = 2 * time.Second
	beatsKept   = time.Hour // after the last beat of all

	// An instance is dead when its last beat, by Redis's clock, was silentFor ago
	// at silentBeats beats of ours in a row: 4 to 4.5 s after it died. One look
	// would do, were it not for a Redis that hung itself; after that everybody
	// looks silent, for a moment.
	silentFor   = 2500 * time.Millisecond
	silentBeats = 4
)

var (
	errNoOwner = errors.New("no Redis owns " + instancesKey)
	errGoodbye = errors.New("this instance has said goodbye")
)

// A heart is an instance's sign of life, and its view of the others'.
//
// Its name is drawn by chance, and drawn anew when the others took the instance
// for dead (it was cut off, or frozen). So whatever they are still burying is
// never what it has said since, and neither is a server of the same name that
// was started again.
type heart struct {
	begun chan struct{} // closed after the first beat
	early chan struct{} // holds one token while somebody waits for the next beat
	gone  atomic.Bool   // it has said goodbye: nobody has taken it for dead

	mu      sync.Mutex // guards what follows; nothing waits under it
	self    string
	epoch   string         // of what Redis knows of hearts; "" before the first beat
	others  map[string]int // those that live: at how many beats in a row they were silent
	changes []any          // to make with the next beat: "-" and one that is dead, "+" and one that Redis has forgotten
	waiting []waiter       // for the next beat: rosters that read, and callers
}

// A waiter is kept from a beat that failed to the next one, unless it is over: its
// topic has ended, or its caller has gone. So no more wait than are there, however
// long no beat succeeds.
type waiter struct {
	then func()
	over func() bool
}

func newHeart() *heart {
	return &heart{
		begun:  make(chan struct{}),
		early:  make(chan struct{}, 1),
		self:   draw(),
		others: make(map[string]int),
	}
}

func (h *heart) name() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.self
}

func (h *heart) alive(instance string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, other := h.others[instance]
	return other || instance == h.self
}

// know calls then when it is known which of a snapshot's instances are alive. One
// that is new here is known after the next beat, as it has beaten before it said
// anything.
func (h *heart) know(s snapshot, then func(), over func() bool) {
	if h.anyUnknown(s) {
		h.afterBeat(then, over)
	} else {
		then()
	}
}

// anyUnknown tells whether a snapshot names an instance that is not known to be
// alive.
func (h *heart) anyUnknown(s snapshot) bool {
	for _, instances := range s.users {
		if slices.ContainsFunc(instances, func(instance string) bool { return !h.alive(instance) }) {
			return true
		}
	}
	return false
}

// nextBeat returns a channel that is closed after a beat that begins now. Nobody
// waits by it when ctx has ended.
func (h *heart) nextBeat(ctx context.Context) <-chan struct{} {
	next := make(chan struct{})
	h.afterBeat(func() { close(next) }, func() bool { return ctx.Err() != nil })
	return next
}

// afterBeat calls then after a beat that begins now.
func (h *heart) afterBeat(then func(), over func() bool) {
	h.wait([]waiter{{then, over}})
	signal(h.early)
}

// wait keeps those who wait for the next beat, but for those who are over.
func (h *heart) wait(waiting []waiter) {
	waiting = slices.DeleteFunc(waiting, func(w waiter) bool { return w.over() }) // it locks
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waiting = append(h.waiting, waiting...)
}

func (h *heart) takeWaiting() []waiter {
	h.mu.Lock()
	defer h.mu.Unlock()
	waiting := h.waiting
	h.waiting = nil
	return waiting
}

// beats is the instance's life.
func (b *Backplane) beats(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for regular := true; ; {
		waiting := b.heart.takeWaiting()
		news, err := b.heart.beat(ctx, b.shardOf(instancesKey).client, regular)
		if news {
			for _, r := range b.rosters() {
				r.read()
			}
		}
		if err != nil {
			b.heart.wait(waiting)
		} else {
			for _, w := range waiting {
				w.then()
			}
		}
		select {
		case <-tick.C:
			regular = true
		case <-b.heart.early:
			regular = false
		case <-ctx.Done():
			return
		}
	}
}

// beat tells whether there is a reason to read the rooms again. Only regular beats
// count those of others.
func (h *heart) beat(ctx context.Context, client *redis.Client, regular bool) (news bool, err error) {
	if client == nil {
		return false, errNoOwner
	}
	ctx, stop := context.WithTimeout(ctx, beatTimeout)
	defer stop()
	self, epoch, changes := h.state()
	answer, err := beatAs(ctx, client, self, epoch, changes)
	if err == nil && len(answer) == 0 {
		if h.gone.Load() {
			return false, errGoodbye
		}
		slog.Warn("the other instances took this one for dead")
		self = draw()
		answer, err = beatAs(ctx, client, self, "", nil)
	}
	if err != nil {
		return false, err
	}
	return h.hear(self, answer, regular), nil
}

func (h *heart) state() (self, epoch string, changes []any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.self, h.epoch, h.changes
}

func beatAs(ctx context.Context, client *redis.Client, self, epoch string, changes []any) ([]any, error) {
	args := append([]any{self, epoch, draw(), seconds(beatsKept)}, changes...)
	return beatScript.Run(ctx, client, []string{instancesKey}, args...).Slice()
}

// hear takes a beat's answer. There is news when somebody has died: by our own
// judgement, or by somebody else's, or because it said goodbye; when this instance
// was taken for dead, and has another name; and when Redis has lost everything.
// (Then it is told who was there, and they live until they are found silent.)
func (h *heart) hear(self string, answer []any, regular bool) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	epoch, _ := answer[0].(string)
	lost, renamed := h.epoch != "" && epoch != h.epoch, self != h.self
	before := h.others
	h.self, h.epoch = self, epoch
	h.others, h.changes = make(map[string]int), nil
	for i := 1; i+1 < len(answer); i += 2 {
		instance, _ := answer[i].(string)
		age, _ := answer[i+1].(int64)
		silent := before[instance]
		switch {
		case instance == self:
			continue
		case age < silentFor.Milliseconds():
			silent = 0
		case regular:
			silent++
		}
		if silent < silentBeats {
			h.others[instance] = silent
		} else {
			slog.Warn("an instance has died, its users are counted out", "instance", instance)
			h.changes = append(h.changes, "-", instance)
		}
	}
	for instance := range before {
		if _, there := h.others[instance]; there {
			continue
		}
		if lost {
			h.others[instance] = 0
			h.changes = append(h.changes, "+", instance)
		} else {
			news = true
		}
	}
	select {
	case <-h.begun:
	default:
		close(h.begun)
	}
	return news || lost || renamed
}

// sayGoodbye lets the others know at once that this instance is gone. A beat that
// is on its way meanwhile does not bring it back.
func (b *Backplane) sayGoodbye() {
	client := b.shardOf(instancesKey).client
	if client == nil {
		return
	}
	b.heart.gone.Store(true)
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	if err := client.HDel(ctx, instancesKey, b.heart.name()).Err(); err != nil {
		slog.Debug("no goodbye", "cause", sayable(err)) // they will notice
	}
}
