package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"secondserver/hub"
)

const (
	pollWait  = 25 * time.Second // for frames to come, before the answer has none
	pollIdle  = 30 * time.Second // without a GET, after which a session ends
	pollQueue = 1 << 20          // bytes of frames that wait for a GET; a batch may go beyond
	pollPosts = 64               // frames that wait, each with its POST, for the one before
)

// Why a session ends, beside the hub's reasons.
var (
	errDeleted = errors.New("closed by the client")
	errIdle    = errors.New("not polled for 30 s")
	errCut     = errors.New("ended, and not gone in time")
)

// A session is the connection of a client that polls. One goroutine hands the
// client's frames to the hub (readInto); requests come and go.
//
// What the hub sends waits here for a GET: up to pollQueue bytes. Then Send waits
// for a GET, up to writeWait, and with it the hub's own queue begins to fill. A
// client that is still behind after that is a slow consumer.
type session struct {
	id     string
	frames chan []byte     // from POSTs to readInto
	posts  chan struct{}   // one in it for each POST that waits, at most pollPosts
	ctx    context.Context // ends with the session; its cause is the reason
	cancel context.CancelCauseFunc
	remove func(*session)

	answering chan struct{} // full while one GET waits and answers; the next one waits for it

	mu      sync.Mutex // guards what follows; nothing is sent under it
	changed *sync.Cond // something of it has changed, or a context has ended
	queue   [][]byte   // frames that wait
	bytes   int        // of queue
	turn    int        // the number of the last GET: it ends those before it
	open    int        // GETs that have not been answered
	idle    *time.Timer
}

var _ connection = (*session)(nil)

func newSession(id string, remove func(*session)) *session {
	p := &session{id: id, frames: make(chan []byte), posts: make(chan struct{}, pollPosts), remove: remove, answering: make(chan struct{}, 1)}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	p.changed = sync.NewCond(&p.mu)
	p.idle = time.AfterFunc(pollIdle, p.expire)
	context.AfterFunc(p.ctx, p.wake)
	return p
}

// expire runs in the timer's goroutine, which a GET may have overtaken.
func (p *session) expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == 0 {
		p.cancel(errIdle)
	}
}

func (p *session) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changed.Broadcast()
}

// wait waits for done, for the end of ctx, or for that of the session. The caller
// holds mu.
func (p *session) wait(ctx context.Context, done func() bool) {
	stop := context.AfterFunc(ctx, p.wake)
	defer stop()
	for !done() && ctx.Err() == nil && p.ctx.Err() == nil {
		p.changed.Wait()
	}
}

// errCrowded is what take reports where pollPosts frames wait already.
var errCrowded = errors.New("too many frames wait")

// take hands a frame to readInto. It waits until the one before it has been
// carried out, or its peer has gone. The error is errCrowded, ctx's, or the cause
// of the session's end.
func (p *session) take(ctx context.Context, frame []byte) error {
	select {
	case p.posts <- struct{}{}:
		defer func() { <-p.posts }()
	default:
		return errCrowded
	}
	select {
	case p.frames <- frame:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

func (p *session) rest(read func()) { go read() } // polls cost more than a stack

func (p *session) readInto(client *hub.Client) error {
	for {
		select {
		case frame := <-p.frames:
			client.Handle(frame)
		case <-p.ctx.Done():
			return context.Cause(p.ctx)
		}
	}
}

func (p *session) transport() string { return byPolling }

func (p *session) unread() { p.remove(p) }

func (p *session) cut() { p.cancel(errCut) }

// poll is one GET: it hands answer what waits for the client, at once if there is
// something, and nothing after pollWait, or where another GET comes. It is false
// where the session has ended.
//
// Where an answer fails, it may have arrived or not, and nobody knows: to send
// its frames again could double them, to go on without them would be a hole. So
// the session ends: the client resumes, and it does know.
func (p *session) poll(ctx context.Context, answer func(frames [][]byte) error) bool {
	turn := p.begin()
	defer p.end()
	select {
	case p.answering <- struct{}{}: // writeTimeout ends the one before, if its peer does not
	case <-ctx.Done():
		return true // its peer does not wait for it any more
	}
	defer func() { <-p.answering }()
	frames, ok := p.next(ctx, turn)
	if !ok {
		return false
	}
	if err := answer(frames); err != nil && len(frames) > 0 {
		p.cancel(fmt.Errorf("poll: %w", err))
	}
	return true
}

func (p *session) begin() (turn int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle.Stop()
	p.open++
	p.turn++
	p.changed.Broadcast()
	return p.turn
}

func (p *session) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open--; p.open == 0 {
		p.idle.Reset(pollIdle)
	}
}

// next waits for frames. A GET whose turn is over, or whose peer is gone, leaves
// them to the one that follows.
func (p *session) next(ctx context.Context, turn int) (frames [][]byte, ok bool) {
	limit, stop := context.WithTimeout(ctx, pollWait)
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return nil, false // while it waited for the GET before it
	}
	p.wait(limit, func() bool { return len(p.queue) > 0 || p.turn != turn })
	if p.turn == turn && ctx.Err() == nil {
		frames = p.queue
		p.queue, p.bytes = nil, 0
		p.changed.Broadcast()
	}
	return frames, true
}

// Send queues frames for the next GET.
func (p *session) Send(frames [][]byte) error {
	limit, stop := context.WithTimeout(p.ctx, writeWait)
	defer stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wait(limit, func() bool { return p.bytes < pollQueue })
	if err := context.Cause(p.ctx); err != nil {
		return err
	}
	if p.bytes >= pollQueue {
		return hub.SlowConsumer
	}
	p.queue = append(p.queue, frames...)
	for _, f := range frames {
		p.bytes += len(f)
	}
	p.changed.Broadcast()
	return nil
}

// Close ends the session. A client that is to come back gets what waits for it,
// if it polls within closeWait: there are answers among it.
func (p *session) Close(cause error) {
	if errors.Is(cause, hub.Restart) {
		limit, stop := context.WithTimeout(p.ctx, closeWait)
		defer stop()
		p.mu.Lock()
		p.wait(limit, func() bool { return len(p.queue) == 0 })
		p.mu.Unlock()
	}
	p.cancel(cause)
}
