// Package gameday breaks phase 3 while a crowd talks, one fault after the other, and
// has the ledger say what it cost. A runbook that nobody has tried is a guess: each
// step of a game day proves one part of docs/runbook.md, and a test fails where one is
// there without the other.
//
// In reading order: gameday.go (the steps, and how a day goes), day.go (what every step
// does: a crowd, a fault, figures, claims), redis.go, cable.go, servers.go and
// readers.go (the faults), watch.go (what servers log, count and answer meanwhile),
// reader.go (somebody who reads too slowly).
package gameday
