// Package story plays Alice, Bob and Charlie on a stack that runs, and judges
// what they saw by what the phase promises.
//
//	result, err := story.Play(ctx, s.URL(), s.Phase, story.Options{})
//	if err != nil { … }             // it could not be judged, and why
//	if result.Verdict != story.AsExpected { … result.Reasons … }
//
// Alice says hello. Charlie is on her server, Bob on another one. In phase 1 and
// 3 both hear her. In phase 2 Bob must not, and that is the difficult part: a
// dead connection hears nothing either. So silence is proved: when his time is
// up, a canary speaks on Bob's own server. It must reach him, and it must be the
// first thing that he hears.
//
// A story knows a stack by its URL and the protocol alone, so it can judge any
// server that speaks it. How it looks is not its business: see [Audience].
//
// In reading order:
//
//	result.go  Result: what was seen
//	play.go    Play: one act after the other
//	cast.go    who plays, and on which server
//	judge.go   what was seen against what was promised
package story
