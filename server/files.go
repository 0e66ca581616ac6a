package server

import (
	"cmp"
	"log/slog"
)

// mostClients is what a process holds in about 100 MB.
const mostClients = 20_000

// fileReserve is for what a process has open beside its clients: connections to
// Redis, a listener, and requests that are no clients, of which MAX_CONNECTIONS
// says nothing.
const fileReserve = 500

// takes tells how many clients a server takes that was told to take asked of them,
// or, with 0, was not told: then it is no more than it has files for, and half of
// them where there is no room for the reserve. Nobody has to set MAX_CONNECTIONS
// because of a laptop's ulimit.
func takes(asked int) int {
	limit, known := openFiles()
	if asked > 0 || !known {
		return cmp.Or(asked, mostClients)
	}
	limit = min(limit, mostClients+fileReserve)
	return max(1, int(limit)-min(fileReserve, int(limit)/2))
}

// warnOfFiles says at the start what would else be seen when the last client in
// takes the file that Redis needs.
func warnOfFiles(asked int) {
	limit, known := openFiles()
	if known && limit < uint64(asked)+fileReserve && asked > 0 {
		slog.Warn("the limit of open files (ulimit -n) is too low for so many clients", "limit", limit, "MAX_CONNECTIONS", asked, "wanted", asked+fileReserve)
	}
}
