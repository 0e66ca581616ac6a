// Phase 3: any number of servers, joined through Redis. Everyone hears everyone.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
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

	plane, err := redisbackplane.Open(ctx, redisbackplane.Config{URL: config.RedisURL, Wait: config.RedisWait, Retention: config.Retention})
	if err != nil {
		return err
	}
	defer plane.Close()

	return server.Serve(ctx, config, hub.New(config.ServerID, plane))
}
