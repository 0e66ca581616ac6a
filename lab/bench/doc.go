// Package bench measures what phase 3 costs, beside a chat server as tutorials have it
// ([stack.Tutorial]), in the same run and by turns: on a machine that others use too,
// only ratios mean something.
//
// The cost of a delivery is the processor time, of user and system, that all servers
// have used, divided by the messages that clients have received meanwhile. Texts have
// 64 bytes; two members of each room speak, on two servers, each with so many
// messages unanswered, or all together so many a second. A run in which anything is
// lost, doubled or out of order is no measurement.
//
// In reading order:
//
//	bench.go        a bench, and what it is run on
//	deliveries.go   what a delivery costs …
//	latency.go      … how long it takes …
//	idle.go         … and what a connection costs that says nothing
//	curves.go       how the cost grows with rooms, connections, instances and users
//	samples.go      medians, and ratios of them
//	raw.go          what a write costs that nobody can do without
//
//	crowd.go        who is where
//	member.go       one connection: counts what comes, answers what it is asked
//	measure.go      how they speak, and what that has cost
//	text.go         what they say
//	frames.go       a WebSocket's frames
//
// The client is hand-written, as it runs on the processors that are measured: it costs
// less than the servers, and each result says how much.
package bench
