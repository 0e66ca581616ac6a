// Package load brings a crowd to a chat server, lets it talk, and has the ledger say
// who got what.
//
//	crowd, err := load.Gather(ctx, load.Options{URLs: []string{url}, Users: 1000})
//	defer crowd.Close()
//	crowd.Talk(ctx, load.Pace{Rate: 20, For: 10 * time.Second})
//	crowd.Settle(ctx, 5*time.Second)
//	report := crowd.Judge()
//
// Talk is open loop where it has a rate: messages are due at even intervals, whatever
// the server does, and latency counts from when a message was due. A server that
// stalls for a second makes everything of that second late, and that is seen; a
// closed loop would only send less.
//
// Silence is not believed. Settle lets somebody on each server sing, a canary, when
// all has been said: who hears the canary of his own server, and not the message
// before it, has lost the message. Who hears not even the canary is asked whether
// he is there.
//
// In reading order: crowd.go (who is there), user.go (one of them), comeback.go (when
// its connection ends), leave.go (its room), talk.go (what is said, and when), say.go
// (until it is answered), text.go (what a message says), settle.go (until everything
// has come that will).
package load
