package server

import "testing"

// Reply is how every handler answers.
var Reply = reply

// Takes is how many clients a server takes.
var Takes = takes

// LimitFiles has the system say so, until the test ends.
func LimitFiles(t testing.TB, limit uint64, known bool) {
	before := openFiles
	t.Cleanup(func() { openFiles = before })
	openFiles = func() (uint64, bool) { return limit, known }
}

// Arrivals are those of a server that gives back memory by free, until the test
// ends.
func Arrivals(t testing.TB, free func()) (add, stop func()) {
	before := freeMemory
	t.Cleanup(func() { freeMemory = before })
	freeMemory = free
	a := new(arrivals)
	return a.add, a.stop
}
