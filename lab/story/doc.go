// Package story plays Alice, Bob and others on a stack that runs, and judges what
// they saw by what the phase promises.
//
//	for _, s := range story.All {
//		result, err := s.Play(ctx, stack.URL(), stack.Phase, story.Options{})
//		if err != nil { … }             // it could not be judged, and why
//		if result.Verdict != story.AsExpected { … result.Reasons … }
//	}
//
// Each story is about one piece of state that a server keeps in its memory, and
// what becomes of it when there are two. In phase 2 it has to break, in one certain
// way, and that is the difficult part: a dead connection hears nothing either. So
// nothing is believed because nothing came. Somebody else, a canary, says something
// on the listener's own server; it must be heard, and it must be the first thing.
//
// A story knows a stack by its URL and the protocol alone, so it can judge any
// server that speaks it. How it looks is not its business: see [Audience].
//
// In reading order:
//
//	story.go      Story, All, Play
//	result.go     Result: what was seen
//	message.go    the first story: one act after the other
//	cast.go       who plays in it, and on which server
//	judge.go      what was seen against what was promised
//	stage.go      what the other stories are played on: two servers, here and there
//	actor.go      what one can do there
//	patience.go   how long one waits
//	count.go, history.go, direct.go, resend.go, handshake.go, instance.go
//
// A new story is a file like the last six, and a line in All.
package story
