package redisbackplane

import (
	"log/slog"

	"github.com/redis/go-redis/v9"
)

// A request is what a session has asked its Redis for: a subscription. An error
// does not say which one it answers; so all that are not confirmed by then are
// asked for again, a moment later.
type request struct {
	topic     *topic
	confirmed bool
	again     bool
}

func (s *shard) want(t *topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted[t.name] = t
	s.mark(t.name)
}

func (s *shard) unwant(t *topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.wanted, t.name)
	s.mark(t.name)
}

// mark has the session look at the topic. The caller holds mu.
func (s *shard) mark(name string) {
	if s.changed == nil {
		return // nowhere has no session
	}
	s.marked[name] = struct{}{}
	signal(s.changed)
}

// begin is for a new session, which has asked for nothing.
func (s *shard) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.asked)
	for name := range s.wanted {
		s.mark(name)
	}
}

// changes compares what was asked for with what is wanted, and notes what it
// returns. A topic that went and came again is asked for again: its confirmation
// is what makes it live.
func (s *shard) changes() (wanted, unwanted []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.marked {
		t, was := s.wanted[name], s.asked[name]
		switch {
		case t == nil && was.topic != nil:
			delete(s.asked, name)
			unwanted = append(unwanted, name)
		case t != nil && (was.topic != t || was.again):
			s.asked[name] = request{topic: t}
			wanted = append(wanted, name)
		}
	}
	clear(s.marked)
	return wanted, unwanted
}

func (s *shard) confirm(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.asked[name]; ok {
		s.asked[name] = request{topic: r.topic, confirmed: true}
	}
}

// lost says that Redis has ended a subscription, which it does where the topic
// moves to another master. Unless that was asked for, somebody has to look where.
func (s *shard) lost(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.asked[name]; ok {
		s.asked[name] = request{topic: r.topic, again: true}
		signal(s.doubts)
	}
}

// refused says that Redis has answered a request with an error. MOVED is none
// that anybody need know of.
func (s *shard) refused(cause error) {
	signal(s.doubts)
	s.mu.Lock()
	defer s.mu.Unlock()
	if text := sayable(cause).Error(); text != s.refusal && !redis.HasErrorPrefix(cause, "MOVED") {
		slog.Warn("Redis refuses subscriptions", "addr", s.addr, "cause", text)
		s.refusal = text
	}
	for name, r := range s.asked {
		if !r.confirmed {
			s.asked[name] = request{topic: r.topic, again: true}
		}
	}
}

// askAgain has the session ask again for what it was refused, and should have.
func (s *shard) askAgain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, r := range s.asked {
		if r.again {
			s.mark(name)
		}
	}
}
