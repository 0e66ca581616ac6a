package redisbackplane

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// A shard is one Redis that owns some topics, or all of them: the connections
// and the queues that lead to it.
type shard struct {
	addr      string
	commands  commands
	via       string // what its messages are signed with
	options   *redis.Options
	client    *redis.Client // for scripts; each session has one of its own
	publishes [lanes]*pipe
	entrances *pipe         // who comes and goes: apart, as nobody waits for replicas of that
	reads     *pipe         // apart, so that a long catch-up does not hold up messages
	questions *pipe         // apart, so that whoever asks holds up no catch-up
	keep      hub.Retention // of its topics
	inbox     *inbox
	counts    *counters // the backplane's
	doubts    chan<- struct{}
	changed   chan struct{} // holds one token while marked is not empty
	up        chan struct{} // closed when Ready is nil for the first time
	stop      context.CancelFunc

	mu      sync.Mutex // guards what follows; nothing waits under it
	wanted  map[string]*topic
	asked   map[string]request  // what the session has asked for
	marked  map[string]struct{} // topics whose subscription may have to change
	refusal string              // what Redis refused the last subscription for
	ready   error
}

func newShard(b *Backplane, addr string) *shard {
	own := *b.options
	own.Addr = addr
	client := redis.NewClient(&own)
	s := &shard{
		addr:      addr,
		commands:  b.topology.commands(),
		options:   &own,
		client:    client,
		entrances: newPipe(client, publishBatch, b.doubts),
		reads:     newPipe(client, readBatch, b.doubts),
		questions: newPipe(client, readBatch, b.doubts),
		keep:      b.keep,
		inbox:     b.inbox,
		counts:    &b.counters,
		doubts:    b.doubts,
		changed:   make(chan struct{}, 1),
		up:        make(chan struct{}),
		wanted:    make(map[string]*topic),
		asked:     make(map[string]request),
		marked:    make(map[string]struct{}),
		ready:     errors.New("not yet subscribed to Redis at " + addr),
	}
	if s.commands.signed {
		s.via = addr
	}
	for i := range s.publishes {
		s.publishes[i] = newPipe(client, publishBatch, b.doubts)
		s.publishes[i].wait = b.config.Wait
		s.publishes[i].bundle = s.bundle
	}
	return s
}

// channel is a topic's. Redis has databases for keys, but not for channels: two
// deployments in two databases would hear each other.
func (s *shard) channel(topic string) string {
	if s.options == nil || s.options.DB == 0 {
		return topic
	}
	return strconv.Itoa(s.options.DB) + "/" + topic
}

// topicOf is the topic of a channel that this shard is subscribed to.
func (s *shard) topicOf(channel string) string {
	if s.options.DB == 0 {
		return channel
	}
	_, topic, _ := strings.Cut(channel, "/")
	return topic
}

// newNowhere is where topics are that no Redis owns: all calls are refused.
func newNowhere() *shard {
	s := &shard{
		entrances: &pipe{closed: true},
		reads:     &pipe{closed: true},
		questions: &pipe{closed: true},
		wanted:    make(map[string]*topic),
		marked:    make(map[string]struct{}),
	}
	for i := range s.publishes {
		s.publishes[i] = &pipe{closed: true}
	}
	return s
}

// start runs the shard until ctx ends, or stop is called; running knows when
// everything has ended. Whoever calls stop does not wait for it: a Redis that
// hangs may keep a call for as long as its deadline.
func (s *shard) start(ctx context.Context, running *sync.WaitGroup) {
	ctx, s.stop = context.WithCancel(ctx)
	running.Go(func() {
		var parts sync.WaitGroup
		for _, publishes := range s.publishes {
			parts.Go(func() { publishes.run(ctx) })
		}
		parts.Go(func() { s.entrances.run(ctx) })
		parts.Go(func() { s.reads.run(ctx) })
		parts.Go(func() { s.questions.run(ctx) })
		parts.Go(func() { s.sessions(ctx) })
		parts.Wait()
		s.client.Close() // nothing is left to lose
	})
}

// Ready is nil while the subscribing connection is alive.
func (s *shard) Ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

func (s *shard) setReady(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = err
}

// subscribed is called when a session has heard from Redis for the first time.
func (s *shard) subscribed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready = nil
	select {
	case <-s.up:
		s.counts.reconnects.Add(1)
	default:
		close(s.up)
	}
}
