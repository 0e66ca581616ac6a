// Package server puts a hub on the network: WebSockets, the HTTP surface of
// docs/protocol.md, start and drain. A phase's program is [Configure], a
// backplane, and [Serve].
//
// In reading order:
//
//	config.go     the environment, and the arguments that a program understands
//	server.go     listen, serve, drain
//	http.go       routes, headers, the one shape of an error
//	websocket.go  the way in: from a request to a hub.Client
//	socket.go     the way out: a hub.Transport that writes many frames at once
//
// Browsers are let in from the same origin only: the Origin header, where there
// is one, must name the host and port that the request went to. A balancer must
// therefore pass the Host header on as it is.
package server
