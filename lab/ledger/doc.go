// Package ledger accounts for every message and every user who should have it:
// delivered, lost, doubled, reordered, in the wrong room, altered, misnumbered, late.
//
//	l := ledger.New(ledger.Options{Within: 10 * time.Second})
//	alice, bob := l.User("alice"), l.User("bob")
//	alice.Connected("server-1", now)         // and again, after each reconnect
//	alice.Joins("general", now)              // asked for …
//	alice.Joined("general", now)             // … and confirmed: from here on she is owed
//	id := l.Sent(alice, ledger.Room("general"), now)
//	l.Acked(id, at, now)
//	bob.Heard(id, ledger.Copy{Room: "general", …})
//	r := l.Judge()                           // r.Verdict: true, false or unknown
//
// It knows no server and no connection: it is told what happened, by whoever plays,
// and says who should have had what. That follows from acknowledgements, joins and
// leaves:
//
//   - A message that was acknowledged is owed to everyone who had joined its room
//     before it was sent, but for its sender, and to the one user it was told to.
//   - A connection that ends is no excuse. Users come back, and whether they are then
//     given what they missed is what is judged.
//   - One who leaves is owed what was acknowledged a second before it asked to; what
//     comes until the leave is confirmed is nobody's fault.
//   - A message that was refused, or that nobody answered, is owed to nobody. Whoever
//     hears it nevertheless does no harm.
//
// In reading order: ledger.go, user.go and heard.go (what happened), due.go (who should have
// had it), order.go (in one order?), report.go (the verdict), trace.go (the first
// message that something is wrong with).
package ledger
