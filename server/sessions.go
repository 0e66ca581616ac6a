package server

import (
	"crypto/rand"
	"sync"
)

// sessions are the polling clients of this instance. No other one knows them, in
// no phase: what is shared through Redis is messages, not connections.
type sessions struct {
	mu   sync.Mutex // guards byID
	byID map[string]*session
}

func (s *sessions) open() *session {
	p := newSession(rand.Text(), s.remove) // 128 random bits: who knows it is its client
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byID == nil {
		s.byID = make(map[string]*session)
	}
	s.byID[p.id] = p
	return p
}

// find does not find a session that has ended.
func (s *sessions) find(id string) (p *session, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok = s.byID[id]
	return p, ok && p.ctx.Err() == nil
}

func (s *sessions) remove(p *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, p.id)
}
