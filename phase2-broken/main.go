// Phase 2: the same program, started twice behind a balancer. Nothing here is
// wrong, and half of the messages never arrive: each server has a memory of its
// own.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

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
		return server.Command(os.Args[1:])
	}
	config, err := server.Configure()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait

	plane := hub.NewMemory(config.Retention)

	return server.Serve(ctx, config, hub.New(config.ServerID, plane))
}
