package redisbackplane

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

const (
	pipeLimit    = 16 << 10 // calls that wait in one pipe; more are refused at once
	publishBatch = 512      // publications in one round trip
	readBatch    = 16       // catch-ups in one round trip: their answers are large
)

var (
	errPipeFull       = errors.New("too many calls wait for Redis")
	errTooFewReplicas = errors.New("too few replicas have it")
	errNoAnswer       = errors.New("no answer to a call")
)

// A call is one run of a script on one topic; or, until it is bundled, a publication,
// which is a part of one.
type call struct {
	script *redis.Script
	keys   []string // of one topic
	args   []any
	say    hub.Publication
	since  time.Time
	done   func(answer any, err error)
}

// A pipe sends calls to Redis in their order. While one round trip is under way
// the next calls gather, and then leave together: 50 in a pipeline cost Redis
// and us an eighth of 50 one by one, and no delay is added to make it so.
type pipe struct {
	client  *redis.Client
	batch   int                 // calls in one round trip, at most
	wait    int                 // replicas that have to have what was done before it is answered
	bundle  func([]call) []call // makes fewer calls of many; may be nil
	wake    chan struct{}       // holds one token while calls wait
	doubts  chan<- struct{}
	refusal string // what Redis refused the last calls for; for run alone

	mu      sync.Mutex
	waiting []call
	closed  bool
}

func newPipe(client *redis.Client, batch int, doubts chan<- struct{}) *pipe {
	return &pipe{client: client, batch: batch, wake: make(chan struct{}, 1), doubts: doubts}
}

// call queues one run of script; done is called within hub.PublishTimeout, in the
// pipe's goroutine, and must not block. With an error it is not called at all.
func (p *pipe) call(script *redis.Script, keys []string, args []any, done func(any, error)) error {
	return p.put(call{script: script, keys: keys, args: args, since: time.Now(), done: done})
}

func (p *pipe) put(c call) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return unavailable(redis.ErrClosed)
	}
	if len(p.waiting) >= pipeLimit {
		return unavailable(errPipeFull)
	}
	p.waiting = append(p.waiting, c)
	signal(p.wake)
	return nil
}

// run sends until ctx ends; what waits then is answered with an error.
func (p *pipe) run(ctx context.Context) {
	for {
		select {
		case <-p.wake:
			for batch := p.take(); len(batch) > 0; batch = p.take() {
				p.exec(ctx, batch)
			}
		case <-ctx.Done():
			p.mu.Lock()
			p.closed = true
			p.mu.Unlock()
			for _, c := range p.take() {
				c.done(nil, unavailable(redis.ErrClosed))
			}
			return
		}
	}
}

func (p *pipe) take() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	batch := p.waiting
	if len(batch) > p.batch && !p.closed {
		batch = batch[:p.batch:p.batch]
	}
	p.waiting = p.waiting[len(batch):]
	if len(p.waiting) == 0 {
		p.waiting = nil
	}
	return batch
}

// exec is one round trip. Its deadline is that of the call that has waited
// longest, so that nobody waits longer because others came before.
func (p *pipe) exec(ctx context.Context, batch []call) {
	deadline := batch[0].since.Add(hub.PublishTimeout)
	if p.bundle != nil {
		batch = p.bundle(batch)
	}
	ctx, stop := context.WithDeadline(ctx, deadline)
	defer stop()
	pipeline := p.client.Pipeline()
	answers := make([]*redis.Cmd, len(batch))
	for i, c := range batch {
		answers[i] = pipeline.EvalSha(ctx, c.script.Hash(), c.keys, c.args...)
	}
	var replicas *redis.Cmd
	if p.wait > 0 { // half of the time, as the next batch waits meanwhile
		half := max(time.Until(deadline)/2, time.Millisecond)
		replicas = pipeline.Do(ctx, "WAIT", p.wait, half.Milliseconds())
	}
	_, err := pipeline.Exec(ctx) // the first error; each answer has its own
	lacking := p.lacking(replicas)
	err = cmp.Or(err, lacking)
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		// Somebody flushed the scripts. The calls are not tried again: some of
		// them may have been carried out, and order would be lost. If loading
		// fails, the next calls come here again.
		_ = loadScripts(ctx, p.client)
	}
	p.tell(err)
	if err != nil {
		signal(p.doubts) // is this still the right Redis?
	}
	for i, c := range batch {
		answer, failed := answers[i].Result()
		if answer == nil { // go-redis gives a call that was never made no error of its own
			failed = cmp.Or(failed, err, errNoAnswer)
		}
		if failed = cmp.Or(failed, lacking); failed != nil {
			failed = unavailable(failed)
		}
		c.done(answer, failed)
	}
}

// lacking is nil where enough replicas have what the batch did.
func (p *pipe) lacking(replicas *redis.Cmd) error {
	if p.wait <= 0 {
		return nil
	}
	if n, _ := replicas.Int(); n < p.wait { // none, if there is no answer
		return fmt.Errorf("%w: %d of %d", errTooFewReplicas, n, p.wait)
	}
	return nil
}

// tell logs what Redis refuses calls for, when that changes: clients are told no
// more than unavailable. Of a Redis that is away the session tells.
func (p *pipe) tell(err error) {
	refusal := ""
	if _, answered := errors.AsType[redis.Error](err); answered || errors.Is(err, errTooFewReplicas) {
		refusal = sayable(err).Error()
	}
	if refusal != "" && refusal != p.refusal {
		slog.Warn("Redis refuses calls", "cause", refusal)
	}
	p.refusal = refusal
}

// loadScripts makes the scripts known to the Redis behind a new connection.
func loadScripts(ctx context.Context, conn redis.Scripter) error {
	for _, script := range scripts {
		if err := script.Load(ctx, conn).Err(); err != nil {
			return fmt.Errorf("load script: %w", err)
		}
	}
	return nil
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", hub.ErrUnavailable, sayable(err)) }
