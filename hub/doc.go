// Package hub is one instance of a chat server: who is connected, which rooms
// they are in, and what they say to each other. It knows no sockets and no
// Redis: a [Transport] carries frames to one client, a [Backplane] has what
// instances share. That is why the same hub runs in all three phases, and why
// its tests run in virtual time.
//
// Start with [New] and [Hub.Connect]; hand every frame that a client sends to
// [Client.Handle]. The backplane decides what the hub becomes: with [Memory] a
// server that is alone, with redisbackplane one of many.
//
// The way of a message, in reading order:
//
//	client.go     Client.Handle     one frame in: decoded, checked, carried out
//	rate.go       rate.take         unless there are too many of them
//	decode.go     decode            what it says, by plain.go where it is as usual
//	publish.go    Hub.publish       encoded once; the payload is final from here on
//	backplane.go  Backplane         what instances share …
//	memory.go     Memory            … and what one process can only pretend to
//	audience.go   audience.deliver  what came back from the backplane, to each who hears it
//	outbox.go     outbox.add        into the client's queue; full means the end, never a wait
//
// What else there is to share, besides messages:
//
//	presence.go   who is in a room: joins, leaves, counts
//	resume.go     what a member has missed while it was away
//	history.go    the same for those who ask by HTTP
//
// And around it: protocol.go (the frames to clients), hub.go (clients come, a drain
// ends them), end.go (how one ends), counts.go (what has happened so far), names.go
// (what is a valid name), memorykeys.go and memorypresence.go (what Memory keeps
// beside messages).
//
// Who is spoken to is a [Destination]: a room, a user, everyone. All three are
// one kind of topic, with one kind of audience and one path; a user's topic has a
// subscriber only where the user has a connection, and so a direct message goes
// to the instances that hold him and to no others.
//
// What a member hears, its own messages included, has come back from the
// backplane. So there is one order per room, and one path to read. The price is
// a round trip, and silence while the backplane is away (docs/adr/0002).
//
// Limits: frames up to [MaxFrame], as many a second as [Hub.LimitFrames] says,
// 100 rooms a client, 64 unanswered messages a client, 1 MiB waiting for a slow
// reader, as much again held back for a member that catches up. Each user who
// comes to a room or leaves it is a frame to each of its members: a room of ten
// thousand that all come at once is no chat room.
package hub
