package redisbackplane

import (
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"secondserver/hub"
)

// Publications that wait for the same round trip, and are to the same topic, are one
// run of publish.lua, and one message in Pub/Sub: calling a script costs Redis as much
// as appending a message.

// bundleLimit bounds one run, in messages and, but for the last one, in bytes: while it
// runs nobody else is answered.
const (
	bundleLimit = 64
	bundleSize  = 64 << 10
)

// Publish appends and publishes p in one step: see publish.lua.
func (b *Backplane) Publish(p hub.Publication, answered func(hub.Position, error)) {
	s := b.shardOf(p.To.String())
	err := s.lane(p.To).put(call{say: p, since: time.Now(), done: func(answer any, err error) {
		if err != nil {
			answered(hub.Position{}, err)
			return
		}
		id, _ := answer.(string)
		if id == "" {
			answered(hub.Position{}, fmt.Errorf("publish to %s: %w", p.To, hub.ErrNobody))
			return
		}
		at, err := parsePosition(id)
		if err != nil {
			err = unavailable(err)
		}
		answered(at, err)
	}})
	if err != nil {
		answered(hub.Position{}, err)
	}
}

// lanes is how many round trips of publications to one Redis are under way at once, each
// with other topics: one whose room is quiet does not wait for the answers to all others.
const lanes = 2

var laneSeed = maphash.MakeSeed()

// lane is the pipe that a topic's publications take, always the same.
func (s *shard) lane(to hub.Destination) *pipe {
	return s.publishes[maphash.Comparable(laneSeed, to)%lanes]
}

// A bundle is publications to one topic, and the call that they become.
type bundle struct {
	call
	parts []call
	bytes int
}

// bundle makes one call of the publications to each topic, or several where they are
// more than one run may have. Those to one topic keep their order.
func (s *shard) bundle(publications []call) (calls []call) {
	var bundles []*bundle
	last := make(map[hub.Destination]*bundle)
	for _, c := range publications {
		b := last[c.say.To]
		if b == nil || b.isFull() || b.has(c.say.Key) {
			b = &bundle{call: s.publishing(c)}
			bundles = append(bundles, b)
			last[c.say.To] = b
		}
		b.args = append(b.args, c.say.Key, c.say.Payload)
		b.parts = append(b.parts, c)
		b.bytes += len(c.say.Payload)
	}
	for _, b := range bundles {
		b.call.done = b.done
		calls = append(calls, b.call)
	}
	return calls
}

// publishing is a run of publish.lua, without a message yet.
func (s *shard) publishing(first call) call {
	topic, count := first.say.To.String(), ""
	if first.say.To.IsUser() {
		count = s.commands.count
	}
	return call{
		script: publishScript,
		keys:   []string{topic, "{" + topic + "}:keys", "{" + topic + "}:keys:old"},
		args: []any{s.channel(topic), s.commands.publish, s.via, draw(),
			s.keep.Messages, seconds(s.keep.For), seconds(hub.KeyKept), count},
		since: first.since,
	}
}

func (b *bundle) isFull() bool { return len(b.parts) == bundleLimit || b.bytes >= bundleSize }

// has tells whether the key is in it: publish.lua finds only keys of earlier runs.
func (b *bundle) has(key string) bool {
	return key != "" && slices.ContainsFunc(b.parts, func(c call) bool { return c.say.Key == key })
}

// done answers each publication.
func (b *bundle) done(answer any, err error) {
	ids, _ := answer.([]any)
	if err == nil && len(ids) != len(b.parts) {
		err = unavailable(fmt.Errorf("publish.lua answered %d of %d", len(ids), len(b.parts)))
	}
	for i, c := range b.parts {
		if err != nil {
			c.done(nil, err)
		} else {
			c.done(ids[i], nil)
		}
	}
}
