package redisbackplane

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

const (
	tellBatch = 500 // users of whom one call to Redis tells

	// What the network has held back for so long, it may have let through by then;
	// and a connection that broke so long ago is known to be broken.
	lastLook = 5 * time.Second
)

var errRenamed = errors.New("told under a name that this instance has no longer")

// mine are the users that this instance has in a room, which is what Redis should
// have from it: desired state. Whoever came or left is dirty until Redis has been
// told. A call that failed is made again. It may have been carried out all the
// same, or may be yet, after what was said since: check and leaveTopic see to that.
type mine struct {
	users   map[string]*entrant
	told    map[string]struct{} // whom Redis has, as far as it has answered
	dirty   map[string]struct{} // of whom it has to be told
	telling bool                // a call is under way, or waits to be made again
	doubt   bool                // one has failed, and may still be carried out
}

// An entrant is a user who has entered on this instance, count times.
type entrant struct {
	count int
	in    chan struct{} // closed when Redis has been told, and that has come back; then it is past
}

func newMine() mine {
	return mine{
		users: make(map[string]*entrant),
		told:  make(map[string]struct{}),
		dirty: make(map[string]struct{}),
	}
}

// enter returns a channel that is closed when user is a participant.
func (r *roster) enter(user string) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.mine.users[user]
	if e == nil {
		e = &entrant{in: make(chan struct{})}
		r.mine.users[user] = e
		r.mine.dirty[user] = struct{}{}
		r.update()
	}
	e.count++
	return e.in
}

func (r *roster) leave(user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.mine.users[user]
	if e.count--; e.count == 0 {
		delete(r.mine.users, user)
		r.mine.dirty[user] = struct{}{}
		r.update()
	}
}

// check compares a change with what is so. One who has left, and is here: somebody
// took this instance for dead. One who came by this instance, and is not here: a
// call that failed long ago has been carried out after all, when the network let
// it through.
func (r *roster) check(c change) {
	here := r.mine.users[c.user] != nil
	if here && !c.came || !here && c.came && c.instance == r.plane.heart.name() {
		delete(r.mine.told, c.user)
		r.mine.dirty[c.user] = struct{}{}
		r.update()
	}
}

// lost tells whether Redis no longer has what it was told.
func (r *roster) lost(s snapshot) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	self := r.plane.heart.name()
	for user := range r.mine.told {
		if !slices.Contains(s.users[user], self) {
			return true
		}
	}
	return false
}

// compare finds out what Redis should have from this instance and has not, and
// what it has and should not.
func (r *roster) compare(s snapshot) {
	self := r.plane.heart.name()
	for user, instances := range s.users {
		if slices.Contains(instances, self) {
			r.mine.told[user] = struct{}{}
			if r.mine.users[user] == nil {
				r.mine.dirty[user] = struct{}{}
			}
		}
	}
	for user := range r.mine.users {
		if !slices.Contains(s.users[user], self) {
			delete(r.mine.told, user)
			r.mine.dirty[user] = struct{}{}
		}
		r.settle(user)
	}
	r.update()
}

// settle releases those who wait for user to be in.
func (r *roster) settle(user string) {
	e := r.mine.users[user]
	if e == nil || e.in == past {
		return
	}
	_, told := r.mine.told[user]
	_, present := r.present[user]
	if told && present {
		close(e.in)
		e.in = past
	}
}

// update tells Redis of those who are dirty, one call at a time. Until that is
// done the topic is in use, though everybody may have left.
func (r *roster) update() {
	if !r.mine.telling && len(r.mine.dirty) > 0 && r.plane.retain(r.topic) {
		r.mine.telling = true
		r.callForMine()
	}
}

func (r *roster) callForMine() {
	came := make(map[string]bool)
	for user := range r.mine.dirty {
		if len(came) == tellBatch {
			break
		}
		came[user] = r.mine.users[user] != nil
		delete(r.mine.dirty, user)
	}
	name := r.plane.heart.name()
	r.call(name, came, func(err error) { r.toldOf(name, came, err) })
}

func (r *roster) toldOf(name string, came map[string]bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if name != r.plane.heart.name() {
		err = cmp.Or(err, errRenamed)
		r.reread() // which finds what the old name has left behind
	}
	for user, came := range came {
		switch {
		case err != nil:
			r.mine.dirty[user] = struct{}{}
		case came:
			r.mine.told[user] = struct{}{}
			r.settle(user)
		default:
			if _, had := r.mine.told[user]; !had {
				r.reread() // Redis had lost him, and so it tells nobody that he has left
			}
			delete(r.mine.told, user)
		}
	}
	switch {
	case err != nil:
		r.mine.doubt = true
		r.pause = nextPause(r.pause)
		r.later(r.callForMine)
	case len(r.mine.dirty) > 0:
		r.callForMine()
	default:
		r.mine.telling = false
		r.leaveTopic()
	}
}

// leaveTopic ends the use of the topic that update began, after a last look if
// there is doubt about what Redis has.
func (r *roster) leaveTopic() {
	switch {
	case r.mine.doubt:
		r.mine.doubt = false
		time.AfterFunc(lastLook, func() {
			r.read()
			r.linger(false)
		})
	case len(r.mine.users) == 0:
		r.linger(false)
	default:
		r.plane.exit(r.topic)
	}
}

// linger ends the use of a topic of which nobody is left here, after a while in
// which there was no failover. One could bring back whom Redis was told to forget:
// as long as the topic is in use, a read follows it, and finds them.
func (r *roster) linger(wasReady bool) {
	ready := r.plane.shardOf(r.topic.name).Ready() == nil
	if wasReady && ready || r.topic.hasEnded() {
		r.plane.exit(r.topic)
		return
	}
	time.AfterFunc(lastLook, func() { r.linger(ready) })
}

// bury says for an instance that is dead that it has those users no more.
func (r *roster) bury(dead string, users []string) {
	for batch := range slices.Chunk(users, tellBatch) {
		came := make(map[string]bool)
		for _, user := range batch {
			came[user] = false
		}
		r.call(dead, came, r.buried)
	}
}

func (r *roster) buried(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.known:
		if err == nil {
			return
		}
	default: // the first read
	}
	if err == nil {
		r.reread() // and now they are gone
		return
	}
	r.pause = nextPause(r.pause)
	r.later(r.reread) // which finds them again
}

// call tells Redis which users came to an instance, and which left it.
func (r *roster) call(instance string, came map[string]bool, done func(error)) {
	name := r.topic.name
	s := r.plane.shardOf(name)
	args := []any{s.channel(name), s.commands.publish, s.via, draw(), seconds(r.plane.keep.For), instance}
	for user, came := range came {
		event := "-"
		if came {
			event = "+"
		}
		args = append(args, event, user)
	}
	err := s.entrances.call(presentScript, presenceKeys(name), args, func(_ any, err error) { done(err) })
	if err != nil {
		go done(err) // not now: the caller holds mu
	}
}
