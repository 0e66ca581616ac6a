package hub

import "time"

// publishedKeys are the keys of a topic's publications within KeyKept.
type publishedKeys struct {
	positions map[string]Position
	order     []publishedKey // oldest first
}

type publishedKey struct {
	key   string
	until time.Time
}

// find returns the position of the publication with that key. "" is no key.
func (k *publishedKeys) find(key string, now time.Time) (at Position, published bool) {
	for len(k.order) > 0 && !now.Before(k.order[0].until) {
		delete(k.positions, k.order[0].key)
		k.order = k.order[1:]
	}
	at, published = k.positions[key]
	return at, published
}

// add is for a key that is not found.
func (k *publishedKeys) add(key string, at Position, now time.Time) {
	if key == "" {
		return
	}
	if k.positions == nil {
		k.positions = make(map[string]Position)
	}
	k.positions[key] = at
	k.order = append(k.order, publishedKey{key, now.Add(KeyKept)})
}
