// Package redisbackplane is the hub.Backplane on Redis: Pub/Sub for what happens
// now, and a stream a topic for what was missed.
//
// Pub/Sub alone forgets: what is published while a subscriber's connection is
// broken never reaches it. So one Lua script (publish.lua) appends each message
// to its topic's stream, which gives it its offset, and publishes it under that
// offset, in one step that nothing can come between. A subscriber knows the
// offset it has reached; a message that is not the next one, and every new
// subscription, make it read the stream (catchup.lua) before it goes on.
//
// Redis may be one server, a master that sentinels replace when it fails, or a
// cluster, whose masters share the topics. Each master is a shard, and each shard
// is on its own; topics move between them, and find out by the same rule what they
// have missed. That is also all that happens in a failover.
//
// Who is in a room is told by the same rule: changes are published on the room's
// channel, numbered; whoever misses a number reads the room (participants.lua).
// A change names the instance it came by. So an instance takes back what it no
// longer means: a call that failed, and that the network let through later.
//
// In reading order:
//
//	config.go     what a program decides
//	backplane.go  Open, Subscribe, Ready, Close
//	publish.go    Publish: what waits for the same topic leaves as one
//	history.go    History
//	presence.go   Enter, Watch, Participants
//
//	pipe.go       a queue of calls to Redis: what waits leaves together
//	scripts.go    the scripts, and what they answer
//	topic.go      one topic's subscribers: deliver in order, or catch up first …
//	catchup.go    … from the stream
//	wanted.go     which topics this instance uses …
//	asked.go      … and what each shard was asked for: desired state
//	session.go    one connection's life: ask for what is wanted, receive, notice death
//	inbox.go      from the receivers to the topics: all that waits, at once
//
//	roster.go     who is in one room, as this instance knows it
//	snapshot.go   … and as Redis has it
//	mine.go       whom this instance has there: desired state as well
//	heart.go      which instances live, and what becomes of those who were on others
//
//	counts.go     how often the way to Redis broke, and what it cost
//
//	topology.go   which masters there are, and which one has a topic:
//	sentinel.go   the one that most sentinels say …
//	cluster.go    … or those of a cluster's slots
//	commands.go   Pub/Sub, simple or sharded
//	shard.go      one master: a session, and pipes for messages (publishes), who
//	              comes and goes (entrances), catching up (reads) and those who
//	              ask (questions), so that none waits for another
//	follow.go     the shards follow the topology, and topics their shard: once a
//	              second, and whenever somebody has doubts
//	url.go        where Redis is, and how to say so without its password
//
// What is in Redis, all of it with a time to live:
//
//	room:general            a topic: its stream, and the name of its channel, which
//	                        in database n is n/room:general: channels know none
//	{room:general}:keys     the positions of publications that had keys; older
//	                        ones are in {room:general}:keys:old
//	{room:general}:present  a room's participants, and the instances that have them
//	instances               the heartbeats of all instances
//
// A stream entry's ID is epoch-offset: a random number that was drawn when the
// stream began, and 1, 2, 3 … A stream that is gone (expired, evicted, an empty
// Redis) begins again with another epoch, at the next message or subscription, and
// subscribers are told of the gap. Questions about history begin none.
// The braces put what belongs to a topic into the slot of a cluster that it is in.
//
// Limits: a stream keeps about as many messages as Config says, and for as long
// after the last message, subscriber's look or question. A key is about 100 bytes
// for five to ten minutes. While the only instance that holds a user subscribes again
// after a broken connection, the user may count as nobody (hub.ErrNobody).
// Whoever takes a stream's newest entry away by hand (XDEL) keeps messages out
// until the key is deleted. While a slot moves between two masters, its topics
// may be unavailable. While a cluster lacks the master of the key instances the
// dead are not noticed, and an instance that starts then takes no joins.
// Needs Redis 5 or later, a cluster Redis 7.
//
// Redis replicates asynchronously. The replica that takes a failed master's place
// may lack its last messages, though they were acknowledged. And a master that was
// cut off, or hung and wakes up, acknowledges what it is going to lose: in a
// cluster until its node timeout has passed, otherwise for as long as a client
// sees it, and not most of the sentinels. Whoever has heard such a message is told
// of the gap; whoever has not cannot know. With Config.Wait a message is
// acknowledged when replicas have it, too; it is lost then only where one is
// promoted that has not. Wait concerns messages only: who comes and goes waits for
// no replica, and is told again where it was lost. Of a room that nobody is left in
// an instance sees to that for 5 s more: a replica that is further behind may bring
// back whoever left last.
package redisbackplane
