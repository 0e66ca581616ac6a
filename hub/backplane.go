package hub

import (
	"context"
	"errors"
	"strings"
	"time"
)

// A Destination says who a message is for. It is also the broker's topic: the
// same string, one spelling. The zero value is for nobody; values can be
// compared and used as map keys, and only this package's functions make them.
type Destination struct{ topic string }

// Room is everyone who has joined the room, on any instance.
func Room(name string) Destination { return Destination{roomPrefix + name} }

// User is all connections of a user, on any instance.
func User(name string) Destination { return Destination{userPrefix + name} }

// Everyone is all connections of all instances.
var Everyone = Destination{"everyone"}

const roomPrefix, userPrefix = "room:", "user:"

// String is the topic, such as "room:general", "user:bob" or "everyone".
func (d Destination) String() string { return d.topic }

// IsRoom tells whether d is a room: the one kind that has participants, and
// whose history its members can ask for.
func (d Destination) IsRoom() bool { return strings.HasPrefix(d.topic, roomPrefix) }

// IsUser tells whether d is one user, who has to be there to be reached.
func (d Destination) IsUser() bool { return strings.HasPrefix(d.topic, userPrefix) }

// name is the room's or the user's.
func (d Destination) name() string {
	_, name, _ := strings.Cut(d.topic, ":")
	return name
}

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

	// Key, where there is one, makes it safe to publish again after a lost
	// answer, here or through another instance: see Publish. At most 140 bytes,
	// any of them.
	Key string
}

// KeyKept is for how long a publication's key is remembered, and how much of it:
// all that was published meanwhile.
const KeyKept = 5 * time.Minute

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

// A Retention is how much of each topic's history is kept. A zero in it is the
// default.
type Retention struct {
	Messages int           // the last so many: 1,000; a backplane may keep a tenth more
	For      time.Duration // after the last message, subscription or question: 1 h
}

// OrDefault has the defaults in the place of zeros.
func (r Retention) OrDefault() Retention {
	if r.Messages <= 0 {
		r.Messages = 1000
	}
	if r.For <= 0 {
		r.For = time.Hour
	}
	return r
}

// A Change is that a user came to a room or left it: with the first connection
// of his there, on whichever instance, and with the last.
type Change struct {
	User string
	Came bool
}

var (
	// ErrUnavailable is what every method reports when the backplane did not do
	// it in time: nothing was done, as far as this instance can know. Trying
	// again later is right.
	ErrUnavailable = errors.New("the backplane is unavailable")

	// ErrNobody is what Publish reports where no instance is subscribed to the
	// user it is for: nothing was published.
	ErrNobody = errors.New("no instance holds the user")
)

// A Backplane is what instances have to share, and what one process can only
// pretend to: what is said, and who is there. Package backplanetest holds every
// implementation to these promises. All methods may be called by several
// goroutines at once.
type Backplane interface {
	Broker
	Presence

	// Ready is nil while the backplane can be reached, and otherwise says why
	// not. It does not wait; a loss shows within 5 s, a return within 3 s.
	Ready() error
}

// A Broker carries messages, in one order per topic, to everyone who shares it,
// and keeps the last of them.
type Broker interface {
	// Publish gives p the next offset of its topic and hands it to every
	// subscriber in every process that shares the broker, the publisher's own
	// included. It does not wait: publications are taken in the order of the
	// calls, and answered is called once for each, within PublishTimeout, with
	// the message's own position or an error that wraps ErrUnavailable.
	// answered may be called before Publish returns, and must not block.
	//
	// Where p has a Key, and its topic had a publication with the same one
	// within KeyKept, by any process, nothing is published, and answered is
	// called with the position of that one. Else a message to a user for whom
	// nobody is subscribed, anywhere, is not published and not kept, and answered
	// is called with an error that wraps ErrNobody. (A cancel may count a moment
	// later; and while the only subscriber's connection is being made again, he
	// may count as nobody.)
	Publish(p Publication, answered func(Position, error))

	// Subscribe returns once nothing can be missed any more: every message
	// after from reaches deliver. deliver is called with one batch at a time,
	// in offset order, without holes or doubles, also across a broken
	// connection; where that cannot be had, it is told so once, by a batch with
	// Gap set, never silently. deliver must not block, nor change a payload; it
	// may be called before Subscribe returns, and once more while cancel runs,
	// but never after cancel has returned. When ctx ends first, or the broker is
	// closed, Subscribe leaves nothing behind and returns an error that wraps
	// ErrUnavailable; there is no other error.
	//
	// deliver must not call cancel; cancel does not wait for the broker, and may
	// be called more than once.
	Subscribe(ctx context.Context, to Destination, deliver func(Batch)) (from Position, cancel func(), err error)

	// History returns the first messages after a position, at most limit, and
	// the topic's last position; after the zero Position the newest. The page
	// has Gap set, and no payloads, where the history does not go on from there:
	// it no longer reaches back so far, it ends before, or it is another one. A
	// page with fewer than limit payloads and without Gap is at the end. Asking
	// begins no history: that of a topic that nobody has subscribed to, or
	// published to, has another epoch each time. Errors are as with Subscribe.
	History(ctx context.Context, to Destination, after Position, limit int) (page Batch, last Position, err error)
}

// Presence is who is in which room, on all instances together. An instance that
// dies without a goodbye is out of it within 6 s.
type Presence interface {
	// Enter makes user a participant of room until leave is called, and returns
	// when this instance's watchers have heard of him, also where he was in
	// already. Entering is counted: the user leaves with the last leave, on
	// whichever instance. leave does not wait; while the backplane is away it is
	// kept in mind; once more does no harm. Where ctx ends first, user has not
	// entered, and the error wraps ErrUnavailable.
	Enter(ctx context.Context, room Destination, user string) (leave func(), err error)

	// Watch calls changed with everyone who is in room now, before it returns,
	// and then with each change, once, in the order in which they happened. After a
	// broken connection, changed is told what has changed meanwhile. It must not
	// block. cancel and errors are as with Subscribe.
	Watch(ctx context.Context, room Destination, changed func([]Change)) (cancel func(), err error)

	// Participants returns who is in room, each user once, in any order. Errors
	// are as with Subscribe.
	Participants(ctx context.Context, room Destination) ([]string, error)
}
