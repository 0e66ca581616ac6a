// Package client is a chat client of the protocol (docs/protocol.md) for the
// bench: it plays Alice, and it is small enough to play ten thousand of her.
//
//	alice, err := client.Dial(ctx, "http://127.0.0.1:8080", "alice") // welcomed; alice.Server knows by whom
//	in, err := alice.Join(ctx, "general")                            // from here on nothing is missed
//	at, err := alice.Say(ctx, "general", "hello")                    // acknowledged, at this offset
//	m, err := alice.Next(ctx, "general")                             // what the room says, in order
//	err = alice.Tell(ctx, "bob", "psst")                             // bob has it from Next(ctx, client.Direct)
//
// A connection that was lost is followed by another one: Resume joins where it
// left off, and Resend repeats a message whose answer was lost. [DialPoll] is for
// those who cannot hold a WebSocket; its Client can do the same.
//
// It believes no server. What is against the protocol ends the connection and
// is named as the cause: an answer nobody waits for, a message of a room that
// was not joined. It resends nothing and reconnects nothing by itself, so that
// whoever uses it knows what has been sent, and how often. Whether offsets have
// holes is left to its user to judge: a bench wants to count them.
//
// In reading order:
//
//	client.go   Client: one connection, how it ends, Close
//	dial.go     Dial, DialPoll: up to the welcome
//	place.go    DialOn: onto a wanted server, behind a balancer
//	ask.go      questions, and the answers they wait for
//	join.go     Join, Resume, Leave
//	say.go      Say, Tell, Send, Resend
//	receive.go  the one goroutine of a connection: every frame to its place
//	inbox.go    Next: what has arrived and has not been taken yet
//	count.go    Count: how many are in a room
//	frame.go    the frames, as JSON
//	wire.go     what carries them: socket.go or poll.go
//	http.go     Instance, Participants, History: questions without a connection
//
// A connection costs one goroutine and about 10 KB, 15 KB once it has heard
// something (9,000 connections on Linux), and what waits in its inboxes. Writing
// is done by the caller, so there is no second goroutine. One that polls holds an
// HTTP request besides, of three goroutines and 40 KB in all (5,000 on Linux).
package client
