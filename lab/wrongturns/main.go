// The program wrongturns is the chat server on brokers that people really reach
// for, and that turn out wrong, or dear: the same hub and server as in the three
// phases, started in the same way, and one more variable, BROKER, that says which
// turn to take. The lab's experiments start it to show what becomes of each, and
// what phase 3 does instead. Nobody should run it for anything else.
//
// Each wrong turn is a bus that carries events between instances in its own way.
// What a bus brings is published on a hub.Memory, which the members on this
// instance hear; so the hub above it is the one of phases 1 and 2, and the bus is
// all that differs. None of them keeps the promises of hub.Backplane:
//
//   - Offsets are each instance's own, and so are epochs and histories. Whoever
//     comes back to another instance has missed an unknown number of messages, and
//     is told so (recovered is false).
//   - An ack has no offset: the sender's instance learns it when the bus brings the
//     message, if it does.
//   - A ref is not known again: who sends a message twice is heard twice.
//   - Nobody knows whether a user is anywhere: to him who is not, messages are
//     acknowledged and lost.
//   - Each instance counts its own members (counter tries to do better).
//
// In reading order:
//
//	main.go        this
//	brokers.go     which wrong turns there are
//	bridge.go      a bus and a Memory are a hub.Backplane
//	queue.go       what waits for Redis, in order, and for how long
//
//	events.go      a stream of all events …
//	polled.go      … as a table that everybody asks for what is new
//	groups.go      … as a log that is read by consumer groups: one, or one an instance
//	pubsub.go      the tutorial's Redis Pub/Sub
//	onechannel.go  … on one channel for everything
//	localfirst.go  members here first, then everybody else
//	counter.go     presence as a number in Redis
//
//	outage.go      told once, and not once a call
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
	"secondserver/server"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	if len(os.Args) > 1 {
		return command(os.Args[1:])
	}
	config, err := server.Configure()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait

	redis.SetLogger(silent{})
	plane, err := open(ctx, os.Getenv("BROKER"), config)
	if err != nil {
		return err
	}
	defer plane.Close()

	return server.Serve(ctx, config, hub.New(config.ServerID, plane))
}

// command adds to the server's help what is known only here.
func command(args []string) error {
	if err := server.Command(args); err != nil || args[0] == "healthcheck" || args[0] == "token" {
		return err
	}
	fmt.Print("\nThis one is on a broker that is a wrong turn, and has one more variable:\n\n  BROKER          one of these; there is no default\n")
	for _, b := range brokers {
		fmt.Printf("                  %-11s %s\n", b.name, b.what)
	}
	return nil
}
