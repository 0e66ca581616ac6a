// Package server puts a hub on the network: two transports, WebSockets and long
// polling, the rest of docs/protocol.md over HTTP, start and drain. A phase's
// program is [Configure], a backplane, and [Serve].
//
// In reading order:
//
//	config.go      the environment
//	files.go       whether it leaves as many files as clients need
//	command.go     the arguments that a program understands
//	server.go      routes; listen, serve, drain
//	http.go        what all routes share, and what an instance says of itself
//	errors.go      the one shape of an error
//	query.go       a URL's query, read strictly
//	admit.go       who may become a client
//	token.go       who they are, where that is not left to them
//	origin.go      whose pages may connect
//	cors.go        and read what we answer
//	connection.go  a client from its first frame to its last, whatever its transport
//	arrivals.go    what many of them leave behind
//	websocket.go   the way in: from a request to a connection
//	rest.go        silent connections, which need next to nothing
//	lobby_linux.go where they wait
//	socket.go      the way out: a hub.Transport that waits for slow readers alone
//	outgoing.go    many frames in one write
//	poll.go        the same for clients that poll: four calls
//	sessions.go    which of them this instance knows
//	session.go     the frames that wait for the next call
//	rooms.go       who is in a room, and what was said there
//	service.go     how backend services speak
//	page.go        the page
//	metrics.go     what has happened so far, for Prometheus
//
// Browsers are let in from the same origin, and from those that are allowed: the
// Origin header, where there is one, must name the host and port that the request
// went to. A balancer must therefore pass the Host header on as it is.
package server
