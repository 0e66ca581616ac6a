package bench

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A member is one connection. Its reader counts what comes, and in a closed loop says
// the next message for each ack.
type member struct {
	crowd        *crowd
	index, group int
	place        int // in its group
	user         string
	rooms        []string
	conn         net.Conn

	heard, acked, refused, wrong atomic.Int64
	frames                       atomic.Int64 // whatever they are
	missing                      atomic.Int64 // rooms that it has not heard yet
	greeted                      atomic.Bool

	// For the reader alone.
	last []int // the last turn of each speaker in each room, or of each that tells it something

	loop     atomic.Bool // the reader says a message for each ack
	sampling atomic.Bool // the reader keeps how long messages took

	mu    sync.Mutex // guards what follows
	turns []int      // said in each room
	next  int        // said in all
	out   []byte
	took  []int64 // nanoseconds, of messages from other servers
}

func newMember(c *crowd, i int) *member {
	m := &member{crowd: c, index: i, group: i / c.shape.Members, place: i % c.shape.Members, user: fmt.Sprint("user-", i)}
	if c.shape.Direct {
		m.last = make([]int, directSpeakers)
		return m
	}
	for k := range c.shape.Each {
		m.rooms = append(m.rooms, fmt.Sprint("room-", m.group*c.shape.Each+k))
	}
	m.missing.Store(int64(len(m.rooms)))
	m.last = make([]int, len(m.rooms)*speakers)
	m.turns = make([]int, len(m.rooms))
	return m
}

const directSpeakers = 20

func (m *member) isSpeaker() bool {
	if m.crowd.shape.Direct {
		return m.index < directSpeakers
	}
	return m.place < speakers
}

func (m *member) connect(ctx context.Context, url string) (err error) {
	room := ""
	if len(m.rooms) > 0 {
		room = m.rooms[0]
	}
	if m.conn, err = dial(ctx, url, m.user, room); err != nil {
		return err
	}
	for _, room := range m.rooms[min(1, len(m.rooms)):] {
		m.out = appendFrame(m.out, `{"type":"join","room":"`+room+`"}`)
	}
	if len(m.out) > 0 {
		if _, err := m.conn.Write(m.out); err != nil {
			return err
		}
	}
	m.crowd.reading.Go(m.read)
	return nil
}

// said is how many messages this member has said.
func (m *member) said() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.next
}

// sample begins to keep how long messages take.
func (m *member) sample() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.took = m.took[:0]
	m.sampling.Store(true)
}

// sampled are how long messages took since sample, in nanoseconds.
func (m *member) sampled() []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sampling.Store(false)
	return slices.Clone(m.took)
}

// rehearse speaks in each room, for nobody to count.
func (m *member) rehearse() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out = m.out[:0]
	for k, room := range m.rooms {
		m.out = appendFrame(m.out, `{"type":"message","room":"`+room+`","text":"`+text(m.place, k, 0, time.Now())+`"}`)
	}
	_, err := m.conn.Write(m.out)
	return err
}

// say says n messages, in one write, in one room after the other.
func (m *member) say(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out = m.out[:0]
	now := time.Now()
	for range n {
		m.next++
		ref := `","ref":"` + strconv.Itoa(m.next) + `"}`
		if m.crowd.shape.Direct {
			m.out = appendFrame(m.out, `{"type":"message","to":"`+m.addressee().user+`","text":"`+text(0, m.index, m.next, now)+ref)
			continue
		}
		k := m.next % len(m.rooms)
		m.turns[k]++
		m.out = appendFrame(m.out, `{"type":"message","room":"`+m.rooms[k]+`","text":"`+text(m.place, k, m.turns[k], now)+ref)
	}
	if _, err := m.conn.Write(m.out); err != nil {
		m.crowd.fail(fmt.Errorf("%s: %w", m.user, err))
	}
}

// addressee is whom the next direct message is for: somebody on another server, as
// neighbours are.
func (m *member) addressee() *member {
	return m.crowd.members[(m.next*directSpeakers+m.index+1)%len(m.crowd.members)]
}

var (
	messageFrame = []byte(`{"type":"message"`)
	ackFrame     = []byte(`{"type":"ack"`)
	welcomeFrame = []byte(`{"type":"welcome"`)
	errorFrame   = []byte(`{"type":"error"`)
)

// longest is how many bytes of a frame are waited for.
const longest = 1 << 20

// read counts what comes until the connection ends.
func (m *member) read() {
	size := 32 << 10
	if len(m.crowd.members) > 1000 {
		size = 1 << 10
	}
	buffer, filled := make([]byte, size), 0
	for {
		n, err := m.conn.Read(buffer[filled:])
		if err != nil {
			m.crowd.fail(fmt.Errorf("%s: %w", m.user, err))
			return
		}
		frames, heard, acks := 0, 0, 0
		rest := buffer[:filled+n]
		for {
			var frame []byte
			if frame, rest = nextFrame(rest); frame == nil {
				break
			}
			frames++
			switch {
			case bytes.HasPrefix(frame, messageFrame):
				if m.hear(frame) {
					heard++
				}
			case bytes.HasPrefix(frame, ackFrame):
				acks++
			case bytes.HasPrefix(frame, errorFrame):
				m.refused.Add(1)
			case bytes.HasPrefix(frame, welcomeFrame):
				m.greeted.Store(true)
			}
		}
		if filled = copy(buffer, rest); filled == len(buffer) {
			if filled > longest {
				m.crowd.fail(fmt.Errorf("%s: a frame of more than %d bytes", m.user, longest))
				return
			}
			buffer = append(buffer, make([]byte, len(buffer))...)
		}
		m.frames.Add(int64(frames))
		if heard > 0 {
			m.heard.Add(int64(heard))
		}
		if acks > 0 {
			m.acked.Add(int64(acks))
			if m.loop.Load() {
				m.say(acks)
			}
		}
	}
}

// hear checks one message, and tells whether it counts.
func (m *member) hear(frame []byte) bool {
	s, ours := readText(frame)
	if !ours {
		m.wrong.Add(1)
		return false
	}
	from := m.index - m.place + s.speaker
	if m.crowd.shape.Direct {
		from = s.room // there are no rooms
	}
	if m.sampling.Load() && m.crowd.server(from) != m.crowd.server(m.index) {
		m.mu.Lock()
		m.took = append(m.took, time.Now().UnixNano()-s.at)
		m.mu.Unlock()
	}
	if m.crowd.shape.Direct { // of a speaker's turns each member has some: settle misses those that are lost
		if s.turn <= m.last[from] {
			m.wrong.Add(1)
		}
		m.last[from] = s.turn
		return true
	}
	last := &m.last[s.room*speakers+s.speaker]
	if s.turn == 0 { // a rehearsal
		if s.speaker == 0 && *last == 0 {
			*last = -1
			m.missing.Add(-1)
		}
		return false
	}
	if s.turn != max(*last, 0)+1 {
		m.wrong.Add(1)
	}
	*last = s.turn
	return true
}
