package dockerengine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

const (
	ownerLabel = "secondserver.test.owner" // "<host>/<process id>" of the tests that made it
	stackLabel = "secondserver.test.stack" // which of their stacks
)

func thisProcess() string {
	return fmt.Sprintf("%s/%d", hostname(), os.Getpid())
}

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "localhost"
	}
	return name
}

// sweep removes all containers and networks with a label, whatever their state.
func (e *engine) sweep(label, value string) error {
	ctx, cancel := context.WithTimeout(context.Background(), callWithin)
	defer cancel()
	marked := make(client.Filters).Add("label", label+"="+value)
	containers, err := e.docker.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: marked})
	if err != nil {
		return fmt.Errorf("list containers: %w", err)
	}
	errs := make(chan error)
	for _, c := range containers.Items {
		go func() { // at once: Docker takes a while for each
			_, err := e.docker.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			errs <- unlessGone(err)
		}()
	}
	for range containers.Items {
		err = errors.Join(err, <-errs)
	}
	networks, listErr := e.docker.NetworkList(ctx, client.NetworkListOptions{Filters: marked})
	err = errors.Join(err, listErr)
	for _, n := range networks.Items {
		_, removeErr := e.docker.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
		err = errors.Join(err, unlessGone(removeErr))
	}
	return err
}

func unlessGone(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// sweepOrphans removes what tests have left that were killed on this machine and could not do it themselves.
func (e *engine) sweepOrphans(ctx context.Context) error {
	marked := make(client.Filters).Add("label", ownerLabel)
	containers, err := e.docker.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: marked})
	if err != nil {
		return fmt.Errorf("list containers: %w", err)
	}
	networks, err := e.docker.NetworkList(ctx, client.NetworkListOptions{Filters: marked})
	if err != nil {
		return fmt.Errorf("list networks: %w", err)
	}
	owners := map[string]bool{}
	for _, c := range containers.Items {
		owners[c.Labels[ownerLabel]] = true
	}
	for _, n := range networks.Items {
		owners[n.Labels[ownerLabel]] = true
	}
	for owner := range owners {
		if isOrphan(owner) {
			err = errors.Join(err, e.sweep(ownerLabel, owner))
		}
	}
	return err
}

func isOrphan(owner string) bool {
	host, number, _ := strings.Cut(owner, "/")
	pid, err := strconv.Atoi(number)
	if err != nil || host != hostname() {
		return false
	}
	process, err := os.FindProcess(pid)
	return err != nil || errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
