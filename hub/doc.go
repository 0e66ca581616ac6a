// Package hub is one instance of a chat server: who is connected, which rooms
// they are in, and what they say to each other. It knows no sockets and no
// Redis: a [Transport] carries frames to one client, a [Backplane] carries
// messages to every instance. That is why the same hub runs in all three
// phases, and why its tests run in virtual time.
//
// Start with [New] and [Hub.Connect]; hand every frame that a client sends to
// [Client.Handle]. The backplane decides what the hub becomes: with [Memory] a
// server that is alone, with redisbackplane one of many.
//
// The way of a message, in reading order:
//
//	client.go     Client.Handle   one frame in: decoded, checked, carried out
//	protocol.go   decode          the only place that decodes JSON
//	publish.go    Hub.publish     encoded once; the payload is final from here on
//	backplane.go  Backplane       what instances share …
//	memory.go     Memory          … and what one process can only pretend to
//	room.go       room.deliver    what came back from the backplane, to each member
//	outbox.go     outbox.offer    into the member's queue; full means the end, never a wait
//
// What a member hears, its own messages included, has come back from the
// backplane. So there is one order per room, and one path to read. The price is
// a round trip, and silence while the backplane is away (docs/adr/0002).
//
// Limits: frames up to [MaxFrame], 100 rooms a client, 64 unanswered messages a
// client, 1 MiB waiting for a slow reader.
package hub
