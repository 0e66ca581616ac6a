package redisbackplane

import (
	"sync/atomic"

	"secondserver/hub"
)

// counters are of all shards and topics together.
type counters struct{ reconnects, catchUps, gaps atomic.Uint64 }

// Counts tells how often a shard's subscription was there again after it had been
// lost, how often a stream was read for what that, or a hole, had cost, and how
// often a topic's continuity could not be kept.
func (b *Backplane) Counts() hub.BrokerCounts {
	return hub.BrokerCounts{
		Reconnects: b.counters.reconnects.Load(),
		CatchUps:   b.counters.catchUps.Load(),
		Gaps:       b.counters.gaps.Load(),
	}
}
