package server

import "log/slog"

// fileReserve is for what a process has open beside its clients: connections to
// Redis, a listener, and requests that are no clients, of which MAX_CONNECTIONS
// says nothing.
const fileReserve = 500

// warnOfFiles says at the start what would else be seen when the last client in
// takes the file that Redis needs.
func warnOfFiles(clients int) {
	limit, known := openFiles()
	if known && limit < uint64(clients)+fileReserve {
		slog.Warn("the limit of open files (ulimit -n) is too low for so many clients", "limit", limit, "MAX_CONNECTIONS", clients, "wanted", clients+fileReserve)
	}
}
