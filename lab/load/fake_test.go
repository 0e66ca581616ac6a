package load_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/dialect"
	"secondserver/lab/ledger"
)

// A site is servers that do as they are told, without a socket: the tests run in
// virtual time.
type site struct {
	servers int
	joined  bool          // the servers hear each other
	delay   time.Duration // of each delivery
	stall   time.Duration // of each ack, and of what it acknowledges
	deaf    string        // this user hears nothing, and answers nothing
	unheard string        // this user hears nothing, and is answered
	refuse  int           // so many messages are refused first, as unavailable
	forgets bool          // nobody can resume
	others  bool          // only others hear a message, not its sender
	mute    bool          // nothing is answered, and a connection has a window of 64
	down    bool          // nobody can connect
	frozen  int           // this server answers nothing and takes nothing; -1: none
	keeps   bool          // who has left hears all the same
	grips   bool          // no leave is answered
	foreign bool          // nobody can be asked whether he is there
	names   bool          // messages are to say who they are from
	change  func(*dialect.Heard)

	mu      sync.Mutex
	conns   []*conn
	dialed  int
	history map[string][]dialect.Heard
	refs    map[*sent]uint64 // offsets of what was taken
	taken   int
	most    map[string]int // unanswered messages of a user, at most
	now     map[string]int

	answers, deliveries []func()
}

func newSite(servers int, joined bool) *site {
	return &site{
		servers: servers, joined: joined, history: map[string][]dialect.Heard{}, refs: map[*sent]uint64{},
		most: map[string]int{}, now: map[string]int{}, frozen: -1, change: func(*dialect.Heard) {},
	}
}

func (s *site) Traits() dialect.Traits {
	return dialect.Traits{Acks: true, Echoes: true, Rooms: true, Directs: true, Leaves: true, Senders: s.names}
}

type conn struct {
	site   *site
	user   string
	server int
	room   string
	hear   func(dialect.Heard)
	window chan struct{} // nil: there is none
	ctx    context.Context
	end    context.CancelCauseFunc
}

func (s *site) Dial(_ context.Context, _, user string, heard func(dialect.Heard)) (dialect.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return nil, errKilled
	}
	c := &conn{site: s, user: user, server: s.dialed % s.servers, hear: heard}
	if c.server == s.frozen {
		c.server = (c.server + 1) % s.servers
	}
	if s.mute {
		c.window = make(chan struct{}, 64)
	}
	c.ctx, c.end = context.WithCancelCause(context.Background())
	s.dialed++
	s.conns = append(s.conns, c)
	return c, nil
}

func (c *conn) Server() string { return "server-" + string(rune('1'+c.server)) }

func (c *conn) Join(_ context.Context, room string, since *client.Position) (client.Joined, error) {
	s := c.site
	s.mu.Lock()
	defer s.mu.Unlock()
	c.room = room
	in := client.Joined{Position: client.Position{Offset: uint64(len(s.history[room])), Epoch: "e"}}
	if since != nil && !s.forgets {
		in.Recovered = true
		for _, h := range s.history[room][since.Offset:] {
			h.At = time.Now()
			c.hear(h)
		}
	}
	return in, nil
}

