// Package stack starts one phase of the lab as a stack of real parts, servers, Redis and a balancer, and breaks them
// on request.
//
//	engine := stack.Embedded(nil)
//	defer engine.Close()
//	s, err := stack.Start(ctx, engine, phase, 0) // 0: as many servers as the phase is usually shown with
//	defer s.Close()
//	… talk to s.URL() …
//	s.Servers[0].Kill()
//
// A story is a function of a *[Stack]. It runs on every [Engine], because the parts differ but what can be done to
// them does not: they are killed, stopped, frozen, started again and cut off from Redis with the same words.
// [Join] makes a Stack of one that somebody else runs: stories can use it, but not break it.
//
// Waiting for a part has a limit, and its error names what was waited for and shows the end of that part's log. Nothing
// outlives the lab: Close ends what Start started, on an error Start does so itself, and what a `kill -9` of the lab
// leaves behind is ended by the kernel (on Linux) or cleared away by the next lab.
//
// What a stack costs and carries can be measured: [Stack.Usage] and [Server.Traffic].
//
// Reading order: phase.go, stack.go, server.go, part.go and way.go say what a stack is; join.go is the exception. local.go
// builds one from processes of this machine: process.go, program.go and localserver.go for the servers, proxy.go,
// lane.go, underway.go, gate.go, delay.go and traffic.go for their way to Redis, then either embedded.go, roundrobin.go and sticky.go, or host.go,
// redisserver.go and nginx.go; direct.go leaves the proxies out. usage.go measures the processes. output.go, ready.go and tempdir.go help them. The tests
// of an engine are in stacktest.
package stack
