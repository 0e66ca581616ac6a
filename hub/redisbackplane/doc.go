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
// In reading order:
//
//	backplane.go  Open, Publish, Subscribe, Ready, Close
//	pipe.go       all calls of all clients in one place: what waits leaves together
//	scripts.go    the two scripts, and what they answer
//	wanted.go     which topics this instance uses: the desired subscriptions
//	topic.go      one topic's subscribers: deliver in order, or catch up first
//	session.go    one connection's life: ask for what is wanted, receive, notice death
//	inbox.go      from the receiver to the topics: all that waits, at once
//	url.go        where Redis is, and how to say so without its password
//
// The one key of a topic has its name, "room:general", and so has its channel. A
// stream entry's ID is epoch-offset: a random number that was drawn when the
// stream began, and 1, 2, 3 … A stream that is gone (expired, evicted, an empty
// Redis) begins again with another epoch, and subscribers are told of the gap.
//
// Limits: a stream keeps about the last 1,000 messages, and expires an hour
// after the last subscriber's last look. Redis replicates asynchronously: a
// failover can take back acknowledged messages; subscribers are told. Whoever
// takes a stream's newest entry away by hand (XDEL) keeps messages out until the
// key is deleted. Needs Redis 5 or later.
package redisbackplane
