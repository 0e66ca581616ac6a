// Package dockerengine is the engine that looks like production: every part of a stack is a container, on networks
// that the stack has for itself. The servers come from the image that compose uses, built from this checkout.
//
// It is not in lab/stack with the other engines because of what it takes: a container client is 44 modules, and what
// the lab imports, every newcomer downloads before seeing anything.
//
// Reading order: engine.go, site.go, part.go, then server.go, redis.go and nginx.go; sweep.go cleans up.
package dockerengine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"

	"secondserver/lab/stack"
)

const (
	imagesWithin = 15 * time.Minute // downloading them over a slow line
	callWithin   = 30 * time.Second // one call to Docker
)

// ErrNoDocker is what New answers, wrapped, where there is no Docker to talk to. On a laptop that is a reason to skip
// tests, on CI to fail.
var ErrNoDocker = errors.New("docker cannot be used")

type engine struct {
	docker *testcontainers.DockerClient
	image  string // of the servers, by its hash: the name may move on when somebody edits and builds meanwhile
	owner  string // the value of the label ownerLabel on all that this engine makes
	ended  chan struct{}

	making sync.RWMutex // read-held while making something; written once, by an interrupt, to make nothing more
}

// New makes sure that the images are there, and the servers' one of this source. An engine that is interrupted
// (Ctrl-C) removes its containers and ends the program: nobody else would.
func New(ctx context.Context) (stack.Engine, error) {
	// The command has to reach an engine too: scripts/images.sh uses it, and testcontainers alone would find a socket
	// that the user has pointed the command away from.
	if said, err := exec.CommandContext(ctx, "docker", "version").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: docker version: %w\n%s", ErrNoDocker, err, said)
	}
	configureTestcontainers()
	docker, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDocker, err)
	}
	if _, err := docker.Ping(ctx, client.PingOptions{}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDocker, err)
	}
	if err := makeImages(ctx); err != nil {
		return nil, err
	}
	image, err := docker.ImageInspect(ctx, "secondserver:local")
	if err != nil {
		return nil, err
	}
	e := &engine{docker: docker, image: image.ID, owner: thisProcess(), ended: make(chan struct{})}
	if err := e.sweepOrphans(ctx); err != nil {
		return nil, err
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() { // ends with Close
		select {
		case <-e.ended:
			signal.Stop(interrupted)
		case <-interrupted:
			e.making.Lock()
			e.sweep(ownerLabel, e.owner) // there is nobody left to tell of an error
			os.Exit(130)
		}
	}()
	return e, nil
}

// configureTestcontainers sets what has to be known before its first use, unless the user has.
func configureTestcontainers() {
	log.SetDefault(log.NewNoopLogger())
	set := func(name, value string) {
		if os.Getenv(name) == "" {
			os.Setenv(name, value)
		}
	}
	set("TESTCONTAINERS_RYUK_DISABLED", "true") // one more image to download; sweep.go does its work
	if host := os.Getenv("DOCKER_HOST"); host == "" || strings.HasPrefix(host, "unix://") {
		set("TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1") // inside a container it would guess the gateway
	}
}

// makeImages has the script do it that people use too, so that there is one way, and it always builds the servers.
func makeImages(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, imagesWithin, fmt.Errorf("not done within %v", imagesWithin))
	defer cancel()
	root, err := stack.ModuleRoot()
	if err != nil {
		return err
	}
	images := exec.CommandContext(ctx, "bash", "scripts/images.sh")
	images.Dir = root
	images.WaitDelay = time.Second
	if output, err := images.CombinedOutput(); err != nil {
		return fmt.Errorf("scripts/images.sh: %w\n%s", errors.Join(err, context.Cause(ctx)), output)
	}
	return nil
}

func (e *engine) Name() string { return "docker" }

// Close removes whatever the sites have left.
func (e *engine) Close() error {
	close(e.ended)
	return errors.Join(e.sweep(ownerLabel, e.owner), e.docker.Close())
}
