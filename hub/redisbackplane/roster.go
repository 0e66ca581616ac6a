package redisbackplane

import (
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"secondserver/hub"
)

// A roster is who is in one room, as this instance knows it.
//
// Changes come by the room's channel, numbered. As with messages, whatever is not
// the next one is resolved by reading; and so are a new subscription, a Redis
// that came back empty, and the death of an instance. What a read finds is
// compared with what was known, and watchers are told of the difference. A read
// also compares what Redis has from this instance with what is so (mine.go).
type roster struct {
	plane *Backplane
	topic *topic
	known chan struct{} // closed when the first read has ended

	mu       sync.Mutex // guards what follows; watchers are called under it, nothing waits
	present  map[string]struct{}
	at       version
	watchers []*watcher
	begun    bool     // a read has been started
	reading  bool     // one is under way …
	again    bool     // … and another one is needed after it
	held     []change // what came meanwhile
	pause    time.Duration

	mine mine
}

type watcher struct{ changed func([]hub.Change) }

func newRoster(b *Backplane, t *topic) *roster {
	return &roster{
		plane:   b,
		topic:   t,
		known:   make(chan struct{}),
		present: make(map[string]struct{}),
		mine:    newMine(),
	}
}

// watch tells w who is there; after that it is told of changes.
func (r *roster) watch(w *watcher) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers = append(r.watchers, w)
	var present []hub.Change
	for user := range r.present {
		present = append(present, hub.Change{User: user, Came: true})
	}
	if len(present) > 0 {
		w.changed(present)
	}
}

// unwatch tells whether w was there.
func (r *roster) unwatch(w *watcher) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.watchers, w)
	if i < 0 {
		return false
	}
	r.watchers = slices.Delete(r.watchers, i, i+1)
	return true
}

// begin makes the first read. The room's channel has to be heard by then.
func (r *roster) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.begun {
		r.startRead()
	}
}

// read is called whenever changes may have been missed.
func (r *roster) read() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reread()
}

func (r *roster) reread() {
	switch {
	case r.reading:
		r.again = true // the one under way may have been too early
	case r.begun:
		r.startRead()
	}
}

func (r *roster) startRead() {
	r.begun, r.reading, r.again, r.held = true, true, false, nil
	name := r.topic.name
	args := []any{seconds(r.plane.keep.For)}
	if err := r.plane.shardOf(name).reads.call(participantsScript, presenceKeys(name), args, r.answered); err != nil {
		r.retryRead(err)
	}
}

func (r *roster) answered(answer any, err error) {
	var s snapshot
	if err == nil {
		s, err = parseSnapshot(answer)
	}
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.retryRead(err)
		return
	}
	install := func() { r.install(s) }
	if r.lost(s) {
		r.plane.heart.afterBeat(install, r.topic.hasEnded) // and what Redis has lost is said again after it
	} else {
		r.plane.heart.know(s, install, r.topic.hasEnded)
	}
}

func (r *roster) retryRead(err error) {
	slog.Debug("reading participants failed, trying again", "topic", r.topic.name, "cause", sayable(err)) // the pipe or the session has told why
	r.pause = nextPause(r.pause)
	r.later(r.startRead)
}

// later calls do, with mu held, after a pause, unless the topic has ended.
func (r *roster) later(do func()) {
	time.AfterFunc(r.pause/2+rand.N(r.pause/2), func() {
		if r.topic.hasEnded() {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		do()
	})
}

// install makes what was read what is known: all that Redis has told, those whom
// only the dead still claim included. They leave as everybody does, when Redis
// tells of it: were they left out here, one who comes back meanwhile would be
// told by nobody. Only the first read is not known before they have left.
func (r *roster) install(s snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.topic.hasEnded() {
		return
	}
	var changes []hub.Change
	for user := range r.present {
		if s.users[user] == nil && r.mine.users[user] == nil { // mine are here, whatever Redis has lost
			changes = append(changes, hub.Change{User: user})
			delete(r.present, user)
		}
	}
	for user := range s.users {
		if _, already := r.present[user]; !already {
			changes = append(changes, hub.Change{User: user, Came: true})
			r.present[user] = struct{}{}
		}
	}
	r.at = s.version
	r.reading, r.pause = false, 0
	r.tell(changes)
	r.compare(s)
	claimed := s.claimed(r.plane.heart)
	for dead, users := range claimed {
		r.bury(dead, users)
	}
	if len(claimed) == 0 {
		r.know()
	}
	held := r.held
	r.held = nil
	if r.again {
		r.startRead()
	} else {
		r.advance(held)
	}
}

func (r *roster) know() {
	select {
	case <-r.known:
	default:
		close(r.known)
	}
}

// receive takes changes from the receiver.
func (r *roster) receive(changes []change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance(changes)
}

// advance applies the changes that are next and passes over those that are known
// already.
func (r *roster) advance(changes []change) {
	if r.reading {
		r.hold(changes)
		return
	}
	var news []hub.Change
	unknown := false
	for _, c := range changes {
		switch {
		case c.epoch == r.at.epoch && c.changes <= r.at.changes:
			continue
		case c.epoch == r.at.epoch && c.changes == r.at.changes+1, c.changes == 1 && len(r.present) == 0:
			r.at = c.version
			unknown = unknown || c.came && !r.plane.heart.alive(c.instance)
			if r.apply(c) {
				news = append(news, hub.Change{User: c.user, Came: c.came})
			}
			continue
		}
		r.tell(news)
		r.startRead()
		return
	}
	r.tell(news)
	if unknown && r.begun {
		r.startRead() // that instance may be gone before a beat has seen it; who looks finds out
	}
}

// hold keeps changes until the read has ended; when they become too many, it is
// read again.
func (r *roster) hold(changes []change) {
	if len(r.held)+len(changes) > heldLimit {
		r.held, r.again = nil, true
		return
	}
	r.held = append(r.held, changes...)
}

// apply tells whether c is news.
func (r *roster) apply(c change) bool {
	_, was := r.present[c.user]
	if c.came {
		r.present[c.user] = struct{}{}
	} else {
		delete(r.present, c.user)
	}
	r.check(c)
	return was != c.came
}

// tell calls the watchers, and releases those who wait to be there.
func (r *roster) tell(changes []hub.Change) {
	if len(changes) == 0 {
		return
	}
	for _, w := range r.watchers {
		w.changed(changes)
	}
	for _, c := range changes {
		r.settle(c.User)
	}
}
