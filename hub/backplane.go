package hub

import (
	"context"
	"errors"
)

// A Destination says who a message is for. It is also the broker's topic: the
// same string, one spelling. The zero value is for nobody; values can be
// compared and used as map keys, and only this package's functions make them.
type Destination struct{ topic string }

// Room is everyone who has joined the room, on any instance.
func Room(name string) Destination { return Destination{"room:" + name} }

// String is the topic, such as "room:general".
func (d Destination) String() string { return d.topic }

// A Position is a place in a topic's history: just after the message Offset,
// which is 0 before the first. Epoch names the history that the offset belongs
// to; offsets of two epochs cannot be compared.
type Position struct {
	Epoch  string
	Offset uint64
}

// A Publication is what is to be said to whom. Whoever publishes it must not
// change Payload any more: all receivers share it.
type Publication struct {
	To      Destination
	Payload []byte
}

// A Batch is an unbroken run of a topic's messages: Payloads[i] has the offset
// After.Offset+1+i. Batches follow each other without holes: After is where the
// previous one ended, or where Subscribe said. The one exception is told: with
// Gap set, what lay between is lost for this subscriber, After is where it goes
// on, and Payloads may be empty.
type Batch struct {
	After    Position
	Gap      bool
	Payloads [][]byte
}

// End is the position after the batch's last message.
func (b Batch) End() Position {
	return Position{b.After.Epoch, b.After.Offset + uint64(len(b.Payloads))}
}

// ErrUnavailable is what Publish and Subscribe report when the backplane did
// not do it in time: nothing was published, as far as this instance can know.
// Trying again later is right.
var ErrUnavailable = errors.New("the backplane is unavailable")

// A Backplane is what instances have to share, and what one process can only
// pretend to: messages, in one order per topic, for everyone who shares it.
// Package backplanetest holds every implementation to these promises. All
// methods may be called by several goroutines at once.
type Backplane interface {
	// Publish gives p the next offset of its topic and hands it to every
	// subscriber in every process that shares the backplane, the publisher's
	// own included. It does not wait: publications are taken in the order of
	// the calls, and answered is called once for each, within PublishTimeout,
	// with the message's own position or an error that wraps ErrUnavailable.
	// answered may be called before Publish returns, and must not block.
	Publish(p Publication, answered func(Position, error))

	// Subscribe returns once nothing can be missed any more: every message
	// after from reaches deliver. deliver is called with one batch at a time,
	// in offset order, without holes or doubles, also across a broken
	// connection; where that cannot be had, it is told so once, by a batch with
	// Gap set, never silently. deliver must not block, nor change a payload; it
	// may be called before Subscribe returns, and once more while cancel runs,
	// but never after cancel has returned. When ctx ends first, Subscribe
	// leaves nothing behind and returns an error that wraps ErrUnavailable.
	//
	// deliver must not call cancel; cancel may be called more than once.
	Subscribe(ctx context.Context, to Destination, deliver func(Batch)) (from Position, cancel func(), err error)

	// Ready is nil while the backplane can be reached, and otherwise says why
	// not. It does not wait; a loss shows within 5 s, a return within 3 s.
	Ready() error
}
