package redisbackplane

import "secondserver/hub"

// DeafTicks is after how many seconds an instance that Redis does not hear says so.
const DeafTicks = deafTicks

// Die ends b as kill -9 does: without a goodbye.
func (b *Backplane) Die() {
	b.stop()
	b.running.Wait()
}

// Topics is how many topics b uses.
func (b *Backplane) Topics() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.topics)
}

// SayLate has a call of b that user came to room carried out now, as a network may
// that has held it back: b does not know of it.
func (b *Backplane) SayLate(room hub.Destination, user string) {
	r, _ := b.roster(room.String())
	r.call(b.heart.name(), map[string]bool{user: true}, func(error) {})
}

// Name is what b is called among the instances, for now.
func (b *Backplane) Name() string { return b.heart.name() }