func (c *conn) Leave(ctx context.Context, _ string) error {
	if c.site.grips {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	c.site.mu.Lock()
	defer c.site.mu.Unlock()
	if !c.site.keeps {
		c.room = ""
	}
	return nil
}

type sent struct {
	conn       *conn
	room, user string
	text       string
	answered   chan struct{}
	offset     uint64
	err        error
}

func (c *conn) Send(ctx context.Context, room, user, text string) (dialect.Sent, error) {
	m := &sent{conn: c, room: room, user: user, text: text}
	return m, c.send(ctx, m)
}

// send waits while the window is full.
func (c *conn) send(ctx context.Context, m *sent) error {
	if c.window != nil {
		select {
		case c.window <- struct{}{}:
		case <-c.ctx.Done():
			return context.Cause(c.ctx)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return c.take(m)
}

func (c *conn) Again(ctx context.Context, before dialect.Sent) (dialect.Sent, error) {
	m := before.(*sent)
	m.conn = c
	return m, c.send(ctx, m)
}

// take takes a message: after the stall it is delivered, and then acknowledged.
func (c *conn) take(m *sent) error {
	s := c.site
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	m.answered, m.err = make(chan struct{}), nil
	if c.server == s.frozen || s.mute || c.user == s.deaf {
		return nil
	}
	s.now[c.user]++
	s.most[c.user] = max(s.most[c.user], s.now[c.user])
	if m.room != "" && m.room != c.room {
		m.err = &client.Error{Code: "not_in_room"}
		s.answer(m)
		return nil
	}
	if s.refuse > 0 {
		s.refuse--
		m.err = &client.Error{Code: "unavailable"}
		s.answer(m)
		return nil
	}
	if _, again := s.refs[m]; again {
		s.answer(m)
		return nil
	}
	s.taken++
	heard := dialect.Heard{Room: m.room, Text: m.text, Offset: ledger.NoOffset}
	if m.room != "" {
		heard.Offset = uint64(len(s.history[m.room])) + 1
		s.history[m.room] = append(s.history[m.room], heard)
	}
	s.refs[m], m.offset = heard.Offset, heard.Offset
	s.later(&s.answers, s.stall, func() {
		if c.ctx.Err() == nil {
			s.answer(m)
		}
	})
	to := slices.Clone(s.conns)
	s.later(&s.deliveries, s.stall+s.delay, func() {
		for _, other := range to {
			near := s.joined || other.server == c.server
			meant := other.room == m.room && m.room != "" || other.user == m.user
			if s.others && other == c {
				continue
			}
			if near && meant && other.ctx.Err() == nil && other.user != s.deaf && other.user != s.unheard && other.server != s.frozen {
				h := heard
				s.change(&h)
				h.At = time.Now()
				other.hear(h)
			}
		}
	})
	return nil
}

// later does something after a delay, in the order of the calls: timers that end at
// the same moment have none.
func (s *site) later(queue *[]func(), delay time.Duration, do func()) {
	*queue = append(*queue, do)
	time.AfterFunc(delay, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		first := (*queue)[0]
		*queue = (*queue)[1:]
		first()
	})
}

func (s *site) answer(m *sent) {
	s.now[m.conn.user]--
	close(m.answered)
}

func (m *sent) Wait(ctx context.Context) (uint64, error) {
	select {
	case <-m.answered:
		return m.offset, m.err
	case <-m.conn.ctx.Done():
		return 0, context.Cause(m.conn.ctx)
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (c *conn) Alive(ctx context.Context) error {
	if c.site.foreign {
		return errors.ErrUnsupported
	}
	c.site.mu.Lock()
	deaf := c.user == c.site.deaf
	c.site.mu.Unlock()
	if deaf {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	return c.Err()
}

func (c *conn) Done() <-chan struct{} { return c.ctx.Done() }
func (c *conn) Err() error            { return context.Cause(c.ctx) }
func (c *conn) Close()                { c.end(client.ErrClosed) }

// forget begins a new history, and tells everybody of a gap.
func (s *site) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		s.history[c.room] = nil
		if c.ctx.Err() == nil {
			c.hear(dialect.Heard{Room: c.room, Gap: &client.Position{Epoch: "f"}, At: time.Now()})
		}
	}
}

var errKilled = errors.New("killed")

// kill ends all connections of a server, after which new ones land on others.
func (s *site) kill(server int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		if c.server == server {
			c.end(errKilled)
		}
	}
}

// freeze has a server answer nothing any more, and close nothing.
func (s *site) freeze(server int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = server
}

// goDown says whether nobody can connect.
func (s *site) goDown(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// deafen has a user hear nothing any more, and get no answer.
func (s *site) deafen(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = user
}
