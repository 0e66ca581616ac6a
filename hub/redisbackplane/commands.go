package redisbackplane

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// Commands are how Redis publishes to a topic, counts its subscribers, and
// subscribes to it.
type commands struct {
	publish                string
	count                  string // the part of PUBSUB that counts a topic's subscribers
	subscribe, unsubscribe subscribing
	batch                  int  // topics in one subscribe or unsubscribe
	signed                 bool // messages say which master published them
}

type subscribing = func(*redis.PubSub, context.Context, ...string) error

// simple is Pub/Sub on one master.
var simple = commands{"PUBLISH", "NUMSUB", (*redis.PubSub).Subscribe, (*redis.PubSub).Unsubscribe, 500, false}

// sharded is that of a cluster. Simple Pub/Sub works there too, but each message
// goes to all nodes, to be thrown away by most of them: more masters would make
// nothing faster. Topics of several slots cannot be in one command.
//
// Its messages also pass between a master and its replicas. So those of a master
// that hung, and wakes up after another one has taken its place, are heard there,
// with offsets that the new one gives out too; but for the signature they could
// not be told from its own.
var sharded = commands{"SPUBLISH", "SHARDNUMSUB", (*redis.PubSub).SSubscribe, (*redis.PubSub).SUnsubscribe, 1, true}
